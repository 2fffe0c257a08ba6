// SPDX-License-Identifier: Apache-2.0
// Versions, fingerprints and differences of node sets, against a plain recomputation.
#include "lbsim/policy/node_set.hpp"

#include <map>
#include <string>

#include "lbsim/core/rng.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
std::vector<std::pair<NodeKey, bool>> difference(const NodeSetLog& log, NodeSetLog::Version a, NodeSetLog::Version b) {
    std::vector<std::pair<NodeKey, bool>> result;
    log.for_each_difference(a, b, [&](NodeKey node, bool entered) { result.emplace_back(node, entered); });
    return result;
}
}  // namespace

TEST_CASE("node set: what changes nothing makes no version") {
    NodeSetLog log;
    log.put(3, false, 9);
    CHECK(log.version() == 0);
    log.put(3, true, 9);
    log.put(3, true, 9);
    CHECK(log.version() == 1);
    log.put(3, false, 9);
    log.put(3, false, 8);
    CHECK(log.version() == 2);
    CHECK_FALSE(log.contains_now(3));
    CHECK_FALSE(log.contains_now(1000));
}

TEST_CASE("node set: equal contents have equal fingerprints, whatever the way there") {
    NodeSetLog a;
    a.put(1, true, 11);
    a.put(2, true, 12);
    NodeSetLog b;
    b.put(2, true, 12);
    b.put(7, true, 17);
    b.put(1, true, 11);
    b.put(7, false, 17);
    CHECK(a.names(2) == b.names(4));
    CHECK(a.names_and_provider_ids(2) == b.names_and_provider_ids(4));
    CHECK(b.names(0) == Fingerprint{});
    CHECK(a.names(1) != a.names(2));
}

TEST_CASE("node set: a new providerID changes the pairs and not the names") {
    NodeSetLog log;
    log.put(1, true, 11);
    log.put(1, true, 12);
    REQUIRE(log.version() == 2);
    CHECK(log.names(1) == log.names(2));
    CHECK(log.names_and_provider_ids(1) != log.names_and_provider_ids(2));
    CHECK(log.size(2) == 1);
    CHECK(difference(log, 1, 2).empty());
}

TEST_CASE("node set: swapped providerIDs are another set of pairs") {
    NodeSetLog a;
    a.put(1, true, 11);
    a.put(2, true, 12);
    NodeSetLog b;
    b.put(1, true, 12);
    b.put(2, true, 11);
    CHECK(a.names(2) == b.names(2));
    CHECK(a.names_and_provider_ids(2) != b.names_and_provider_ids(2));
}

TEST_CASE("node set: differences come once per node, in node order, in both directions") {
    NodeSetLog log;
    log.put(5, true, 0);   // 1: {5}
    log.put(2, true, 0);   // 2: {2,5}
    log.put(5, false, 0);  // 3: {2}
    log.put(9, true, 0);   // 4: {2,9}
    log.put(5, true, 0);   // 5: {2,5,9}
    using List = std::vector<std::pair<NodeKey, bool>>;
    CHECK(difference(log, 1, 4) == List{{2, true}, {5, false}, {9, true}});
    CHECK(difference(log, 4, 1) == List{{2, false}, {5, true}, {9, false}});
    CHECK(difference(log, 2, 5) == List{{9, true}});  // 5 left and came back
    CHECK(difference(log, 3, 3).empty());
    CHECK(log.members(4) == std::vector<NodeKey>{2, 9});
    CHECK(log.members(0).empty());
}

TEST_CASE("node set: random histories agree with sets kept version by version") {
    const StreamKey stream(20260723, 0, "node-set-test");
    NodeSetLog log;
    std::vector<std::map<NodeKey, std::uint32_t>> contents(1);
    for (std::uint64_t i = 0; i < 400; ++i) {
        const Words w = stream.block(i);
        const NodeKey node = index_among(w[0], 12);
        const bool is_member = (w[1] & 1U) != 0;
        const std::uint32_t id = index_among(w[2], 3);
        auto next = contents.back();
        if (is_member) {
            next[node] = id;
        } else {
            next.erase(node);
        }
        log.put(node, is_member, id);
        if (next != contents.back()) contents.push_back(next);
        REQUIRE(log.version() + 1 == contents.size());
    }
    REQUIRE(contents.size() > 100);
    for (std::size_t a = 0; a < contents.size(); a += 7) {
        const auto va = static_cast<NodeSetLog::Version>(a);
        std::vector<NodeKey> members;
        for (const auto& [node, id] : contents[a]) members.push_back(node);
        REQUIRE(log.members(va) == members);
        REQUIRE(log.size(va) == members.size());
        for (std::size_t b = 0; b < contents.size(); b += 5) {
            const auto vb = static_cast<NodeSetLog::Version>(b);
            std::vector<NodeKey> others;
            for (const auto& [node, id] : contents[b]) others.push_back(node);
            REQUIRE((log.names(va) == log.names(vb)) == (members == others));
            REQUIRE((log.names_and_provider_ids(va) == log.names_and_provider_ids(vb)) == (contents[a] == contents[b]));
        }
    }
}
