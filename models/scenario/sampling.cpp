// SPDX-License-Identifier: Apache-2.0
// Inverse transforms of each distribution and the Poisson sampler.
#include "lbsim/scenario/sampling.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "lbsim/core/arithmetic.hpp"
#include "lbsim/core/check.hpp"

namespace lbsim::scenario {

namespace {

/// Standard normal quantile of 0.99.
constexpr double z_99 = 2.3263478740408408;

double us(Duration d) { return static_cast<double>(d.count()); }

Duration rounded(double value_us) {
    const double longest = us(longest_draw);
    return Duration{round_to_integer(std::clamp(value_us, 0.0, longest))};
}

}  // namespace

Sampler::Sampler(const Distribution& distribution) : distribution_(distribution), scale_(us(distribution.a)) {
    if (distribution_.kind == Distribution::Kind::lognormal) {
        mu_ = deterministic_log(us(distribution_.a));
        sigma_ = (deterministic_log(us(distribution_.b)) - mu_) / z_99;
    }
    if (distribution_.kind == Distribution::Kind::empirical) {
        LBSIM_CHECK(!distribution_.samples.empty(), "an empirical distribution has samples");
        double sum = 0.0;
        for (const Duration sample : distribution_.samples) cumulative_.push_back(sum += us(sample));
    }
}

Duration Sampler::draw(std::uint32_t word) const {
    switch (distribution_.kind) {
        case Distribution::Kind::fixed: return distribution_.a;
        case Distribution::Kind::exponential: return rounded(exponential_of(word) * scale_);
        case Distribution::Kind::uniform: return rounded(scale_ + uniform_of(word) * (us(distribution_.b) - scale_));
        case Distribution::Kind::lognormal: return rounded(deterministic_exp(mu_ + sigma_ * normal_quantile(uniform_of(word))));
        case Distribution::Kind::pareto:
            return rounded(scale_ * deterministic_exp(exponential_of(word) / distribution_.shape));
        case Distribution::Kind::empirical:
            return distribution_.samples[index_among(word, static_cast<std::uint32_t>(distribution_.samples.size()))];
    }
    LBSIM_CHECK(false, "a kind of distribution has no sampler");
}

Duration Sampler::draw_life(std::uint32_t word) const { return std::max(draw(word), Duration{1}); }

double Sampler::length_biased_us(const Words& words) const {
    const double u = uniform_of(words[0]);
    switch (distribution_.kind) {
        case Distribution::Kind::fixed: return scale_;
        // x e^-x is the density of the sum of two exponentials.
        case Distribution::Kind::exponential: return (exponential_of(words[0]) + exponential_of(words[2])) * scale_;
        // Density 2x / (b^2 - a^2).
        case Distribution::Kind::uniform: {
            const double b = us(distribution_.b);
            return std::sqrt(scale_ * scale_ + u * (b * b - scale_ * scale_));
        }
        // x times a log-normal density is a log-normal density with mu + sigma^2.
        case Distribution::Kind::lognormal:
            return deterministic_exp(mu_ + sigma_ * sigma_ + sigma_ * normal_quantile(u));
        // x times x^-(shape+1) is the density of shape - 1.
        case Distribution::Kind::pareto:
            return scale_ * deterministic_exp(exponential_of(words[0]) / (distribution_.shape - 1.0));
        case Distribution::Kind::empirical: {
            const double target = u * cumulative_.back();
            const auto at = std::lower_bound(cumulative_.begin(), cumulative_.end(), target);
            const auto i = std::min(static_cast<std::size_t>(at - cumulative_.begin()), cumulative_.size() - 1);
            return us(distribution_.samples[i]);
        }
    }
    LBSIM_CHECK(false, "a kind of distribution has no length-biased sampler");
}

StationaryLife Sampler::draw_stationary(const Words& words) const {
    const Duration total = std::max(rounded(length_biased_us(words)), Duration{1});
    const Duration residual = std::clamp(rounded(us(total) * uniform_of(words[1])), Duration{1}, total);
    return {.age = total - residual, .residual = residual};
}

double Sampler::mean_us() const {
    switch (distribution_.kind) {
        case Distribution::Kind::fixed:
        case Distribution::Kind::exponential: return scale_;
        case Distribution::Kind::uniform: return 0.5 * (scale_ + us(distribution_.b));
        case Distribution::Kind::lognormal: return deterministic_exp(mu_ + 0.5 * sigma_ * sigma_);
        case Distribution::Kind::pareto: return scale_ * distribution_.shape / (distribution_.shape - 1.0);
        case Distribution::Kind::empirical: return cumulative_.back() / static_cast<double>(cumulative_.size());
    }
    LBSIM_CHECK(false, "a kind of distribution has no mean");
}

namespace {

/// ln(k!) by Stirling's series; exact table below 10.
double log_factorial(double k) {
    static constexpr std::array<double, 10> small{0.0,
                                                  0.0,
                                                  0.693147180559945309,
                                                  1.79175946922805500,
                                                  3.17805383034794562,
                                                  4.78749174278204599,
                                                  6.57925121201010100,
                                                  8.52516136106541430,
                                                  10.6046029027452502,
                                                  12.8018274800814696};
    if (k < 10.0) return small[static_cast<std::size_t>(k)];
    const double inverse = 1.0 / k;
    const double square = inverse * inverse;
    constexpr double half_log_two_pi = 0.918938533204672742;
    return (k + 0.5) * deterministic_log(k) - k + half_log_two_pi +
           inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
}

std::uint64_t poisson_by_inversion(double mean, double u) {
    double p = deterministic_exp(-mean);
    double sum = p;
    std::uint64_t k = 0;
    while (u > sum && k < 1000) {
        ++k;
        p *= mean / static_cast<double>(k);
        sum += p;
    }
    return k;
}

}  // namespace

std::uint64_t draw_poisson(double mean, const StreamKey& key, std::uint64_t index) {
    LBSIM_CHECK(mean >= 0.0 && mean <= 0x1p40, "the mean of a Poisson draw is between 0 and 2^40");
    if (mean == 0.0) return 0;
    if (mean < 10.0) return poisson_by_inversion(mean, uniform_of(key.block(index)[0]));
    const double b = 0.931 + 2.53 * std::sqrt(mean);
    const double a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    const double v_r = 0.9277 - 3.6224 / (b - 2.0);
    const double log_mean = deterministic_log(mean);
    for (std::uint32_t round = 0;; ++round) {
        const Words words = key.block(index, 0, round);
        const double u = uniform_of(words[0]) - 0.5;
        const double v = uniform_of(words[1]);
        const double us_value = 0.5 - std::abs(u);
        const double k = std::floor((2.0 * a / us_value + b) * u + mean + 0.43);
        if (us_value >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
        if (k < 0.0 || (us_value < 0.013 && v > us_value)) continue;
        if (deterministic_log(v) + deterministic_log(inverse_alpha) -
                deterministic_log(a / (us_value * us_value) + b) <=
            -mean + k * log_mean - log_factorial(k)) {
            return static_cast<std::uint64_t>(k);
        }
    }
}

}  // namespace lbsim::scenario
