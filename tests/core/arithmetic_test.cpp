// SPDX-License-Identifier: Apache-2.0
// Deterministic logarithm, exponential and normal quantile against libm and against published values.
#include "lbsim/core/arithmetic.hpp"

#include <cmath>

#include "lbsim/core/rng.hpp"
#include "support/catch.hpp"

namespace lbsim {

TEST_CASE("arithmetic: this build does not fuse multiply and add") { CHECK_FALSE(is_contracted()); }

TEST_CASE("arithmetic: exponential variates are -ln(u) within 1.5e-12") {
    // u = (w | 1) / 2^32, so the smallest variate is -ln(1 - 2^-32) and the largest 32 ln 2 = 22.18.
    CHECK(exponential_of(0) == Approx(32.0 * std::log(2.0)).epsilon(1e-13));
    CHECK(exponential_of(0xffffffffu) >= 0.0);
    double worst = 0.0;
    for (std::uint64_t w = 0; w < (std::uint64_t{1} << 32); w += 40'503) {
        const auto word = static_cast<std::uint32_t>(w);
        const double expected = -std::log(static_cast<double>(word | 1u) * 0x1p-32);
        worst = std::max(worst, std::abs(exponential_of(word) - expected));
    }
    CHECK(worst < 1.5e-12);
}

TEST_CASE("arithmetic: the hash of 2^20 exponential variates never changes") {
    // Equal for every compiler, optimisation level and processor, or results would not be.
    std::uint64_t hash = 0;
    for (std::uint32_t i = 0; i < (1u << 20); ++i) {
        hash = mix64(hash ^ std::bit_cast<std::uint64_t>(exponential_of(i * 4093u)));
    }
    CHECK(hash == 0x46e28cc93d5971b2ULL);
}

TEST_CASE("arithmetic: logarithm and exponential agree with libm and undo each other") {
    for (double x = 1e-12; x < 1e15; x *= 1.37) {
        INFO(x);
        CHECK(deterministic_log(x) == Approx(std::log(x)).epsilon(1e-11).margin(1e-12));
        CHECK(deterministic_exp(deterministic_log(x)) == Approx(x).epsilon(1e-11));
    }
    for (double x = -690.0; x < 690.0; x += 0.7) CHECK(deterministic_exp(x) == Approx(std::exp(x)).epsilon(1e-12));
    CHECK(deterministic_exp(0.0) == 1.0);
    CHECK(deterministic_exp(-800.0) == 0.0);
}

TEST_CASE("arithmetic: the normal quantile has its tabled values") {
    // Abramowitz and Stegun, table 26.1, and symmetry.
    CHECK(normal_quantile(0.5) == Approx(0.0).margin(1e-15));
    CHECK(normal_quantile(0.975) == Approx(1.959963984540054).epsilon(1e-12));
    CHECK(normal_quantile(0.99) == Approx(2.3263478740408408).epsilon(1e-12));
    CHECK(normal_quantile(1e-9) == Approx(-5.997807015007774).epsilon(1e-9));
    for (double p = 0.001; p < 0.5; p += 0.013) CHECK(normal_quantile(p) == Approx(-normal_quantile(1.0 - p)).epsilon(1e-9));
}

TEST_CASE("arithmetic: rounding is to the nearest integer, ties to even") {
    CHECK(round_to_integer(0.0) == 0);
    CHECK(round_to_integer(0.5) == 0);
    CHECK(round_to_integer(1.5) == 2);
    CHECK(round_to_integer(2.5) == 2);
    CHECK(round_to_integer(2251799813685246.0) == 2251799813685246);
}

}  // namespace lbsim
