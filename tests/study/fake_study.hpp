// SPDX-License-Identifier: Apache-2.0
// A study of two variants and a run function without an engine.
#pragma once

#include <filesystem>
#include <string>

#include "sim/study/study.hpp"

namespace lbsim::test {

/// Two variants, "before" and "after", with `replications` each and seed 42.
scenario::Study two_variants(std::uint32_t replications);

/// Rows and metrics that depend on variant, replication and seed alone. Runs take unequal times and the early ones
/// take longest, so that they do not finish in their order.
scenario::RunResult fake_run(const scenario::Scenario& scenario, const RunOptions& options);

/// Options that write to `out` with the given run function.
study::StudyOptions options_for(const std::filesystem::path& out, study::RunFunction run = fake_run);

/// Names of what a folder holds, sorted, with spaces between.
std::string content_of(const std::filesystem::path& folder);

}  // namespace lbsim::test
