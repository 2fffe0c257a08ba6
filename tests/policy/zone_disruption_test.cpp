// SPDX-License-Identifier: Apache-2.0
// Zone states, eviction rates, total disruption, and the limited queue of taints.
#include "lbsim/policy/zone_disruption.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
constexpr auto normal = ZoneState::normal;
constexpr auto partial = ZoneState::partial_disruption;
constexpr auto full = ZoneState::full_disruption;
}  // namespace

TEST_CASE("zone disruption: 55 percent and more than two make it partial, no Ready node makes it full") {
    CHECK(zone_state({.ready = 10, .not_ready = 0}) == normal);
    CHECK(zone_state({.ready = 0, .not_ready = 0}) == normal);
    CHECK(zone_state({.ready = 0, .not_ready = 1}) == full);
    // Two of three are 67 %, but two are not more than two.
    CHECK(zone_state({.ready = 1, .not_ready = 2}) == normal);
    CHECK(zone_state({.ready = 1, .not_ready = 3}) == partial);
    // 11 of 20 is exactly 55 %; 10 of 20 is 50, 54 of 99 is 54.5, 55 of 99 is 55.6.
    CHECK(zone_state({.ready = 9, .not_ready = 11}) == partial);
    CHECK(zone_state({.ready = 10, .not_ready = 10}) == normal);
    CHECK(zone_state({.ready = 45, .not_ready = 54}) == normal);
    CHECK(zone_state({.ready = 44, .not_ready = 55}) == partial);
}

TEST_CASE("zone disruption: a large zone in partial disruption goes on ten times slower, a small one stops") {
    CHECK(taint_interval(normal, 10) == 10s);
    CHECK(taint_interval(ZoneState::initial, 10) == 10s);
    CHECK(taint_interval(full, 10) == 10s);
    CHECK_FALSE(taint_interval(partial, 50));
    CHECK(taint_interval(partial, 51) == 100s);
}

TEST_CASE("zone disruption: one dead zone of two is emptied at the normal rate") {
    const std::vector<ZoneState> before{normal, normal};
    const std::vector<ZoneCount> counts{{0, 5}, {5, 0}};
    const DisruptionStep step = disruption_step(before, counts);
    CHECK(step.states == std::vector<ZoneState>{full, normal});
    CHECK(step.intervals == std::vector<std::optional<Duration>>{10s, 10s});
    CHECK_FALSE(step.lifts_all_taints);
    CHECK_FALSE(step.restarts_grace_periods);
}

TEST_CASE("zone disruption: where every zone is dead the controller stops and takes its taints back, once") {
    const std::vector<ZoneCount> dead{{0, 5}, {0, 3}};
    DisruptionStep step = disruption_step(std::vector{normal, full}, dead);
    CHECK(step.lifts_all_taints);
    CHECK(step.intervals == std::vector<std::optional<Duration>>{std::nullopt, std::nullopt});
    // Still dead at the next pass: nothing more to lift, and still no taints.
    step = disruption_step(step.states, dead);
    CHECK_FALSE(step.lifts_all_taints);
    CHECK(step.intervals == std::vector<std::optional<Duration>>{std::nullopt, std::nullopt});
    // One node is back: everybody's silence is counted from now, and the rates are those of the states.
    step = disruption_step(step.states, std::vector<ZoneCount>{{1, 4}, {0, 3}});
    CHECK(step.restarts_grace_periods);
    CHECK_FALSE(step.lifts_all_taints);
    CHECK(step.states == std::vector<ZoneState>{partial, full});
    CHECK(step.intervals == std::vector<std::optional<Duration>>{std::nullopt, 10s});
}

TEST_CASE("zone disruption: a cluster without nodes is not disrupted") {
    const DisruptionStep step = disruption_step({}, {});
    CHECK_FALSE(step.lifts_all_taints);
    CHECK_FALSE(step.restarts_grace_periods);
}

TEST_CASE("zone taint queue: the first node at once, the next ten seconds later") {
    ZoneTaintQueue queue;
    for (const NodeKey node : {7u, 3u, 5u}) queue.add(node);
    queue.add(7);  // waits already
    CHECK(queue.take(second(100)) == 7u);
    CHECK_FALSE(queue.take(second(100)));
    CHECK_FALSE(queue.take(second(110) - Duration{1}));
    CHECK(queue.take(second(110)) == 3u);
    queue.remove(5);
    CHECK_FALSE(queue.take(second(120)));
    // Nothing was taken at 120, so a node queued at 125 does not wait; only one turn was saved up.
    queue.add(1);
    queue.add(2);
    CHECK(queue.take(second(125)) == 1u);
    CHECK_FALSE(queue.take(second(135) - Duration{1}));
    CHECK(queue.take(second(135)) == 2u);
}

TEST_CASE("zone taint queue: a new rate keeps a turn that is due and restarts one that is not") {
    ZoneTaintQueue queue;
    queue.add(1);
    queue.add(2);
    CHECK(queue.take(second(100)) == 1u);
    // At 105 the next turn is not due; at 100 s an interval it comes at 205.
    queue.set_interval(100s, second(105));
    CHECK_FALSE(queue.take(second(205) - Duration{1}));
    // The same rate again changes nothing.
    queue.set_interval(100s, second(150));
    CHECK(queue.take(second(205)) == 2u);
    // Stopped, then started at 400: from nothing to 10 s is a full interval.
    queue.add(3);
    queue.set_interval(std::nullopt, second(300));
    CHECK_FALSE(queue.take(second(390)));
    queue.set_interval(10s, second(400));
    CHECK_FALSE(queue.take(second(410) - Duration{1}));
    CHECK(queue.take(second(410)) == 3u);
    // Due since 420: the slower rate lets this one go at once.
    queue.add(4);
    queue.set_interval(100s, second(430));
    CHECK(queue.take(second(430)) == 4u);
}
