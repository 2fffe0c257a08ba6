// SPDX-License-Identifier: Apache-2.0
// The files of models/cloud/profiles as text; CMake writes the source, so that nothing is read at run time.
#pragma once

#include <span>
#include <string_view>

namespace lbsim::io {

struct EmbeddedProfile {
    std::string_view name;
    std::string_view text;  ///< JSON
};
/// In the order of sim/io/profiles/CMakeLists.txt.
std::span<const EmbeddedProfile> embedded_profiles();

}  // namespace lbsim::io
