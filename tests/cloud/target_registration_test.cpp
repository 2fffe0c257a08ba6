// SPDX-License-Identifier: Apache-2.0
// Targets that the data plane or the probers do not know yet.
#include "lbsim/scenario/probe_draws.hpp"
#include "target_history.hpp"

namespace lbsim {
namespace {

using scenario::Distribution;

/// Node 1 enters at 10 s beside node 0.
TargetHistory entering_target(Duration registration, Duration first_probe) {
    TargetHistory h(2);
    h.not_at_start(1);
    h.member(1, 10, true);
    h.lb().registration_delay = Distribution::fixed(registration);
    h.lb().health_check.first_probe_after = Distribution::fixed(first_probe);
    return h;
}

}  // namespace

TEST_CASE("registration: a target is passing when its verdict is and the data plane knows it, whichever is later") {
    // Verdict at 10 s + 5 s; known 4, 5 and 6 s after entering.
    for (const auto& [delay, from] : {std::pair(4s, "15"), std::pair(5s, "15"), std::pair(6s, "16")}) {
        const auto targets = entering_target(delay, 5s).targets();
        CHECK(changes(targets, 1) == Texts{"10 out>failing", std::string(from) + " failing>passing"});
        CHECK(admissions(targets) == Texts{"0 -..-", std::string("1 ") + from + "..-"});
    }
}

TEST_CASE("registration: an unknown target gets nothing even in fail-open and does not count") {
    // 0 fails at 12 s: fail-open, but 1 is known from 15 s only. Its probes wait until 30 s.
    TargetHistory h = entering_target(5s, 20s);
    h.healthz(0, 12, false);
    const auto targets = h.targets();
    CHECK(admissions(targets) == Texts{"0 -..30", "1 15..-"});
    CHECK(targets.fail_open == 18s);
    // panic_below 0.7: one of one passes until 15 s, one of two from then to 30 s.
    TargetHistory panic = entering_target(5s, 20s);
    panic.lb().all_unhealthy = {.kind = scenario::AllUnhealthyPolicy::Kind::panic_below, .panic_below = 0.7};
    CHECK(panic.targets().fail_open == 15s);
    CHECK(admissions(panic.targets()) == Texts{"0 -..-", "1 15..-"});
}

TEST_CASE("registration: what the probers think before is nobody's business") {
    // Passes at 10 s, fails at 12 s, is known at 15 s: no row, no cut.
    TargetHistory h = entering_target(5s, 0s);
    h.lb().on_unhealthy.kind = scenario::ConnectionPolicy::Kind::cut;
    h.healthz(1, 12, false);
    const auto targets = h.targets();
    CHECK(changes(targets, 1) == Texts{"10 out>failing"});
    CHECK(cuts(targets, 1).empty());
    CHECK(admissions(targets) == Texts{"0 -..-"});
}

TEST_CASE("registration: who leaves before it was known never was there") {
    for (const auto& [left, expected] : {std::pair(14, Texts{"0 -..-"}), std::pair(15, Texts{"0 -..-"}),
                                         std::pair(16, Texts{"0 -..-", "1 15..16"})}) {
        INFO(left);
        TargetHistory h = entering_target(5s, 0s);
        h.member(1, left, false);
        CHECK(admissions(h.targets()) == expected);
    }
}

TEST_CASE("first probe: probes of a membership start at the first tick at or after entering plus the delay") {
    // Ticks at whole seconds. Entered at 10 s; 4.5 s later is 14.5 s, so the first probe is that of 15 s.
    CHECK(changes(entering_target(0s, 5s).targets(), 1) == Texts{"10 out>failing", "15 failing>passing"});
    CHECK(changes(entering_target(0s, 4500ms).targets(), 1) == Texts{"10 out>failing", "15 failing>passing"});
    CHECK(changes(entering_target(0s, 5s + Duration{1}).targets(), 1) == Texts{"10 out>failing", "16 failing>passing"});
    // Node 0 is probed at 0 … 999 s, node 1 at 15 … 999 s.
    CHECK(entering_target(0s, 5s).targets().probes == 1000 + 985);
    // Never, where the delay outlasts the run.
    CHECK(entering_target(0s, 5000s).targets().probes == 1000);
}

TEST_CASE("no health check: every target passes from the moment it enters, and nothing is probed") {
    TargetHistory h = entering_target(0s, 0s);
    h.lb().health_check.target = scenario::HealthCheckTarget::none;
    h.healthz(0, 20, false);
    const auto targets = h.targets();
    CHECK(targets.probes == 0);
    CHECK(changes(targets, 0).empty());
    CHECK(changes(targets, 1) == Texts{"10 out>passing"});
}

TEST_CASE("shared check: load balancers of a profile have the same phases, and the first one's probes count") {
    scenario::Scenario s;
    for (const char* name : {"own", "a", "b", "c"}) {
        s.services.emplace_back();
        s.services.back().name = name;
        s.services.back().load_balancer.profile = "gce";
        s.services.back().load_balancer.health_check.is_shared = s.services.size() > 1;
    }
    s.services[3].load_balancer.profile = "other";
    const auto phase = [&](std::uint32_t service) { return scenario::prober_phases(s, ServiceId{service}, 0); };
    CHECK(phase(1) == phase(2));
    CHECK(phase(0) != phase(1));
    CHECK(phase(2) != phase(3));
    CHECK(scenario::counts_probes(s, ServiceId{0u}));
    CHECK(scenario::counts_probes(s, ServiceId{1u}));
    CHECK_FALSE(scenario::counts_probes(s, ServiceId{2u}));
    CHECK(scenario::counts_probes(s, ServiceId{3u}));
}

}  // namespace lbsim
