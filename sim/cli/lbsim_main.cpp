// SPDX-License-Identifier: Apache-2.0
// `lbsim`: everything but the engine.
#include "sim/cli/cli.hpp"

int main(int argc, char** argv) { return lbsim::cli::main_of(argc, argv, {}); }
