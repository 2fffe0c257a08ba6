// SPDX-License-Identifier: Apache-2.0
// The command line of lbsim, shared by the executables with and without an engine.
#pragma once

#include "sim/study/study.hpp"

namespace lbsim::cli {

// What lbsim's exit codes mean.
inline constexpr int exit_fine = 0;
inline constexpr int exit_bad_input = 2;
inline constexpr int exit_bad_end = 3;

/// Does what the arguments say and returns the exit code. An empty `run` means that this executable has no engine:
/// then `lbsim run` goes on in the process image of lbsim-run, which stands beside it.
int main_of(int argc, char** argv, const study::RunFunction& run);

}  // namespace lbsim::cli
