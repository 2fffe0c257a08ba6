// SPDX-License-Identifier: Apache-2.0
// Runs a list of tasks in forked processes, a few at once.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "sim/study/child.hpp"
#include "sim/study/interrupt.hpp"
#include "sim/study/message.hpp"

namespace lbsim::study {

/// A run whose process reported and ended well.
struct FinishedRun {
    RunReport report;
    double wall_s = 0.0;
    std::uint64_t peak_memory_bytes = 0;
};

/// Why a pool stopped early. At most one is set.
struct PoolEnd {
    std::optional<int> signal;            ///< the user interrupted
    std::optional<Problem> input_error;   ///< of the failed run with the lowest number
    std::optional<std::string> verdict;   ///< of the failed run with the lowest number
};

struct PoolRequest {
    std::span<const RunTask> tasks;
    const RunSettings& settings;
    std::uint32_t jobs = 1;
    InterruptGuard& interrupt;
    std::function<void(std::uint64_t run, const FinishedRun&)> finished;  ///< in the order in which runs finish
    std::function<void(const Progress&)> progress;
};

/// Runs all tasks, or stops at the first failure: then no run starts any more, runs behind the failed one are killed
/// and those before it are waited for, so that the failure named does not depend on the number of jobs.
/// No process of the pool is alive when it returns or throws what `finished` throws.
PoolEnd run_pool(const PoolRequest& request);

}  // namespace lbsim::study
