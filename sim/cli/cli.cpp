// SPDX-License-Identifier: Apache-2.0
// From arguments to commands, from exceptions to exit codes.
#include "sim/cli/cli.hpp"

#include <csignal>
#include <exception>

#include "sim/cli/arguments.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/engine_process.hpp"

namespace lbsim::cli {

namespace {

struct Dispatch {
    std::span<char*> command;
    const study::RunFunction& run;

    int operator()(const RunArguments& arguments) const {
        return run ? run_command(arguments, command, run) : become_engine(command.data());
    }
    int operator()(const ValidateArguments& arguments) const { return validate_command(arguments); }
    int operator()(const ListArguments& arguments) const { return list_command(arguments); }
    int operator()(const ExplainArguments& arguments) const {
        return arguments.wants_defaults ? explain_defaults_command() : explain_command(arguments);
    }
    int operator()(const DiffArguments& arguments) const { return diff_command(arguments); }
    int operator()(const CostArguments& arguments) const { return cost_command(arguments); }
    int operator()(const ImportArguments& arguments) const { return import_command(arguments); }
    int operator()(const SchemaArguments&) const { return schema_command(); }
};

}  // namespace

int main_of(int argc, char** argv, const study::RunFunction& run) {
    std::signal(SIGPIPE, SIG_IGN);
    const ParsedArguments parsed = parse_arguments(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    try {
        return std::visit(Dispatch{{argv, static_cast<std::size_t>(argc)}, run}, std::get<Command>(parsed));
    } catch (const InputError& error) {
        if (std::holds_alternative<RunArguments>(std::get<Command>(parsed))) {
            print_problems(error, "nothing was run");
        } else {
            print_problems(error);
        }
        return exit_bad_input;
    } catch (const std::exception& error) {
        print_error(std::string("lbsim: ") + error.what() + "\n");
        return exit_bad_end;
    }
}

}  // namespace lbsim::cli
