// SPDX-License-Identifier: Apache-2.0
// Rows of runs.csv and summary.csv.
#include "sim/io/tables/summary_tables.hpp"

#include "sim/io/tables/csv_file.hpp"

namespace lbsim::io {

namespace {

void value_cell(CsvFile& out, const std::optional<double>& value, bool is_seconds) {
    if (!value) return out.empty();
    if (is_seconds) return out.seconds(*value);
    out.number(*value);
}

}  // namespace

void write_runs_table(const std::filesystem::path& file, std::span<const RunRow> rows) {
    CsvFile out;
    out.open(file);
    out.bytes("run,scenario,variant,replication,seed,");
    for (std::size_t m = 0; m < scenario::metric_count; ++m) out.raw(info(scenario::Metric{m}).name);
    out.end_row();
    for (const RunRow& row : rows) {
        out.integer(row.run);
        out.text(row.scenario);
        out.text(row.variant);
        out.integer(row.replication);
        out.integer(row.seed);
        for (std::size_t m = 0; m < scenario::metric_count; ++m) {
            const scenario::Metric metric{m};
            value_cell(out, row.metrics[metric], info(metric).is_seconds);
        }
        out.end_row();
    }
    out.close();
}

void write_summary_table(const std::filesystem::path& file, std::span<const SummaryRow> rows) {
    CsvFile out;
    out.open(file);
    out.bytes(
        "variant,metric,n,mean,min,max,p50,p95,p99,ci_low,ci_high,zero_share,"
        "difference_mean,difference_ci_low,difference_ci_high\n");
    for (const SummaryRow& row : rows) {
        const bool is_seconds = info(row.metric).is_seconds;
        out.text(row.variant);
        out.raw(info(row.metric).name);
        out.integer(row.n);
        for (const auto* value : {&row.mean, &row.min, &row.max, &row.p50, &row.p95, &row.p99, &row.ci_low, &row.ci_high}) {
            value_cell(out, *value, is_seconds);
        }
        value_cell(out, row.zero_share, false);
        for (const auto* value : {&row.difference_mean, &row.difference_ci_low, &row.difference_ci_high}) {
            value_cell(out, *value, is_seconds);
        }
        out.end_row();
    }
    out.close();
}

}  // namespace lbsim::io
