// SPDX-License-Identifier: Apache-2.0
// Which random word decides what of a connection; shared by the streamed and the reference data plane.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "lbsim/core/rng.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::traffic {

/// Draws of a pick before it falls back to the n-th member: small sets in large tables must not draw for ever.
inline constexpr std::uint32_t pick_draws = 32;

/// Words 0 to 3 of a connection's first block.
enum BaseWord : std::size_t { gap_word = 0, life_word = 1, hop_word = 2, endpoint_word = 3 };

/// What the other blocks of a connection are for.
enum class Lane : std::uint32_t { base = 0, hop = 1, endpoint = 2, stationary = 3, reconnect = 4 };

/// The numbers of one connection of one stream. Open-loop arrival i is (i, 0); connection k of population slot s is
/// (s, k). Equal in every variant, whatever happens to other connections.
class ConnectionDraws {
public:
    ConnectionDraws(const StreamKey& stream, std::uint64_t slot, std::uint32_t k)
        : ConnectionDraws(stream, slot, k, stream.block(slot, 0, k)) {}
    /// With the base block already at hand.
    ConnectionDraws(const StreamKey& stream, std::uint64_t slot, std::uint32_t k, const Words& base)
        : stream_(&stream), slot_(slot), k_(k), base_(base) {}

    const Words& base() const { return base_; }
    Words stationary() const { return stream_->block(slot_, lane(Lane::stationary, 0, 0), k_); }
    std::uint32_t reconnect() const { return stream_->block(slot_, lane(Lane::reconnect, 0, 0), k_)[0]; }
    /// Draw `j` of the pick of the load balancer's target for SYN number `syn`.
    std::uint32_t hop(std::uint32_t syn, std::uint32_t j) const { return pick(Lane::hop, hop_word, syn, j); }
    /// Draw `j` of the pick of the endpoint for SYN number `syn`.
    std::uint32_t endpoint(std::uint32_t syn, std::uint32_t j) const {
        return pick(Lane::endpoint, endpoint_word, syn, j);
    }

private:
    static std::uint32_t lane(Lane what, std::uint32_t syn, std::uint32_t block) {
        return static_cast<std::uint32_t>(what) | (syn << 8) | (block << 16);
    }
    std::uint32_t pick(Lane what, std::size_t first, std::uint32_t syn, std::uint32_t j) const {
        if (syn == 0 && j == 0) return base_[first];
        return stream_->block(slot_, lane(what, syn, j / 4), k_)[j % 4];
    }

    const StreamKey* stream_;
    std::uint64_t slot_;
    std::uint32_t k_;
    Words base_;
};

/// The stream of a traffic entry towards one service; `part` tells arrivals from those open at time 0.
inline StreamKey traffic_stream(const scenario::Scenario& scenario, const scenario::Traffic& traffic,
                                std::uint32_t replication, const std::string& part) {
    return StreamKey(scenario.seed, replication, part,
                     traffic.name + "/" + scenario.services[traffic.service].name);
}

/// Time of SYN number `n` after the first: 0, 1, 3, 7, 15 … s; the doubling stops at 120 s between two.
/// Source: RFC 6298 (initial RTO 1 s, doubled), Linux net/ipv4/tcp_timer.c (TCP_RTO_MAX 120 s).
inline Duration syn_offset(std::uint32_t n) {
    Duration offset{0};
    Duration rto = 1s;
    for (std::uint32_t i = 0; i < n; ++i) {
        offset += rto;
        rto = std::min<Duration>(rto * 2, 120s);
    }
    return offset;
}

/// Mean gap of open-loop arrivals. Units: microseconds in Q32.
std::uint64_t mean_gap_q32(double arrivals_per_second);

/// Instant of an arrival whose operational time is `sum`: the sum of all gaps so far, each round(E * 2^27).
/// Exact and associative, so any order or sharding of the sum gives the same instant.
Time arrival_time(std::uint64_t sum, std::uint64_t gap_q32);

/// One gap in operational time.
std::uint64_t gap_of(std::uint32_t word);

}  // namespace lbsim::traffic
