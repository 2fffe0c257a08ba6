// SPDX-License-Identifier: Apache-2.0
// metrics.prom: what the service controllers of a study would have exported, in Prometheus' text format.
#pragma once

#include <filesystem>
#include <span>

#include "lbsim/scenario/result.hpp"
#include "sim/io/tables/summary_tables.hpp"

namespace lbsim::io {

/// A sample per run, with labels scenario, variant and replication. Names that a release does not have are left out.
/// Pre: one export per row, in the same order. Throws: InputError where the file cannot be written.
/// Source: Prometheus exposition formats, text format 0.0.4; kubernetes/cloud-provider v0.21.0 and v0.27.0
/// controllers/service/metrics.go.
void write_prom(const std::filesystem::path& file, std::span<const RunRow> rows,
                std::span<const scenario::ControllerExport> exports);

}  // namespace lbsim::io
