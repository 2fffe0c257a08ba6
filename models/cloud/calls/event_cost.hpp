// SPDX-License-Identifier: Apache-2.0
// What one change of a node costs in cloud API calls, by release and provider, without a run.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "lbsim/policy/release.hpp"
#include "models/cloud/calls/call_plan.hpp"

namespace lbsim::cloud {

/// A change that reaches the service controller, and what follows it until nothing is left to do.
enum class ClusterEvent : std::uint8_t {
    node_added,          ///< a node registers and turns Ready
    node_removed,        ///< a machine goes: its node is Unknown, then deleted
    node_drained,        ///< the autoscaler's way: tainted, then as node_removed
    node_flaps,          ///< NotReady, then Ready again
    controller_restart,  ///< a new leader with empty caches
    service_created,
};
inline constexpr std::size_t cluster_event_count = 6;
std::string_view to_string(ClusterEvent event);

/// A cluster in sync, with time between one change and the next for all syncs to end.
struct CostQuestion {
    policy::Release release;
    policy::FeatureGates gates;
    std::uint32_t services = 1;
    std::uint32_t ports = 1;
    std::uint32_t nodes = 1;
    std::uint32_t zones = 1;
    bool http_check = false;
    bool has_check = true;
    scenario::TargetLimit limit;  ///< a subset costs only those whose own targets change
};

/// Calls that an event leads to.
struct EventCost {
    std::uint64_t updates = 0;   ///< UpdateLoadBalancer
    std::uint64_t ensures = 0;   ///< EnsureLoadBalancer
    std::uint64_t calls = 0;     ///< of the provider; without polls
    std::uint64_t mutating = 0;  ///< of these
};

/// Pre: the release is modelled; services, nodes and zones are at least 1.
/// Simplifies: no call fails, so none is repeated; an operation is not polled; the 100 s tick of old releases finds
/// nothing new.
EventCost cost_of(ClusterEvent event, const CostQuestion& question, const scenario::CloudApi& api);

}  // namespace lbsim::cloud
