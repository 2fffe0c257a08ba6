// SPDX-License-Identifier: Apache-2.0
// Batches of open-loop arrivals: words, lives and instants of 4,096 connections at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "lbsim/core/rng.hpp"
#include "lbsim/scenario/sampling.hpp"

namespace lbsim::traffic {

inline constexpr std::size_t batch_size = 4096;

/// One batch. Shape: index = arrival within the batch, in order of time.
struct Batch {
    std::array<std::uint32_t, batch_size> gap_words;
    std::array<std::uint32_t, batch_size> life_words;
    std::array<std::uint32_t, batch_size> hop_words;
    std::array<std::uint32_t, batch_size> endpoint_words;
    std::array<std::int64_t, batch_size> life_us;
    std::array<std::int64_t, batch_size> t_us;
    std::uint64_t first = 0;  ///< index of the first arrival
};

/// Makes one batch after the other of a stream. Equal to ConnectionDraws, arrival_time and Sampler, arrival by arrival.
class Generator {
public:
    Generator(const StreamKey& key, const scenario::Sampler& lifetime, double arrivals_per_second);
    void next(Batch& batch);

private:
    StreamKey key_;
    const scenario::Sampler* lifetime_;
    std::uint64_t gap_q32_;
    std::uint64_t sum_ = 0;
    std::uint64_t index_ = 0;
};

}  // namespace lbsim::traffic
