// SPDX-License-Identifier: Apache-2.0
// From the executable without an engine to the one with it.
#pragma once

namespace lbsim::cli {

/// Turns this process into lbsim-run with the same arguments; it stands beside this executable, or in
/// ../libexec/lbsim. Returns only where that fails, with the exit code, having said why.
int become_engine(char** argv);

}  // namespace lbsim::cli
