// SPDX-License-Identifier: Apache-2.0
// The summary of a study as JSON, for programs that read standard output.
#pragma once

#include <span>
#include <string>

#include "sim/io/tables/manifest.hpp"
#include "sim/io/tables/summary_tables.hpp"

namespace lbsim::io {

/// What `lbsim run --json` prints.
struct SummaryFacts {
    std::string name;
    std::string question;
    std::string folder;  ///< where the tables are
    std::uint64_t seed = 0;
    std::uint32_t replications = 0;
    std::span<const VariantFacts> variants;
    std::span<const SummaryRow> rows;  ///< as in summary.csv
};

/// One JSON document with its line end: per variant its releases and, per metric, what summary.csv holds; absent
/// values are null.
std::string summary_json(const SummaryFacts& facts);

}  // namespace lbsim::io
