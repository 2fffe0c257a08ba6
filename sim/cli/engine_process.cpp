// SPDX-License-Identifier: Apache-2.0
// Finds lbsim-run.
#include "sim/cli/engine_process.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sim/cli/cli.hpp"
#include "sim/cli/console.hpp"

namespace lbsim::cli {

int become_engine(char** argv) {
    std::error_code error;
    const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
    const std::filesystem::path beside = here / "lbsim-run";
    const std::filesystem::path installed = here.parent_path() / "libexec" / "lbsim" / "lbsim-run";
    ::execv(beside.c_str(), argv);
    const int reason = errno;
    ::execv(installed.c_str(), argv);
    print_error("lbsim: the engine could not be started: " + beside.string() + ": " + std::strerror(reason) + "; " +
                installed.string() + ": " + std::strerror(errno) + "\n");
    return exit_bad_input;
}

}  // namespace lbsim::cli
