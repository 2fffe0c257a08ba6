// SPDX-License-Identifier: Apache-2.0
// The lowest free slot, against an ordered set.
#include "models/cloud/slot_table.hpp"

#include <cstdint>
#include <set>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "support/catch.hpp"

namespace lbsim::cloud {
namespace {

TEST_CASE("slot table: takes the lowest free slot, else a new one") {
    const StreamKey key(9, 0, "slot_table_test");
    SlotTable table;
    for (int round = 0; round < 2; ++round) {
        table.clear();
        std::set<std::uint32_t> free;
        std::vector<std::uint32_t> taken;
        std::uint32_t used = 0;
        for (std::uint32_t i = 0; i < 5000; ++i) {
            // Runs of 100 of the same kind, as whole sets enter and leave.
            if (taken.empty() || key.word(i / 100) % 2 == 0) {
                const std::uint32_t expected = free.empty() ? used++ : *free.begin();
                free.erase(expected);
                REQUIRE(table.take() == expected);
                taken.push_back(expected);
            } else {
                const std::size_t at = index_among(key.word(10'000 + i), static_cast<std::uint32_t>(taken.size()));
                table.give_back(taken[at]);
                free.insert(taken[at]);
                taken[at] = taken.back();
                taken.pop_back();
            }
        }
    }
}

}  // namespace
}  // namespace lbsim::cloud
