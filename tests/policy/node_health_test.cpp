// SPDX-License-Identifier: Apache-2.0
// The node lifecycle controller's pass over one node: silence, marked pods, taints.
#include "lbsim/policy/node_health.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
constexpr Duration instant{1};

/// Upstream's tests use these two.
constexpr SilenceLimits limits{40s, 60s};

ObservedNode node_with(ConditionStatus ready, Time heartbeat) {
    return {.ready = ready, .created = time_zero, .ready_heartbeat = heartbeat, .lease_renewed = {}};
}
ObservedNode ready_node(Time heartbeat = time_zero) { return node_with(ConditionStatus::is_true, heartbeat); }
}  // namespace

TEST_CASE("node health: upstream's TestMonitorNodeHealthMarkPodsNotReady holds, all three cases") {
    // Created just now, no status yet: the startup grace period runs.
    MonitorStep step = monitor_node({}, {.created = second(1000)}, second(1000), limits);
    CHECK_FALSE(step.marks_pods_not_ready);
    CHECK_FALSE(step.writes_unknown);
    // Old node, status written just now.
    step = monitor_node({}, ready_node(second(1000)), second(1000), limits);
    CHECK_FALSE(step.marks_pods_not_ready);
    // The same node a minute later with the same status: silent for 60 s, more than 40.
    step = monitor_node(step.health, ready_node(second(1000)), second(1060), limits);
    CHECK(step.marks_pods_not_ready);
    CHECK(step.writes_unknown);
    CHECK(step.ready == ConditionStatus::unknown);
}

TEST_CASE("node health: the grace period is walked to the microsecond") {
    // Heard at 100 s, so Unknown at 140 s.
    const NodeHealth heard = monitor_node({}, ready_node(), second(100), limits).health;
    CHECK(heard.heard == second(100));
    CHECK_FALSE(monitor_node(heard, ready_node(), second(140) - instant, limits).writes_unknown);
    CHECK(monitor_node(heard, ready_node(), second(140), limits).writes_unknown);
    CHECK(monitor_node(heard, ready_node(), second(140) + instant, limits).writes_unknown);
}

TEST_CASE("node health: a node without a Ready condition has its startup grace period from its creation") {
    const ObservedNode fresh{.created = second(10)};
    // The controller meets it 20 s late; the 60 s end at 70 s all the same.
    const NodeHealth met = monitor_node({}, fresh, second(30), limits).health;
    CHECK_FALSE(monitor_node(met, fresh, second(70) - instant, limits).writes_unknown);
    const MonitorStep step = monitor_node(met, fresh, second(70), limits);
    CHECK(step.writes_unknown);
    // It was never True, so there is nothing to take back from its pods.
    CHECK_FALSE(step.marks_pods_not_ready);
    // Its lease counts as a heartbeat even while it has no status.
    ObservedNode renewing = fresh;
    renewing.lease_renewed = second(60);
    CHECK_FALSE(monitor_node(met, renewing, second(70), limits).writes_unknown);
}

TEST_CASE("node health: a renewed lease keeps the node, an old one does not") {
    ObservedNode node = ready_node();
    node.lease_renewed = second(95);
    NodeHealth health = monitor_node({}, node, second(100), limits).health;
    // Nothing new at 135: heard stays at 100.
    health = monitor_node(health, node, second(135), limits).health;
    CHECK(health.heard == second(100));
    node.lease_renewed = second(136);
    const MonitorStep step = monitor_node(health, node, second(140), limits);
    CHECK_FALSE(step.writes_unknown);
    CHECK(step.health.heard == second(140));
}

TEST_CASE("node health: after a status write the old lease is counted once more") {
    // The lease was known at 100. At 105 only the status moved, and the controller forgets the lease; so at 110 the
    // same lease looks new. Silence from 105 on is dated 110: Unknown at 150, not 145.
    ObservedNode node = ready_node(second(90));
    node.lease_renewed = second(95);
    NodeHealth health = monitor_node({}, node, second(100), limits).health;
    node.ready_heartbeat = second(104);
    health = monitor_node(health, node, second(105), limits).health;
    CHECK(health.heard == second(105));
    CHECK_FALSE(health.lease_renewed);
    health = monitor_node(health, node, second(110), limits).health;
    CHECK(health.heard == second(110));
    CHECK_FALSE(monitor_node(health, node, second(145), limits).writes_unknown);
    CHECK(monitor_node(health, node, second(150), limits).writes_unknown);
}

