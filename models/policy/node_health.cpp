// SPDX-License-Identifier: Apache-2.0
// Heartbeats noticed, silence declared, pods marked, taints chosen.
#include "lbsim/policy/node_health.hpp"

namespace lbsim::policy {

namespace {
bool has_ready(const ObservedNode& node) { return node.ready != ConditionStatus::absent; }

/// The controller's memory after it has looked for heartbeats.
NodeHealth listen(const std::optional<NodeHealth>& remembered, const ObservedNode& node, Time now) {
    NodeHealth health = remembered.value_or(NodeHealth{});
    if (!has_ready(node)) {
        if (!remembered) health.heard = node.created;
        health.ready_heartbeat.reset();
    } else if (!remembered || health.ready_heartbeat != node.ready_heartbeat) {
        health.ready_heartbeat = node.ready_heartbeat;
        health.lease_renewed.reset();
        health.heard = now;
    }
    const std::optional<Time> lease_before = remembered ? remembered->lease_renewed : std::nullopt;
    if (node.lease_renewed && (!lease_before || *lease_before < *node.lease_renewed)) {
        health.lease_renewed = node.lease_renewed;
        health.heard = now;
    }
    return health;
}
}  // namespace

MonitorStep monitor_node(const std::optional<NodeHealth>& remembered, const ObservedNode& node, Time now,
                         const SilenceLimits& limits) {
    MonitorStep step;
    step.health = listen(remembered, node, now);
    step.ready = node.ready;
    const Duration limit = has_ready(node) ? limits.grace_period : limits.startup_grace_period;
    if (now >= saturating_add(step.health.heard, limit) && node.ready != ConditionStatus::unknown) {
        step.ready = ConditionStatus::unknown;
        step.writes_unknown = true;
        step.health.lease_renewed = node.lease_renewed;
        // A node that had none has a Ready condition from now on, with its creation as last heartbeat.
        if (!has_ready(node)) step.health.ready_heartbeat = node.created;
    }
    const bool turned = node.ready == ConditionStatus::is_true && step.ready != ConditionStatus::is_true;
    const bool tries_again = step.health.pods_pending && node.ready != ConditionStatus::is_true;
    step.marks_pods_not_ready = step.ready != ConditionStatus::absent && (turned || tries_again);
    // The caller sets it again where a mark fails.
    step.health.pods_pending = false;
    return step;
}

bool marks_assigned_pod_not_ready(ConditionStatus ready) {
    return ready == ConditionStatus::is_false || ready == ConditionStatus::unknown;
}

bool silence_overwrites(NodeCondition condition) { return condition != NodeCondition::network_unavailable; }

std::string_view condition_taint_key(NodeCondition condition, ConditionStatus status) {
    if (condition == NodeCondition::ready) {
        if (status == ConditionStatus::is_false) return not_ready_taint_key;
        return status == ConditionStatus::unknown ? unreachable_taint_key : std::string_view{};
    }
    if (status != ConditionStatus::is_true) return {};
    switch (condition) {
        case NodeCondition::ready: break;
        case NodeCondition::memory_pressure: return "node.kubernetes.io/memory-pressure";
        case NodeCondition::disk_pressure: return "node.kubernetes.io/disk-pressure";
        case NodeCondition::network_unavailable: return "node.kubernetes.io/network-unavailable";
        case NodeCondition::pid_pressure: return "node.kubernetes.io/pid-pressure";
    }
    return {};
}

NoExecuteAction no_execute_action(ConditionStatus ready, const NoExecuteTaints& taints) {
    switch (ready) {
        case ConditionStatus::absent: return NoExecuteAction::none;
        case ConditionStatus::is_true: return NoExecuteAction::lift;
        case ConditionStatus::is_false:
            if (taints.unreachable) return NoExecuteAction::swap_to_not_ready;
            return taints.not_ready ? NoExecuteAction::none : NoExecuteAction::queue;
        case ConditionStatus::unknown:
            if (taints.not_ready) return NoExecuteAction::swap_to_unreachable;
            return taints.unreachable ? NoExecuteAction::none : NoExecuteAction::queue;
    }
    return NoExecuteAction::none;
}

std::string_view queued_taint_key(ConditionStatus ready) {
    return condition_taint_key(NodeCondition::ready, ready);
}

}  // namespace lbsim::policy
