// SPDX-License-Identifier: Apache-2.0
// Which bytes make which things happen to a controller.
#include "bytes.hpp"
#include "controller_world.hpp"
#include "histories.hpp"
#include "releases.hpp"

namespace lbsim::test {

using namespace policy;

namespace {
constexpr NodeKey node_count = 10;
constexpr ServiceKey service_count = 6;

/// Three bytes to a node; the first eight values of the first are the most ordinary nodes.
NodeFacts node_from(Bytes& bytes) {
    NodeFacts node;
    const std::uint8_t state = bytes.next();
    node.ready = (state & 8U) != 0 ? static_cast<ConditionStatus>(state >> 4U & 3U) : ConditionStatus::is_true;
    node.has_conditions = node.ready != ConditionStatus::absent || (state & 64U) != 0;
    node.unschedulable = (state & 128U) != 0;
    node.labels_digest = state & 3U;
    const std::uint8_t marks = bytes.next();
    node.autoscaler_tainted = (marks & 3U) == 3U;
    node.is_deleting = (marks >> 2U & 3U) == 3U;
    node.exclusion = static_cast<ExclusionLabel>((marks >> 4U) % 8U < 6U ? 0 : (marks >> 4U) % 8U - 5U);
    node.has_master_label = (marks & 15U) == 7U;
    // These are labels, and every label counts in the digest.
    node.labels_digest += static_cast<std::uint64_t>(node.exclusion) * 4 + (node.has_master_label ? 16U : 0U);
    node.provider_id = 1 + bytes.below(4);
    if (node.provider_id == 4) node.provider_id = 0;
    return node;
}

/// A Service's next state. A clean-up ends for good; a service that wants a load balancer again after it is a new one.
ServiceFacts service_from(Bytes& bytes, const std::optional<ServiceFacts>& before, std::uint64_t& revisions) {
    ServiceFacts facts;
    const std::uint8_t state = bytes.next();
    facts.external_traffic_policy = (state & 1U) != 0 ? TrafficPolicy::local : TrafficPolicy::cluster;
    facts.wants_load_balancer = (state & 6U) != 6U;
    facts.needs_cleanup = (state & 24U) == 24U;
    const bool is_new = before && before->needs_cleanup && !facts.needs_cleanup;
    facts.uid = !before || is_new || (state & 240U) == 240U ? ++revisions : before->uid;
    facts.revision = !before || (state & 96U) == 96U ? ++revisions : before->revision;
    return facts;
}

CloudResult result_from(Bytes& bytes) {
    CloudResult result;
    const std::uint32_t choice = bytes.below(16);
    result.kind = choice < 6 ? static_cast<CloudResult::Kind>(choice) : CloudResult::Kind::ok;
    if (choice >= 11) result.kind = CloudResult::Kind::found;
    if (result.kind == CloudResult::Kind::retry_after) result.retry_after = Duration{bytes.next()} * 4'000'000 - 8s;
    return result;
}

void play_step(ControllerWorld& world, Bytes& bytes, std::uint64_t& revisions) {
    switch (bytes.below(20)) {
        case 0: case 1: case 2: {
            const NodeKey node = bytes.below(node_count);
            return world.change_node(node, node_from(bytes));
        }
        case 3: {
            const NodeKey node = bytes.below(node_count);
            auto facts = world.node(node);
            if (!facts) return;
            facts->ready = static_cast<ConditionStatus>(bytes.below(4));
            facts->has_conditions = true;
            return world.change_node(node, facts);
        }
        case 4: return world.change_node(bytes.below(node_count), std::nullopt);
        case 5: case 6: {
            const ServiceKey service = bytes.below(service_count);
            return world.change_service(service, service_from(bytes, world.service(service), revisions));
        }
        case 7: return world.change_service(bytes.below(service_count), std::nullopt);
        case 8: {
            const ServiceKey service = bytes.below(service_count);
            return world.change_service(service, world.service(service));  // a resync
        }
        case 9: return world.tick();
        case 10: case 11: return world.wait(Duration{bytes.next()} * 500'000);
        case 12: return world.ask_everyone();
        case 13: case 14: case 15: return world.ask(bytes.below(world.worker_count()));
        default: {
            const WorkerIndex worker = bytes.below(world.worker_count());
            return world.end(worker, result_from(bytes));
        }
    }
}
}  // namespace

void play_controller(std::span<const std::uint8_t> input) {
    Bytes bytes(input);
    const Release release = release_from(bytes);
    const FeatureGates gates = gates_from(bytes);
    const std::uint32_t workers = 1 + bytes.below(3);
    ControllerWorld world(release, gates, workers, bytes.next());
    std::uint64_t revisions = 0;
    if (const std::uint32_t services = bytes.below(service_count + 1); services > 0) {
        std::vector<std::optional<NodeFacts>> nodes(bytes.below(node_count + 1));
        for (auto& node : nodes) node = node_from(bytes);
        std::vector<ServiceFacts> facts(services);
        for (auto& f : facts) {
            f = service_from(bytes, std::nullopt, revisions);
            f.needs_cleanup = false;
        }
        world.start_in_sync(nodes, facts);
    }
    while (!bytes.is_over()) play_step(world, bytes, revisions);
    world.settle_and_check();
}

}  // namespace lbsim::test
