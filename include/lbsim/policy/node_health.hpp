// SPDX-License-Identifier: Apache-2.0
// The node lifecycle controller's judgement of one node per pass: is it silent, and must its pods be marked not ready?
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/node_facts.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// A node as the controller's watch shows it at a pass.
struct ObservedNode {
    ConditionStatus ready = ConditionStatus::absent;
    Time created{};
    Time ready_heartbeat{};               ///< Ready.lastHeartbeatTime; meaningless without a Ready condition
    std::optional<Time> lease_renewed{};  ///< spec.renewTime of the node's lease
};

/// What the controller remembers of a node from pass to pass.
struct NodeHealth {
    std::optional<Time> ready_heartbeat;  ///< of the status seen last; empty where that had no Ready condition
    std::optional<Time> lease_renewed;    ///< of the lease seen last
    Time heard{};                         ///< the pass that noticed the last heartbeat
    bool pods_pending = false;            ///< marking the pods not ready failed and is to be tried again
    friend bool operator==(const NodeHealth&, const NodeHealth&) = default;
};

/// How long silence is allowed.
struct SilenceLimits {
    Duration grace_period;                ///< node_monitor_grace_period
    Duration startup_grace_period = 60s;  ///< while the node never had a Ready condition, counted from its creation
};

/// What one pass makes of one node.
struct MonitorStep {
    NodeHealth health;
    ConditionStatus ready = ConditionStatus::absent;  ///< of the condition after the pass
    bool writes_unknown = false;    ///< one status write: Ready and the pressure conditions become Unknown
    bool marks_pods_not_ready = false;
};

/// One node at one pass. Empty `remembered`: the controller meets the node for the first time.
/// Pods are marked only where this very step turns True into Unknown, or where an earlier attempt failed and the node
/// is still not True: a kubelet that itself reports False leaves its pods ready.
/// Known quirk, kept: a changed Ready heartbeat makes the controller forget the lease, so its next pass counts the old
/// lease as a heartbeat; silence right after a status write is noticed up to one pass later.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36,
/// monitorNodeHealth and tryUpdateNodeHealth.
/// Simplifies: "at or after" the limit, as unknown_at; the status write never fails.
MonitorStep monitor_node(const std::optional<NodeHealth>& remembered, const ObservedNode& node, Time now,
                         const SilenceLimits& limits);

/// Must a pod that was just assigned to this node be marked not ready? The only way in which a node that reports False
/// itself does it.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36, processPod.
bool marks_assigned_pod_not_ready(ConditionStatus ready);

/// The node conditions that carry taints.
enum class NodeCondition : std::uint8_t { ready, memory_pressure, disk_pressure, network_unavailable, pid_pressure };

/// Does the monitor's step to Unknown overwrite this condition? NetworkUnavailable belongs to the route controller.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.36, tryUpdateNodeHealth.
bool silence_overwrites(NodeCondition condition);

/// The key of the NoSchedule taint that a condition brings at once; empty where it brings none.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36,
/// nodeConditionToTaintKeyStatusMap.
std::string_view condition_taint_key(NodeCondition condition, ConditionStatus status);

inline constexpr std::string_view not_ready_taint_key = "node.kubernetes.io/not-ready";
inline constexpr std::string_view unreachable_taint_key = "node.kubernetes.io/unreachable";
/// The taint of a cordoned node. Effect: NoSchedule.
inline constexpr std::string_view unschedulable_taint_key = "node.kubernetes.io/unschedulable";

/// What a pass does about the NoExecute taints of a node.
enum class NoExecuteAction : std::uint8_t {
    none,
    queue,            ///< into the zone's rate-limited queue; the taint follows from the status when its turn comes
    swap_to_not_ready,    ///< at once, without the queue
    swap_to_unreachable,  ///< at once, without the queue
    lift,             ///< both taints off, and out of the queue
};
/// The NoExecute taints that a node carries.
struct NoExecuteTaints {
    bool not_ready = false;
    bool unreachable = false;
};
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36,
/// processTaintBaseEviction.
NoExecuteAction no_execute_action(ConditionStatus ready, const NoExecuteTaints& taints);

/// The key of the NoExecute taint that a node gets when its turn in the queue comes; empty where it is Ready again, and
/// the turn is spent for nothing.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.36, doNoExecuteTaintingPass.
std::string_view queued_taint_key(ConditionStatus ready);

}  // namespace lbsim::policy
#pragma GCC visibility pop
