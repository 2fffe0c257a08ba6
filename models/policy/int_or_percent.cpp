// SPDX-License-Identifier: Apache-2.0
// Percentages as whole numbers of pods.
#include "lbsim/policy/int_or_percent.hpp"

namespace lbsim::policy {

std::uint32_t scaled_value(const IntOrPercent& amount, std::uint32_t total, Rounding rounding) {
    if (!amount.is_percent) return amount.value;
    const std::uint64_t hundredths = std::uint64_t{amount.value} * total;
    return static_cast<std::uint32_t>(hundredths / 100 + (rounding == Rounding::up && hundredths % 100 != 0 ? 1 : 0));
}

}  // namespace lbsim::policy
