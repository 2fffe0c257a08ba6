// SPDX-License-Identifier: Apache-2.0
// Texts of times.
#include "lbsim/core/time.hpp"

#include <array>
#include <cstdio>
#include <utility>

namespace lbsim {

std::string seconds_text(Duration d) {
    const std::int64_t us = d.count();
    const std::uint64_t magnitude = us < 0 ? 0 - static_cast<std::uint64_t>(us) : static_cast<std::uint64_t>(us);
    std::array<char, 40> text{};
    const int n = std::snprintf(text.data(), text.size(), "%s%llu.%06llu", us < 0 ? "-" : "",
                                static_cast<unsigned long long>(magnitude / 1'000'000),
                                static_cast<unsigned long long>(magnitude % 1'000'000));
    return {text.data(), static_cast<std::size_t>(n)};
}

std::string seconds_text(Time t) { return seconds_text(t.time_since_epoch()); }

std::string human_text(Duration d) {
    static constexpr std::array<std::pair<std::int64_t, const char*>, 6> units{{
        {86'400'000'000, "d"}, {3'600'000'000, "h"}, {60'000'000, "m"}, {1'000'000, "s"}, {1'000, "ms"}, {1, "us"},
    }};
    const std::int64_t us = d.count();
    if (us == 0) return "0s";
    for (const auto& [size, name] : units) {
        if (us % size == 0) return std::to_string(us / size) + name;
    }
    return std::to_string(us) + "us";
}

}  // namespace lbsim
