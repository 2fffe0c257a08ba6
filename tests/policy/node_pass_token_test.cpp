// SPDX-License-Identifier: Apache-2.0
// The token engine of 1.24 and 1.25.3 on: one token, a full flag, a retry set, a tick.
#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;
using Nodes = std::vector<NodeKey>;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }

NodeFacts cordoned_node(NodeKey node) {
    NodeFacts facts = healthy_node(node);
    facts.unschedulable = true;
    return facts;
}

struct Passes {
    std::vector<std::uint64_t> causes;
    std::vector<std::uint32_t> calls;
};
Passes passes_of(ServiceController& machine) {
    Passes passes;
    for (const ControllerNotice& notice : machine.take_notices()) {
        if (notice.kind != ControllerNotice::Kind::pass_finished) continue;
        passes.causes.push_back(notice.cause);
        passes.calls.push_back(notice.calls);
    }
    return passes;
}
}  // namespace

TEST_CASE("token engine: only the releases up to 1.25 tick") {
    for (const auto* release : {"1.21.0", "1.24", "1.25.0", "1.25"}) {
        ServiceController machine(controller_options(release));
        CHECK(machine.next_tick() == time_zero);
        machine.tick(time_zero, 1);
        CHECK(machine.next_tick() == second(100));
    }
    for (const auto* release : {"1.26", "1.28", "1.30", "1.33", "1.36"}) {
        CAPTURE(release);
        CHECK_FALSE(ServiceController(controller_options(release)).next_tick());
    }
}

TEST_CASE("token engine: a tick in a steady state is an empty pass") {
    ControllerDriver driver(controller_options("1.24"));
    driver.start(healthy_nodes(2), std::vector<ServiceFacts>(4));
    for (std::int64_t s = 0; s <= 300; s += 100) driver.tick_at(second(s), static_cast<std::uint64_t>(s));
    driver.run();
    CHECK(driver.calls.empty());
    const Passes passes = passes_of(driver.machine);
    CHECK(passes.causes == std::vector<std::uint64_t>{0, 100, 200, 300});
    CHECK(driver.machine.queue_length() == 0);
}

TEST_CASE("token engine: a taint is noticed at the next trigger, here the tick") {
    ControllerDriver driver(controller_options("1.24"));
    driver.start(healthy_nodes(3), std::vector<ServiceFacts>(2));
    NodeFacts tainted = healthy_node(1);
    tainted.autoscaler_tainted = true;
    driver.deliver_node(second(30), 1, tainted, 5);
    driver.tick_at(second(100), 6);
    driver.run();
    const auto updates = driver.updates();
    REQUIRE(updates.size() == 2);
    CHECK(updates[0].start == second(100));
    CHECK(updates[0].nodes == Nodes{0, 2});
    CHECK(updates[0].call.cause == 6);
}

TEST_CASE("token engine: a cordon in the same write as the taint starts the pass at once") {
    ControllerDriver driver(controller_options("1.25"));
    driver.start(healthy_nodes(3), std::vector<ServiceFacts>(1));
    NodeFacts tainted = cordoned_node(1);
    tainted.autoscaler_tainted = true;
    driver.deliver_node(second(30), 1, tainted);
    driver.run();
    REQUIRE(driver.updates().size() == 1);
    CHECK(driver.updates()[0].start == second(30));
}

