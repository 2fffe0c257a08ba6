// SPDX-License-Identifier: Apache-2.0
// The kept rows are those that sorting everything would put first.
#include "lbsim/history/first_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "support/catch.hpp"

namespace lbsim::history {
namespace {

TEST_CASE("first rows: what is kept and counted equals sorting all and cutting") {
    const StreamKey key(3, 0, "first_rows_test");
    for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{7}, std::uint64_t{100},
                                      std::uint64_t{1000}, all_rows}) {
        for (const std::uint32_t count : {0u, 1u, 2u, 3u, 10u, 150u, 151u, 999u}) {
            FirstRows<std::uint64_t> rows(limit);
            std::vector<std::uint64_t> all;
            for (std::uint32_t i = 0; i < count; ++i) {
                // Different even where the draws are equal.
                all.push_back((std::uint64_t{key.word(i)} << 32) | i);
                rows.add(all.back());
            }
            std::sort(all.begin(), all.end());
            if (all.size() > limit) all.resize(limit);
            INFO("limit " << limit << ", rows " << count);
            CHECK(rows.size() == count);
            CHECK(rows.take() == all);
        }
    }
}

TEST_CASE("first rows: no more than half as many again as asked for are held") {
    FirstRows<int> rows(1000);
    for (int i = 100'000; i > 0; --i) rows.add(i);  // each new row comes before all that are there
    REQUIRE(rows.bound() != nullptr);
    CHECK(*rows.bound() <= 1500);
    CHECK(rows.size() == 100'000);
    const std::vector<int> kept = rows.take();
    CHECK(kept.front() == 1);
    CHECK(kept.back() == 1000);
}

TEST_CASE("first rows: skipped rows are counted only") {
    FirstRows<int> rows(2);
    rows.add(1);
    rows.skip(5);
    CHECK(rows.size() == 6);
    CHECK(rows.take() == std::vector<int>{1});
    CHECK(rows.empty());
}

}  // namespace
}  // namespace lbsim::history
