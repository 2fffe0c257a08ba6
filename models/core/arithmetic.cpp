// SPDX-License-Identifier: Apache-2.0
// log, exp and the normal quantile from IEEE operations in fixed order.
#include "lbsim/core/arithmetic.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace lbsim {

double deterministic_log(double x) {
    const std::uint64_t ix = std::bit_cast<std::uint64_t>(x) + (detail::one_bits - detail::sqrt_half_bits);
    const std::int64_t k = static_cast<std::int64_t>(ix >> 52) - 1023;
    const double m = std::bit_cast<double>((ix & 0x000fffffffffffffULL) + detail::sqrt_half_bits);
    const double s = (m - 1.0) / (m + 1.0);
    const double z = s * s;
    // 2 atanh(s) = 2 s (1 + z/3 + z^2/5 + …); z <= 0.0295, so the term z^10/21 is below 1e-17.
    double q = 0.0;
    for (int term = 10; term >= 0; --term) q = q * z + 2.0 / static_cast<double>(2 * term + 1);
    return static_cast<double>(k) * detail::ln2 + s * q;
}

double deterministic_exp(double x) {
    if (x < -700.0) return 0.0;
    if (x > 700.0) return std::numeric_limits<double>::infinity();
    constexpr double log2_e = 0x1.71547652b82fep+0;
    constexpr double ln2_high = 0x1.62e42feep-1;
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;
    const double scaled = x * log2_e;
    const double k = (scaled + detail::rounding_magic) - detail::rounding_magic;
    const double r = (x - k * ln2_high) - k * ln2_low;  // |r| <= ln2 / 2
    double sum = 1.0;
    for (int n = 14; n >= 1; --n) sum = 1.0 + sum * (r / static_cast<double>(n));
    const auto exponent = static_cast<std::int64_t>(k);
    return sum * std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

namespace {
template <std::size_t N>
double horner(const std::array<double, N>& coefficients, double r) {
    double sum = 0.0;
    for (std::size_t i = N; i-- > 0;) sum = sum * r + coefficients[i];
    return sum;
}
}  // namespace

double normal_quantile(double p) {
    static constexpr std::array<double, 8> a{
        3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static constexpr std::array<double, 8> b{
        1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
        2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3};
    static constexpr std::array<double, 8> c{
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static constexpr std::array<double, 8> d{
        1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
    static constexpr std::array<double, 8> e{
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static constexpr std::array<double, 8> f{
        1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * (horner(a, r) / horner(b, r));
    }
    const double tail = q < 0.0 ? p : 1.0 - p;
    const double r = std::sqrt(-deterministic_log(tail));
    const double z = r <= 5.0 ? horner(c, r - 1.6) / horner(d, r - 1.6) : horner(e, r - 5.0) / horner(f, r - 5.0);
    return q < 0.0 ? -z : z;
}

bool is_contracted() {
    const volatile double a = 1.0 + 0x1p-30;
    const volatile double c = -(1.0 + 0x1p-29);
    return a * a + c != 0.0;
}

}  // namespace lbsim
