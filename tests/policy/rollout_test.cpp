// SPDX-License-Identifier: Apache-2.0
// Rolling updates of Deployments and DaemonSets, proportional scaling, and who goes first.
#include "lbsim/policy/rollout.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
using Sets = std::vector<ReplicaSetFacts>;
using Sizes = std::vector<std::uint32_t>;
using Indices = std::vector<std::size_t>;
constexpr IntOrPercent percent(std::uint32_t value) { return {.value = value, .is_percent = true}; }
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
constexpr Release newest{36, 2};
}  // namespace

TEST_CASE("rollout: a Deployment rounds surge up and unavailable down") {
    // A quarter of 10 is 2.5, of 2 is 0.5, of 1 is 0.25.
    CHECK(deployment_update(10, percent(25), percent(25)) == RollingUpdate{10, 3, 2});
    CHECK(deployment_update(2, percent(25), percent(25)) == RollingUpdate{2, 1, 0});
    CHECK(deployment_update(4, percent(25), percent(25)) == RollingUpdate{4, 1, 1});
    // 10 % of 3 rounded down is 0, and no surge: nothing could ever move, so one may be unavailable.
    CHECK(deployment_update(3, {.value = 0}, percent(10)) == RollingUpdate{3, 0, 1});
    CHECK(deployment_update(3, {.value = 0}, {.value = 7}) == RollingUpdate{3, 0, 3});
    CHECK(deployment_update(0, percent(25), percent(25)) == RollingUpdate{0, 0, 0});
}

TEST_CASE("rollout: a DaemonSet rounds both up") {
    CHECK(daemon_set_update(10, {.value = 0}, percent(25)) == RollingUpdate{10, 0, 3});
    CHECK(daemon_set_update(10, percent(1), {.value = 0}) == RollingUpdate{10, 1, 0});
    CHECK(daemon_set_update(10, {.value = 0}, {.value = 0}) == RollingUpdate{10, 0, 1});
}

TEST_CASE("rollout: a pod is available when it has been ready for minReadySeconds") {
    CHECK(is_available(true, second(10), 0s, second(10)));
    CHECK_FALSE(is_available(false, second(10), 0s, second(20)));
    CHECK_FALSE(is_available(true, second(10), 5s, second(15) - Duration{1}));
    CHECK(is_available(true, second(10), 5s, second(15)));
}

TEST_CASE("rollout: a Deployment grows its new set to the surge, then lets old pods go as new ones get available") {
    // 10 replicas, surge 3, two may be unavailable: 13 at most, 8 available at least.
    const RollingUpdate update{10, 3, 2};
    CHECK(rollout_step(update, Sets{{10, 10}, {0, 0}}) == Sizes{10, 3});
    // All 13 are there, 10 available: two old ones may go.
    CHECK(rollout_step(update, Sets{{10, 10}, {3, 0}}) == Sizes{8, 3});
    CHECK(rollout_step(update, Sets{{8, 8}, {3, 0}}) == Sizes{8, 5});
    CHECK(rollout_step(update, Sets{{8, 8}, {5, 0}}) == Sizes{8, 5});
    // One new one is available: one old one may go, then one more new one comes.
    CHECK(rollout_step(update, Sets{{8, 8}, {5, 1}}) == Sizes{7, 5});
    CHECK(rollout_step(update, Sets{{7, 7}, {5, 1}}) == Sizes{7, 6});
    CHECK(rollout_step(update, Sets{{0, 0}, {10, 9}}) == Sizes{0, 10});
    CHECK_FALSE(is_rolled_out(update, Sets{{0, 0}, {10, 9}}));
    CHECK(is_rolled_out(update, Sets{{0, 0}, {10, 10}}));
    CHECK_FALSE(is_rolled_out(update, Sets{{1, 1}, {10, 10}}));
}

TEST_CASE("rollout: a new set that never gets available does not cost available pods, upstream's two examples") {
    const RollingUpdate update{10, 3, 2};
    // Crash-looping new pods, and a node takes an old pod along: 13 - 8 - 5 = 0, nothing is scaled down.
    CHECK(rollout_step(update, Sets{{8, 7}, {5, 0}}) == Sizes{8, 5});
    // Rolled back: the old template is the newest set now, and of the 5 broken pods 13 - 8 - 1 = 4 go.
    CHECK(rollout_step(update, Sets{{5, 0}, {8, 7}}) == Sizes{1, 8});
}

TEST_CASE("rollout: without surge old pods go first, and only as many as may be unavailable") {
    const RollingUpdate update{4, 0, 1};
    CHECK(rollout_step(update, Sets{{4, 4}, {0, 0}}) == Sizes{3, 0});
    CHECK(rollout_step(update, Sets{{3, 3}, {0, 0}}) == Sizes{3, 1});
    CHECK(rollout_step(update, Sets{{3, 3}, {1, 0}}) == Sizes{3, 1});
    CHECK(rollout_step(update, Sets{{3, 3}, {1, 1}}) == Sizes{2, 1});
}

TEST_CASE("rollout: with maxUnavailable 0 an old pod goes only for an available new one") {
    const RollingUpdate update{2, 1, 0};
    CHECK(rollout_step(update, Sets{{2, 2}, {0, 0}}) == Sizes{2, 1});
    CHECK(rollout_step(update, Sets{{2, 2}, {1, 0}}) == Sizes{2, 1});
    CHECK(rollout_step(update, Sets{{2, 2}, {1, 1}}) == Sizes{1, 1});
    CHECK(rollout_step(update, Sets{{1, 1}, {1, 1}}) == Sizes{1, 2});
}

