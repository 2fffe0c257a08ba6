// SPDX-License-Identifier: Apache-2.0
// What one change costs, by release: closed forms of scenarios.md 1.2 and 4.3.
#include "models/cloud/calls/event_cost.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using cloud::ClusterEvent;
using cloud::cost_of;
using scenario::CallSequence;

namespace {

constexpr std::uint32_t services = 200;

cloud::EventCost cost(ClusterEvent event, const char* release, CallSequence sequence = CallSequence::single,
                      std::uint32_t batch = 0) {
    scenario::CloudApi api;
    api.sequence = sequence;
    api.batch = batch;
    cloud::CostQuestion question;
    question.release = *policy::parse_release(release).release;
    question.services = services;
    question.ports = 2;
    question.nodes = 50;
    question.zones = 3;
    return cost_of(event, question, api);
}

}  // namespace

TEST_CASE("event cost: a flap costs two Updates for each service until readiness stops to count") {
    for (const char* release : {"1.19", "1.24", "1.25", "1.26"}) {
        INFO(release);
        CHECK(cost(ClusterEvent::node_flaps, release).updates == 2 * services);
    }
    for (const char* release : {"1.27", "1.28", "1.30", "1.36"}) {
        INFO(release);
        CHECK(cost(ClusterEvent::node_flaps, release).updates == 0);
    }
}

TEST_CASE("event cost: a node that joins is added once, while it is not Ready or when it is") {
    // Up to 1.26 it enters when it is Ready; its registration starts a pass that, from 1.26, finds nothing to do. Up to
    // 1.25 a pass whose list has not changed only repeats what failed.
    for (const char* release : {"1.24", "1.26", "1.27", "1.30", "1.36"}) {
        INFO(release);
        CHECK(cost(ClusterEvent::node_added, release).updates == services);
    }
}

TEST_CASE("event cost: a node that goes leaves once, whichever of its changes comes to count") {
    for (const char* release : {"1.24", "1.26", "1.27", "1.30", "1.36"}) {
        INFO(release);
        CHECK(cost(ClusterEvent::node_removed, release).updates == services);
        CHECK(cost(ClusterEvent::node_drained, release).updates == services);
    }
}

TEST_CASE("event cost: a new leader Ensures every service") {
    const cloud::EventCost restart = cost(ClusterEvent::controller_restart, "1.30");
    CHECK(restart.ensures == services);
    CHECK(restart.updates == 0);
    CHECK(cost(ClusterEvent::service_created, "1.30").ensures == 1);
}

TEST_CASE("event cost: the table of cloud-load-balancers.md 0.4 for S = 200, P = 2, Z = 3") {
    struct Row {
        CallSequence sequence;
        std::uint32_t batch;
        std::uint64_t calls;
        std::uint64_t mutating;
    };
    const Row rows[] = {
        {CallSequence::aws_clb, 0, 4 * 200, 200},
        {CallSequence::aws_nlb, 100, (11 + 2 * 2) * 200, 400},
        {CallSequence::aws_target_groups, 200, 2 * 400, 400},
        {CallSequence::aws_ip_targets, 200, 0, 0},
        {CallSequence::gce_target_pool, 1000, (3 + 3) * 200, 200},
        {CallSequence::gce_instance_group, 0, 1 + (2 * 3 + 1) * 200, 1},
        {CallSequence::gce_shared_groups, 0, 1 + 3 * 200, 1},
        {CallSequence::azure_nic, 0, 1 + 6 * 200, 1},
        {CallSequence::azure_ip, 0, 1 + 6 * 200, 1},
        {CallSequence::digitalocean, 0, 2 * 200, 200},
        {CallSequence::hetzner, 0, (1 + 1 + 2) * 200, 600},
        {CallSequence::none, 0, 0, 0},
    };
    for (const Row& row : rows) {
        INFO(to_string(row.sequence));
        const cloud::EventCost joins = cost(ClusterEvent::node_added, "1.30", row.sequence, row.batch);
        CHECK(joins.calls == row.calls);
        CHECK(joins.mutating == row.mutating);
    }
}

TEST_CASE("event cost: a node that leaves Azure's pool is detached only while its machine is there") {
    // 200 services read six times. A flap of 1.26: one PUT to detach, one to attach. A removed machine has left by itself;
    // a tainted one is taken out while it runs, where the taint starts a pass (1.26) and not where it does not (1.30).
    CHECK(cost(ClusterEvent::node_flaps, "1.26", CallSequence::azure_nic).mutating == 2);
    CHECK(cost(ClusterEvent::node_removed, "1.26", CallSequence::azure_nic).mutating == 0);
    CHECK(cost(ClusterEvent::node_drained, "1.26", CallSequence::azure_nic).mutating == 1);
    CHECK(cost(ClusterEvent::node_drained, "1.30", CallSequence::azure_nic).mutating == 0);
}
