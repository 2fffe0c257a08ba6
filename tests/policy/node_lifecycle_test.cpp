// SPDX-License-Identifier: Apache-2.0
// Heartbeats, when nodes turn Unknown, and how pods end.
#include "lbsim/policy/node_lifecycle.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
}  // namespace

TEST_CASE("node lifecycle: the grace period grew from 40 s to 50 s in 1.32") {
    CHECK(node_monitor_grace_period({24, 0}) == 40s);
    CHECK(node_monitor_grace_period({31, 14}) == 40s);
    CHECK(node_monitor_grace_period({32, 0}) == 50s);
    CHECK(node_monitor_grace_period({33, 0}) == 50s);
}

TEST_CASE("node lifecycle: a node turns Unknown at the first pass a grace period after its last heartbeat was seen") {
    // Last lease at 305, seen through a watch of 1 s: 306. Passes run every 5 s from 0, so the one at 310 notices it.
    // 50 s later is 360, itself a pass.
    const Time seen = first_tick_at_or_after(second(306), 0s, 5s);
    REQUIRE(seen == second(310));
    CHECK(unknown_at(seen, 50s, 0s, 5s) == second(360));
    CHECK(unknown_at(seen, 40s, 0s, 5s) == second(350));
}

TEST_CASE("node lifecycle: a grace period that ends between passes waits for the next one") {
    // 310 + 48 = 358: the passes at 355 and 360 enclose it. 310 + 50.000001 lies just after 360.
    CHECK(unknown_at(second(310), 48s, 0s, 5s) == second(360));
    CHECK(unknown_at(second(310), 50s + Duration{1}, 0s, 5s) == second(365));
    CHECK(unknown_at(second(310), 50s - Duration{1}, 0s, 5s) == second(360));
    // Passes at 2, 7, 12 …: seen 312, due 362, which is one of them.
    CHECK(unknown_at(second(312), 50s, 2s, 5s) == second(362));
}

TEST_CASE("node lifecycle: heartbeats are the same in all releases but for the spread of status reports") {
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        const HeartbeatTimes times = heartbeat_times({minor, 0});
        CHECK(times.lease_renewal * 4 == times.lease_duration);
        CHECK(times.monitor_period == 5s);
        CHECK(times.startup_grace_period == 60s);
        CHECK(times.status_report_is_spread == (minor >= 34));
    }
}

TEST_CASE("pod termination: preStop comes out of the grace period") {
    // 10 s of preStop, then SIGTERM with 20 of the 30 s left.
    const PodTermination t = pod_termination(10s, 30s);
    CHECK(t.sigterm == 10s);
    CHECK(t.sigkill == 30s);
}

TEST_CASE("pod termination: without preStop SIGTERM comes at once") {
    CHECK(pod_termination(0s, 30s).sigterm == 0s);
    CHECK(pod_termination(0s, 30s).sigkill == 30s);
}

TEST_CASE("pod termination: a preStop longer than the grace period is cut and leaves 2 s") {
    CHECK(pod_termination(60s, 30s).sigterm == 30s);
    CHECK(pod_termination(60s, 30s).sigkill == 32s);
}

TEST_CASE("pod termination: SIGKILL is never sooner than 2 s after SIGTERM") {
    CHECK(pod_termination(28s, 30s).sigkill == 30s);                // exactly 2 s left
    CHECK(pod_termination(28s + Duration{1}, 30s).sigkill == 30s + Duration{1});
    CHECK(pod_termination(0s, 0s).sigterm == 0s);
    CHECK(pod_termination(0s, 0s).sigkill == 2s);
}
