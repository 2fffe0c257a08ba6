// SPDX-License-Identifier: Apache-2.0
// What one run leaves: metrics and table rows as plain data, ready to be written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/history/event.hpp"
#include "lbsim/history/sync_log.hpp"
#include "lbsim/scenario/metrics.hpp"

namespace lbsim::scenario {

/// Why a connection was lost. The order is the order in which causes of one instant count.
enum class LossCause : std::uint8_t {
    vm_off,
    target_removed,
    target_unhealthy,
    drain_timeout,
    pod_killed,
    idle_timeout,
    rules_flushed,
    network,
    refused,     ///< phase new from here on
    blackholed,
    rejected,
};
std::string_view to_string(LossCause cause);
constexpr bool is_of_new_connection(LossCause cause) { return cause >= LossCause::refused; }

/// One row of lost_connections.csv. The connection's name is <traffic>/<service>/<slot>.<k>.
struct LostConnection {
    Time t{};
    std::uint32_t traffic = 0;   ///< index into Scenario::traffic
    std::uint64_t slot = 0;
    std::uint64_t k = 0;
    NodeId first_hop;            ///< none: no target was there to pick
    PodId endpoint;              ///< none: the connection never got that far
    LossCause cause{};
    EventId cause_event;         ///< none: nothing ever answered there
    Duration age{};              ///< since its first SYN
};

/// One row of timeseries.csv: what happened in [t, t + bin) and how things stood at its end.
struct TimeBin {
    std::uint64_t attempted = 0;     ///< by the instant of the first SYN
    std::uint64_t new_ok = 0;        ///< by the instant of the outcome, as the next three
    std::uint64_t new_refused = 0;
    std::uint64_t new_blackholed = 0;
    std::uint64_t new_rejected = 0;
    std::uint64_t completed = 0;
    std::uint64_t dropped = 0;
    std::uint64_t established = 0;   ///< at the end of the bin
    std::uint64_t healthy_targets = 0;  ///< passing targets over all load balancers, at the end of the bin
    std::uint64_t queue_length = 0;  ///< keys waiting in the service controller, at the end of the bin
    std::uint64_t api_calls = 0;     ///< issued in the bin
    std::uint64_t desynced_lbs = 0;  ///< at the end of the bin
};

/// How many rows a table would have without a limit.
struct RowCounts {
    std::uint64_t events = 0;
    std::uint64_t targets = 0;
    std::uint64_t api_calls = 0;
    std::uint64_t lost_connections = 0;
    std::uint64_t syncs = 0;
};

/// What the service controller counted, under upstream's names.
struct ControllerExport {
    int minor = 0;                      ///< of its release; decides which names exist
    history::LatencyHistogram nodesync_latency;
    history::LatencyHistogram update_latency;
    std::uint64_t loadbalancer_sync_total = 0;
    std::uint64_t nodesync_error_total = 0;
    std::uint64_t service_queue_retries_total = 0;
};

/// An object that a run created, by index of its id.
struct PodName {
    ServiceId service;
    std::uint32_t number = 0;  ///< printed as <service>-<number>
};

/// The run's outcome. Events are in final order: an EventId is an index into `events`. Cells name objects by the
/// name tables. Tables hold at most the rows asked for; `rows` has the true counts.
struct RunResult {
    Metrics metrics;
    std::vector<history::Event> events;
    std::vector<std::string> event_details;           ///< by Event::detail
    std::vector<history::TargetChange> targets;       ///< ordered by t, step, service, node
    std::vector<history::ApiCall> api_calls;          ///< in order of issue
    std::vector<history::Sync> syncs;                 ///< in order of their starts
    ControllerExport controller;
    std::vector<LostConnection> lost_connections;     ///< ordered by t, cause_event, connection
    std::vector<TimeBin> bins;
    Duration bin = 1s;
    RowCounts rows;
    std::vector<std::string> node_names;
    std::vector<PodName> pods;
};

}  // namespace lbsim::scenario
