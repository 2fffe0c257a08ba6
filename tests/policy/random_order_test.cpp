// SPDX-License-Identifier: Apache-2.0
// The random order of passes, fresh starts, and invariants on random histories.
#include <algorithm>
#include <map>
#include <set>

#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
const std::vector<const char*> every_variant{"1.24",   "1.25",   "1.26.0", "1.26.5", "1.26.11", "1.27.0", "1.27.2",
                                             "1.27.8", "1.28.0", "1.28.4", "1.29",   "1.31",    "1.32",   "1.33"};

std::vector<ServiceKey> order_of_first_pass(std::string_view release, std::uint64_t seed, bool with_empty_pass) {
    ControllerDriver driver(controller_options(release, {}, 1, seed));
    driver.start(healthy_nodes(2), std::vector<ServiceFacts>(20));
    if (with_empty_pass) {
        NodeFacts hidden = healthy_node(9);
        hidden.exclusion = ExclusionLabel::excludes;
        driver.deliver_node(second(1), 9, hidden);
    }
    driver.deliver_node(second(2), 2, healthy_node(2));
    driver.run();
    std::vector<ServiceKey> order;
    for (const SeenCall& seen : driver.updates()) order.push_back(seen.call.service);
    return order;
}
}  // namespace

TEST_CASE("random order: a pass visits every service once, in an order that the seed and the pass decide") {
    for (const auto* release : {"1.24", "1.26", "1.32"}) {
        CAPTURE(release);
        const auto order = order_of_first_pass(release, 1, false);
        CHECK(std::set<ServiceKey>(order.begin(), order.end()).size() == 20);
        CHECK(order.size() == 20);
        CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
        CHECK(order == order_of_first_pass(release, 1, false));
        CHECK(order != order_of_first_pass(release, 2, false));
        CHECK(order != order_of_first_pass(release, 1, true));  // then it is pass 1
        CHECK(order == order_of_first_pass("1.28", 1, false));  // and the same in every engine
    }
}

TEST_CASE("random order: services that are left out move no other") {
    const auto all = order_of_first_pass("1.26", 1, false);
    ControllerDriver driver(controller_options("1.26"));
    std::vector<ServiceFacts> services(20);
    for (std::size_t i = 0; i < 20; i += 3) services[i].wants_load_balancer = false;
    driver.start(healthy_nodes(2), services);
    driver.deliver_node(second(2), 2, healthy_node(2));
    driver.run();
    std::vector<ServiceKey> expected;
    for (const ServiceKey s : all) {
        if (s % 3 != 0) expected.push_back(s);
    }
    std::vector<ServiceKey> order;
    for (const SeenCall& seen : driver.updates()) order.push_back(seen.call.service);
    CHECK(order == expected);
}

TEST_CASE("fresh start: every service is ensured once and the passes find nothing to update") {
    // Nodes come before services, as caches sync before the workers run; each service's Ensure carries all nodes.
    for (const auto* release : every_variant) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        for (NodeKey n = 0; n < 3; ++n) driver.deliver_node(second(0), n, healthy_node(n));
        for (ServiceKey s = 0; s < 4; ++s) driver.deliver_service(second(0), s, ServiceFacts{});
        driver.run();
        CHECK(driver.updates().empty());
        REQUIRE(driver.ensures().size() == 4);
        for (const SeenCall& seen : driver.ensures()) CHECK(seen.nodes == std::vector<NodeKey>{0, 1, 2});
    }
}

namespace {
/// A random node state; draws decide every fact.
std::optional<NodeFacts> random_node(NodeKey key, const Words& w) {
    if (index_among(w[1], 8) == 0) return std::nullopt;
    NodeFacts facts = healthy_node(key);
    if (index_among(w[2], 3) == 0) facts.ready = ConditionStatus::unknown;
    facts.autoscaler_tainted = index_among(w[3], 5) == 0;
    facts.unschedulable = (w[1] & 1U) != 0;
    facts.labels_digest = w[2] & 3U;
    if ((w[3] & 7U) == 0) facts.exclusion = ExclusionLabel::excludes;
    return facts;
}
}  // namespace

TEST_CASE("random histories: after rest and without failures every service has the set of its last sync") {
    // In the stable releases a service's last push is the filter of the nodes at the last pass or Ensure. A final
    // addition that starts one more pass makes that the filter of the nodes now.
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        for (const auto* release : every_variant) {
            for (const std::uint32_t workers : {1U, 3U}) {
                CAPTURE(seed, release, workers);
                const StreamKey stream(seed, 0, "random-history");
                ControllerDriver driver(controller_options(release, {}, workers, seed));
                const std::vector<ServiceFacts> services(6);
                driver.start(healthy_nodes(8), services);
                std::map<NodeKey, std::optional<NodeFacts>> final_state;
                for (NodeKey n = 0; n < 8; ++n) final_state[n] = healthy_node(n);
                for (std::uint64_t i = 0; i < 60; ++i) {
                    const Words w = stream.block(i);
                    const NodeKey node = index_among(w[0], 8);
                    const auto next = random_node(node, w);
                    if (!next && !final_state[node]) continue;
                    final_state[node] = next;
                    driver.deliver_node(at_us(static_cast<std::int64_t>(i) * 2'500'000), node, next);
                }
                driver.deliver_node(second(1000), 20, healthy_node(20));
                final_state[20] = healthy_node(20);
                driver.run();
                std::vector<NodeKey> wanted;
                for (const auto& [node, facts] : final_state) {
                    if (facts && is_desired_target(*facts, TrafficPolicy::cluster, release_named(release), {})) {
                        wanted.push_back(node);
                    }
                }
                std::map<ServiceKey, std::vector<NodeKey>> held;
                for (const SeenCall& seen : driver.calls) held[seen.call.service] = seen.nodes;
                REQUIRE(held.size() == 6);
                for (const auto& [service, nodes] : held) CHECK(nodes == wanted);
                CHECK_FALSE(driver.machine.has_work());
                CHECK(driver.machine.queue_length() == 0);
            }
        }
    }
}
