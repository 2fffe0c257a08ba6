// SPDX-License-Identifier: Apache-2.0
// Token buckets against their closed form.
#include "models/cloud/token_bucket.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using cloud::TokenBucket;
using scenario::Bucket;

namespace {

TokenBucket bucket(double rate, double burst) { return TokenBucket(Bucket{.rate = rate, .burst = burst}); }

/// When the last of `calls` tokens asked for at time 0 is there.
Time last_of(std::uint32_t calls, double rate, double burst) {
    TokenBucket tokens = bucket(rate, burst);
    Time last{};
    for (std::uint32_t i = 0; i < calls; ++i) last = tokens.reserve(time_zero);
    return last;
}

}  // namespace

TEST_CASE("token bucket: of K tokens asked for at once the last is there after (K - burst) / rate") {
    // scenarios.md 4.5 and cloud-load-balancers.md 0.4 name these floors.
    CHECK(last_of(200, 4, 20) == time_zero + 45s);
    CHECK(last_of(400, 4, 20) == time_zero + 95s);
    CHECK(last_of(600, 4, 20) == time_zero + 145s);
    CHECK(last_of(1800, 10, 40) == time_zero + 176s);
    CHECK(last_of(1800, 50, 200) == time_zero + 32s);
    CHECK(last_of(200, 10, 40) == time_zero + 16s);
    CHECK(last_of(200, 1, 5) == time_zero + 195s);
    // 380 / 3 s = 126.6667 s: whole microseconds, rounded up; a third of a tick is lost in each period.
    CHECK(last_of(400, 3, 20) - (time_zero + 126'666'667us) <= 1us);
    CHECK((time_zero + 126'666'667us) - last_of(400, 3, 20) <= 1us);
}

TEST_CASE("token bucket: no wait up to the burst, one period for the next") {
    CHECK(last_of(20, 4, 20) == time_zero);
    CHECK(last_of(21, 4, 20) == time_zero + 250ms);
}

TEST_CASE("token bucket: a token is refused until it is there, walked") {
    TokenBucket tokens = bucket(4, 2);
    CHECK(tokens.try_take(time_zero));
    CHECK(tokens.try_take(time_zero));
    CHECK_FALSE(tokens.try_take(time_zero + 249'999us));
    CHECK(tokens.try_take(time_zero + 250ms));
    CHECK_FALSE(tokens.try_take(time_zero + 250'001us));
}

TEST_CASE("token bucket: it fills no higher than the burst") {
    TokenBucket tokens = bucket(1, 3);
    const Time later = time_zero + 1h;
    for (int i = 0; i < 3; ++i) CHECK(tokens.try_take(later));
    CHECK_FALSE(tokens.try_take(later));
}

TEST_CASE("token bucket: a refused call takes nothing") {
    TokenBucket tokens = bucket(1, 1);
    CHECK(tokens.try_take(time_zero));
    for (int i = 0; i < 100; ++i) CHECK_FALSE(tokens.try_take(time_zero + 500ms));
    CHECK(tokens.try_take(time_zero + 1s));
}
