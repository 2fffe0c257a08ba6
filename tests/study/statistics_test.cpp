// SPDX-License-Identifier: Apache-2.0
// Quantiles, means and paired differences.
#include "sim/study/statistics.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using scenario::Metric;

namespace {

io::RunRow row(const char* variant, std::uint32_t replication, std::optional<double> dropped) {
    io::RunRow r;
    r.variant = variant;
    r.replication = replication;
    r.metrics[Metric::connections_dropped] = dropped;
    return r;
}

const io::SummaryRow& dropped_of(const std::vector<io::SummaryRow>& rows, std::size_t variant) {
    return rows[variant * scenario::metric_count + static_cast<std::size_t>(Metric::connections_dropped)];
}

}  // namespace

// The ceil(q n)-th smallest: of 1 … 10, q = 0.5 is the 5th, 0.95 the ceil(9.5) = 10th, 0.99 the 10th, 0.1 the 1st,
// 0.11 the ceil(1.1) = 2nd.
TEST_CASE("statistics: quantile q of n values is the ceil(q n)-th smallest") {
    const std::vector<double> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    CHECK(study::quantile(ten, 50) == 5);
    CHECK(study::quantile(ten, 95) == 10);
    CHECK(study::quantile(ten, 99) == 10);
    CHECK(study::quantile(ten, 10) == 1);
    CHECK(study::quantile(ten, 11) == 2);
    CHECK(study::quantile(ten, 1) == 1);
    CHECK(study::quantile(ten, 100) == 10);
    std::vector<double> hundred(100);
    for (std::size_t i = 0; i < 100; ++i) hundred[i] = static_cast<double>(i + 1);
    CHECK(study::quantile(hundred, 95) == 95);
    CHECK(study::quantile(hundred, 99) == 99);
    const std::vector<double> one{7};
    CHECK(study::quantile(one, 1) == 7);
    CHECK(study::quantile(one, 99) == 7);
}

// after - before by replication: 4 - 0, absent, 0 - 2: mean (4 - 2) / 2 = 1.
TEST_CASE("statistics: differences to the first variant are paired by replication") {
    const std::vector<io::RunRow> rows{row("before", 0, 0.0), row("before", 1, 5.0),          row("before", 2, 2.0),
                                       row("after", 0, 4.0),  row("after", 1, std::nullopt), row("after", 2, 0.0)};
    const std::vector<io::SummaryRow> summary = study::summarise(rows, 3);
    REQUIRE(summary.size() == 2 * scenario::metric_count);
    const io::SummaryRow& before = dropped_of(summary, 0);
    CHECK(before.variant == "before");
    CHECK(before.n == 3);
    CHECK(before.mean == 7.0 / 3.0);
    CHECK(before.min == 0.0);
    CHECK(before.max == 5.0);
    CHECK(before.p50 == 2.0);
    CHECK(before.p95 == 5.0);
    CHECK(before.zero_share == 1.0 / 3.0);
    CHECK_FALSE(before.difference_mean);
    CHECK_FALSE(before.ci_low);
    const io::SummaryRow& after = dropped_of(summary, 1);
    CHECK(after.n == 2);
    CHECK(after.mean == 2.0);
    CHECK(after.difference_mean == 1.0);
}

TEST_CASE("statistics: a metric without a value has no statistics") {
    const std::vector<io::RunRow> rows{row("only", 0, std::nullopt)};
    const std::vector<io::SummaryRow> summary = study::summarise(rows, 1);
    CHECK(dropped_of(summary, 0).n == 0);
    CHECK_FALSE(dropped_of(summary, 0).mean);
    CHECK_FALSE(dropped_of(summary, 0).zero_share);
}
