// SPDX-License-Identifier: Apache-2.0
// Means, quantiles and paired differences; sums run in order of replications, so that equal runs give equal bytes.
#include "sim/study/statistics.hpp"

#include <algorithm>
#include <numeric>

#include "lbsim/core/check.hpp"

namespace lbsim::study {

namespace {

using Rows = std::span<const io::RunRow>;

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void add_difference(io::SummaryRow& row, Rows variant, Rows baseline) {
    std::vector<double> differences;
    for (std::size_t r = 0; r < variant.size(); ++r) {
        const auto& mine = variant[r].metrics[row.metric];
        const auto& theirs = baseline[r].metrics[row.metric];
        if (mine && theirs) differences.push_back(*mine - *theirs);
    }
    if (!differences.empty()) row.difference_mean = mean_of(differences);
}

io::SummaryRow summary_of(scenario::Metric metric, Rows variant) {
    io::SummaryRow row;
    row.variant = variant.front().variant;
    row.metric = metric;
    std::vector<double> values;
    for (const io::RunRow& run : variant) {
        if (const auto& value = run.metrics[metric]) values.push_back(*value);
    }
    row.n = values.size();
    if (values.empty()) return row;
    row.mean = mean_of(values);
    row.zero_share = static_cast<double>(std::count(values.begin(), values.end(), 0.0)) / static_cast<double>(row.n);
    std::sort(values.begin(), values.end());
    row.min = values.front();
    row.max = values.back();
    row.p50 = quantile(values, 50);
    row.p95 = quantile(values, 95);
    row.p99 = quantile(values, 99);
    return row;
}

}  // namespace

double quantile(std::span<const double> ascending, std::uint32_t percent) {
    LBSIM_CHECK(!ascending.empty() && percent >= 1 && percent <= 100, "a quantile of nothing, or outside 1 to 100 %");
    const std::size_t rank = (percent * ascending.size() + 99) / 100;
    return ascending[rank - 1];
}

std::vector<io::SummaryRow> summarise(std::span<const io::RunRow> rows, std::uint32_t replications) {
    std::vector<io::SummaryRow> summary;
    const Rows baseline = rows.first(replications);
    for (std::size_t from = 0; from < rows.size(); from += replications) {
        const Rows variant = rows.subspan(from, replications);
        for (std::size_t m = 0; m < scenario::metric_count; ++m) {
            io::SummaryRow row = summary_of(scenario::Metric{m}, variant);
            if (from > 0) add_difference(row, variant, baseline);
            summary.push_back(std::move(row));
        }
    }
    return summary;
}

}  // namespace lbsim::study
