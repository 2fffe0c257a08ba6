// SPDX-License-Identifier: Apache-2.0
// Means of the distributions, of stationary ages and of the Poisson sampler.
#include "lbsim/scenario/sampling.hpp"

#include <cmath>

#include "support/catch.hpp"

namespace lbsim::scenario {

namespace {

using Kind = Distribution::Kind;

Distribution make(Kind kind, Duration a, Duration b = {}, double shape = 0.0) {
    return {.kind = kind, .a = a, .b = b, .shape = shape, .samples = {}};
}

struct Moments {
    double mean = 0.0;
    double deviation = 0.0;
};

template <class Draw>
Moments moments(std::uint64_t n, Draw draw) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::uint64_t i = 0; i < n; ++i) {
        const double x = draw(i);
        sum += x;
        squares += x * x;
    }
    const auto count = static_cast<double>(n);
    return {.mean = sum / count, .deviation = std::sqrt(squares / count - sum / count * sum / count)};
}

}  // namespace

TEST_CASE("sampling: each distribution has its mean") {
    Distribution empirical = make(Kind::empirical, {});
    empirical.samples = {1s, 2s, 9s};
    const StreamKey key(1, 0, "means");
    for (const Distribution& d :
         {make(Kind::fixed, 3s), make(Kind::exponential, 30s), make(Kind::uniform, 2s, 10s),
          make(Kind::lognormal, 5s, 60s), make(Kind::pareto, 2s, {}, 3.0), empirical}) {
        const Sampler sampler(d);
        const Moments m = moments(200'000, [&](std::uint64_t i) { return static_cast<double>(sampler.draw(key.word(i)).count()); });
        INFO("kind " << static_cast<int>(d.kind));
        CHECK(m.mean == Approx(sampler.mean_us()).margin(4.0 * m.deviation / std::sqrt(200'000.0) + 1.0));
    }
}

TEST_CASE("sampling: one in a hundred log-normal draws passes the 99th percentile") {
    const Sampler sampler(make(Kind::lognormal, 5s, 60s));
    const StreamKey key(1, 0, "p99");
    const Moments m = moments(200'000, [&](std::uint64_t i) { return sampler.draw(key.word(i)) > 60s ? 1.0 : 0.0; });
    CHECK(m.mean == Approx(0.01).margin(4.0 * std::sqrt(0.01 * 0.99 / 200'000.0)));
}

TEST_CASE("sampling: the residual life of a stationary process has mean E[L^2] / 2 E[L]") {
    // Renewal theory: an instant falls into a life with probability proportional to its length, uniformly inside.
    struct Case {
        Distribution d;
        double mean_us;  // E[L^2] / (2 E[L])
    };
    const double a = 2e6;
    const double b = 10e6;
    const double sigma = (std::log(60.0) - std::log(5.0)) / 2.3263478740408408;
    for (const Case& c : {
             Case{make(Kind::fixed, 10s), 5e6},
             Case{make(Kind::exponential, 30s), 30e6},
             Case{make(Kind::uniform, 2s, 10s), (a * a + a * b + b * b) / 3.0 / (a + b)},
             // E[L^2] = m^2 e^(2 s^2), E[L] = m e^(s^2 / 2).
             Case{make(Kind::lognormal, 5s, 60s), 0.5 * 5e6 * std::exp(1.5 * sigma * sigma)},
             // shape k: E[L] = m k/(k-1), E[L^2] = m^2 k/(k-2).
             Case{make(Kind::pareto, 2s, {}, 5.0), 0.5 * 2e6 * 4.0 / 3.0},
         }) {
        const Sampler sampler(c.d);
        const StreamKey key(1, 0, "stationary");
        const Moments residual = moments(200'000, [&](std::uint64_t i) {
            return static_cast<double>(sampler.draw_stationary(key.block(i)).residual.count());
        });
        const Moments age = moments(200'000, [&](std::uint64_t i) {
            return static_cast<double>(sampler.draw_stationary(key.block(i)).age.count());
        });
        INFO("kind " << static_cast<int>(c.d.kind));
        CHECK(residual.mean == Approx(c.mean_us).margin(4.0 * residual.deviation / std::sqrt(200'000.0) + 1.0));
        CHECK(age.mean == Approx(c.mean_us).margin(4.0 * age.deviation / std::sqrt(200'000.0) + 1.0));
    }
}

TEST_CASE("sampling: Poisson counts have mean and variance of their law") {
    const StreamKey key(1, 0, "poisson");
    for (const double mean : {0.0, 0.3, 5.0, 9.99, 10.0, 50.0, 1e4, 3e6}) {
        const std::uint64_t n = 50'000;
        const Moments m = moments(n, [&](std::uint64_t i) { return static_cast<double>(draw_poisson(mean, key, i)); });
        INFO(mean);
        CHECK(m.mean == Approx(mean).margin(4.0 * std::sqrt(mean / static_cast<double>(n))));
        // Var of the sample variance is about (2 mean^2 + mean) / n.
        CHECK(m.deviation * m.deviation ==
              Approx(mean).margin(4.0 * std::sqrt((2.0 * mean * mean + mean) / static_cast<double>(n)) + 1e-6 * mean));
    }
}

}  // namespace lbsim::scenario
