// SPDX-License-Identifier: Apache-2.0
// Graceful node shutdown: groups, order and windows.
#include "lbsim/policy/node_shutdown.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
using Groups = std::vector<ShutdownGroup>;
constexpr std::int32_t highest_of_users = 1'000'000'000;
const ShutdownAbility today = shutdown_ability({36, 2});

Groups groups_of(Duration grace_period, Duration critical_pods) {
    return shutdown_groups(today, {grace_period, critical_pods, {}});
}

/// Upstream's table: groups at 1, 2, 3, 4 with 10, 20, 30, 40 s.
const Groups four{{1, 10s}, {2, 20s}, {3, 30s}, {4, 40s}};
}  // namespace

TEST_CASE("node shutdown: upstream's Test_migrateConfig holds, all four cases") {
    CHECK(groups_of(300s, 120s) == Groups{{0, 180s}, {system_critical_priority, 120s}});
    CHECK(groups_of(100s, 0s) == Groups{{0, 100s}, {system_critical_priority, 0s}});
    CHECK(groups_of(0s, 0s).empty());
    CHECK(groups_of(1s, 100s).empty());
}

TEST_CASE("node shutdown: upstream's Test_groupByPriority holds") {
    const Groups two = groups_of(300s, 120s);
    CHECK(shutdown_group_of(two, 0) == 0);
    CHECK(shutdown_group_of(two, highest_of_users) == 0);
    CHECK(shutdown_group_of(two, system_critical_priority) == 1);
    // Priorities 0 to 5: below the lowest joins the lowest, above the highest the highest.
    const std::vector<std::size_t> expected{0, 0, 1, 2, 3, 3};
    for (std::int32_t priority = 0; priority <= 5; ++priority) {
        CAPTURE(priority);
        CHECK(shutdown_group_of(four, priority) == expected[static_cast<std::size_t>(priority)]);
    }
}

TEST_CASE("node shutdown: upstream's TestManager holds: the window is the lesser of pod and group") {
    // 30 s in all, 10 for the critical: 20 s for the others.
    const Groups groups = groups_of(30s, 10s);
    const std::vector<ShutdownPod> pods{{0, {}, 0s, 0s},
                                        {system_critical_priority, {}, 0s, 0s},
                                        {0, 2s, 0s, 0s},
                                        {system_critical_priority, 2s, 0s, 0s},
                                        {0, 1000s, 0s, 0s}};
    const ShutdownPlan plan = shutdown_plan(today, groups, pods);
    const std::vector<Duration> expected{20s, 10s, 2s, 2s, 20s};
    for (std::size_t i = 0; i < pods.size(); ++i) CHECK(plan.pods[i].grace == expected[i]);
    // All time to the critical: the others get none.
    CHECK(shutdown_plan(today, groups_of(5s, 5s), pods).pods[0].grace == 0s);
}

TEST_CASE("node shutdown: groups end one after the other, and empty ones take no time") {
    // Priority 1 needs 4 of its 10 s, priority 4 needs 60 of its 40; nobody has 2 or 3.
    const std::vector<ShutdownPod> pods{{4, {}, 60s, 0s}, {1, {}, 4s, 0s}};
    const ShutdownPlan plan = shutdown_plan(today, four, pods);
    CHECK(plan.pods[1] == PodShutdown{0s, 10s, 4s});
    CHECK(plan.pods[0] == PodShutdown{4s, 40s, 44s});
    CHECK(plan.released == 44s);
    CHECK(longest_shutdown(four) == 100s);
}

TEST_CASE("node shutdown: a pod that overruns its group is left behind, and killed no sooner than after 2 s") {
    // Group 1 has 1 s; its pod wants 30 s and dies at 2 s, when group 2 has run for a second already.
    const Groups groups{{1, 1s}, {2, 20s}};
    const std::vector<ShutdownPod> pods{{1, {}, 30s, 0s}, {2, {}, 5s, 0s}};
    const ShutdownPlan plan = shutdown_plan(today, groups, pods);
    CHECK(plan.pods[0] == PodShutdown{0s, 1s, 2s});
    CHECK(plan.pods[1] == PodShutdown{1s, 20s, 6s});
    CHECK(plan.released == 6s);
}

TEST_CASE("node shutdown: up to 1.22 critical pods wait for their time, from 1.23 they follow at once") {
    // The ordinary pod is gone after 3 s of its 20; the critical one needs 4 of its 10.
    const std::vector<ShutdownPod> pods{{0, {}, 3s, 0s}, {system_critical_priority, {}, 4s, 0s}};
    const Groups groups = groups_of(30s, 10s);
    const ShutdownPlan old = shutdown_plan(shutdown_ability({22, 17}), groups, pods);
    CHECK(old.pods[1] == PodShutdown{20s, 10s, 24s});
    CHECK(old.released == 24s);
    const ShutdownPlan now = shutdown_plan(shutdown_ability({23, 0}), groups, pods);
    CHECK(now.pods[1] == PodShutdown{3s, 10s, 7s});
    CHECK(now.released == 7s);
    // Without ordinary pods the old kubelet waits all the same.
    const std::vector<ShutdownPod> critical{{system_critical_priority, {}, 4s, 0s}};
    CHECK(shutdown_plan(shutdown_ability({22, 17}), groups, critical).pods[0].starts == 20s);
    CHECK(shutdown_plan(shutdown_ability({23, 0}), groups, critical).pods[0].starts == 0s);
}

TEST_CASE("node shutdown: from 1.32 a group lasts until its volumes are unmounted, within its period") {
    const std::vector<ShutdownPod> pods{{1, {}, 4s, 3s}, {2, {}, 1s, 100s}};
    const Groups groups{{1, 10s}, {2, 20s}};
    CHECK(shutdown_plan(shutdown_ability({31, 14}), groups, pods).pods[1].starts == 4s);
    const ShutdownPlan plan = shutdown_plan(shutdown_ability({32, 0}), groups, pods);
    CHECK(plan.pods[1].starts == 7s);
    CHECK(plan.released == 27s);
}

TEST_CASE("node shutdown: a gate keeps it out of 1.20, priorities come with 1.24") {
    const ShutdownConfig config{30s, 10s, four};
    CHECK(shutdown_groups(shutdown_ability({20, 15}), config).empty());
    CHECK(shutdown_groups(shutdown_ability({21, 0}), config) == Groups{{0, 20s}, {system_critical_priority, 10s}});
    CHECK(shutdown_groups(shutdown_ability({23, 17}), config).size() == 2);
    CHECK(shutdown_groups(shutdown_ability({24, 0}), config) == four);
    // Groups are read in any order.
    CHECK(shutdown_groups(today, {0s, 0s, {{4, 40s}, {1, 10s}}}) == Groups{{1, 10s}, {4, 40s}});
    CHECK(shutdown_plan(today, {}, {}).released == 0s);
}
