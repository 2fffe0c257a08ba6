// SPDX-License-Identifier: Apache-2.0
// Sums over turns: two load balancers that overlap, one that never comes back.
#include "lbsim/history/desync_log.hpp"

#include "support/catch.hpp"

namespace lbsim::history {
namespace {

TEST_CASE("desync log: sums, longest stretch and longest way back to full sync") {
    // a is out in [1, 4), b in [3, 6), so somebody is out in [1, 6); a again from 8 to the end at 10.
    const ServiceId a{0u};
    const ServiceId b{1u};
    DesyncLog log(2);
    log.turn(at_us(1), a, true);
    log.turn(at_us(3), b, true);
    log.turn(at_us(4), a, false);
    log.turn(at_us(6), b, false);
    log.turn(at_us(8), a, true);
    CHECK(log.is_desynced(a));
    CHECK_FALSE(log.is_desynced(b));
    const DesyncLog::Totals totals = log.totals(at_us(10));
    CHECK(totals.load_balancers == Duration{3 + 3 + 2});
    CHECK(totals.longest == Duration{3});
    CHECK(totals.full_sync == Duration{5});
}

TEST_CASE("desync log: turns of one instant make one count") {
    DesyncLog log(2);
    log.turn(at_us(1), ServiceId{0u}, true);
    log.turn(at_us(1), ServiceId{1u}, true);
    log.turn(at_us(2), ServiceId{0u}, false);
    REQUIRE(log.counts().size() == 2);
    CHECK(log.counts()[0].desynced == 2);
    CHECK(log.counts()[1].desynced == 1);
}

}  // namespace
}  // namespace lbsim::history
