// SPDX-License-Identifier: Apache-2.0
// Draws from the distributions of a scenario, with deterministic arithmetic.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/scenario/distribution.hpp"

namespace lbsim::scenario {

/// Longest duration ever drawn: 2^51 - 1 us (71 years); longer draws are cut to it.
inline constexpr Duration longest_draw{(std::int64_t{1} << 51) - 1};

/// A connection that is open at time 0: how long it has lived and how long it goes on.
struct StationaryLife {
    Duration age{};
    Duration residual{};  ///< at least 1 us
};

/// Inverse-transform sampling of one distribution; constants are worked out once.
class Sampler {
public:
    Sampler() = default;
    explicit Sampler(const Distribution& distribution);

    /// One value, >= 0. The same word always gives the same value.
    Duration draw(std::uint32_t word) const;
    /// A life: draw, at least 1 us.
    Duration draw_life(std::uint32_t word) const;
    /// Age and residual of a life seen at a fixed instant of a stationary process: the total is length-biased, the
    /// instant uniform in it. Source: renewal theory (inspection paradox). Uses words 0 to 2.
    StationaryLife draw_stationary(const Words& words) const;
    /// Mean. Units: microseconds.
    double mean_us() const;
    const Distribution& distribution() const { return distribution_; }
    /// Mean in microseconds where the kind is exponential, for vectorised generation.
    double exponential_mean_us() const { return scale_; }

private:
    double length_biased_us(const Words& words) const;

    Distribution distribution_;
    double scale_ = 0.0;   ///< mean, lower end, minimum
    double mu_ = 0.0;      ///< of lognormal
    double sigma_ = 0.0;
    std::vector<double> cumulative_;  ///< of empirical: running sums of the samples
};

/// Number of events of a Poisson distribution, by the word stream of (key, index). Any mean from 0 to 2^40.
/// Source: Hoermann, "The transformed rejection method for generating Poisson random variables" (PTRS), 1993;
/// inversion below a mean of 10.
std::uint64_t draw_poisson(double mean, const StreamKey& key, std::uint64_t index);

}  // namespace lbsim::scenario
