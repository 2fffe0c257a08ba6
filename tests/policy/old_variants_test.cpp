// SPDX-License-Identifier: Apache-2.0
// Variants A, B and D: passes inside the watch handler, retries of a captured service, the defects of 1.25.0.
#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;
using Kind = CloudResult::Kind;
using Operation = CloudOperation;
using Nodes = std::vector<NodeKey>;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }

NodeFacts labelled(NodeKey node) {
    NodeFacts facts = healthy_node(node);
    facts.labels_digest = 7;
    return facts;
}

/// The first update fails and its load balancer exists; everything else goes well.
std::function<CloudResult(const CloudCall&)> first_update_fails() {
    return [failed = false](const CloudCall& call) mutable {
        CloudResult result;
        if (call.operation == Operation::get_load_balancer) result.kind = Kind::found;
        if (call.operation == Operation::update_load_balancer && !std::exchange(failed, true)) {
            result.kind = Kind::error;
        }
        return result;
    };
}

std::vector<Time> starts(const std::vector<SeenCall>& calls) {
    std::vector<Time> result;
    for (const SeenCall& seen : calls) result.push_back(seen.start);
    return result;
}
}  // namespace

TEST_CASE("handler engine: events that arrive during a pass wait for its end, each for a pass of its own") {
    // Two services, 3 s a call. The node of t = 1 starts a pass 1-4, 4-7 with the list of t = 1. The node of t = 2 is
    // known by then, but its pass begins at 7: 7-10, 10-13. The label change of t = 3 finds nothing new at 13.
    for (const std::uint32_t workers : {1U, 3U}) {
        ControllerDriver driver(controller_options("1.19", {}, workers));
        driver.start(healthy_nodes(2), std::vector<ServiceFacts>(2));
        driver.deliver_node(second(1), 2, healthy_node(2), 1);
        driver.deliver_node(second(2), 3, healthy_node(3), 2);
        driver.deliver_node(second(3), 0, labelled(0), 3);
        driver.run();
        const auto updates = driver.updates();
        CHECK(starts(updates) == std::vector<Time>{second(1), second(4), second(7), second(10)});
        CHECK(updates[1].nodes == Nodes{0, 1, 2});
        CHECK(updates[3].nodes == Nodes{0, 1, 2, 3});
        CHECK(updates[3].call.cause == 2);
        CHECK(driver.machine.metrics().passes == 3);
    }
}

