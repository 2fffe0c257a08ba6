// SPDX-License-Identifier: Apache-2.0
// Known answers of the keyed generator.
#include "lbsim/core/rng.hpp"

#include <set>

#include "support/catch.hpp"

namespace lbsim {

TEST_CASE("rng: a key depends on every part of a stream's name") {
    const StreamKey base(1, 2, "stream", "entity");
    std::set<std::pair<std::uint32_t, std::uint32_t>> keys;
    for (const StreamKey& key : {base, StreamKey(2, 2, "stream", "entity"), StreamKey(1, 3, "stream", "entity"),
                                 StreamKey(1, 2, "streak", "entity"), StreamKey(1, 2, "stream", "entitz"),
                                 StreamKey(1, 2, "streamentity", ""), StreamKey(1, 2, "", "streamentity"),
                                 StreamKey(1, 2, "streame", "ntity")}) {
        keys.insert({key.low(), key.high()});
    }
    CHECK(keys.size() == 8);
    const StreamKey again(1, 2, "stream", "entity");
    CHECK(again.block(5, 6, 7) == base.block(5, 6, 7));
}

TEST_CASE("rng: blocks differ by index, lane and block number") {
    const StreamKey key(1, 1, "s");
    std::set<Words> blocks;
    for (std::uint64_t index : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32}) {
        for (std::uint32_t lane : {0u, 1u}) {
            for (std::uint32_t block : {0u, 1u}) blocks.insert(key.block(index, lane, block));
        }
    }
    CHECK(blocks.size() == 12);
}

TEST_CASE("rng: the first draws of a stream never change") {
    // A golden number is a claim: whoever moves it changes every result of every scenario.
    std::uint64_t hash = 0;
    const StreamKey key(42, 7, "known", "answer");
    for (std::uint64_t i = 0; i < (1u << 20); ++i) {
        const Words words = key.block(i);
        for (const std::uint32_t word : words) hash = mix64(hash ^ word);
    }
    CHECK(hash == 0x3c103cf4cf0e2032ULL);
}

TEST_CASE("rng: an index among n covers its range and nothing else") {
    // floor(w n / 2^32): the lowest word gives 0, the highest n - 1.
    for (const std::uint32_t n : {1u, 2u, 3u, 1000u, 0xffffffffu}) {
        CHECK(index_among(0, n) == 0);
        CHECK(index_among(0xffffffffu, n) == n - 1);
    }
    CHECK(index_among(0x80000000u, 10) == 5);
}

}  // namespace lbsim
