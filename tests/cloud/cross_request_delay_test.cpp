// SPDX-License-Identifier: Apache-2.0
// The AWS provider's delay before calls, numbers worked out by hand.
#include "models/cloud/cross_request_delay.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using cloud::CrossRequestDelay;

TEST_CASE("cross-request delay: the first throttled call of a process delays little") {
    CrossRequestDelay delay;
    // Counts start at 4 calls: 1 throttled of 4 + 2 makes 60 s / 6 = 10 s.
    CHECK(delay.before_call(time_zero) == 0s);
    delay.throttled();
    CHECK(delay.before_call(time_zero) == 10s);
    // 1 of 7: 8.57 s, whole seconds.
    CHECK(delay.before_call(time_zero) == 8s);
}

TEST_CASE("cross-request delay: a share below a tenth delays nothing") {
    CrossRequestDelay delay;
    for (int i = 0; i < 6; ++i) delay.before_call(time_zero);
    delay.throttled();
    // 1 of 11 is 9.1 %; before that, 1 of 10 would be 6 s.
    CHECK(delay.before_call(time_zero) == 0s);
}

TEST_CASE("cross-request delay: counts fade by a fifth in 20 s, but only after more than 20 s") {
    const auto after = [](Duration wait) {
        CrossRequestDelay delay;
        for (int i = 0; i < 6; ++i) delay.before_call(time_zero);
        for (int i = 0; i < 5; ++i) delay.throttled();
        return delay.before_call(time_zero + wait);
    };
    // Undecayed: 5 of 4 + 6 + 1 = 27.27 s. After 40 s: 5 * 0.64 of 10 * 0.64 + 1 = 3.2 / 7.4 = 25.9 s.
    CHECK(after(20s) == 27s);
    CHECK(after(20'999ms) == 27s);
    // 21 s: 0.8^1.05 = 0.7911: 3.9556 / 8.911 = 26.6 s.
    CHECK(after(21s) == 26s);
    CHECK(after(40s) == 25s);
}
