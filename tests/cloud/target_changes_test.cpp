// SPDX-License-Identifier: Apache-2.0
// What two versions of a set do not share, against the lists of both, on random histories of nodes.
#include "lbsim/scenario/target_changes.hpp"

#include <algorithm>
#include <array>

#include "lbsim/scenario/lb_members.hpp"
#include "support/catch.hpp"

namespace lbsim {
namespace {

using scenario::TargetLimit;

constexpr std::uint32_t nodes = 60;
constexpr std::uint32_t changes = 400;

/// Nodes that come and go at random; the first half of the changes only brings new ones.
policy::NodeSetLog random_log(std::uint32_t seed) {
    const StreamKey key(seed, 0, "test");
    policy::NodeSetLog log;
    for (std::uint32_t i = 0; i < changes; ++i) {
        const std::uint32_t known = std::min(nodes, 1 + i / 2);
        log.put(index_among(key.word(2 * i), known), index_among(key.word(2 * i + 1), 3) > 0, 1);
    }
    return log;
}

using Rows = std::vector<std::pair<policy::NodeKey, bool>>;

/// The obvious way.
Rows expected(const scenario::NodeSetVersion& from, const scenario::NodeSetVersion& to, const TargetLimit& limit,
              const StreamKey& ranks) {
    const std::vector<policy::NodeKey> before = scenario::lb_members(*from.log, from.version, limit, ranks);
    const std::vector<policy::NodeKey> after = scenario::lb_members(*to.log, to.version, limit, ranks);
    Rows rows;
    for (policy::NodeKey node = 0; node < nodes; ++node) {
        const bool was = std::binary_search(before.begin(), before.end(), node);
        const bool is = std::binary_search(after.begin(), after.end(), node);
        if (was != is) rows.emplace_back(node, is);
    }
    return rows;
}

}  // namespace

TEST_CASE("target changes: equal the difference of both lists, whatever the limit, forwards, backwards and across logs") {
    const std::array<TargetLimit, 4> limits{TargetLimit{},
                                            TargetLimit{.kind = TargetLimit::Kind::reject, .most = 5},
                                            TargetLimit{.kind = TargetLimit::Kind::truncate, .most = 7},
                                            TargetLimit{.kind = TargetLimit::Kind::subset, .most = 6}};
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        const std::array<policy::NodeSetLog, 2> logs{random_log(seed), random_log(seed + 100)};
        const StreamKey pick(seed, 0, "pick");
        scenario::TargetChanges all;
        for (std::uint32_t i = 0; i < 600; ++i) {
            const auto version = [&](std::uint32_t word) {
                const policy::NodeSetLog& log = logs[index_among(pick.word(4 * i + word), 2)];
                return scenario::NodeSetVersion{&log, index_among(pick.word(4 * i + word + 1), log.version() + 1)};
            };
            const scenario::NodeSetVersion from = version(0);
            const scenario::NodeSetVersion to = i % 3 == 0 ? version(2) : scenario::NodeSetVersion{from.log, std::min(from.version + i % 5, from.log->version())};
            const ServiceId service{i % 4};
            const StreamKey ranks(seed, service.value, "ranks");
            const TargetLimit& limit = limits[i % limits.size()];
            Rows rows;
            all.for_each(service, limit, ranks, from, to, [&](policy::NodeKey node, bool entered) { rows.emplace_back(node, entered); });
            REQUIRE(rows == expected(from, to, limit, ranks));
        }
    }
}

TEST_CASE("node set log: who was a member at each version") {
    const policy::NodeSetLog log = random_log(9);
    for (policy::NodeSetLog::Version v = 0; v <= log.version(); v += 7) {
        const std::vector<policy::NodeKey> members = log.members(v);
        for (policy::NodeKey node = 0; node < nodes + 3; ++node) {
            REQUIRE(log.contains(node, v) == std::binary_search(members.begin(), members.end(), node));
        }
    }
    CHECK(log.node_count() == nodes);
}

}  // namespace lbsim
