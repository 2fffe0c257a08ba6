// SPDX-License-Identifier: Apache-2.0
// Node passes of the queue engines: what is compared, when lists are read, what the queue joins and what passes cost.
#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;
using Nodes = std::vector<NodeKey>;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }

NodeFacts excluded_node(NodeKey node) {
    NodeFacts facts = healthy_node(node);
    facts.exclusion = ExclusionLabel::excludes;
    return facts;
}
}  // namespace

TEST_CASE("node pass: queued nodes are passes of their own, the later ones cheap") {
    // Three additions at 1 are three keys, so three passes. The first begins before the second addition is delivered:
    // its first call carries node 2 alone. With one list per pass its second call does too, and the second pass repairs
    // both services; with a list per service the second call at 4 carries all, so one repair is enough. The third is
    // empty.
    for (const auto* release : {"1.26", "1.28", "1.30", "1.32"}) {
        CAPTURE(release);
        const bool lists_per_service = release_named(release).minor >= 29;
        ControllerDriver driver(controller_options(release));
        driver.start(healthy_nodes(2), std::vector<ServiceFacts>(2));
        for (NodeKey n = 2; n < 5; ++n) driver.deliver_node(second(1), n, healthy_node(n), 100 + n);
        driver.run();
        const auto updates = driver.updates();
        CHECK(driver.machine.metrics().passes == 3);
        REQUIRE(updates.size() == (lists_per_service ? 3U : 4U));
        CHECK(updates[0].nodes == Nodes{0, 1, 2});
        CHECK(updates[1].nodes == (lists_per_service ? Nodes{0, 1, 2, 3, 4} : Nodes{0, 1, 2}));
        CHECK(updates[2].nodes == Nodes{0, 1, 2, 3, 4});
        CHECK(updates[0].call.cause == 102);
        CHECK(updates[2].call.cause == 103);
    }
}

TEST_CASE("node pass: a node queued twice while it waits is one pass") {
    ControllerDriver driver(controller_options("1.32"));
    driver.start(healthy_nodes(2), std::vector<ServiceFacts>(1));
    driver.deliver_node(second(1), 2, healthy_node(2));    // pass 0: a call from 1 to 4
    driver.deliver_node(second(2), 3, healthy_node(3), 7); // waits
    driver.deliver_node(second(3), 3, std::nullopt, 8);    // same key: joins
    driver.run();
    // Pass 1 at 4 finds node 3 gone again: nothing to do.
    CHECK(driver.machine.metrics().passes == 2);
    CHECK(driver.updates().size() == 1);
}

TEST_CASE("node pass: a pass without work starts and ends inside one call of next_call") {
    for (const auto* release : {"1.26", "1.27", "1.28", "1.29", "1.32"}) {
        CAPTURE(release);
        ServiceController machine(controller_options(release));
        machine.start_in_sync(healthy_nodes(3), std::vector<ServiceFacts>(5));
        machine.node_delivered(second(1), 3, std::nullopt, excluded_node(3), 42);
        CHECK(machine.has_work());
        CHECK(machine.queue_length() == 1);
        CHECK_FALSE(machine.next_call(0, second(1)));
        CHECK_FALSE(machine.has_work());
        CHECK(machine.queue_length() == 0);
        const auto notices = machine.take_notices();
        REQUIRE(notices.size() == 2);
        CHECK(notices[0].kind == ControllerNotice::Kind::pass_started);
        CHECK(notices[1].kind == ControllerNotice::Kind::pass_finished);
        CHECK(notices[0].cause == 42);
        CHECK(notices[1].calls == 0);
        CHECK(machine.take_notices().empty());
    }
}

