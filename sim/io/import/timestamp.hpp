// SPDX-License-Identifier: Apache-2.0
// Instants of a dump: RFC 3339 in, microseconds since 1970 out; durations as a scenario spells them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lbsim/core/time.hpp"

namespace lbsim::io {

/// Microseconds since 1970-01-01T00:00:00Z of "2024-05-01T10:00:03Z", "…03.250000Z" or "…03+02:00"; digits beyond a
/// microsecond are cut. nullopt where the text is no such instant of the years 1970 to 9999.
/// Source: RFC 3339, section 5.6; metav1.Time and metav1.MicroTime marshal to it.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

/// "90s", "1500ms", "2us": exact, in the largest unit of these three. Pre: not negative.
std::string duration_text(Duration duration);

}  // namespace lbsim::io
