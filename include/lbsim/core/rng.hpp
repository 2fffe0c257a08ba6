// SPDX-License-Identifier: Apache-2.0
// Keyed, counter-based random numbers: a draw depends on its name, never on the order of other draws.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#pragma GCC visibility push(default)
namespace lbsim {

/// Four 32-bit words: what one Philox4x32-10 block yields.
using Words = std::array<std::uint32_t, 4>;

/// Which numbers a stream gives: seed, replication, what for, for whom. Equal keys give equal draws in every variant.
/// Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Philox4x32-10), by Random123.
class StreamKey {
public:
    StreamKey() = default;
    StreamKey(std::uint64_t seed, std::uint64_t replication, std::string_view stream, std::string_view entity = {});

    /// Block number (`index`, `lane`, `block`) of this stream.
    Words block(std::uint64_t index, std::uint32_t lane = 0, std::uint32_t block_number = 0) const;
    /// First word of block(index).
    std::uint32_t word(std::uint64_t index) const { return block(index)[0]; }

    std::uint32_t low() const { return low_; }
    std::uint32_t high() const { return high_; }

private:
    std::uint32_t low_ = 0;
    std::uint32_t high_ = 0;
};

/// An index among n: floor(word * n / 2^32). Bias below n / 2^32. Pre: n > 0.
constexpr std::uint32_t index_among(std::uint32_t word, std::uint32_t n) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(word) * n) >> 32);
}

/// Mixes 64 bits (the finaliser of MurmurHash3); for fingerprints of sets, not for draws.
constexpr std::uint64_t mix64(std::uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    x ^= x >> 33;
    return x;
}

}  // namespace lbsim
#pragma GCC visibility pop
