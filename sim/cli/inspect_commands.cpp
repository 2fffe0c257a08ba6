// SPDX-License-Identifier: Apache-2.0
// `lbsim validate`, `lbsim schema`, `lbsim explain --defaults`.
#include "lbsim/core/error.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/text_table.hpp"
#include "sim/io/scenario/reader.hpp"

namespace lbsim::cli {

int validate_command(const ValidateArguments& arguments) {
    std::size_t problems = 0;
    std::size_t bad_files = 0;
    std::string fine;
    for (const std::string& file : arguments.files) {
        try {
            const scenario::Study study = io::read_study(file);
            fine += file + ": fine (" + counted(study.variants.size(), "variant") + ", " +
                    counted(study.replications, "replication") + ")\n";
        } catch (const InputError& error) {
            print_problems(error);
            problems += error.problems().size();
            ++bad_files;
        }
    }
    const bool is_written = print(fine);
    if (problems > 0) print_error(counted(problems, "problem") + " in " + counted(bad_files, "file") + "\n");
    return problems == 0 && is_written ? exit_fine : exit_bad_input;
}

int explain_defaults_command() {
    TextTable table({{"key"}, {"default"}, {"where it is from"}, {"meaning"}});
    for (const io::DefaultValue& value : io::defaults()) {
        table.add({value.key, value.unit.empty() ? value.value : value.value + " " + value.unit, value.provenance,
                   value.meaning});
    }
    return print(table.text()) ? exit_fine : exit_bad_input;
}

int schema_command() {
    std::string text = io::schema();
    if (!text.ends_with('\n')) text += '\n';
    return print(text) ? exit_fine : exit_bad_input;
}

}  // namespace lbsim::cli
