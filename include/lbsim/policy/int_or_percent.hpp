// SPDX-License-Identifier: Apache-2.0
// A number of pods that is given as such or as a percentage, the way Kubernetes' fields spell it.
#pragma once

#include <cstdint>

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// "25%" of something, or 3.
struct IntOrPercent {
    std::uint32_t value = 0;
    bool is_percent = false;
    friend bool operator==(const IntOrPercent&, const IntOrPercent&) = default;
};

/// Which whole number a percentage stands for when it falls between two.
enum class Rounding : std::uint8_t { up, down };

/// The number itself, or the percentage of `total`.
/// Source: kubernetes/apimachinery pkg/util/intstr/intstr.go, GetScaledValueFromIntOrPercent, v0.36.
std::uint32_t scaled_value(const IntOrPercent& amount, std::uint32_t total, Rounding rounding);

}  // namespace lbsim::policy
#pragma GCC visibility pop
