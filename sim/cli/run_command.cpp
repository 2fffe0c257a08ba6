// SPDX-License-Identifier: Apache-2.0
// `lbsim run`.
#include <filesystem>
#include <map>

#include "lbsim/core/error.hpp"
#include "sim/cli/build_info.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/run_summary.hpp"
#include "sim/io/profiles/profile.hpp"
#include "sim/io/scenario/quantities.hpp"
#include "sim/io/scenario/reader.hpp"
#include "sim/io/tables/summary_json.hpp"

namespace lbsim::cli {

namespace {

Duration bin_of(const RunArguments& arguments) {
    const io::ParsedDuration parsed = io::parse_duration(arguments.bin);
    if (parsed.value && *parsed.value > Duration::zero()) return *parsed.value;
    throw InputError({Problem{.file = "--bin",
                              .line = std::nullopt,
                              .pointer = "",
                              .found = "\"" + arguments.bin + "\"",
                              .allowed = "a duration over 0 such as \"1s\" or \"500ms\"",
                              .hint = parsed.why}});
}

std::vector<io::Override> overrides_of(const RunArguments& arguments) {
    std::vector<io::Override> overrides;
    std::vector<Problem> problems;
    for (const std::string& text : arguments.sets) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos || !text.starts_with('/')) {
            problems.push_back({.file = "--set",
                                .line = std::nullopt,
                                .pointer = "",
                                .found = "\"" + text + "\"",
                                .allowed = "a JSON pointer, \"=\" and a value, such as /cluster/release=1.30",
                                .hint = ""});
        } else {
            overrides.push_back({text.substr(0, equals), text.substr(equals + 1)});
        }
    }
    if (!problems.empty()) throw InputError(std::move(problems));
    return overrides;
}

study::StudyOptions options_of(const RunArguments& arguments, std::span<char*> command, const study::RunFunction& run) {
    study::StudyOptions options;
    options.out = arguments.out;
    options.replications = arguments.replications;
    options.seed = arguments.seed;
    options.jobs = arguments.jobs;
    options.mode = arguments.is_reference ? RunMode::reference : RunMode::fast;
    options.max_rows = arguments.max_rows;
    options.writes_prom = arguments.writes_prom;
    options.bin = bin_of(arguments);
    options.run = run;
    options.facts.build = build_info();
    options.facts.scenario_digest = io::scenario_digest(arguments.file);
    options.facts.command.assign(command.begin(), command.end());
    for (const io::DefaultValue& value : io::defaults()) {
        const std::string text = value.unit.empty() ? value.value : value.value + " " + value.unit;
        options.facts.assumed.push_back({value.key, text, value.provenance});
    }
    return options;
}

/// Every profile that some variant uses, with what it says by digest.
std::vector<std::pair<std::string, std::string>> profiles_of(const scenario::Study& study) {
    std::map<std::string, std::string> profiles;
    for (const scenario::Scenario& variant : study.variants) {
        for (const scenario::CloudApi& cloud : variant.clouds) {
            if (cloud.profile.empty() || profiles.contains(cloud.profile)) continue;
            profiles[cloud.profile] = io::profile_digest(cloud.profile, std::filesystem::path(study.file).parent_path());
        }
    }
    return {profiles.begin(), profiles.end()};
}

std::string json_of(const scenario::Study& study, const study::StudyOutcome& outcome) {
    std::vector<io::VariantFacts> variants;
    for (const scenario::Scenario& variant : study.variants) variants.push_back(study::variant_facts(variant));
    return io::summary_json({.name = study.name,
                             .question = study.question,
                             .folder = outcome.folder.string(),
                             .seed = outcome.runs.front().seed,
                             .replications = static_cast<std::uint32_t>(outcome.runs.size() / study.variants.size()),
                             .variants = variants,
                             .rows = outcome.summary});
}

int finish(const RunArguments& arguments, const scenario::Study& study, const study::StudyOutcome& outcome) {
    if (arguments.is_quiet) return exit_fine;
    const bool is_written = print(arguments.is_json ? json_of(study, outcome) : run_summary(study, outcome));
    return is_written ? exit_fine : exit_bad_input;
}

}  // namespace

int run_command(const RunArguments& arguments, std::span<char*> command, const study::RunFunction& run) {
    const std::vector<io::Override> overrides = overrides_of(arguments);
    study::StudyOptions options = options_of(arguments, command, run);
    const scenario::Study study = io::read_study(arguments.file, overrides);
    options.facts.profiles = profiles_of(study);
    ProgressBar bar;
    if (!arguments.is_quiet) options.progress = [&bar](const study::Progress& progress) { bar.show(progress); };
    study::StudyOutcome outcome;
    try {
        outcome = study::run_study(study, options);
    } catch (const InputError& error) {
        bar.clear();
        print_problems(error, "no result was written");
        return exit_bad_input;
    }
    bar.clear();
    switch (outcome.end) {
        case study::StudyEnd::finished: return finish(arguments, study, outcome);
        case study::StudyEnd::interrupted:
            print_error("lbsim: interrupted; no result was written\n");
            return 128 + outcome.signal;
        case study::StudyEnd::verdict: break;
    }
    print_error("lbsim: bad end of " + outcome.verdict + "\nno result was written\n");
    return exit_bad_end;
}

}  // namespace lbsim::cli
