// SPDX-License-Identifier: Apache-2.0
// Whether the scenario format of this version takes a value, asked of its tables: nothing here lists keys.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "sim/io/scenario/format.hpp"

namespace lbsim::io {

/// True where an object of this shape may have this key with this value now: not of a later part, in range, well formed.
bool format_takes(const Shape& shape, std::string_view key, const nlohmann::ordered_json& value);

/// The shape of a service's workload.
const Shape& workload_shape();

}  // namespace lbsim::io