TEST_CASE("token engine: triggers during a pass join into one further pass") {
    // Pass 0 runs from 1 to 7 (2 services). Three nodes come meanwhile: one token, one full pass of 2 calls.
    ControllerDriver driver(controller_options("1.24"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(2));
    for (NodeKey n = 1; n < 5; ++n) driver.deliver_node(second(n), n, healthy_node(n), 10 + n);
    driver.run();
    const auto updates = driver.updates();
    REQUIRE(updates.size() == 4);
    CHECK(updates[0].nodes == Nodes{0, 1});           // at 1
    CHECK(updates[1].nodes == Nodes{0, 1, 2, 3, 4});  // at 4: the list of that instant
    CHECK(updates[2].start == second(7));
    const Passes passes = passes_of(driver.machine);
    CHECK(passes.causes == std::vector<std::uint64_t>{11, 14});  // the latest full trigger's
    CHECK(passes.calls == std::vector<std::uint32_t>{2, 2});
}

TEST_CASE("token engine: a trigger that finds the token there is dropped with its cause") {
    // Pass 0 runs from 1 to 4. A cordon at 2 puts the token, the tick at 3 finds it there; neither changes a set.
    ControllerDriver driver(controller_options("1.24"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.deliver_node(second(1), 1, healthy_node(1), 21);
    driver.deliver_node(second(2), 1, cordoned_node(1), 22);
    driver.tick_at(second(3), 23);
    driver.run();
    const Passes passes = passes_of(driver.machine);
    CHECK(passes.causes == std::vector<std::uint64_t>{21, 22});
    CHECK(passes.calls == std::vector<std::uint32_t>{1, 0});
}

TEST_CASE("token engine: a set that returned before the pass began still gets its full pass") {
    // Pass 0 is under way from 1 to 4. Node 2 comes at 2 and goes at 3: the known set moved twice, so the flag is up,
    // and the service is updated again with the set it has.
    ControllerDriver driver(controller_options("1.24"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.deliver_node(second(1), 1, healthy_node(1));
    driver.deliver_node(second(2), 2, healthy_node(2));
    driver.deliver_node(second(3), 2, std::nullopt);
    driver.run();
    const auto updates = driver.updates();
    REQUIRE(updates.size() == 2);
    CHECK(updates[0].nodes == updates[1].nodes);
}

TEST_CASE("token engine: failed services alone are retried, by Update, at the next trigger of any kind") {
    ControllerDriver driver(controller_options("1.24"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(3));
    bool cloud_works = false;
    driver.answer = [&](const CloudCall& call) {
        CloudResult result;
        if (call.operation == CloudOperation::get_load_balancer) result.kind = CloudResult::Kind::found;
        if (call.operation == CloudOperation::update_load_balancer && call.service == 2 && !cloud_works) {
            result.kind = CloudResult::Kind::error;
        }
        return result;
    };
    driver.deliver_node(second(1), 1, healthy_node(1), 1);
    driver.at(second(50), [&](Time) { cloud_works = true; });
    driver.deliver_node(second(60), 1, cordoned_node(1), 2);  // changes no set
    driver.tick_at(second(100), 3);
    driver.run();
    const auto updates = driver.updates();
    REQUIRE(updates.size() == 4);
    CHECK(updates[3].call.service == 2);
    CHECK(updates[3].start == second(60));
    CHECK(updates[3].call.cause == 2);
    CHECK(driver.ensures().empty());
    CHECK(driver.machine.metrics().nodesync_error_total == 1);
    CHECK(passes_of(driver.machine).calls == std::vector<std::uint32_t>{3, 1, 0});
}

TEST_CASE("token engine: a retried service has its spec read again") {
    ControllerDriver driver(controller_options("1.24"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.answer = [](const CloudCall& call) {
        CloudResult result;
        if (call.operation == CloudOperation::get_load_balancer) result.kind = CloudResult::Kind::found;
        if (call.operation == CloudOperation::update_load_balancer) result.kind = CloudResult::Kind::error;
        return result;
    };
    driver.deliver_node(second(1), 1, healthy_node(1));
    ServiceFacts local;
    local.external_traffic_policy = TrafficPolicy::local;
    driver.deliver_service(second(20), 0, local);
    driver.tick_at(second(100));
    driver.run();
    const auto updates = driver.updates();
    REQUIRE(updates.size() == 2);
    CHECK(updates[1].call.nodes.policy == TrafficPolicy::local);
}
