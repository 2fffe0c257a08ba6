// SPDX-License-Identifier: Apache-2.0
// Entries leave a merged agenda as they would leave a sorted list, however they came in.
#include "models/cloud/merged_agenda.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "support/catch.hpp"

namespace lbsim::cloud {
namespace {

TEST_CASE("merged agenda: lanes in any order and posts on the way come out sorted") {
    const StreamKey key(5, 0, "merged_agenda_test");
    MergedAgenda<std::uint32_t, 3> agenda;
    // Spreads: all but sorted lanes, jumbled neighbours, no order at all (which leaves insertion for a real sort).
    for (const std::uint32_t spread : {1u, 20u, 100'000u}) {
        agenda.clear();
        std::vector<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < 3000; ++i) {
            const std::uint32_t entry = 10 * i + index_among(key.word(i), 10 * spread);
            agenda.fill(i % 3, entry);
            expected.push_back(entry);
        }
        agenda.sort();
        std::vector<std::uint32_t> taken;
        while (const std::uint32_t* next = agenda.take()) {
            taken.push_back(*next);
            // What is posted is due later, as the end of a drain is.
            if (taken.size() % 7 == 0 && taken.size() < 2000) {
                const std::uint32_t later = taken.back() + index_among(key.word(100'000 + taken.size()), 500);
                agenda.post(later);
                expected.push_back(later);
            }
        }
        std::sort(expected.begin(), expected.end());
        INFO("spread " << spread);
        CHECK(taken == expected);
    }
}

TEST_CASE("merged agenda: an empty one gives nothing") {
    MergedAgenda<int, 2> agenda;
    agenda.sort();
    CHECK(agenda.take() == nullptr);
}

}  // namespace
}  // namespace lbsim::cloud
