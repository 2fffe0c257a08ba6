// SPDX-License-Identifier: Apache-2.0
// The commands of lbsim. Each returns an exit code and throws InputError for bad input.
#pragma once

#include <span>

#include "sim/cli/arguments.hpp"
#include "sim/study/study.hpp"

namespace lbsim::cli {

/// `command` is the whole command line, for the manifest.
int run_command(const RunArguments& arguments, std::span<char*> command, const study::RunFunction& run);
int validate_command(const ValidateArguments& arguments);
int list_command(const ListArguments& arguments);
int explain_command(const ExplainArguments& arguments);
int explain_defaults_command();
int diff_command(const DiffArguments& arguments);
int cost_command(const CostArguments& arguments);
int import_command(const ImportArguments& arguments);
int schema_command();

}  // namespace lbsim::cli
