// SPDX-License-Identifier: Apache-2.0
// Exact arithmetic of open-loop arrival times.
#include "models/traffic/draws.hpp"

#include "lbsim/core/arithmetic.hpp"

namespace lbsim::traffic {

namespace {
__extension__ using Wide = unsigned __int128;
}

std::uint64_t mean_gap_q32(double arrivals_per_second) {
    return static_cast<std::uint64_t>(1e6 * 0x1p32 / arrivals_per_second);
}

Time arrival_time(std::uint64_t sum, std::uint64_t gap_q32) {
    const Wide us = (static_cast<Wide>(sum) * gap_q32) >> 59;
    return us > static_cast<Wide>(us_of(never)) ? never : at_us(static_cast<std::int64_t>(us));
}

std::uint64_t gap_of(std::uint32_t word) {
    return static_cast<std::uint64_t>(round_to_integer(exponential_of(word) * 0x1p27));
}

}  // namespace lbsim::traffic
