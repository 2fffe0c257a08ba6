// SPDX-License-Identifier: Apache-2.0
// Health checking and membership of one load balancer, worked out from change logs instead of probe by probe.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/history/forwarding.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::cloud {

/// The life of a load balancer. `first_event` is the id that its first connections_cut row will get.
/// Probes are stepped only where their answer may flip a verdict; in between they are counted.
history::TargetTimeline resolve_targets(const history::History& history, const scenario::Scenario& scenario,
                                        ServiceId service, const history::Forwarding& forwarding,
                                        std::uint32_t replication, std::uint32_t first_event);

}  // namespace lbsim::cloud
