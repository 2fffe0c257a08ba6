// SPDX-License-Identifier: Apache-2.0
// Texts of times and ticks of periodic loops.
#include "lbsim/core/time.hpp"

#include "support/catch.hpp"

namespace lbsim {

TEST_CASE("time: seconds have exactly six decimals") {
    CHECK(seconds_text(Duration{0}) == "0.000000");
    CHECK(seconds_text(Duration{1}) == "0.000001");
    CHECK(seconds_text(Duration{12'500'000}) == "12.500000");
    CHECK(seconds_text(Duration{-1}) == "-0.000001");
    CHECK(seconds_text(at_us(9'223'372'036'854'775'807)) == "9223372036854.775807");
}

TEST_CASE("time: a person's text uses the largest unit that fits") {
    CHECK(human_text(0s) == "0s");
    CHECK(human_text(90s) == "90s");
    CHECK(human_text(120s) == "2m");
    CHECK(human_text(Duration{1'500'000}) == "1500ms");
    CHECK(human_text(24h) == "1d");
}

TEST_CASE("time: a tick is at or after, never before") {
    // Ticks at 2, 7, 12 …: just before, exactly at, just after 7.
    CHECK(first_tick_at_or_after(at_us(6'999'999), 2s, 5s) == at_us(7'000'000));
    CHECK(first_tick_at_or_after(at_us(7'000'000), 2s, 5s) == at_us(7'000'000));
    CHECK(first_tick_at_or_after(at_us(7'000'001), 2s, 5s) == at_us(12'000'000));
    // The series has no beginning: the tick before 2 s is at -3 s.
    CHECK(first_tick_at_or_after(at_us(-3'000'001), 2s, 5s) == at_us(-3'000'000));
    CHECK(first_tick_at_or_after(at_us(-2'999'999), 2s, 5s) == at_us(2'000'000));
    // A phase outside the period is the same series.
    CHECK(first_tick_at_or_after(time_zero, 12s, 5s) == at_us(2'000'000));
}

TEST_CASE("time: an end that would not fit never comes") {
    CHECK(saturating_add(at_us(5), Duration{7}) == at_us(12));
    CHECK(saturating_add(never, 1s) == never);
    CHECK(saturating_add(at_us(1), Duration::max()) == never);
    CHECK(saturating_add(at_us(-5), 10s) == at_us(9'999'995));
}

}  // namespace lbsim
