// SPDX-License-Identifier: Apache-2.0
// Calls of each provider against the tables of cloud-load-balancers.md.
#include "models/cloud/calls/call_plan.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace lbsim;
using cloud::CallPlan;
using cloud::SyncFacts;
using cloud::SyncKind;
using scenario::CallClass;
using scenario::CallSequence;

namespace {

scenario::CloudApi api_of(CallSequence sequence, std::uint32_t batch = 0, std::uint32_t create_batch = 0) {
    scenario::CloudApi api;
    api.sequence = sequence;
    api.batch = batch;
    api.create_batch = create_batch;
    return api;
}

struct Count {
    std::uint64_t calls = 0;
    std::uint64_t mutating = 0;
    std::uint64_t operations = 0;
};

Count count(const CallPlan& plan) {
    Count total;
    for (const cloud::PlannedCall& call : plan) {
        total.calls += call.count;
        if (call.mutates) total.mutating += call.count;
        if (call.is_operation) total.operations += call.count;
    }
    return total;
}

std::uint64_t count(const CallPlan& plan, CallClass call_class) {
    std::uint64_t total = 0;
    for (const cloud::PlannedCall& call : plan) total += call.call_class == call_class ? call.count : 0;
    return total;
}

std::uint64_t count(const CallPlan& plan, std::string_view operation) {
    std::uint64_t total = 0;
    for (const cloud::PlannedCall& call : plan) total += call.operation == operation ? call.count : 0;
    return total;
}

/// One node joins a service of two ports in three zones: the example of section 0.4.
constexpr SyncFacts one_node{.ports = 2, .nodes = 10, .zones = 3, .added = 1, .zones_added_to = 1};
constexpr SyncFacts nothing_differs{.ports = 2, .nodes = 10, .zones = 3};

}  // namespace

TEST_CASE("call plan: Classic Load Balancer, whatever the ports and however many nodes") {
    const auto api = api_of(CallSequence::aws_clb);
    // DescribeLoadBalancers 1, RegisterInstances 1, DescribeSecurityGroups 2; 200 services make 800 calls, 200 mutating.
    const CallPlan plan = plan_calls(api, SyncKind::update, one_node);
    CHECK(count(plan).calls == 4);
    CHECK(count(plan).mutating == 1);
    CHECK(count(plan, CallClass::describe) == 1);
    SyncFacts many{.ports = 9, .nodes = 900, .zones = 3, .added = 500, .removed = 400};
    CHECK(count(plan_calls(api, SyncKind::update, many)).calls == 5);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).calls == 3);
    CHECK(count(plan_calls(api, SyncKind::create, one_node)).calls == 10);
    CHECK(count(plan_calls(api, SyncKind::remove, one_node)).calls == 5);
}

TEST_CASE("call plan: Network Load Balancer, 11 + 2P for one node, 11 + 4P with an HTTP check") {
    const auto api = api_of(CallSequence::aws_nlb, 100);
    for (const std::uint32_t p : {1u, 2u, 5u}) {
        SyncFacts facts = one_node;
        facts.ports = p;
        CHECK(count(plan_calls(api, SyncKind::update, facts)).calls == 11 + 2 * p);
        CHECK(count(plan_calls(api, SyncKind::update, facts)).mutating == p);
        CHECK(count(plan_calls(api, SyncKind::update, facts), CallClass::describe) == 7 + p);
        facts.http_check = true;
        CHECK(count(plan_calls(api, SyncKind::update, facts)).calls == 11 + 4 * p);
        CHECK(count(plan_calls(api, SyncKind::update, facts)).mutating == 2 * p);
        // The Update is one DescribeLoadBalancers more than the Ensure.
        CHECK(count(plan_calls(api, SyncKind::ensure, facts)).calls == 10 + 4 * p);
        // 1 + P (2 + ceil(N / 100)) + 8
        facts.nodes = 250;
        CHECK(count(plan_calls(api, SyncKind::create, facts)).calls == 1 + p * (2 + 3) + 8);
        // P + 3 changes, and three reads before them.
        CHECK(count(plan_calls(api, SyncKind::remove, facts)).mutating == p + 3);
    }
}

TEST_CASE("call plan: targets go in portions, deregistered before registered") {
    const auto api = api_of(CallSequence::aws_nlb, 100);
    const SyncFacts facts{.ports = 2, .nodes = 400, .zones = 3, .added = 101, .removed = 100};
    const CallPlan plan = plan_calls(api, SyncKind::update, facts);
    CHECK(count(plan, "RegisterTargets") == 4);
    CHECK(count(plan, "DeregisterTargets") == 2);
    const auto place = [&](std::string_view operation) {
        return std::find_if(plan.begin(), plan.end(), [&](const auto& c) { return c.operation == operation; });
    };
    CHECK(place("DeregisterTargets") < place("RegisterTargets"));
}

TEST_CASE("call plan: AWS Load Balancer Controller, one or two calls per target group; none for ip targets") {
    const auto api = api_of(CallSequence::aws_target_groups, 200);
    SyncFacts facts = one_node;
    CHECK(count(plan_calls(api, SyncKind::update, facts)).calls == 4);
    facts.has_fresh_health = true;
    CHECK(count(plan_calls(api, SyncKind::update, facts)).calls == 2);
    CHECK(plan_calls(api_of(CallSequence::aws_ip_targets, 200), SyncKind::update, facts).empty());
}