TEST_CASE("handler engine: the period of the tick counts from the end of its own pass") {
    ControllerDriver driver(controller_options("1.20"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.answer = first_update_fails();
    driver.deliver_node(second(1), 1, healthy_node(1));
    driver.tick_at(second(5));
    driver.run();
    // Update 1-4 fails, Get 4-7 finds it. The tick of 5 waits for 7 and updates the service again until 10.
    CHECK(starts(driver.updates()) == std::vector<Time>{second(1), second(7)});
    CHECK(driver.machine.next_tick() == second(110));
}

TEST_CASE("handler engine: neither the taint of the autoscaler nor a class takes a node or service out") {
    NodeFacts tainted = healthy_node(0);
    tainted.autoscaler_tainted = true;
    CHECK(is_desired_target(tainted, TrafficPolicy::cluster, release_named("1.20"), {}));
    CHECK(is_desired_target(tainted, TrafficPolicy::local, release_named("1.21.6"), {}));
    CHECK_FALSE(is_desired_target(tainted, TrafficPolicy::cluster, release_named("1.21.7"), {}));
    CHECK_FALSE(honours_load_balancer_class(release_named("1.20")));
    CHECK(honours_load_balancer_class(release_named("1.21.0")));
}

TEST_CASE("handler engine: the master label excludes up to 1.20 unless its gate is off") {
    NodeFacts master = healthy_node(0);
    master.has_master_label = true;
    const FeatureGates off{{"LegacyNodeRoleBehavior", false}};
    CHECK_FALSE(is_desired_target(master, TrafficPolicy::cluster, release_named("1.20"), {}));
    CHECK(is_desired_target(master, TrafficPolicy::cluster, release_named("1.20"), off));
    CHECK(is_desired_target(master, TrafficPolicy::cluster, release_named("1.21.0"), {}));
    NodeFacts excluded = healthy_node(0);
    excluded.exclusion = ExclusionLabel::excludes;
    const FeatureGates no_exclusion{{"ServiceNodeExclusion", false}};
    CHECK_FALSE(is_desired_target(excluded, TrafficPolicy::cluster, release_named("1.19"), {}));
    CHECK(is_desired_target(excluded, TrafficPolicy::cluster, release_named("1.19"), no_exclusion));
    CHECK_FALSE(is_desired_target(excluded, TrafficPolicy::cluster, release_named("1.21"), no_exclusion));
}

TEST_CASE("retry set: up to 1.22.11 and 1.23.8 a retry updates a service that is long gone") {
    struct Row {
        const char* release;
        std::size_t updates;
    };
    for (const Row& row : {Row{"1.20", 2}, Row{"1.22.3", 2}, Row{"1.22.11", 2}, Row{"1.23.8", 2}, Row{"1.22.12", 1},
                           Row{"1.23.9", 1}, Row{"1.24.0", 1}}) {
        CAPTURE(row.release);
        ControllerDriver driver(controller_options(row.release));
        driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
        driver.answer = first_update_fails();
        driver.deliver_node(second(1), 1, healthy_node(1));  // update 1-4, Get 4-7
        ServiceFacts deleting;
        deleting.needs_cleanup = true;
        driver.deliver_service(second(20), 0, deleting);     // Get, delete until 26
        driver.deliver_node(second(30), 0, labelled(0));
        driver.run();
        CHECK(driver.updates().size() == row.updates);
    }
}

TEST_CASE("1.25.0: a failed update is lost, since its retry compares the list with itself") {
    for (const auto* release : {"1.25.0", "1.25.2", "1.25.3"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
        driver.answer = first_update_fails();
        driver.deliver_node(second(1), 1, healthy_node(1));
        driver.tick_at(second(100));
        driver.run();
        CHECK(driver.updates().size() == (release_named(release).patch < 3 ? 1 : 2));
        CHECK(driver.ensures().empty());
    }
}

TEST_CASE("1.25.0: an eTP:Local set drifts when an unready node is deleted") {
    // The node is in the Local set only, so the known (ready) hosts do not change, the pass retries nobody, and yet its
    // list counts as synced: neither this pass nor the tick updates the service. 1.26.0 does at once.
    for (const auto* release : {"1.25.0", "1.26.0"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        auto nodes = healthy_nodes(3);
        nodes[2]->ready = ConditionStatus::is_false;
        ServiceFacts local;
        local.external_traffic_policy = TrafficPolicy::local;
        driver.start(nodes, {local});
        driver.deliver_node(second(10), 2, std::nullopt);
        driver.tick_at(second(100));
        driver.run();
        const bool is_broken = release_named(release).minor == 25;
        REQUIRE(driver.updates().size() == (is_broken ? 0 : 1));
        if (!is_broken) CHECK(driver.updates()[0].nodes == Nodes{0, 1});
    }
}

TEST_CASE("1.25.0: a pass works from one list and skips what did not change for the policy") {
    // NotReady takes node 1 out of the Cluster set only: 3 s for one service, none for the other.
    ControllerDriver driver(controller_options("1.25.0"));
    std::vector<ServiceFacts> services(2);
    services[1].external_traffic_policy = TrafficPolicy::local;
    driver.start(healthy_nodes(2), services);
    NodeFacts unready = healthy_node(1);
    unready.ready = ConditionStatus::is_false;
    driver.deliver_node(second(1), 1, unready);
    driver.run();
    REQUIRE(driver.updates().size() == 1);
    CHECK(driver.updates()[0].call.service == 0);
    CHECK(driver.updates()[0].nodes == Nodes{0});
}

TEST_CASE("service queue: a service that came back under another UID loses its old load balancer first") {
    for (const auto* release : {"1.19", "1.25.0", "1.28", "1.36"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
        ServiceFacts again;
        again.uid = 2;
        driver.deliver_service(second(1), 0, std::nullopt);
        driver.deliver_service(second(2), 0, again, 8);
        driver.run();
        REQUIRE(driver.calls.size() == 2);
        CHECK(driver.calls[0].call.operation == Operation::ensure_load_balancer_deleted);
        CHECK(driver.calls[1].call.operation == Operation::ensure_load_balancer);
        CHECK(driver.calls[1].start == second(5));
        CHECK(driver.calls[1].call.cause == 8);
    }
}

TEST_CASE("service queue: while the old load balancer cannot be deleted the new one is not made") {
    ControllerDriver driver(controller_options("1.30"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    int deletes = 0;
    driver.answer = [&](const CloudCall& call) {
        CloudResult result;
        if (call.operation == Operation::ensure_load_balancer_deleted && ++deletes == 1) {
            result.kind = Kind::retry_after;
            result.retry_after = 42s;
        }
        return result;
    };
    ServiceFacts again;
    again.uid = 2;
    driver.deliver_service(second(1), 0, again);
    driver.run();
    // Delete 1-4 says "in 42 s": delete 46-49, ensure at 49.
    CHECK(starts(driver.calls) == std::vector<Time>{second(1), second(46), second(49)});
    CHECK(driver.calls[2].call.operation == Operation::ensure_load_balancer);
}
