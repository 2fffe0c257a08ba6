// SPDX-License-Identifier: Apache-2.0
// Numbers and durations of a scenario file, read exactly from their text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lbsim/core/time.hpp"

namespace lbsim::io {

/// No duration of a scenario is longer: 10^6 days.
inline constexpr std::int64_t max_duration_us = 86'400'000'000'000'000;

/// A duration, or why the text is none.
struct ParsedDuration {
    std::optional<Duration> value;
    std::string why;  ///< "" where there is a value
};

/// "1.5s", "300ms", "2h": one decimal number and one unit, a whole number of microseconds.
ParsedDuration parse_duration(std::string_view text);

/// "25%" as 25: digits without leading zeros and a percent sign.
std::optional<std::uint64_t> percent_number(std::string_view text);

/// The whole number that a JSON number's text stands for: "12", "1e3", "2.0", "-0".
std::optional<std::uint64_t> whole_number(std::string_view text);
/// The value of a JSON number's text.
std::optional<double> real_number(std::string_view text);
/// A JSON number of seconds as a whole number of microseconds.
std::optional<Duration> seconds_number(std::string_view text);

}  // namespace lbsim::io
