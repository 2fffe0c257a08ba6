// SPDX-License-Identifier: Apache-2.0
// `lbsim-run`: lbsim with the engine; `lbsim run` becomes this.
#include "lbsim/core/error.hpp"
#include "lbsim/run.hpp"
#include "sim/cli/cli.hpp"

namespace {

lbsim::scenario::RunResult run_here(const lbsim::scenario::Scenario& scenario, const lbsim::RunOptions& options) {
#ifdef LBSIM_HAS_ENGINE
    return lbsim::run(scenario, options);
#else
    throw lbsim::RunError("this build has no engine (\"" + scenario.name + "\", replication " +
                          std::to_string(options.replication) + ")");
#endif
}

}  // namespace

int main(int argc, char** argv) { return lbsim::cli::main_of(argc, argv, run_here); }
