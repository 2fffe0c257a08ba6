// SPDX-License-Identifier: Apache-2.0
// Final order of events.csv and lost_connections.csv, and the numbers that events get by it.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/history/event_log.hpp"
#include "lbsim/scenario/result.hpp"

namespace lbsim::study {

/// Puts the load balancers' cuts among the control plane's events and returns the first `max_rows`; gives the causes of
/// these, of the lost connections and of the syncs their final numbers, and cuts their details; the cause of a sync beyond
/// the table's end becomes none. Order: t, step, control plane first, then by load balancer and node.
/// Pre: `cuts` are in order; all are there, or at least the first `max_rows`, where nothing was lost.
std::vector<history::Event> merge_events(history::EventLog log, std::vector<history::CutRow> cuts,
                                         std::uint64_t max_rows, scenario::RunResult& result);

/// Order: t, cause, connection. Pre: causes have their final numbers.
void order_lost(std::vector<scenario::LostConnection>& rows);

}  // namespace lbsim::study
