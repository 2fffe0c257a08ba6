// SPDX-License-Identifier: Apache-2.0
// The format of a profile file as tables. A sourced type stands as [value, tag, source] in the file; a view of the
// plain values reads through the same tables.
#pragma once

#include "sim/io/scenario/format.hpp"

namespace lbsim::io {

extern const Shape profile_shape;
extern const Shape profile_balancer_shape;  ///< its `load_balancer`
extern const Shape profile_check_shape;     ///< a check with all its keys
extern const Shape profile_api_shape;
extern const Shape profile_limit_shape;

}  // namespace lbsim::io