TEST_CASE("node health: only the controller's own step from True to Unknown marks pods") {
    // The kubelet says False: compared with itself, nothing happens.
    NodeHealth health = monitor_node({}, ready_node(second(1)), second(5), limits).health;
    const ObservedNode unready = node_with(ConditionStatus::is_false, second(8));
    MonitorStep step = monitor_node(health, unready, second(10), limits);
    CHECK_FALSE(step.marks_pods_not_ready);
    // Then it falls silent: False to Unknown is written, and the pods still stay ready.
    step = monitor_node(step.health, unready, second(50), limits);
    CHECK(step.writes_unknown);
    CHECK_FALSE(step.marks_pods_not_ready);
    // Unknown already: nothing is written again.
    const ObservedNode unknown = node_with(ConditionStatus::unknown, second(8));
    step = monitor_node(step.health, unknown, second(55), limits);
    CHECK_FALSE(step.writes_unknown);
    // A pod that is assigned now is marked.
    CHECK(marks_assigned_pod_not_ready(ConditionStatus::is_false));
    CHECK(marks_assigned_pod_not_ready(ConditionStatus::unknown));
    CHECK_FALSE(marks_assigned_pod_not_ready(ConditionStatus::is_true));
    CHECK_FALSE(marks_assigned_pod_not_ready(ConditionStatus::absent));
}

TEST_CASE("node health: a failed attempt to mark pods is made again at the next pass, until the node is back") {
    NodeHealth health = monitor_node({}, ready_node(), second(0), limits).health;
    MonitorStep step = monitor_node(health, ready_node(), second(40), limits);
    REQUIRE(step.marks_pods_not_ready);
    step.health.pods_pending = true;  // the write failed
    const ObservedNode unknown = node_with(ConditionStatus::unknown, time_zero);
    CHECK(monitor_node(step.health, unknown, second(45), limits).marks_pods_not_ready);
    CHECK_FALSE(monitor_node(step.health, ready_node(second(44)), second(45), limits).marks_pods_not_ready);
}

TEST_CASE("node health: silence overwrites Ready and the pressures, not the network") {
    CHECK(silence_overwrites(NodeCondition::ready));
    CHECK(silence_overwrites(NodeCondition::memory_pressure));
    CHECK(silence_overwrites(NodeCondition::disk_pressure));
    CHECK(silence_overwrites(NodeCondition::pid_pressure));
    CHECK_FALSE(silence_overwrites(NodeCondition::network_unavailable));
}

TEST_CASE("node taints: upstream's TestTaintsNodeByCondition holds, condition by condition") {
    CHECK(condition_taint_key(NodeCondition::ready, ConditionStatus::is_false) == "node.kubernetes.io/not-ready");
    CHECK(condition_taint_key(NodeCondition::ready, ConditionStatus::unknown) == "node.kubernetes.io/unreachable");
    CHECK(condition_taint_key(NodeCondition::ready, ConditionStatus::is_true).empty());
    CHECK(condition_taint_key(NodeCondition::network_unavailable, ConditionStatus::is_true) ==
          "node.kubernetes.io/network-unavailable");
    CHECK(condition_taint_key(NodeCondition::memory_pressure, ConditionStatus::is_true) ==
          "node.kubernetes.io/memory-pressure");
    CHECK(condition_taint_key(NodeCondition::disk_pressure, ConditionStatus::is_true) ==
          "node.kubernetes.io/disk-pressure");
    CHECK(condition_taint_key(NodeCondition::pid_pressure, ConditionStatus::is_true) ==
          "node.kubernetes.io/pid-pressure");
    // A pressure that nobody reports is no reason for a taint.
    CHECK(condition_taint_key(NodeCondition::pid_pressure, ConditionStatus::unknown).empty());
    CHECK(condition_taint_key(NodeCondition::pid_pressure, ConditionStatus::is_false).empty());
}

TEST_CASE("node taints: upstream's TestSwapUnreachableNotReadyTaints holds: the swap does not wait for the queue") {
    // Unknown without a taint goes through the queue and becomes unreachable.
    CHECK(no_execute_action(ConditionStatus::unknown, {}) == NoExecuteAction::queue);
    CHECK(queued_taint_key(ConditionStatus::unknown) == unreachable_taint_key);
    // The kubelet is heard again and says False: not-ready instead of unreachable, at once.
    CHECK(no_execute_action(ConditionStatus::is_false, {.unreachable = true}) == NoExecuteAction::swap_to_not_ready);
    CHECK(no_execute_action(ConditionStatus::unknown, {.not_ready = true}) == NoExecuteAction::swap_to_unreachable);
}

TEST_CASE("node taints: a node that has the right taint is left alone, a Ready one loses both") {
    CHECK(no_execute_action(ConditionStatus::is_false, {.not_ready = true}) == NoExecuteAction::none);
    CHECK(no_execute_action(ConditionStatus::unknown, {.unreachable = true}) == NoExecuteAction::none);
    CHECK(no_execute_action(ConditionStatus::is_false, {}) == NoExecuteAction::queue);
    CHECK(no_execute_action(ConditionStatus::is_true, {.not_ready = true}) == NoExecuteAction::lift);
    CHECK(no_execute_action(ConditionStatus::absent, {}) == NoExecuteAction::none);
    // Ready again when its turn comes: no taint, and the turn is spent.
    CHECK(queued_taint_key(ConditionStatus::is_true).empty());
}
