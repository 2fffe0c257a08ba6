// SPDX-License-Identifier: Apache-2.0
// `lbsim import`: a scenario out of a dump of a cluster, and a timeline out of its events.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "lbsim/core/error.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/release_text.hpp"
#include "sim/io/import/import.hpp"
#include "sim/io/scenario/files.hpp"
#include "sim/io/scenario/quantities.hpp"

namespace lbsim::cli {

namespace {

namespace fs = std::filesystem;

InputError one_problem(std::string file, std::string found, std::string allowed) {
    return InputError({Problem{.file = std::move(file), .line = {}, .pointer = {}, .found = std::move(found), .allowed = std::move(allowed), .hint = {}}});
}

io::ImportInput input(const std::string& name) {
    const bool is_standard_input = name == "-";
    io::FileContent content = io::read_file(is_standard_input ? "/dev/stdin" : name, io::max_import_bytes);
    const std::string shown = is_standard_input ? "standard input" : name;
    if (!content.text) throw one_problem(shown, content.why, "a readable file, or \"-\" for standard input");
    return {.name = shown, .text = std::move(*content.text)};
}

Duration lead_of(const ImportArguments& arguments) {
    const io::ParsedDuration lead = io::parse_duration(arguments.lead);
    if (!lead.value) throw one_problem("--lead", "\"" + arguments.lead + "\", " + lead.why, "a duration such as \"90s\" or \"5m\"");
    return *lead.value;
}

std::string page_of(const ImportArguments& arguments) { return arguments.out + ".assumptions.md"; }

/// A scenario must not take the place of what it is made of.
void check_places(const ImportArguments& arguments) {
    std::vector<std::string> inputs = arguments.files;
    inputs.push_back(arguments.events);
    if (std::count(inputs.begin(), inputs.end(), "-") > 1)
        throw one_problem("lbsim import", "standard input twice", "\"-\" once");
    if (arguments.out.empty() || arguments.out == "-") return;
    for (const std::string& name : inputs) {
        std::error_code error;
        if (!name.empty() && (name == arguments.out || fs::equivalent(name, arguments.out, error)))
            throw one_problem("--out", "\"" + arguments.out + "\", which is read", "another file");
    }
    // What is renamed at the end finds a file or nothing, so that both files come to stand there or none.
    for (const std::string& place : {arguments.out, page_of(arguments)}) {
        std::error_code error;
        if (fs::is_directory(place, error)) throw one_problem("--out", "\"" + place + "\", a folder that cannot be written over", "a file");
    }
}

/// Writes all of these, or none.
class Files {
public:
    ~Files() {
        std::error_code ignored;
        for (const auto& [temporary, file] : written_) fs::remove(temporary, ignored);
    }
    void write(const std::string& file, const std::string& text) {
        const std::string temporary = file + ".partial-" + std::to_string(getpid());
        written_.emplace_back(temporary, file);
        std::ofstream out(temporary, std::ios::binary);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        out.close();
        if (!out) throw one_problem(file, "a file that cannot be written", "a place that can");
    }
    void keep() {
        for (const auto& [temporary, file] : written_) {
            std::error_code error;
            fs::rename(temporary, file, error);
            if (error) throw one_problem(file, "a file that cannot be written (" + error.message() + ")", "a place that can");
        }
        written_.clear();
    }

private:
    std::vector<std::pair<std::string, std::string>> written_;  ///< temporary name and last
};

std::string note_lines(const std::vector<io::NoteGroup>& groups, io::ImportNote::Kind kind) {
    constexpr std::size_t most_objects = 3;
    std::string text;
    for (const io::NoteGroup& group : groups) {
        if (group.kind != kind) continue;
        std::string line = group.field + ": " + group.text;
        for (std::size_t i = 0; i < group.objects.size() && i < most_objects; ++i) line += (i == 0 ? " [" : ", ") + group.objects[i];
        if (group.objects.size() > most_objects) line += " and " + std::to_string(group.objects.size() - most_objects) + " more";
        text += "  " + wrapped(line + (group.objects.empty() ? "" : "]"), 4, 110) + "\n";
    }
    return text;
}

std::string notes_text(const io::ImportedScenario& imported) {
    const std::vector<io::NoteGroup> groups = io::grouped(imported.notes);
    const std::string assumed = note_lines(groups, io::ImportNote::Kind::assumed);
    const std::string left_out = note_lines(groups, io::ImportNote::Kind::left_out);
    return (assumed.empty() ? "" : "Assumed, as the dump does not say:\n" + assumed) +
           (left_out.empty() ? "" : "Left out, as a scenario of this version does not act on it:\n" + left_out);
}

}  // namespace

int import_command(const ImportArguments& arguments) {
    check_places(arguments);
    io::ImportRequest request;
    request.lead = lead_of(arguments);
    if (!arguments.release.empty()) request.release = release_named(arguments.release, "--release");
    for (const std::string& file : arguments.files) request.dumps.push_back(input(file));
    if (!arguments.events.empty()) request.events = input(arguments.events);
    const io::ImportedScenario imported = io::import_scenario(request);
    if (arguments.out.empty() || arguments.out == "-") {
        print_error(notes_text(imported));
        return print(imported.scenario) ? exit_fine : exit_bad_input;
    }
    const std::string page = page_of(arguments);
    Files files;
    files.write(page, io::assumptions_page(imported, arguments.out));
    files.write(arguments.out, imported.scenario);
    files.keep();
    print_error(notes_text(imported));
    const std::string summary = arguments.out + ": " + counted(imported.nodes, "node") + " in " + counted(imported.pools, "pool") +
                                ", " + counted(imported.services, "service") + ", " +
                                counted(imported.entries, "timeline step") + "\nAssumptions, and which node is which: " + page +
                                "\nNext: lbsim run " + arguments.out + "\n";
    return print(summary) ? exit_fine : exit_bad_input;
}

}  // namespace lbsim::cli
