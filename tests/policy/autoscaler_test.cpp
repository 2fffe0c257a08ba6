// SPDX-License-Identifier: Apache-2.0
// The cluster autoscaler's scale-down and the cloud node lifecycle controller.
#include "lbsim/policy/autoscaler.hpp"

#include "lbsim/policy/cloud_node_lifecycle.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
using Steps = std::vector<ScaleDownStep>;
using enum ScaleDownAction;
const AutoscalerDefaults at_1_30 = autoscaler_defaults({30, 0});
constexpr Duration instant{1};
}  // namespace

TEST_CASE("autoscaler: its delay, cordon and parallel drains follow its release") {
    CHECK(autoscaler_delay_after_taint({25, 16}) == 0s);
    CHECK(autoscaler_delay_after_taint({26, 0}) == 5s);
    CHECK_FALSE(autoscaler_cordons({33, 13}));
    CHECK(autoscaler_cordons({34, 0}));
    CHECK_FALSE(autoscaler_defaults({27, 16}).can_drain_in_parallel);
    CHECK(autoscaler_defaults({28, 0}).can_drain_in_parallel);
    CHECK_FALSE(autoscaler_defaults({28, 15}).can_adapt_delay);
    CHECK(autoscaler_defaults({29, 0}).can_adapt_delay);
}

TEST_CASE("autoscaler: an empty node gives a load balancer five seconds") {
    CHECK(scale_down_steps(at_1_30, {}) == Steps{{taint, 0s}, {evict_daemon_sets, 5s}, {delete_instance, 5s}});
    CHECK(scale_down_steps(autoscaler_defaults({25, 0}), {}) ==
          Steps{{taint, 0s}, {evict_daemon_sets, 0s}, {delete_instance, 0s}});
    CHECK(scale_down_steps(autoscaler_defaults({34, 0}), {}).front() == ScaleDownStep{taint_and_cordon, 0s});
}

TEST_CASE("autoscaler: a drained node is deleted at the look that finds it empty") {
    // Evicted at 5 s; the last pod ends 31 s later; looks at 5, 10 … 35, 40: gone at 40.
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .pods_gone = 31s}) ==
          Steps{{taint, 0s}, {evict_pods, 5s}, {pods_gone, 40s}, {delete_instance, 40s}});
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .pods_gone = 30s}).back().at == 35s);
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .pods_gone = 30s + instant}).back().at == 40s);
}

TEST_CASE("autoscaler: a pod that outlives the grace period fails the drain, and the node comes back") {
    // 600 + 30 s; looks every 5 s while less than 630 s have passed, so the last is at 625.
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .pods_gone = 625s}).back() ==
          ScaleDownStep{delete_instance, 630s});
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .pods_gone = 625s + instant}).back() ==
          ScaleDownStep{remove_taint, 635s});
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .pods_gone = {}}).back() ==
          ScaleDownStep{remove_taint, 635s});
}

TEST_CASE("autoscaler: a refused eviction is tried every 10 s for two minutes") {
    // Tries at 0, 10 … 110 s after the delay; what is accepted at 110 passes, what would need 111 does not.
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .eviction_accepted = 110s}).back() ==
          ScaleDownStep{delete_instance, 115s});
    CHECK(scale_down_steps(at_1_30, {.needs_drain = true, .eviction_accepted = 110s + instant}).back() ==
          ScaleDownStep{remove_taint, 125s});
    // On an empty node it is best effort: a DaemonSet pod that never goes costs two minutes, not the deletion.
    CHECK(scale_down_steps(at_1_30, {.eviction_accepted = 10min}).back() == ScaleDownStep{delete_instance, 125s});
}

TEST_CASE("autoscaler: an annotation delays the deletion, for two minutes at most") {
    CHECK(scale_down_steps(at_1_30, {.delay_deletion = 1s}).back() == ScaleDownStep{delete_instance, 10s});
    CHECK(scale_down_steps(at_1_30, {.delay_deletion = 5s}).back() == ScaleDownStep{delete_instance, 10s});
    CHECK(scale_down_steps(at_1_30, {.delay_deletion = 5s + instant}).back() == ScaleDownStep{delete_instance, 15s});
    CHECK(scale_down_steps(at_1_30, {.delay_deletion = {}}).back() == ScaleDownStep{delete_instance, 125s});
}

