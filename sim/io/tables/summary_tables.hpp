// SPDX-License-Identifier: Apache-2.0
// The tables of a whole study: runs.csv, a row per run, and summary.csv, a row per variant and metric.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "lbsim/scenario/metrics.hpp"

namespace lbsim::io {

/// One row of runs.csv.
struct RunRow {
    std::uint64_t run = 0;
    std::string scenario;
    std::string variant;
    std::uint32_t replication = 0;
    std::uint64_t seed = 0;
    scenario::Metrics metrics;
};

/// One row of summary.csv. An absent value is an empty cell.
struct SummaryRow {
    std::string variant;
    scenario::Metric metric{};
    std::uint64_t n = 0;  ///< runs in which the metric has a value
    std::optional<double> mean, min, max, p50, p95, p99;
    std::optional<double> ci_low, ci_high;
    std::optional<double> zero_share;  ///< share of the n values that are 0
    std::optional<double> difference_mean, difference_ci_low, difference_ci_high;  ///< to the first variant, paired
};

/// Throws (all): InputError where the file cannot be written.
void write_runs_table(const std::filesystem::path& file, std::span<const RunRow> rows);
void write_summary_table(const std::filesystem::path& file, std::span<const SummaryRow> rows);

}  // namespace lbsim::io
