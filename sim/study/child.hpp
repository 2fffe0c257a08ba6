// SPDX-License-Identifier: Apache-2.0
// The life of a run's process: run, write the run's parts of the tables, report, end.
#pragma once

#include <cstdint>
#include <filesystem>

#include "sim/study/study.hpp"

namespace lbsim::study {

/// One run of a study.
struct RunTask {
    std::uint64_t run = 0;
    const scenario::Scenario* scenario = nullptr;  ///< with the study's seed
    std::uint32_t replication = 0;
};

/// What all runs of a study share.
struct RunSettings {
    std::filesystem::path folder;  ///< where the parts of the tables go
    RunMode mode = RunMode::fast;
    std::uint64_t max_rows = 1'000'000;
    Duration bin = 1s;
    RunFunction run;
};

/// "variant "1.26", replication 3, seed 42"
std::string text_of(const RunTask& task);

/// Runs the task and sends progress and then one last message to `descriptor`. Never returns: the process ends.
[[noreturn]] void live_as_child(const RunTask& task, const RunSettings& settings, int descriptor);

}  // namespace lbsim::study
