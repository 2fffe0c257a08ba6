// SPDX-License-Identifier: Apache-2.0
// The tables with many rows per run: events, targets, API calls, lost connections, time series.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "lbsim/scenario/result.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::io {

/// A table to which every run adds its rows.
enum class RunTable : std::size_t { events, targets, api_calls, lost_connections, timeseries, syncs, count_ };
inline constexpr std::size_t run_table_count = static_cast<std::size_t>(RunTable::count_);

/// "events.csv"
std::string_view file_name(RunTable table);
/// The header line, with its line end.
std::string_view header(RunTable table);

/// Size in bytes of each table's part. Shape: index = RunTable.
using PartSizes = std::array<std::uint64_t, run_table_count>;

/// Where a run's part of a table stands until it is joined: run 0 starts the table itself (header first), the others
/// are `<table>.<run>`, to be appended in order of runs.
std::filesystem::path part_path(const std::filesystem::path& folder, RunTable table, std::uint64_t run);

/// What write_run_tables writes. `run` is the key of the rows.
struct RunTablesRequest {
    const std::filesystem::path& folder;
    std::uint64_t run = 0;
    std::uint64_t max_rows = 1'000'000;  ///< per table
    const scenario::Scenario& scenario;
    const scenario::RunResult& result;
};

/// Writes the run's part of every table; a part without a byte makes no file.
/// Throws: InputError where a file cannot be written.
PartSizes write_run_tables(const RunTablesRequest& request);

}  // namespace lbsim::io
