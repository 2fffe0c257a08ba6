// SPDX-License-Identifier: Apache-2.0
// Single values of the format: whether a JSON value is one, and what it is.
#pragma once

#include <optional>
#include <string>

#include "lbsim/core/time.hpp"
#include "sim/io/scenario/format.hpp"
#include "sim/io/scenario/json_document.hpp"

namespace lbsim::io {

/// Why a value is not what its key asks for.
struct Refusal {
    std::string why{};   ///< may be empty where the value speaks for itself
    std::string hint{};
    int later_part = 1;  ///< > 1: the value exists in the format and comes with this part
};

/// Pre: `type` is no object, array, map, either or tagged.
std::optional<Refusal> refuse_scalar(const JsonValue& value, const Type& type);
std::string allowed_scalar(const Type& type);

/// The values; nullopt where refuse_scalar would refuse.
std::optional<Duration> duration_of(const JsonValue& value, const Type& type);
std::optional<std::uint64_t> integer_of(const JsonValue& value, const Type& type);
std::optional<double> number_of(const JsonValue& value, const Type& type);

}  // namespace lbsim::io
