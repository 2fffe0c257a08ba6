// SPDX-License-Identifier: Apache-2.0
// Facts that CMake passes in.
#include "sim/cli/build_info.hpp"

#include "lbsim_commit.hpp"

namespace lbsim::cli {

io::BuildInfo build_info() {
    return {.version = LBSIM_VERSION,
            .commit = LBSIM_COMMIT,
            .compiler = LBSIM_COMPILER,
            .flags = LBSIM_FLAGS,
            .libraries = {{"SimGrid", LBSIM_SIMGRID}, {"nlohmann/json", LBSIM_NLOHMANN_JSON}, {"CLI11", LBSIM_CLI11}}};
}

std::string version_text() {
    const io::BuildInfo info = build_info();
    return "lbsim " + info.version + (info.commit.empty() ? "" : " (commit " + info.commit + ")");
}

}  // namespace lbsim::cli
