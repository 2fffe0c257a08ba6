// SPDX-License-Identifier: Apache-2.0
// Vectorisable generation: separate loops over arrays, Philox with each 32-bit word in a 64-bit lane.
#include "models/traffic/generator.hpp"

#include <algorithm>

#include "lbsim/core/arithmetic.hpp"
#include "models/traffic/draws.hpp"

// One binary for every x86-64: the loader picks the widest vectors the processor has. The result is the same in all.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define LBSIM_VECTOR_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define LBSIM_VECTOR_CLONES
#endif

namespace lbsim::traffic {

namespace {

/// Philox4x32-10 of counters (first + i, 0, 0).
/// Source: Salmon et al., SC 2011; held against Random123 by a test.
LBSIM_VECTOR_CLONES
void fill_words(Batch& batch, std::uint32_t key_low, std::uint32_t key_high) {
    constexpr std::uint64_t m0 = 0xD2511F53u;
    constexpr std::uint64_t m1 = 0xCD9E8D57u;
    constexpr std::uint64_t low_half = 0xffffffffu;
    for (std::size_t i = 0; i < batch_size; ++i) {
        const std::uint64_t index = batch.first + i;
        std::uint64_t c0 = index & low_half;
        std::uint64_t c1 = index >> 32;
        std::uint64_t c2 = 0;
        std::uint64_t c3 = 0;
        std::uint64_t k0 = key_low;
        std::uint64_t k1 = key_high;
        for (int round = 0; round < 10; ++round) {
            const std::uint64_t p0 = (c0 & low_half) * m0;
            const std::uint64_t p1 = (c2 & low_half) * m1;
            const std::uint64_t n0 = (p1 >> 32) ^ c1 ^ k0;
            const std::uint64_t n2 = (p0 >> 32) ^ c3 ^ k1;
            c1 = p1 & low_half;
            c3 = p0 & low_half;
            c0 = n0;
            c2 = n2;
            k0 = (k0 + 0x9E3779B9u) & low_half;
            k1 = (k1 + 0xBB67AE85u) & low_half;
        }
        batch.gap_words[i] = static_cast<std::uint32_t>(c0);
        batch.life_words[i] = static_cast<std::uint32_t>(c1);
        batch.hop_words[i] = static_cast<std::uint32_t>(c2);
        batch.endpoint_words[i] = static_cast<std::uint32_t>(c3);
    }
}

LBSIM_VECTOR_CLONES
void fill_exponential_lives(Batch& batch, double mean_us) {
    constexpr double longest = 0x1p51 - 1.0;
    for (std::size_t i = 0; i < batch_size; ++i) {
        const double us = exponential_of(batch.life_words[i]) * mean_us;
        const std::int64_t life = round_to_integer(us < longest ? us : longest);
        batch.life_us[i] = life < 1 ? 1 : life;
    }
}

LBSIM_VECTOR_CLONES
void fill_gaps(Batch& batch) {
    for (std::size_t i = 0; i < batch_size; ++i) {
        batch.t_us[i] = round_to_integer(exponential_of(batch.gap_words[i]) * 0x1p27);
    }
}

}  // namespace

Generator::Generator(const StreamKey& key, const scenario::Sampler& lifetime, double arrivals_per_second)
    : key_(key), lifetime_(&lifetime), gap_q32_(mean_gap_q32(arrivals_per_second)) {}

void Generator::next(Batch& batch) {
    batch.first = index_;
    fill_words(batch, key_.low(), key_.high());
    if (lifetime_->distribution().kind == scenario::Distribution::Kind::exponential) {
        fill_exponential_lives(batch, lifetime_->exponential_mean_us());
    } else {
        for (std::size_t i = 0; i < batch_size; ++i) {
            batch.life_us[i] = us_of(lifetime_->draw_life(batch.life_words[i]));
        }
    }
    fill_gaps(batch);
    for (std::size_t i = 0; i < batch_size; ++i) {
        sum_ += static_cast<std::uint64_t>(batch.t_us[i]);
        batch.t_us[i] = us_of(arrival_time(sum_, gap_q32_));
    }
    index_ += batch_size;
}

}  // namespace lbsim::traffic