TEST_CASE("rollout: of several old sets the oldest shrinks first") {
    const RollingUpdate update{6, 0, 3};
    CHECK(rollout_step(update, Sets{{2, 2}, {4, 4}, {0, 0}}) == Sizes{0, 3, 0});
    CHECK(rollout_step({2, 0, 1}, Sets{{0, 0}, {3, 3}}) == Sizes{0, 2});
}

TEST_CASE("scaling: outside a rollout the set in use takes all") {
    CHECK(scaled_sets({5, 2, 1}, 4, Sets{{0, 0}, {3, 3}}) == Sizes{0, 5});
    CHECK(scaled_sets({5, 2, 1}, 4, Sets{{3, 3}, {0, 0}}) == Sizes{5, 0});
    CHECK(scaled_sets({5, 2, 1}, 2, Sets{{0, 0}, {0, 0}}) == Sizes{0, 5});
    CHECK(scaled_sets({0, 0, 0}, 4, Sets{{3, 3}}) == Sizes{0});
}

TEST_CASE("scaling: in a rollout the sets share it in proportion, upstream's documented example") {
    // 10 replicas and surge 3 were 8 old and 5 new; 15 replicas and the same surge make 18: 8 * 18/13 = 11.08, so 3 more
    // for the larger, 2 for the other (6.92, limited by what is left).
    CHECK(scaled_sets({15, 3, 2}, 13, Sets{{8, 8}, {5, 0}}) == Sizes{11, 7});
    // Back to 5 with surge 2, 7 of 13: 8 * 7/13 = 4.3, 5 * 7/13 = 2.7.
    CHECK(scaled_sets({5, 2, 1}, 13, Sets{{8, 8}, {5, 0}}) == Sizes{4, 3});
    CHECK(scaled_sets({0, 0, 0}, 13, Sets{{8, 8}, {5, 0}}) == Sizes{0, 0});
    // Equal sizes and one pod to give: the newer takes what rounding leaves.
    CHECK(scaled_sets({4, 1, 1}, 4, Sets{{2, 2}, {2, 0}}) == Sizes{2, 3});
}

TEST_CASE("victims: without a node, pending, not ready, on a crowded node, then the youngest") {
    const Time now = second(1000);
    const std::vector<ScaleDownPod> pods{
        {.neighbours = 1, .ready_since = second(0), .created = second(0), .uid = 1},
        {.neighbours = 1, .ready_since = second(999), .created = second(990), .uid = 2},
        {.neighbours = 2, .ready_since = second(0), .created = second(0), .uid = 3},
        {.is_ready = false, .neighbours = 1, .created = second(0), .uid = 4},
        {.is_pending = true, .is_ready = false, .neighbours = 1, .created = second(0), .uid = 5},
        {.is_assigned = false, .is_pending = true, .is_ready = false, .created = second(0), .uid = 6}};
    CHECK(victims_first(newest, pods, now) == Indices{5, 4, 3, 2, 1, 0});
    CHECK(victims_first({21, 14}, pods, now) == Indices{5, 4, 3, 2, 1, 0});
}

TEST_CASE("victims: from 1.22 pods of about the same age go by uid") {
    // In nanoseconds 600 s and 900 s lie in one power of two (549.8 to 1099.5 s), 500 s in the one below.
    const Time now = second(1000);
    const std::vector<ScaleDownPod> pods{{.neighbours = 1, .ready_since = second(400), .uid = 7},
                                         {.neighbours = 1, .ready_since = second(100), .uid = 3},
                                         {.neighbours = 1, .ready_since = second(500), .uid = 9}};
    CHECK(victims_first({22, 0}, pods, now) == Indices{2, 1, 0});
    CHECK(victims_first({21, 14}, pods, now) == Indices{2, 0, 1});
}

TEST_CASE("rollout: a DaemonSet deletes as many available pods as may be unavailable, and all that are not") {
    const RollingUpdate update{4, 0, 1};
    const DaemonNode old{.old_available = true, .new_available = {}};
    const DaemonNode broken{.old_available = false, .new_available = {}};
    const DaemonNode fresh{.old_available = {}, .new_available = true};
    const DaemonNode starting{.old_available = {}, .new_available = false};
    const DaemonNode empty{};
    CHECK(daemon_rollout_step(update, std::vector{old, old, old}).delete_old == Indices{0});
    CHECK(daemon_rollout_step(update, std::vector{fresh, old, old}).delete_old == Indices{1});
    CHECK(daemon_rollout_step(update, std::vector{starting, old, old}).delete_old.empty());
    CHECK(daemon_rollout_step(update, std::vector{empty, old, old}).delete_old.empty());
    CHECK(daemon_rollout_step(update, std::vector{starting, broken, old}).delete_old == Indices{1});
    CHECK(daemon_rollout_step({4, 0, 3}, std::vector{starting, old, old, old}).delete_old == Indices{1, 2});
}

TEST_CASE("rollout: a DaemonSet with surge creates beside the old pod and deletes that when the new one is available") {
    const RollingUpdate update{4, 1, 0};
    const DaemonNode old{.old_available = true, .new_available = {}};
    const DaemonNode broken{.old_available = false, .new_available = {}};
    const DaemonNode starting{.old_available = true, .new_available = false};
    const DaemonNode both{.old_available = true, .new_available = true};
    CHECK(daemon_rollout_step(update, std::vector{old, old}).create_new == Indices{0});
    CHECK(daemon_rollout_step(update, std::vector{starting, old}).create_new.empty());
    CHECK(daemon_rollout_step(update, std::vector{starting, broken}).create_new == Indices{1});
    const DaemonStep step = daemon_rollout_step(update, std::vector{both, old});
    CHECK(step.delete_old == Indices{0});
    CHECK(step.create_new == Indices{1});
}
