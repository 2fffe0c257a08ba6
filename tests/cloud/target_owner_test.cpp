// SPDX-License-Identifier: Apache-2.0
// Load balancers with one owner of the address, routers that hash anew, and limits on the number of targets.
#include <algorithm>

#include "lbsim/scenario/lb_members.hpp"
#include "target_history.hpp"

namespace lbsim {
namespace {

TargetHistory one_owner(std::uint32_t nodes) {
    TargetHistory h(nodes);
    h.lb().admission = scenario::Admission::single_owner;
    return h;
}

/// Nodes by their rank for the load balancer, lowest first.
std::vector<std::uint32_t> by_rank(const TargetHistory& h) {
    const StreamKey ranks = scenario::rank_stream(h.scenario, ServiceId{0u}, 0);
    std::vector<std::uint32_t> nodes(h.history.nodes.size());
    for (std::uint32_t n = 0; n < nodes.size(); ++n) nodes[n] = n;
    std::sort(nodes.begin(), nodes.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::pair(scenario::rank_of_node(ranks, a), a) < std::pair(scenario::rank_of_node(ranks, b), b);
    });
    return nodes;
}

std::string span(std::uint32_t node, const char* times) { return std::to_string(node) + " " + times; }

Texts sorted(Texts texts) {
    std::sort(texts.begin(), texts.end());
    return texts;
}

}  // namespace

TEST_CASE("single owner: the passing target of the lowest rank gets everything, its flows end when it fails") {
    // The first by rank fails at 10 s and passes again at 20 s: the second has the address from 10 s to 20 s. Flows of
    // the first are lost as unhealthy, those of the second because a better one is there.
    TargetHistory h = one_owner(4);
    const std::vector<std::uint32_t> rank = by_rank(h);
    h.healthz(rank[0], 10, false);
    h.healthz(rank[0], 20, true);
    const auto targets = h.targets();
    CHECK(sorted(admissions(targets)) ==
          sorted({span(rank[0], "-..10"), span(rank[0], "20..-"), span(rank[1], "10..20")}));
    CHECK(targets.cuts.of(NodeId{rank[0]})[0].kind == history::CutKind::owner_failed);
    CHECK(targets.cuts.of(NodeId{rank[1]})[0].kind == history::CutKind::owner_moved);
    CHECK(cuts(targets, rank[0]) == Texts{"10 owner moved"});
    CHECK(cuts(targets, rank[1]) == Texts{"20 owner moved"});
}

TEST_CASE("single owner: an owner that leaves hands over at once; others come and go unnoticed") {
    TargetHistory h = one_owner(4);
    const std::vector<std::uint32_t> rank = by_rank(h);
    h.member(rank[2], 5, false);
    h.healthz(rank[3], 6, false);
    h.member(rank[0], 10, false);
    const auto targets = h.targets();
    CHECK(sorted(admissions(targets)) == sorted({span(rank[0], "-..10"), span(rank[1], "10..-")}));
    CHECK(targets.cuts.of(NodeId{rank[0]})[0].kind == history::CutKind::owner_moved);
    for (const std::uint32_t i : {1u, 2u, 3u}) CHECK(targets.cuts.of(NodeId{rank[i]}).empty());
}

TEST_CASE("single owner: with none passing the lowest rank of all has it in fail-open, nobody in fail-closed") {
    TargetHistory h = one_owner(2);
    const std::vector<std::uint32_t> rank = by_rank(h);
    h.healthz(rank[0], 10, false);
    h.healthz(rank[1], 20, false);
    CHECK(sorted(admissions(h.targets())) ==
          sorted({span(rank[0], "-..10"), span(rank[1], "10..20"), span(rank[0], "20..-")}));
    h.lb().all_unhealthy.kind = scenario::AllUnhealthyPolicy::Kind::fail_closed;
    const auto closed = h.targets();
    CHECK(sorted(admissions(closed)) == sorted({span(rank[0], "-..10"), span(rank[1], "10..20")}));
    CHECK(closed.empty.back().is_empty);
    CHECK(closed.empty.back().t == at(20));
}

TEST_CASE("rehash: every flow let in before a change of the targets that get new connections is cut") {
    // 0 fails at 10 s, 1 leaves at 20 s: the routers hash anew twice, each time whatever goes through the load balancer.
    TargetHistory h(3);
    h.lb().rehashes_on_change = true;
    h.healthz(0, 10, false);
    h.member(1, 20, false);
    const auto targets = h.targets();
    CHECK(cuts_of_all(targets) == Texts{"10 rehashed", "20 rehashed"});
    for (const std::uint32_t n : {0u, 1u, 2u}) CHECK(cuts(targets, n).empty());
    // One row each: connections_cut without a node.
    CHECK(targets.events.size() == 2);
    CHECK_FALSE(targets.events.front().node.is_valid());
}

TEST_CASE("rehash: a lag puts the change off, and a change that changes nobody's admission cuts nothing") {
    TargetHistory h(3);
    h.lb().rehashes_on_change = true;
    h.lb().new_flow_lag_after_unhealthy = scenario::Distribution::fixed(5s);
    h.healthz(0, 10, false);
    h.member(0, 20, false);  // out of use since 15 s
    const auto targets = h.targets();
    CHECK(cuts_of_all(targets) == Texts{"15 rehashed"});
}

TEST_CASE("limits: truncate takes the first nodes, subset those of the lowest rank, whatever order they came in") {
    policy::NodeSetLog log;
    for (const std::uint32_t node : {7u, 2u, 9u, 4u}) log.put(node, true, node);
    const StreamKey ranks(1, 0, "target_rank", "web");
    using Kind = scenario::TargetLimit::Kind;
    const auto members = [&](Kind kind, std::uint32_t most) {
        return scenario::lb_members(log, log.version(), {.kind = kind, .most = most}, ranks);
    };
    CHECK(members(Kind::truncate, 3) == std::vector<policy::NodeKey>{2, 4, 7});
    CHECK(members(Kind::truncate, 4) == std::vector<policy::NodeKey>{2, 4, 7, 9});
    CHECK(members(Kind::truncate, 5) == std::vector<policy::NodeKey>{2, 4, 7, 9});
    CHECK(members(Kind::reject, 3) == std::vector<policy::NodeKey>{2, 4, 7, 9});
    const std::vector<policy::NodeKey> two = members(Kind::subset, 2);
    REQUIRE(two.size() == 2);
    for (const policy::NodeKey node : {2u, 4u, 7u, 9u}) {
        if (std::binary_search(two.begin(), two.end(), node)) continue;
        for (const policy::NodeKey taken : two) {
            CHECK(scenario::rank_of_node(ranks, taken) <= scenario::rank_of_node(ranks, node));
        }
    }
    // Who is not among the lowest ranks may go without a change of the subset.
    for (const policy::NodeKey node : {2u, 4u, 7u, 9u}) {
        if (std::binary_search(two.begin(), two.end(), node)) continue;
        log.put(node, false, node);
        CHECK(members(Kind::subset, 2) == two);
    }
}

TEST_CASE("limits: a truncated set takes the next node in when one of the first leaves") {
    TargetHistory h(4);
    h.lb().limit = {.kind = scenario::TargetLimit::Kind::truncate, .most = 2};
    h.member(0, 10, false);
    const auto targets = h.targets();
    CHECK(targets.initial_targets == 2);
    // 2 enters failing and passes with the probe of the same second.
    CHECK(admissions(targets) == Texts{"0 -..10", "1 -..-", "2 10..-"});
    CHECK(targets.slots == 2);
}

}  // namespace lbsim
