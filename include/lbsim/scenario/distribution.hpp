// SPDX-License-Identifier: Apache-2.0
// A distribution of durations as plain data.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/core/time.hpp"

namespace lbsim::scenario {

/// A distribution of durations. Which fields count depends on `kind`.
struct Distribution {
    enum class Kind : std::uint8_t { fixed, exponential, uniform, lognormal, pareto, empirical };
    Kind kind = Kind::fixed;
    Duration a{};         ///< fixed value; mean; lower end; median; minimum
    Duration b{};         ///< upper end of uniform; 99th percentile of lognormal
    double shape = 0.0;   ///< of pareto; > 1, so that the mean is finite
    std::vector<Duration> samples;  ///< of empirical, ascending

    static Distribution fixed(Duration d) { return {.kind = Kind::fixed, .a = d, .b = {}, .shape = 0.0, .samples = {}}; }
    bool is_fixed() const { return kind == Kind::fixed; }
    friend bool operator==(const Distribution&, const Distribution&) = default;
};

}  // namespace lbsim::scenario