TEST_CASE("node pass: the autoscaler's taint leaves at once in 1.26 and with the next pass from 1.27 on") {
    for (const auto* release : {"1.26", "1.27", "1.29", "1.32"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        driver.start(healthy_nodes(3), std::vector<ServiceFacts>(1));
        NodeFacts tainted = healthy_node(1);
        tainted.autoscaler_tainted = true;
        driver.deliver_node(second(1), 1, tainted);
        driver.deliver_node(second(50), 9, excluded_node(9));  // an unrelated addition
        driver.run();
        REQUIRE(driver.updates().size() == 1);
        CHECK(driver.updates()[0].start == (std::string_view(release) == "1.26" ? second(1) : second(50)));
        CHECK(driver.updates()[0].nodes == Nodes{0, 2});
    }
}

TEST_CASE("node pass: a changed providerID is pushed where the comparison reads it") {
    struct Row {
        const char* release;
        std::uint64_t passes;
        std::size_t updates;
    };
    // J triggers only on set or unset; K triggers and compares names, so its pass does nothing.
    for (const Row& row : {Row{"1.27", 0, 0}, Row{"1.28.3", 1, 0}, Row{"1.28.4", 1, 1}, Row{"1.29", 1, 1},
                           Row{"1.32", 1, 1}}) {
        CAPTURE(row.release);
        ControllerDriver driver(controller_options(row.release));
        driver.start(healthy_nodes(2), std::vector<ServiceFacts>(1));
        NodeFacts renamed = healthy_node(1);
        renamed.provider_id = 77;
        driver.deliver_node(second(1), 1, renamed);
        driver.run();
        CHECK(driver.machine.metrics().passes == row.passes);
        CHECK(driver.updates().size() == row.updates);
    }
}

TEST_CASE("node pass: services that want no load balancer are left out") {
    for (const auto* release : {"1.24", "1.26", "1.32"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        ServiceFacts other;
        other.wants_load_balancer = false;
        driver.start(healthy_nodes(2), {ServiceFacts{}, other, ServiceFacts{}});
        driver.deliver_node(second(1), 2, healthy_node(2));
        driver.run();
        REQUIRE(driver.updates().size() == 2);
        for (const SeenCall& seen : driver.updates()) CHECK(seen.call.service != 1);
    }
}

TEST_CASE("node pass: TestSlowNodeSync, an Ensure during a slow pass stands from 1.29 on and is overwritten before") {
    for (const auto* release : {"1.28", "1.29", "1.32"}) {
        CAPTURE(release);
        ServiceController machine(controller_options(release));
        machine.start_in_sync(healthy_nodes(1), std::vector<ServiceFacts>(2));
        const auto nodes_of = [&](const CloudCall& call) {
            return machine.node_sets(call.nodes.policy).members(call.nodes.version);
        };
        machine.node_delivered(second(0), 1, std::nullopt, healthy_node(1), 0);
        const auto slow = machine.next_call(0, second(0));
        REQUIRE(slow);
        CHECK(nodes_of(*slow) == Nodes{0, 1});
        const ServiceKey b = 1 - slow->service;
        // While A's Update blocks, a node is added and B is ensured.
        machine.node_delivered(second(1), 2, std::nullopt, healthy_node(2), 0);
        ServiceFacts changed;
        changed.revision = 1;
        machine.service_delivered(second(1), b, changed, 0);
        const auto ensure = machine.next_call(1, second(1));
        REQUIRE(ensure);
        CHECK(ensure->service == b);
        CHECK(nodes_of(*ensure) == Nodes{0, 1, 2});
        machine.call_ended(1, second(2), {});
        machine.call_ended(0, second(9), {});
        const auto next = machine.next_call(0, second(9));
        REQUIRE(next);
        if (std::string_view(release) == "1.28") {
            CHECK(next->service == b);  // the older list overwrites the Ensure
            CHECK(nodes_of(*next) == Nodes{0, 1});
        } else {
            CHECK(next->service == slow->service);  // already the second pass: B was skipped
            CHECK(nodes_of(*next) == Nodes{0, 1, 2});
            machine.call_ended(0, second(10), {});
            CHECK_FALSE(machine.next_call(0, second(10)));  // B is not updated again
        }
    }
}

TEST_CASE("node pass: a pass ends with its last call, whichever worker made it") {
    // Two workers, three services: two calls from 1 to 4, the third from 4 to 7 while the other worker has nothing to
    // do. A node added at 5 waits for the end of the pass at 7.
    for (const auto* release : {"1.24", "1.26", "1.32"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release, {}, 2));
        driver.start(healthy_nodes(1), std::vector<ServiceFacts>(3));
        driver.deliver_node(second(1), 1, healthy_node(1));
        driver.deliver_node(second(5), 2, healthy_node(2));
        driver.run();
        std::vector<std::int64_t> starts;
        for (const SeenCall& seen : driver.updates()) starts.push_back(us_of(seen.start) / 1'000'000);
        CHECK(starts == std::vector<std::int64_t>{1, 1, 4, 7, 7, 10});
    }
}

TEST_CASE("node pass: the end of the last call leaves work, the end of the pass") {
    for (const auto* release : {"1.24", "1.26", "1.32"}) {
        CAPTURE(release);
        ServiceController machine(controller_options(release));
        machine.start_in_sync(healthy_nodes(1), std::vector<ServiceFacts>(1));
        CHECK_FALSE(machine.has_work());
        machine.node_delivered(second(1), 1, std::nullopt, healthy_node(1), 0);
        CHECK(machine.has_work());
        REQUIRE(machine.next_call(0, second(1)));
        CHECK_FALSE(machine.has_work());  // its worker is busy
        machine.call_ended(0, second(4), {});
        CHECK(machine.metrics().passes == 0);
        CHECK(machine.has_work());
        CHECK_FALSE(machine.next_call(0, second(4)));
        CHECK(machine.metrics().passes == 1);
        CHECK_FALSE(machine.has_work());
    }
}

TEST_CASE("node pass: metrics count calls, passes and ensures apart") {
    ControllerDriver driver(controller_options("1.30"));
    driver.start(healthy_nodes(2), std::vector<ServiceFacts>(3));
    driver.deliver_node(second(1), 2, healthy_node(2));
    driver.deliver_service(second(1), 3, ServiceFacts{});
    driver.run();
    const ControllerMetrics& metrics = driver.machine.metrics();
    CHECK(metrics.passes == 1);
    CHECK(metrics.loadbalancer_sync_total == 3);
    CHECK(metrics.ensures == 1);
    CHECK(metrics.nodesync_error_total == 0);
    CHECK(metrics.retries == 0);
}
