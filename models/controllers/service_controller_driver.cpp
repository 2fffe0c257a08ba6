// SPDX-License-Identifier: Apache-2.0
// Deliveries, timers and workers of the service controller.
#include "models/controllers/service_controller_driver.hpp"

#include <string>

namespace lbsim::controllers {

using engine::rank_of;
using engine::Step;
using history::EventKind;

namespace {

/// Of the tick of releases up to 1.25; only its phase is drawn here.
constexpr Duration node_sync_period = 100s;

/// Tags of the machine are event ids, moved by one so that 0 says "nothing".
std::uint64_t tag_of(EventId event) { return event.is_valid() ? std::uint64_t{event.value} + 1 : 0; }
EventId event_of(std::uint64_t tag) { return tag == 0 ? EventId{} : EventId{static_cast<std::uint32_t>(tag - 1)}; }

policy::ServiceController::Options options_of(const scenario::Scenario& scenario, std::uint32_t replication) {
    const StreamKey phase_key(scenario.seed, replication, "node_sync_phase");
    const Duration phase = scenario.cluster.node_sync_phase.value_or(
        Duration{index_among(phase_key.word(0), static_cast<std::uint32_t>(node_sync_period.count()))});
    return {.release = scenario.cluster.service_controller,
            .gates = scenario.cluster.feature_gates,
            .concurrent_service_syncs = scenario.cluster.concurrent_service_syncs,
            .pass_order = policy::random_pass_order(StreamKey(scenario.seed, replication, "pass_order")),
            .first_tick = first_tick_at_or_after(time_zero, phase, node_sync_period)};
}

}  // namespace

ServiceControllerDriver::ServiceControllerDriver(cluster::Journal& journal, cluster::ApiServer& api,
                                                 cloud::Cloud& cloud, const scenario::Scenario& scenario,
                                                 std::uint32_t replication)
    : journal_(&journal),
      api_(&api),
      cloud_(&cloud),
      scenario_(&scenario),
      machine_(options_of(scenario, replication)) {}

void ServiceControllerDriver::start() {
    std::vector<std::optional<policy::NodeFacts>> nodes;
    for (std::size_t n = 0; n < api_->node_count(); ++n) nodes.emplace_back(api_->node(NodeId{n}).facts);
    std::vector<policy::ServiceFacts> services;
    for (const scenario::Service& service : scenario_->services) {
        services.push_back({.external_traffic_policy = service.external_traffic_policy});
    }
    // A cold controller has synced its caches but processed nothing: Add events of all objects are still to come.
    machine_.start_in_sync(nodes, scenario_->cluster.cold_start ? std::span<const policy::ServiceFacts>{} : services);
    if (scenario_->cluster.cold_start) start_cold();

    api_->watch("service_controller", [this](const cluster::NodeChange& change) {
        machine_.node_delivered(journal_->now(), change.node.value, change.before, change.after, tag_of(change.why));
        after_step();
    });
    arm_tick();
    for (policy::WorkerIndex w = 0; w < machine_.worker_count(); ++w) {
        workers_.push_back(std::make_unique<Worker>(journal_->engine()));
        const std::uint32_t pieces = machine_.worker_count() / 2;
        const std::string name = w < pieces ? "service controller node worker " + std::to_string(w)
                                            : "service controller service worker " + std::to_string(w - pieces);
        journal_->engine().spawn(name, {rank_of(Step::controller_worker), w + 1}, [this, w] { work(w); },
                                 engine::Ground::background);
    }
}

void ServiceControllerDriver::start_cold() {
    journal_->later(time_zero, Step::watch_delivery, 0, [this] {
        for (std::size_t n = 0; n < api_->node_count(); ++n) {
            const NodeId id{n};
            machine_.node_delivered(time_zero, id.value, std::nullopt, api_->node(id).facts, 0);
        }
        for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
            machine_.service_delivered(
                time_zero, static_cast<policy::ServiceKey>(s),
                policy::ServiceFacts{.external_traffic_policy = scenario_->services[s].external_traffic_policy}, 0);
        }
        after_step();
    });
}