TEST_CASE("call plan: GCE target pool, Z + 2 reads and an operation") {
    const auto api = api_of(CallSequence::gce_target_pool, 1000, 200);
    const CallPlan plan = plan_calls(api, SyncKind::update, one_node);
    CHECK(count(plan).calls == 3 + 3);
    CHECK(count(plan).operations == 1);
    SyncFacts many{.ports = 2, .nodes = 1500, .zones = 3, .added = 1001, .removed = 1};
    CHECK(count(plan_calls(api, SyncKind::update, many)).operations == 3);
    // 12 + Z, and the 1,300 nodes beyond the first 200 in two portions.
    CHECK(count(plan_calls(api, SyncKind::create, many)).calls == 12 + 3 + 2);
    CHECK(count(plan_calls(api, SyncKind::remove, many)).calls == 6);
}

TEST_CASE("call plan: GCE instance groups, 2Z + 1 reads for each service, a change for the first that meets one") {
    const auto api = api_of(CallSequence::gce_instance_group);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).calls == 7);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).mutating == 0);
    CHECK(count(plan_calls(api, SyncKind::update, one_node)).calls == 8);
    SyncFacts facts = one_node;
    facts.removed = 4;
    facts.zones_removed_from = 3;
    CHECK(count(plan_calls(api, SyncKind::update, facts)).mutating == 4);
}

TEST_CASE("call plan: GCE backend service on shared groups, Z lists for each service") {
    const auto api = api_of(CallSequence::gce_shared_groups);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).calls == 3);
    CHECK(count(plan_calls(api, SyncKind::update, one_node)).calls == 4);
    CHECK(count(plan_calls(api, SyncKind::ensure, nothing_differs)).calls == 6 + 3);
}

TEST_CASE("call plan: GCE subsetting, Z lists, and 500 endpoints a call and changed zone") {
    const auto api = api_of(CallSequence::gce_neg_vm_ip, 500);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).calls == 3);
    CHECK(count(plan_calls(api, SyncKind::update, one_node)).calls == 4);
    // 1,501 nodes in three zones: 501 in one of them at least, so two calls for each.
    const SyncFacts many{.ports = 2, .nodes = 1501, .zones = 3, .added = 1501, .zones_added_to = 3};
    CHECK(count(plan_calls(api, SyncKind::update, many), CallClass::membership) == 6);
    CHECK(plan_calls(api_of(CallSequence::gce_neg_pods, 500), SyncKind::update, one_node).empty());
}

TEST_CASE("call plan: Azure, the first service pays and all read") {
    const auto nic = api_of(CallSequence::azure_nic);
    CHECK(count(plan_calls(nic, SyncKind::update, nothing_differs)).calls == 6);
    SyncFacts facts = one_node;
    facts.added = 5;
    facts.removed = 3;
    facts.removed_running = 2;
    // A machine of a scale set at a time; the third removed one went away with its machine.
    CHECK(count(plan_calls(nic, SyncKind::update, facts), CallClass::write) == 7);
    const auto ip = api_of(CallSequence::azure_ip);
    CHECK(count(plan_calls(ip, SyncKind::update, facts), CallClass::write) == 1);
    CHECK(count(plan_calls(ip, SyncKind::update, nothing_differs), CallClass::write) == 0);
    CHECK(count(plan_calls(nic, SyncKind::remove, facts), "LoadBalancers.CreateOrUpdate") == 1);
    facts.is_last_service = true;
    CHECK(count(plan_calls(nic, SyncKind::remove, facts), "LoadBalancers.Delete") == 1);
}

TEST_CASE("call plan: Octavia, 2 + P (2 + a PUT where members differ + a monitor where there is one)") {
    const auto api = api_of(CallSequence::octavia);
    SyncFacts facts = one_node;
    facts.has_check = false;
    CHECK(count(plan_calls(api, SyncKind::update, facts)).calls == 2 + 2 * 3);
    facts.has_check = true;
    CHECK(count(plan_calls(api, SyncKind::update, facts)).calls == 2 + 2 * 4);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).mutating == 0);
}

TEST_CASE("call plan: DigitalOcean, a GET and a PUT whatever differs") {
    const auto api = api_of(CallSequence::digitalocean);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).calls == 2);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).mutating == 1);
    CHECK(count(plan_calls(api, SyncKind::remove, nothing_differs)).calls == 2);
}

TEST_CASE("call plan: Hetzner, an action per changed node and one per port, always") {
    const auto api = api_of(CallSequence::hetzner);
    // 1 + 1 + P; with one poll for each action 1 + 2 + 2P = 7, which makes 1,400 for 200 services.
    CHECK(count(plan_calls(api, SyncKind::update, one_node)).calls == 4);
    CHECK(count(plan_calls(api, SyncKind::update, one_node)).operations == 3);
    CHECK(count(plan_calls(api, SyncKind::update, nothing_differs)).mutating == 2);
}

TEST_CASE("call plan: nothing is called where there is no cloud, and one call where it is neutral") {
    CHECK(plan_calls(api_of(CallSequence::none), SyncKind::update, one_node).empty());
    const CallPlan plan = plan_calls(api_of(CallSequence::single), SyncKind::update, one_node);
    REQUIRE(plan.size() == 1);
    CHECK(plan.front().operation == "UpdateLoadBalancer");
}
