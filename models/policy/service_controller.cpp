// SPDX-License-Identifier: Apache-2.0
// The service controller's outside: watch events in, the queues and workers behind.
#include "lbsim/policy/service_controller.hpp"

#include <utility>

#include "lbsim/core/check.hpp"
#include "models/policy/node_pass_runner.hpp"
#include "models/policy/service_workers.hpp"

namespace lbsim::policy {

/// The parts refer to one another, so a machine stays where it was made.
struct ServiceController::Machine {
    explicit Machine(const Options& options)
        : state(options),
          engine(make_node_engine(state)),
          passes(state, *engine, options.concurrent_service_syncs),
          services(state, *engine, options.concurrent_service_syncs),
          workers(options.concurrent_service_syncs) {
        LBSIM_CHECK(workers > 0, "a service controller needs a worker");
        LBSIM_CHECK(options.pass_order, "a service controller needs an order of its passes");
    }

    /// Brings the filtered caches up to date with one node.
    void put_node(NodeKey node, const std::optional<NodeFacts>& facts) {
        put_node(node, facts, TrafficPolicy::cluster);
        if (!state.shares_log) put_node(node, facts, TrafficPolicy::local);
    }

    void put_node(NodeKey node, const std::optional<NodeFacts>& facts, TrafficPolicy policy) {
        const bool is_member = facts && is_desired_target(*facts, policy, state.rules);
        state.log(policy).put(node, is_member, facts ? facts->provider_id : 0);
    }

    ControllerState state;
    std::unique_ptr<NodeEngine> engine;
    NodePassRunner passes;
    ServiceWorkers services;
    std::uint32_t workers;
};

namespace {
/// Do two states of one service differ in what the controller acts on?
bool needs_update(const ServiceFacts& before, const ServiceFacts& after) {
    if (before.wants_load_balancer != after.wants_load_balancer) return true;
    return after.wants_load_balancer && (before.revision != after.revision || before.uid != after.uid ||
                                         before.external_traffic_policy != after.external_traffic_policy);
}
}  // namespace

ServiceController::ServiceController(Options options) : machine_(std::make_unique<Machine>(options)) {}
ServiceController::~ServiceController() = default;
ServiceController::ServiceController(ServiceController&&) noexcept = default;
ServiceController& ServiceController::operator=(ServiceController&&) noexcept = default;

void ServiceController::adopt_node_sets(const ServiceController& predecessor) {
    machine_->state.logs = predecessor.machine_->state.logs;
}

void ServiceController::start_in_sync(std::span<const std::optional<NodeFacts>> nodes,
                                      std::span<const ServiceFacts> services) {
    Machine& m = *machine_;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        m.put_node(static_cast<NodeKey>(i), nodes[i]);
    }
    for (std::size_t i = 0; i < services.size(); ++i) {
        const auto key = static_cast<ServiceKey>(i);
        m.state.reserve_service(key);
        m.state.lister[i] = services[i];
        // A service that never wanted a load balancer was never queued, so it is not in the controller's cache.
        if (services[i].wants_load_balancer) m.services.remember(key, services[i]);
    }
    m.engine->start_in_sync();
}

void ServiceController::node_delivered(Time, NodeKey node, const std::optional<NodeFacts>& before,
                                       const std::optional<NodeFacts>& after, std::uint64_t cause) {
    Machine& m = *machine_;
    m.put_node(node, after);
    // Additions and deletions start a pass in every variant.
    const bool is_update = before && after;
    if (!is_update || update_triggers_sync(*before, *after, m.state.rules)) m.engine->triggered(node, cause);
}

void ServiceController::service_delivered(Time, ServiceKey service, const std::optional<ServiceFacts>& after,
                                          std::uint64_t cause) {
    ControllerState& state = machine_->state;
    state.reserve_service(service);
    const std::optional<ServiceFacts> before = std::exchange(state.lister[service], after);
    // A deletion is seen as an update with a deletion timestamp, thanks to the finalizer; the last event does nothing.
    if (!after) return;
    const bool is_due = before ? needs_update(*before, *after) : after->wants_load_balancer;
    if (is_due || after->needs_cleanup) state.service_queue.add(service, cause);
}

void ServiceController::tick(Time now, std::uint64_t cause) {
    LBSIM_CHECK(next_tick() && *next_tick() <= now, "a tick comes when it is due");
    machine_->engine->ticked(now, cause);
}

std::optional<Time> ServiceController::next_tick() const { return machine_->engine->next_tick(); }

std::optional<Time> ServiceController::next_timer() const { return machine_->state.service_queue.next_ready(); }

void ServiceController::timer_fired(Time now) { machine_->state.service_queue.move_ready(now); }

std::optional<CloudCall> ServiceController::next_call(WorkerIndex worker, Time now) {
    Machine& m = *machine_;
    LBSIM_CHECK(worker < worker_count(), "no such worker");
    return worker < m.workers ? m.passes.next_call(worker, now) : m.services.next_call(worker - m.workers);
}

void ServiceController::call_ended(WorkerIndex worker, Time now, const CloudResult& result) {
    Machine& m = *machine_;
    LBSIM_CHECK(worker < worker_count(), "no such worker");
    if (worker < m.workers) {
        m.passes.call_ended(worker, result);
    } else {
        m.services.call_ended(worker - m.workers, now, result);
    }
}

std::uint32_t ServiceController::worker_count() const { return 2 * machine_->workers; }

bool ServiceController::has_work() const { return machine_->passes.has_work() || machine_->services.has_work(); }

const NodeSetLog& ServiceController::node_sets(TrafficPolicy policy) const { return machine_->state.log(policy); }

std::size_t ServiceController::queue_length() const {
    return machine_->state.service_queue.size() + machine_->engine->queue_length();
}

const ControllerMetrics& ServiceController::metrics() const { return machine_->state.metrics; }

std::vector<ControllerNotice> ServiceController::take_notices() {
    return std::exchange(machine_->state.notices, {});
}

}  // namespace lbsim::policy
