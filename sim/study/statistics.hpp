// SPDX-License-Identifier: Apache-2.0
// What many runs say about a metric.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/io/tables/summary_tables.hpp"

namespace lbsim::study {

/// The smallest value that at least the share q of the values do not exceed: the ceil(q n)-th smallest.
/// Pre: values ascending and not empty; percent in 1 … 100.
double quantile(std::span<const double> ascending, std::uint32_t percent);

/// A row per variant and metric. The difference to the first variant is taken replication by replication, which is
/// where equal random numbers pay; it is empty for the first variant itself.
/// Pre: rows in variant, replication order with the same number of replications for each variant.
std::vector<io::SummaryRow> summarise(std::span<const io::RunRow> rows, std::uint32_t replications);

}  // namespace lbsim::study
