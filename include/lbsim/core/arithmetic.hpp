// SPDX-License-Identifier: Apache-2.0
// Deterministic arithmetic: log, exp and inverse normal from IEEE + - * / sqrt in fixed order, so that every compiler,
// optimisation level and processor gives the same bits. libm's versions do not (glibc picks FMA variants at run time).
#pragma once

#include <bit>
#include <cstdint>

#pragma GCC visibility push(default)
namespace lbsim {

namespace detail {
inline constexpr double ln2 = 0x1.62e42fefa39efp-1;
inline constexpr std::uint64_t sqrt_half_bits = 0x3fe6a09e667f3bcdULL;
inline constexpr std::uint64_t one_bits = 0x3ff0000000000000ULL;
/// 2^51 + 2^52: adding it leaves a double's nearest integer in the low mantissa bits.
inline constexpr double rounding_magic = 0x1.8p52;
}  // namespace detail

/// -ln((word | 1) / 2^32): a standard exponential variate of 31 bits, never 0 or infinite; the largest is 32 ln 2.
/// Source: atanh series on [sqrt 1/2, sqrt 2); absolute error below 1.5e-12 over all inputs.
inline double exponential_of(std::uint32_t word) {
    const double d = static_cast<double>(word | 1u);
    const std::uint64_t ix = std::bit_cast<std::uint64_t>(d) + (detail::one_bits - detail::sqrt_half_bits);
    const std::int64_t k = static_cast<std::int64_t>(ix >> 52) - 1023;
    const double m = std::bit_cast<double>((ix & 0x000fffffffffffffULL) + detail::sqrt_half_bits);
    const double s = (m - 1.0) / (m + 1.0);
    const double z = s * s;
    double q = 0x1.e3b40f5026ef4p-3;
    q = q * z + 0x1.24329f8b47a86p-2;
    q = q * z + 0x1.999a9d2726ab1p-2;
    q = q * z + 0x1.555554da61354p-1;
    q = q * z + 0x1.0000000004a82p+1;
    return static_cast<double>(32 - k) * detail::ln2 - s * q;
}

/// Nearest integer, ties to even. Pre: 0 <= x < 2^51.
inline std::int64_t round_to_integer(double x) {
    return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(x + detail::rounding_magic) & ((1ULL << 51) - 1));
}

/// (word | 1) / 2^32: a uniform variate strictly inside (0, 1).
inline double uniform_of(std::uint32_t word) { return static_cast<double>(word | 1u) * 0x1p-32; }

/// Natural logarithm. Pre: x > 0 and normal. Relative error below 1e-11.
double deterministic_log(double x);
/// e^x for |x| <= 700; below -700 it is 0. Relative error below 1e-12. Throws: never; above 700 it returns infinity.
double deterministic_exp(double x);
/// The standard normal quantile of p in (0, 1). Relative error below 1e-9.
/// Source: Wichura, algorithm AS 241 (PPND16), Applied Statistics 37(3), 1988.
double normal_quantile(double p);

/// True where the compiler fused a * a + c into one rounding: then no number of lbsim can be trusted.
bool is_contracted();

}  // namespace lbsim
#pragma GCC visibility pop
