// SPDX-License-Identifier: Apache-2.0
// Upstream's TestNodeChangesForStableNodeSetEnabled: three services, three workers, node passes only.
#include <map>

#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;
using Nodes = std::vector<NodeKey>;

namespace {
constexpr NodeKey unrelated = 90;

/// Node 0 is not used, so that nodes have upstream's numbers.
class StableSet {
public:
    StableSet(std::string_view release, const Nodes& nodes) : machine_(controller_options(release, {}, 3)) {
        std::vector<std::optional<NodeFacts>> initial(4);
        for (const NodeKey n : nodes) initial[n] = healthy_node(n);
        start(initial);
    }
    StableSet(std::string_view release, const std::vector<std::optional<NodeFacts>>& nodes)
        : machine_(controller_options(release, {}, 3)) {
        start(nodes);
    }

    void change(NodeKey node, const std::optional<NodeFacts>& after) {
        machine_.node_delivered(time_zero, node, nodes_[node], after, 0);
        nodes_[node] = after;
    }

    /// One pass, as upstream's test calls it: the unrelated node's addition is a trigger that changes no set.
    std::vector<Nodes> pass(CloudResult::Kind update = CloudResult::Kind::ok) {
        NodeFacts hidden = healthy_node(unrelated);
        hidden.exclusion = ExclusionLabel::excludes;
        machine_.node_delivered(time_zero, unrelated, std::nullopt, hidden, 0);
        std::vector<Nodes> pushed;
        std::map<WorkerIndex, CloudCall> running;
        while (true) {
            for (WorkerIndex w = 0; w < 3; ++w) {
                const auto call = machine_.next_call(w, time_zero);
                if (!call) continue;
                running[w] = *call;
                if (call->operation != CloudOperation::update_load_balancer) continue;
                pushed.push_back(machine_.node_sets(call->nodes.policy).members(call->nodes.version));
            }
            if (running.empty()) return pushed;
            for (const auto& [w, call] : running) {
                const bool is_update = call.operation == CloudOperation::update_load_balancer;
                machine_.call_ended(w, time_zero, {is_update ? update : CloudResult::Kind::found, {}});
            }
            running.clear();
        }
    }

private:
    void start(const std::vector<std::optional<NodeFacts>>& nodes) {
        nodes_ = nodes;
        ServiceFacts local;
        local.external_traffic_policy = TrafficPolicy::local;
        machine_.start_in_sync(nodes_, std::vector<ServiceFacts>{local, local, ServiceFacts{}});
    }
    ServiceController machine_;
    std::vector<std::optional<NodeFacts>> nodes_;
};

NodeFacts changed(NodeKey node, void (*change)(NodeFacts&)) {
    NodeFacts facts = healthy_node(node);
    change(facts);
    return facts;
}
void set_not_ready(NodeFacts& n) { n.ready = ConditionStatus::is_false; }
void set_tainted(NodeFacts& n) { n.autoscaler_tainted = true; }
void set_excluded(NodeFacts& n) { n.exclusion = ExclusionLabel::excludes; }
void set_deleting(NodeFacts& n) { n.is_deleting = true; }
const std::vector<const char*> stable_releases{"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"};

/// Node 2 changes so; what do the three services get?
std::vector<Nodes> after_change_of_2(std::string_view release, const std::optional<NodeFacts>& node) {
    StableSet set(release, Nodes{1, 2, 3});
    set.change(2, node);
    return set.pass();
}
}  // namespace

TEST_CASE("stable node set: the same nodes are not pushed") {
    for (const auto* release : stable_releases) {
        CAPTURE(release);
        CHECK(StableSet(release, Nodes{1, 2, 3}).pass().empty());
    }
}

TEST_CASE("stable node set: a new node is pushed to all three services") {
    for (const auto* release : stable_releases) {
        CAPTURE(release);
        StableSet set(release, Nodes{1, 2});
        set.change(3, healthy_node(3));
        CHECK(set.pass() == std::vector<Nodes>(3, Nodes{1, 2, 3}));
    }
}

TEST_CASE("stable node set: a push that failed is not repeated by the next pass") {
    for (const auto* release : stable_releases) {
        CAPTURE(release);
        StableSet set(release, Nodes{1, 2});
        set.change(3, healthy_node(3));
        CHECK(set.pass(CloudResult::Kind::error) == std::vector<Nodes>(3, Nodes{1, 2, 3}));
        CHECK(set.pass().empty());
    }
}

TEST_CASE("stable node set: readiness does not matter in either direction") {
    for (const auto* release : stable_releases) {
        CAPTURE(release);
        CHECK(after_change_of_2(release, changed(2, set_not_ready)).empty());
        StableSet set(release, {std::nullopt, healthy_node(1), changed(2, set_not_ready), healthy_node(3)});
        set.change(2, healthy_node(2));
        CHECK(set.pass().empty());
    }
}

TEST_CASE("stable node set: taint, exclusion and deletion of node 2 leave 1 and 3") {
    for (const auto* release : stable_releases) {
        CAPTURE(release);
        const std::vector<Nodes> without_2(3, Nodes{1, 3});
        CHECK(after_change_of_2(release, changed(2, set_tainted)) == without_2);
        CHECK(after_change_of_2(release, changed(2, set_excluded)) == without_2);
        CHECK(after_change_of_2(release, changed(2, set_deleting)) == without_2);
        CHECK(after_change_of_2(release, std::nullopt) == without_2);
    }
}

TEST_CASE("stable node set: node 3 gone leaves 1 and 2; another taint is no fact") {
    for (const auto* release : stable_releases) {
        CAPTURE(release);
        StableSet set(release, Nodes{1, 2, 3});
        set.change(3, std::nullopt);
        CHECK(set.pass() == std::vector<Nodes>(3, Nodes{1, 2}));
        CHECK(after_change_of_2(release, healthy_node(2)).empty());
    }
}
