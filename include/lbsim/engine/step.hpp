// SPDX-License-Identifier: Apache-2.0
// The steps of one microsecond, in the order in which they happen.
#pragma once

#include <cstdint>

namespace lbsim::engine {

/// Rank of an event within its microsecond. What a step changes takes effect before the next step.
enum class Step : std::uint8_t {
    connection_ends,
    timeline_verb,
    vm_power,
    pod_exit,
    watch_delivery,
    rule_sync,
    cloud_call_end,
    probe_timeout,
    lease_renewal,
    autoscaler,
    upgrade_or_drain,
    node_lifecycle_pass,
    service_controller_tick,
    controller_worker,
    cloud_node_loop,
    probe,
    connection_attempt,
};

constexpr std::uint8_t rank_of(Step step) { return static_cast<std::uint8_t>(step); }

}  // namespace lbsim::engine
