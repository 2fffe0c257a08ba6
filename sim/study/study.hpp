// SPDX-License-Identifier: Apache-2.0
// A study: every variant of a scenario, replicated, each run in a process of its own, the tables in one folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lbsim/run.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "sim/io/tables/manifest.hpp"
#include "sim/io/tables/summary_tables.hpp"

namespace lbsim::study {

/// What runs one replication: lbsim::run, or a fake.
using RunFunction = std::function<scenario::RunResult(const scenario::Scenario&, const RunOptions&)>;

/// How far a study is.
struct Progress {
    double share = 0.0;           ///< of all the work, 0 to 1
    std::size_t runs_done = 0;
    std::size_t runs_total = 0;
};

/// What the manifest says beyond what the study itself knows.
struct ManifestFacts {
    io::BuildInfo build;
    std::string scenario_digest;
    std::vector<std::pair<std::string, std::string>> profiles;  ///< name, digest
    std::vector<std::string> command;
    std::vector<io::AssumedConstant> assumed;
};

struct StudyOptions {
    std::filesystem::path out;                  ///< empty: lbsim-out/<name>
    std::optional<std::uint32_t> replications;  ///< instead of the scenario's
    std::optional<std::uint64_t> seed;          ///< instead of the scenario's
    std::uint32_t jobs = 0;                     ///< processes at once; 0: as many as there are cores
    RunMode mode = RunMode::fast;
    std::uint64_t max_rows = 1'000'000;
    Duration bin = 1s;
    bool writes_prom = false;                   ///< metrics.prom as well
    RunFunction run;                            ///< called in a forked process, once in each
    std::function<void(const Progress&)> progress;  ///< may be empty; called at most about 20 times a second
    ManifestFacts facts;
};

/// How a study ended.
enum class StudyEnd : std::uint8_t {
    finished,     ///< the result folder stands
    verdict,      ///< a run broke an invariant, got stuck or crashed; no folder
    interrupted,  ///< SIGINT or SIGTERM came; no folder
};

struct StudyOutcome {
    StudyEnd end = StudyEnd::finished;
    std::string verdict;           ///< of `verdict`: which run (variant, replication, seed) and what happened
    int signal = 0;                ///< of `interrupted`
    std::filesystem::path folder;  ///< of `finished`
    std::vector<io::RunRow> runs;          ///< of `finished`; in variant, replication order
    std::vector<io::SummaryRow> summary;   ///< of `finished`; in variant, metric order
    double wall_s = 0.0;
};

/// Runs the study. The tables have the same bytes for any number of jobs. Nothing is left behind unless it finished.
/// Throws: InputError where the output folder is foreign or cannot be written; then nothing has run, or what ran is gone.
StudyOutcome run_study(const scenario::Study& study, const StudyOptions& options);

/// Which release each component of a variant follows.
io::VariantFacts variant_facts(const scenario::Scenario& variant);

/// Where results go without --out.
std::filesystem::path default_folder(const scenario::Study& study);

}  // namespace lbsim::study