void ServiceControllerDriver::arm_tick() {
    const std::optional<Time> next = machine_.next_tick();
    if (!next || is_tick_armed_) return;
    is_tick_armed_ = true;
    journal_->later(*next, Step::service_controller_tick, 0, [this, t = *next] {
        is_tick_armed_ = false;
        machine_.tick(t, 0);
        after_step();
    });
}

void ServiceControllerDriver::arm_timer() {
    const std::optional<Time> next = machine_.next_timer();
    if (!next || *next >= armed_) return;
    armed_ = *next;
    journal_->later(*next, Step::controller_worker, 0, [this] {
        armed_ = never;
        machine_.timer_fired(journal_->now());
        after_step();
    });
}

/// Something has moved in the machine: who found nothing to do before may find something now.
void ServiceControllerDriver::after_step() {
    ++epoch_;
    look_after_machine();
}

/// Notes what the machine says, sets its next timer and wakes the idle workers that have not asked it since it moved.
/// One that has asked in vain is left alone, or two of them could wake each other for ever within one instant.
void ServiceControllerDriver::look_after_machine() {
    if (take_notices()) ++epoch_;
    arm_timer();
    arm_tick();
    const std::uint64_t length = machine_.queue_length();
    std::vector<history::QueueSample>& samples = journal_->history().queue;
    if (samples.empty() || samples.back().length != length) {
        // Only the last of an instant counts.
        if (samples.empty() || samples.back().t != journal_->now()) samples.push_back({.t = journal_->now()});
        samples.back().length = length;
    }
    if (!machine_.has_work()) return;
    for (const std::unique_ptr<Worker>& worker : workers_) {
        if (worker->is_idle && worker->asked_at < epoch_) worker->has_work.notify_all();
    }
}

/// True where there were any.
bool ServiceControllerDriver::take_notices() {
    const std::vector<policy::ControllerNotice> notices = machine_.take_notices();
    for (const policy::ControllerNotice& notice : notices) {
        const std::string pass = "pass " + std::to_string(notice.pass);
        switch (notice.kind) {
            case policy::ControllerNotice::Kind::pass_started:
                pass_event_ = journal_->record(EventKind::sync_pass_started, {}, event_of(notice.cause), pass);
                break;
            case policy::ControllerNotice::Kind::pass_finished:
                journal_->record(EventKind::sync_pass_finished, {}, pass_event_,
                                 pass + ", " + std::to_string(notice.calls) + " updates");
                break;
            case policy::ControllerNotice::Kind::update_started:
            case policy::ControllerNotice::Kind::ensure_started:
            case policy::ControllerNotice::Kind::cleaned_up:
            case policy::ControllerNotice::Kind::retry_scheduled: break;
        }
    }
    return !notices.empty();
}

void ServiceControllerDriver::work(policy::WorkerIndex index) {
    Worker& self = *workers_[index];
    const bool takes_pieces = index < machine_.worker_count() / 2;
    for (;;) {
        const std::optional<policy::CloudCall> call = machine_.next_call(index, journal_->now());
        if (call) {
            after_step();
        } else {
            self.asked_at = epoch_;
            look_after_machine();
            self.is_idle = true;
            self.has_work.wait();
            self.is_idle = false;
            continue;
        }
        const EventId why = takes_pieces ? pass_event_ : event_of(call->cause);
        const policy::CloudResult result = cloud_->perform(*call, why);
        machine_.call_ended(index, journal_->now(), result);
        after_step();
    }
}

void ServiceControllerDriver::finish() {
    history::History& history = journal_->history();
    for (const policy::TrafficPolicy policy : {policy::TrafficPolicy::cluster, policy::TrafficPolicy::local}) {
        history.controller_sets[history::index_of(policy)] = machine_.node_sets(policy);
    }
    history.lb_updates = machine_.metrics().loadbalancer_sync_total;
    history.lb_ensures = machine_.metrics().ensures;
    history.sync_passes = machine_.metrics().passes;
}

}  // namespace lbsim::controllers
