// SPDX-License-Identifier: Apache-2.0
// Node sets worked out anew after each delivery.
#include "node_sets_model.hpp"

#include "bytes.hpp"

namespace lbsim::test {

using namespace policy;

std::vector<NodeKey> names_of(const NodeSetsModel::Members& members) {
    std::vector<NodeKey> names;
    for (const auto& [node, id] : members) names.push_back(node);
    return names;
}

std::optional<NodeFacts> NodeSetsModel::facts(NodeKey node) const {
    const auto found = nodes_.find(node);
    return found == nodes_.end() ? std::nullopt : std::optional(found->second);
}

void NodeSetsModel::put(NodeKey node, const std::optional<NodeFacts>& facts) {
    nodes_.erase(node);
    if (facts) nodes_.emplace(node, *facts);
}

NodeSetsModel::Members NodeSetsModel::desired(TrafficPolicy policy) const {
    Members members;
    for (const auto& [node, facts] : nodes_) {
        if (is_desired_target(facts, policy, release_, gates_)) members.emplace(node, facts.provider_id);
    }
    return members;
}

bool NodeSetsModel::has_seen(NodeSetRef ref) const { return versions_[index(ref.policy)].contains(ref.version); }

const NodeSetsModel::Members& NodeSetsModel::at(NodeSetRef ref) const {
    return versions_[index(ref.policy)].at(ref.version);
}

void NodeSetsModel::check_logs(const ServiceController& machine) {
    check_log(machine.node_sets(TrafficPolicy::cluster), TrafficPolicy::cluster);
    check_log(machine.node_sets(TrafficPolicy::local), TrafficPolicy::local);
}

void NodeSetsModel::check_log(const NodeSetLog& log, TrafficPolicy policy) {
    auto& versions = versions_[index(policy)];
    const Version now = log.version();
    const Members wanted = desired(policy);
    require(versions.empty() || versions.rbegin()->first <= now, "the versions of a node set only grow");
    if (!versions.empty()) {
        const auto& [last, members] = *versions.rbegin();
        require((last == now) == (members == wanted), "a node set has a new version where and only where it changed");
    }
    versions.try_emplace(now, wanted);
    require(log.size(now) == wanted.size(), "a set's size is the number of its members");
    for (NodeKey node = 0; node < 16; ++node) {
        require(log.contains_now(node) == wanted.contains(node), "contains_now tells the members");
    }
    // What costs the whole log is asked less often as the log grows; calls ask for their own set anyway.
    if (now >= 32 && now % 16 != 0) return;
    require(log.members(now) == names_of(wanted), "a set holds the nodes that satisfy the predicate, and no other");
    // An early version against the present one: fingerprints tell sets apart, differences name the nodes that differ.
    const auto& [early, then] = *versions.begin();
    require((log.names_and_provider_ids(early) == log.names_and_provider_ids(now)) == (then == wanted),
            "fingerprints with providerIDs are equal where and only where the sets are");
    require((log.names(early) == log.names(now)) == (names_of(then) == names_of(wanted)),
            "fingerprints of names are equal where and only where the names are");
    Members moved = then;
    log.for_each_difference(early, now, [&](NodeKey node, bool entered) {
        require(moved.contains(node) != entered, "a node enters a set that it is not in and leaves one that it is in");
        if (entered) moved.emplace(node, 0);
        else moved.erase(node);
    });
    require(names_of(moved) == names_of(wanted), "the differences lead from one version to the other");
}

}  // namespace lbsim::test
