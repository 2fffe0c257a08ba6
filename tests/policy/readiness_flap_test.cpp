// SPDX-License-Identifier: Apache-2.0
// What one false NotReady costs in each engine: 500 nodes, 200 services, 3 s a call, a flap of 60 s, a watch of 1 s.
#include <algorithm>
#include <set>

#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
constexpr NodeKey flapping = 17;

struct FlapCost {
    std::size_t calls = 0;
    std::size_t services = 0;      ///< that were called at all
    std::size_t without_node = 0;  ///< services that were ever given the set without the node
    bool is_restored = true;       ///< every service's last set has the node again
    ControllerMetrics metrics;
};

FlapCost flap(std::string_view release, const FeatureGates& gates, std::uint32_t workers = 1) {
    ControllerDriver driver(controller_options(release, gates, workers));
    driver.start(healthy_nodes(500), std::vector<ServiceFacts>(200));
    NodeFacts down = healthy_node(flapping);
    down.ready = ConditionStatus::unknown;
    driver.deliver_node(second(1), flapping, down, 1);
    driver.deliver_node(second(61), flapping, healthy_node(flapping), 2);
    driver.run();
    FlapCost cost;
    std::map<ServiceKey, bool> has_node;
    std::set<ServiceKey> lost;
    for (const SeenCall& seen : driver.calls) {
        const bool holds = std::find(seen.nodes.begin(), seen.nodes.end(), flapping) != seen.nodes.end();
        CHECK(seen.nodes.size() == (holds ? 500U : 499U));
        if (!holds) lost.insert(seen.call.service);
        has_node[seen.call.service] = holds;
    }
    cost.calls = driver.calls.size();
    cost.services = has_node.size();
    cost.without_node = lost.size();
    for (const auto& [service, holds] : has_node) cost.is_restored = cost.is_restored && holds;
    cost.metrics = driver.machine.metrics();
    return cost;
}
}  // namespace

TEST_CASE("readiness flap: 1.24 calls 400 times and takes the node from 20 services") {
    // The first pass begins at 1; call k starts at 1 + 3k and reads the list then. Those before 61, k = 0 … 19, miss
    // the node. The recovery at 61 asks for a second full pass of 200 unconditional calls.
    const FlapCost cost = flap("1.24", {});
    CHECK(cost.calls == 400);
    CHECK(cost.services == 200);
    CHECK(cost.without_node == 20);
    CHECK(cost.is_restored);
    CHECK(cost.metrics.passes == 2);
}

TEST_CASE("readiness flap: 1.26 calls 400 times and takes the node from all 200 services") {
    // One list per pass: every call of the first pass carries the list of instant 1.
    const FlapCost cost = flap("1.26", {});
    CHECK(cost.calls == 400);
    CHECK(cost.without_node == 200);
    CHECK(cost.is_restored);
    CHECK(cost.metrics.passes == 2);
}

TEST_CASE("readiness flap: 1.30 and the stable releases around it do not call at all") {
    for (const auto* release : {"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"}) {
        CAPTURE(release);
        const FlapCost cost = flap(release, {});
        CHECK(cost.calls == 0);
        CHECK(cost.metrics.passes == 0);
    }
}

TEST_CASE("readiness flap: 1.29 with the gate off touches only the services whose turn came during the flap") {
    // List and memory per service: the 20 turns before 61 push the smaller set; later turns find nothing changed. The
    // second pass gives the 20 their node back.
    const FlapCost cost = flap("1.29", {{"StableLoadBalancerNodeSet", false}});
    CHECK(cost.calls == 40);
    CHECK(cost.services == 20);
    CHECK(cost.without_node == 20);
    CHECK(cost.is_restored);
    CHECK(cost.metrics.passes == 2);
}

TEST_CASE("readiness flap: two workers halve the time and so double the services that 1.24 touches") {
    // Two calls every 3 s: 2 x 20 services have their turn before 61.
    CHECK(flap("1.24", {}, 2).without_node == 40);
    CHECK(flap("1.29", {{"StableLoadBalancerNodeSet", false}}, 2).calls == 80);
    CHECK(flap("1.26", {}, 2).without_node == 200);
}

TEST_CASE("readiness flap: Local services before 1.26.11 do not notice readiness") {
    for (const auto* release : {"1.26.0", "1.26.10", "1.26.11"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        ServiceFacts local;
        local.external_traffic_policy = TrafficPolicy::local;
        driver.start(healthy_nodes(3), {local, ServiceFacts{}});
        NodeFacts down = healthy_node(1);
        down.ready = ConditionStatus::is_false;
        driver.deliver_node(second(1), 1, down);
        driver.run();
        const auto updates = driver.updates();
        // From 1.26.11 on both services leave the node out; before that only the Cluster one (key 1) does.
        const bool asks_local = std::string_view(release) == "1.26.11";
        REQUIRE(updates.size() == (asks_local ? 2U : 1U));
        if (!asks_local) CHECK(updates[0].call.service == 1);
        for (const SeenCall& seen : updates) CHECK(seen.nodes == std::vector<NodeKey>{0, 2});
    }
}