TEST_CASE("autoscaler: ten nodes at once, one of them drained, empty ones first") {
    CHECK(scale_down_budget(at_1_30, {12, 3}, {}) == ScaleDownCount{10, 0});
    CHECK(scale_down_budget(at_1_30, {4, 3}, {}) == ScaleDownCount{4, 1});
    CHECK(scale_down_budget(at_1_30, {4, 3}, {0, 1}) == ScaleDownCount{4, 0});
    CHECK(scale_down_budget(at_1_30, {4, 3}, {8, 1}) == ScaleDownCount{1, 0});
    CHECK(scale_down_budget(at_1_30, {4, 3}, {11, 0}) == ScaleDownCount{0, 0});
}

TEST_CASE("autoscaler: up to 1.27 a drain goes alone") {
    const AutoscalerDefaults old = autoscaler_defaults({25, 0});
    CHECK(scale_down_budget(old, {4, 3}, {}) == ScaleDownCount{4, 0});
    CHECK(scale_down_budget(old, {0, 3}, {}) == ScaleDownCount{0, 1});
    CHECK(scale_down_budget(old, {4, 3}, {0, 1}) == ScaleDownCount{0, 0});
}

TEST_CASE("autoscaler: whatever fails, the node comes back") {
    CHECK_FALSE(is_rolled_back(ScaleDownOutcome::deleted));
    for (const auto outcome :
         {ScaleDownOutcome::taint_failed, ScaleDownOutcome::new_pods_arrived, ScaleDownOutcome::eviction_failed,
          ScaleDownOutcome::pods_remain, ScaleDownOutcome::instance_not_deleted}) {
        CHECK(is_rolled_back(outcome));
    }
}

TEST_CASE("cloud node: a Ready node is never asked about and loses its shutdown taint") {
    for (const auto instance : {InstanceState::running, InstanceState::stopped, InstanceState::gone}) {
        CHECK(cloud_node_action(ConditionStatus::is_true, false, instance) == CloudNodeAction::none);
        CHECK(cloud_node_action(ConditionStatus::is_true, true, instance) == CloudNodeAction::remove_shutdown_taint);
    }
    CHECK_FALSE(asks_cloud(ConditionStatus::is_true));
}

TEST_CASE("cloud node: not Ready, Unknown or without a condition, the cloud decides") {
    for (const auto ready : {ConditionStatus::is_false, ConditionStatus::unknown, ConditionStatus::absent}) {
        CHECK(asks_cloud(ready));
        CHECK(cloud_node_action(ready, false, InstanceState::gone) == CloudNodeAction::delete_node);
        CHECK(cloud_node_action(ready, true, InstanceState::gone) == CloudNodeAction::delete_node);
        CHECK(cloud_node_action(ready, false, InstanceState::stopped) == CloudNodeAction::add_shutdown_taint);
        CHECK(cloud_node_action(ready, true, InstanceState::stopped) == CloudNodeAction::none);
        CHECK(cloud_node_action(ready, true, InstanceState::running) == CloudNodeAction::none);
        CHECK(cloud_node_action(ready, false, InstanceState::unknown) == CloudNodeAction::none);
    }
}

TEST_CASE("scale-down: its patience ends where the steps of a scale-down end") {
    using Action = DrainStep::Action;
    const DrainPatience patience = autoscaler_patience(autoscaler_defaults({36, 0}));
    const Time began = time_zero + 15s;
    // Tries at 0, 10, … 110 s; the one at 120 s is not made.
    CHECK(retry_step(patience, began, began + 100s) == DrainStep{Action::evict, began + 110s});
    CHECK(retry_step(patience, began, began + 110s) == DrainStep{Action::give_up, began + 120s});
    // Looks every 5 s, the last at 625 s.
    CHECK(look_step(patience, began, began, began + 1s) == DrainStep{Action::done, began + 5s});
    CHECK(look_step(patience, began, began, began + 625s) == DrainStep{Action::done, began + 625s});
    CHECK(look_step(patience, began, began, began + 625s + Duration{1}) == DrainStep{Action::give_up, began + 630s});
    CHECK(look_step(patience, began, began + 20s, never) == DrainStep{Action::give_up, began + 650s});
}
