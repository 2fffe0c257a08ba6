// SPDX-License-Identifier: Apache-2.0
// New connections that go on arriving at a target which failed or left, and what becomes of their flows.
#include "target_history.hpp"

namespace lbsim {
namespace {

using scenario::ConnectionPolicy;
using scenario::Distribution;

constexpr ConnectionPolicy cut_now{.kind = ConnectionPolicy::Kind::cut};
constexpr ConnectionPolicy drained(Duration d) { return {.kind = ConnectionPolicy::Kind::drain, .drain = d}; }

/// Of two targets, 0 fails at 10 s for good.
TargetHistory failing_target(Duration lag, ConnectionPolicy knob) {
    TargetHistory h(2);
    h.healthz(0, 10, false);
    h.lb().new_flow_lag_after_unhealthy = Distribution::fixed(lag);
    h.lb().on_unhealthy = knob;
    return h;
}

/// Of two targets, 0 leaves at 10 s.
TargetHistory leaving_target(Duration lag, ConnectionPolicy knob) {
    TargetHistory h(2);
    h.member(0, 10, false);
    h.lb().new_flow_lag_after_remove = Distribution::fixed(lag);
    h.lb().on_remove = knob;
    return h;
}

}  // namespace

TEST_CASE("lag after unhealthy: new connections arrive until the verdict plus the lag, the state turns at the verdict") {
    // The probe of 10 s fails. A lag of 5 s: new connections until 15 s.
    const auto targets = failing_target(5s, {}).targets();
    CHECK(admissions(targets) == Texts{"0 -..15", "1 -..-"});
    CHECK(changes(targets, 0) == Texts{"10 passing>failing"});
    CHECK(cuts(targets, 0).empty());
    // Passing targets are counted by verdict: one is left from 10 s on.
    CHECK(targets.passing.at(1).t == at(10));
    CHECK(targets.passing.at(1).passing == 1);
}

TEST_CASE("lag after unhealthy: cut cuts at the verdict, and what came in during the lag at its end") {
    CHECK(cuts(failing_target(0s, cut_now).targets(), 0) == Texts{"10 unhealthy"});
    CHECK(cuts(failing_target(5s, cut_now).targets(), 0) == Texts{"10 unhealthy", "15 unhealthy"});
}

TEST_CASE("lag after unhealthy: a drain cuts when it is over, and at the end of a lag that is longer") {
    // Verdict at 10 s, drain until 15 s; lags of 4, 5 and 6 s end just before, at and just after.
    CHECK(cuts(failing_target(4s, drained(5s)).targets(), 0) == Texts{"15 drain over"});
    CHECK(cuts(failing_target(5s, drained(5s)).targets(), 0) == Texts{"15 drain over"});
    CHECK(cuts(failing_target(6s, drained(5s)).targets(), 0) == Texts{"15 drain over", "16 drain over"});
    CHECK(changes(failing_target(6s, drained(5s)).targets(), 0) ==
          Texts{"10 passing>draining", "15 draining>failing"});
}

TEST_CASE("lag after unhealthy: passing again calls the end of the lag off") {
    // Fails at 10 s, lag to 15 s; passes again just before, at and just after that.
    for (const auto& [again, expected, row] :
         {std::tuple(14, Texts{"0 -..-", "1 -..-"}, Texts{"10 unhealthy"}),
          std::tuple(15, Texts{"0 -..-", "1 -..-"}, Texts{"10 unhealthy", "15 unhealthy"}),
          std::tuple(16, Texts{"0 -..15", "0 16..-", "1 -..-"}, Texts{"10 unhealthy", "15 unhealthy"})}) {
        INFO(again);
        TargetHistory h = failing_target(5s, cut_now);
        h.healthz(0, again, true);
        const auto targets = h.targets();
        CHECK(admissions(targets) == expected);
        // At 15 s the lag ends first (end of a cloud call), then the probe is sent: never away, but cut.
        CHECK(cuts(targets, 0) == row);
    }
}

TEST_CASE("lag after unhealthy: a load balancer whose targets all lag is not empty") {
    TargetHistory h = failing_target(5s, {});
    h.healthz(1, 12, false);
    h.lb().all_unhealthy.kind = scenario::AllUnhealthyPolicy::Kind::fail_closed;
    const auto targets = h.targets();
    // 0 until 15 s, 1 until 17 s; then nobody.
    CHECK(admissions(targets) == Texts{"0 -..15", "1 -..17"});
    REQUIRE(targets.empty.size() == 2);
    CHECK(targets.empty[1].t == at(17));
}

TEST_CASE("lag after leaving: new connections arrive until then, the state turns when it leaves") {
    const auto targets = leaving_target(5s, {}).targets();
    CHECK(admissions(targets) == Texts{"0 -..15", "1 -..-"});
    CHECK(changes(targets, 0) == Texts{"10 passing>out"});
}

TEST_CASE("lag after leaving: knobs act at the removal, and at the end of a lag that outlasts them") {
    CHECK(cuts(leaving_target(0s, cut_now).targets(), 0) == Texts{"10 removed"});
    CHECK(cuts(leaving_target(5s, cut_now).targets(), 0) == Texts{"10 removed", "15 removed"});
    CHECK(cuts(leaving_target(5s, {}).targets(), 0).empty());
    CHECK(cuts(leaving_target(4s, drained(5s)).targets(), 0) == Texts{"15 drain over"});
    CHECK(cuts(leaving_target(5s, drained(5s)).targets(), 0) == Texts{"15 drain over"});
    CHECK(cuts(leaving_target(6s, drained(5s)).targets(), 0) == Texts{"15 drain over", "16 drain over"});
}

TEST_CASE("lag after leaving: who was not sent new connections when it left is sent none afterwards") {
    TargetHistory h(2);
    h.healthz(0, 5, false);
    h.member(0, 10, false);
    h.lb().new_flow_lag_after_remove = Distribution::fixed(5s);
    CHECK(admissions(h.targets()) == Texts{"0 -..5", "1 -..-"});
    // Still lagging after its verdict of 5 s, it goes over into the lag of its removal: 10 s + 5 s.
    h.lb().new_flow_lag_after_unhealthy = Distribution::fixed(100s);
    CHECK(admissions(h.targets()) == Texts{"0 -..15", "1 -..-"});
}

TEST_CASE("lag after leaving: the slot stays taken, and a node that comes back has its own again") {
    // 0 leaves slot 0 at 10 s and lags until 15 s; 2 enters just before, at and just after the end.
    for (const auto& [second, slot] : {std::pair(14, 2u), std::pair(15, 0u), std::pair(16, 0u)}) {
        INFO(second);
        TargetHistory h(3);
        h.not_at_start(2);
        h.lb().new_flow_lag_after_remove = Distribution::fixed(5s);
        h.member(0, 10, false);
        h.member(2, second, true);
        const auto targets = h.targets();
        CHECK(targets.memberships.back().slot == slot);
        CHECK(targets.slots == std::max(2u, slot + 1));
    }
    // Back at 12 s, still failing: the lag ends at once, the slot is the old one.
    TargetHistory h = leaving_target(5s, cut_now);
    h.member(0, 12, true);
    h.lb().health_check.first_probe_after = Distribution::fixed(8s);
    const auto targets = h.targets();
    CHECK(admissions(targets) == Texts{"0 -..12", "1 -..-", "0 20..-"});
    CHECK(targets.memberships.back().slot == 0);
    CHECK(targets.slots == 2);
    CHECK(cuts(targets, 0) == Texts{"10 removed"});
}

TEST_CASE("lag: a drawn lag depends on the node and on how often it failed, and on nothing else") {
    TargetHistory h(3);
    h.lb().new_flow_lag_after_unhealthy.kind = Distribution::Kind::exponential;
    h.lb().new_flow_lag_after_unhealthy.a = 5s;
    h.healthz(0, 100, false);
    const Time alone = h.targets().memberships[0].admissions.begin()->to;
    CHECK(alone > at(100));
    h.healthz(1, 50, false);
    CHECK(h.targets().memberships[0].admissions.begin()->to == alone);
}

}  // namespace lbsim
