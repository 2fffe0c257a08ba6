// SPDX-License-Identifier: Apache-2.0
// From a document that the tables accept to plain data, one reader per part, each checking what keys say of each other.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/scenario/scenario.hpp"
#include "sim/io/scenario/problems.hpp"
#include "sim/io/scenario/view.hpp"

namespace lbsim::io {

/// How much plain data a file may expand to, all variants together; a short hostile file must not fill the memory.
/// 100,000 services with traffic take about 50 MB a variant.
class Room {
public:
    static constexpr std::uint64_t most_bytes = std::uint64_t{1} << 30;

    /// Takes room for `n` things of `bytes` each; false where there is not enough. Pre: n <= 10^6.
    bool take(std::uint64_t n, std::uint64_t bytes) {
        if (bytes > most_bytes || n * bytes > most_bytes - used_) return false;
        used_ += n * bytes;
        return true;
    }

private:
    std::uint64_t used_ = 0;
};

/// What every reader needs besides its part of the document.
struct ReadContext {
    ProblemSink& sink;
    std::filesystem::path folder;  ///< of the scenario, where empirical files lie
    Room& room;
    std::uint32_t zones = 1;       ///< of the cluster, once it is read
};

/// The nodes that a scenario names or can ever create, pool by pool.
class NodeNames {
public:
    struct Pool {
        std::uint64_t initial = 0;
        std::uint64_t ever = 0;  ///< initial, added and surge nodes together, at most
    };
    enum class Scope : std::uint8_t { initial, ever };

    std::map<std::string, Pool, std::less<>> pools;

    /// Reports names that no node of this scope has, and names given twice; returns the names.
    std::vector<std::string> read(const View& owner, std::string_view key, Scope scope, ProblemSink& sink) const;
    /// Reports a pool that does not exist.
    void check_pool(const View& owner, std::string_view key, ProblemSink& sink) const;
};

/// True where the names of a list's entries cannot be trusted, because what gives them (name, count, nodes) is wrong;
/// then what refers to them is not judged, so that one fault gives one problem.
bool names_uncertain(const ProblemSink& sink, std::string_view list);

/// The largest number of nodes of one scenario.
inline constexpr std::uint64_t max_nodes = 100'000;
/// The largest number of services of one scenario.
inline constexpr std::uint64_t max_services = 100'000;
/// The largest number of connections of one run.
inline constexpr double max_connections = 1e12;

scenario::Distribution read_distribution(const View& owner, std::string_view key, ReadContext& context);
/// The mean of a distribution. Units: microseconds.
double mean_us(const scenario::Distribution& distribution);

class ProfileBook;

scenario::Cluster read_cluster(const View& root, ReadContext& context);
std::vector<scenario::Service> read_services(const View& root, const NodeNames& nodes, ProfileBook& profiles,
                                             ReadContext& context);
std::vector<scenario::Traffic> read_traffic(const View& root, const std::vector<scenario::Service>& services,
                                            Duration duration, ReadContext& context);

/// The pools of the document with the nodes they can ever have; reports too many.
NodeNames node_names(const View& root, Duration duration, ReadContext& context);
std::vector<scenario::TimelineEntry> read_timeline(const View& root, const NodeNames& nodes,
                                                   const std::vector<std::string>& zones,
                                                   const std::vector<scenario::Service>& services, Duration duration,
                                                   ReadContext& context);

}  // namespace lbsim::io
