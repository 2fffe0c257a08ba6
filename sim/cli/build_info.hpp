// SPDX-License-Identifier: Apache-2.0
// Which lbsim this is.
#pragma once

#include <string>

#include "sim/io/tables/manifest.hpp"

namespace lbsim::cli {

/// Version, commit, compiler, flags and libraries as known when this was built.
io::BuildInfo build_info();
/// "lbsim 0.1.0 (commit 1a2b3c…)"
std::string version_text();

}  // namespace lbsim::cli
