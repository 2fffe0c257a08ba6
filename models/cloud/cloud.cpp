// SPDX-License-Identifier: Apache-2.0
// Cloud calls and when they take effect.
#include "models/cloud/cloud.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::cloud {

using engine::Step;
using history::EventKind;

namespace {
constexpr std::string_view service_controller = "service-controller";
constexpr std::string_view cloud_node_lifecycle = "cloud-node-lifecycle-controller";

std::string_view name_of(policy::CloudOperation operation) {
    switch (operation) {
        case policy::CloudOperation::ensure_load_balancer: return "EnsureLoadBalancer";
        case policy::CloudOperation::update_load_balancer: return "UpdateLoadBalancer";
        case policy::CloudOperation::get_load_balancer: return "GetLoadBalancer";
        case policy::CloudOperation::ensure_load_balancer_deleted: return "EnsureLoadBalancerDeleted";
    }
    LBSIM_CHECK(false, "a cloud operation has no name");
}
}  // namespace

Cloud::Cloud(cluster::Journal& journal, cluster::Machines& machines, const scenario::Scenario& scenario)
    : journal_(&journal), machines_(&machines), scenario_(&scenario) {}

void Cloud::start(const policy::ServiceController& controller) {
    history::History& history = journal_->history();
    for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
        const policy::TrafficPolicy policy = scenario_->services[s].external_traffic_policy;
        history.services[s].sets.push_back({.t = history::before_start,
                                            .step = 0,
                                            .policy = policy,
                                            .version = controller.node_sets(policy).version(),
                                            .event = {}});
    }
}

void Cloud::record(std::string_view controller, std::string_view operation, bool mutates, ServiceId service,
                   NodeId node, Duration latency) {
    journal_->history().api_calls.push_back({.t = journal_->now(),
                                             .controller = controller,
                                             .operation = operation,
                                             .mutates = mutates,
                                             .service = service,
                                             .node = node,
                                             .result = history::CallResult::ok,
                                             .wait = {},
                                             .latency = latency});
}

policy::CloudResult Cloud::perform(const policy::CloudCall& call, EventId why) {
    const ServiceId service{call.service};
    const bool sets_nodes = call.operation == policy::CloudOperation::ensure_load_balancer ||
                            call.operation == policy::CloudOperation::update_load_balancer;
    const Duration latency =
        sets_nodes ? scenario_->services[service.index()].load_balancer.update_latency.value_or(0s) : Duration{0};
    record(service_controller, name_of(call.operation), call.operation != policy::CloudOperation::get_load_balancer,
           service, {}, latency);
    if (!sets_nodes) return {.kind = policy::CloudResult::Kind::found, .retry_after = {}};

    engine::Signal ended(journal_->engine());
    const Time end = saturating_add(journal_->now(), latency);
    // The later end wins where two calls for one load balancer overlap.
    journal_->later(end, Step::cloud_call_end, service.value, [this, call, why, service, &ended] {
        const bool ensures = call.operation == policy::CloudOperation::ensure_load_balancer;
        const EventId event =
            journal_->record(ensures ? EventKind::lb_ensure : EventKind::lb_update, {.service = service}, why);
        journal_->history().services[service.index()].sets.push_back({.t = journal_->now(),
                                                                      .step = journal_->step(),
                                                                      .policy = call.nodes.policy,
                                                                      .version = call.nodes.version,
                                                                      .event = event});
        if (observer_) observer_(service);
        ended.notify_all();
    });
    ended.wait();
    return {};
}

cluster::InstanceState Cloud::instance_state(NodeId node) {
    record(cloud_node_lifecycle, "InstanceExists", false, {}, node, {});
    const cluster::InstanceState state = machines_->machine(node).instance;
    if (state != cluster::InstanceState::gone) record(cloud_node_lifecycle, "InstanceShutdown", false, {}, node, {});
    return state;
}

void Cloud::delete_instance(NodeId node, std::string_view controller) {
    record(controller, "DeleteNodes", true, {}, node, {});
}

}  // namespace lbsim::cloud
