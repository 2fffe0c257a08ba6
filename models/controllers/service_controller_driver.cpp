// SPDX-License-Identifier: Apache-2.0
// Deliveries, timers and workers of the service controller.
#include "models/controllers/service_controller_driver.hpp"

#include <algorithm>
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

}  // namespace

policy::ServiceController::Options ServiceControllerDriver::options() const {
    const StreamKey phase_key(scenario_->seed, replication_, "node_sync_phase");
    const Duration phase = scenario_->cluster.node_sync_phase.value_or(
        Duration{index_among(phase_key.word(0), static_cast<std::uint32_t>(node_sync_period.count()))});
    const std::string order = term_ == 0 ? "" : std::to_string(term_);
    return {.release = scenario_->cluster.service_controller,
            .gates = scenario_->cluster.feature_gates,
            .concurrent_service_syncs = scenario_->cluster.concurrent_service_syncs,
            .pass_order = policy::random_pass_order(StreamKey(scenario_->seed, replication_, "pass_order", order)),
            .first_tick = first_tick_at_or_after(journal_->now(), phase, node_sync_period)};
}

ServiceControllerDriver::ServiceControllerDriver(cluster::Journal& journal, cluster::ApiServer& api,
                                                 cloud::Cloud& cloud, const scenario::Scenario& scenario,
                                                 std::uint32_t replication)
    : journal_(&journal),
      api_(&api),
      cloud_(&cloud),
      scenario_(&scenario),
      replication_(replication),
      machine_(options()),
      service_watch_(1) {
    for (const scenario::Service& service : scenario.services) {
        services_.emplace_back(std::nullopt);
        if (service.exists_at_start) {
            services_.back() = policy::ServiceFacts{.external_traffic_policy = service.external_traffic_policy};
        }
    }
    service_watch_.front().key = StreamKey(scenario.seed, replication, "watch_latency", "service_controller services");
}

void ServiceControllerDriver::start() {
    fill_caches(scenario_->cluster.cold_start ? Start::cold : Start::in_sync, {});
    api_->watch("service_controller", [this](const cluster::NodeChange& change) {
        if (!is_leading_ || change.t < listed_at_) return;
        machine_.node_delivered(journal_->now(), change.node.value, change.before, change.after, tag_of(change.why));
        after_step();
    });
    start_leading();
}

/// A cold controller has synced its caches but processed nothing: Add events of all objects are still to come.
void ServiceControllerDriver::fill_caches(Start start, EventId why) {
    std::vector<std::optional<policy::NodeFacts>> nodes;
    for (std::size_t n = 0; n < api_->node_count(); ++n) {
        const cluster::NodeObject& node = api_->node(NodeId{n});
        nodes.emplace_back(node.exists ? std::optional(node.facts) : std::nullopt);
    }
    std::vector<policy::ServiceFacts> services;
    if (start == Start::in_sync) {
        for (const std::optional<policy::ServiceFacts>& facts : services_) {
            services.push_back(facts.value_or(policy::ServiceFacts{.wants_load_balancer = false}));
        }
    }
    machine_.start_in_sync(nodes, services);
    if (start == Start::cold) {
        journal_->later(journal_->now(), Step::watch_delivery, 0, [this, why] { deliver_everything(why); });
    }
}

void ServiceControllerDriver::deliver_everything(EventId why) {
    for (std::size_t n = 0; n < api_->node_count(); ++n) {
        const NodeId id{n};
        if (!api_->node(id).exists) continue;
        machine_.node_delivered(journal_->now(), id.value, std::nullopt, api_->node(id).facts, tag_of(why));
    }
    for (std::size_t s = 0; s < services_.size(); ++s) {
        if (services_[s]) {
            machine_.service_delivered(journal_->now(), static_cast<policy::ServiceKey>(s), services_[s], tag_of(why));
        }
    }
    after_step();
}

void ServiceControllerDriver::start_leading() {
    is_leading_ = true;
    arm_tick();
    for (policy::WorkerIndex w = 0; w < machine_.worker_count(); ++w) {
        workers_.push_back(std::make_unique<Worker>(journal_->engine()));
        const std::uint32_t pieces = machine_.worker_count() / 2;
        const std::string name = w < pieces ? "service controller node worker " + std::to_string(w)
                                            : "service controller service worker " + std::to_string(w - pieces);
        Worker& worker = *workers_.back();
        worker.actor = journal_->engine().spawn(name, {rank_of(Step::controller_worker), w + 1},
                                                [this, w, &worker] { work(w, worker); }, engine::Ground::background);
    }
}

// ---- fail-over -------------------------------------------------------------------------------------------------------

void ServiceControllerDriver::restart(Duration gap, EventId why) {
    const std::uint64_t term = ++term_;
    const EventId stopped = journal_->record(EventKind::controller_stopped, {}, why);
    if (is_leading_) {
        is_leading_ = false;
        count_what_the_machine_did();
        for (std::unique_ptr<Worker>& worker : workers_) {
            journal_->engine().cancel(worker->actor);
            former_workers_.push_back(std::move(worker));
        }
        workers_.clear();
        note_queue_length(0);
    }
    const auto start_anew = [this, term, stopped] {
        if (term != term_) return;
        const EventId started = journal_->record(EventKind::controller_started, {}, stopped);
        policy::ServiceController next(options());
        next.adopt_node_sets(machine_);
        machine_ = std::move(next);
        armed_ = never;
        is_tick_armed_ = false;
        listed_at_ = journal_->now();
        fill_caches(Start::cold, started);
        start_leading();
    };
    // A new leader needs the API server, for its lock and its first lists.
    journal_->later(saturating_add(journal_->now(), gap), Step::service_controller_tick, 0,
                    [this, start_anew] { api_->when_up(Step::service_controller_tick, 0, start_anew); });
}

// ---- services --------------------------------------------------------------------------------------------------------

void ServiceControllerDriver::create_service(ServiceId service, EventId why) {
    if (const std::optional<policy::ServiceFacts>& there = services_[service.index()]) {
        journal_->record(EventKind::verb_without_effect, {.service = service}, why,
                         there->needs_cleanup ? "the service is still being deleted" : "the service exists");
        return;
    }
    const EventId event = journal_->record(EventKind::service_created, {.service = service}, why);
    if (observer_) observer_(service, true, event);
    deliver(service,
            policy::ServiceFacts{
                .external_traffic_policy = scenario_->services[service.index()].external_traffic_policy, .uid = ++uids_},
            event);
}

/// A deletion waits for the finalizer, which the controller takes away when the load balancer is gone.
void ServiceControllerDriver::delete_service(ServiceId service, EventId why) {
    std::optional<policy::ServiceFacts> facts = services_[service.index()];
    if (!facts || facts->needs_cleanup) {
        journal_->record(EventKind::verb_without_effect, {.service = service}, why,
                         facts ? "the service is being deleted" : "there is no such service");
        return;
    }
    facts->needs_cleanup = true;
    const EventId event = journal_->record(EventKind::service_deleted, {.service = service}, why);
    if (observer_) observer_(service, false, event);
    deliver(service, facts, event);
}

void ServiceControllerDriver::deliver(ServiceId service, const std::optional<policy::ServiceFacts>& facts, EventId why) {
    services_[service.index()] = facts;
    const Time t = api_->latency().next_delivery(service_watch_.front(), journal_->now());
    api_->deliver(t, Step::watch_delivery, service.value, [this, service, facts, why, term = term_] {
        if (term != term_ || !is_leading_) return;
        machine_.service_delivered(journal_->now(), service.value, facts, tag_of(why));
        after_step();
    });
}

// ---- the machine -----------------------------------------------------------------------------------------------------

void ServiceControllerDriver::arm_tick() {
    const std::optional<Time> next = machine_.next_tick();
    if (!next || is_tick_armed_) return;
    is_tick_armed_ = true;
    journal_->later(*next, Step::service_controller_tick, 0, [this, t = *next, term = term_] {
        if (term != term_) return;
        is_tick_armed_ = false;
        machine_.tick(t, 0);
        after_step();
    });
}

void ServiceControllerDriver::arm_timer() {
    const std::optional<Time> next = machine_.next_timer();
    if (!next || *next >= armed_) return;
    armed_ = *next;
    journal_->later(*next, Step::controller_worker, 0, [this, term = term_] {
        if (term != term_) return;
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
    note_queue_length(machine_.queue_length());
    if (!machine_.has_work()) return;
    for (const std::unique_ptr<Worker>& worker : workers_) {
        if (worker->is_idle && worker->asked_at < epoch_) worker->has_work.notify_all();
    }
}

void ServiceControllerDriver::note_queue_length(std::uint64_t length) {
    std::vector<history::QueueSample>& samples = journal_->history().queue;
    if (!samples.empty() && samples.back().length == length) return;
    journal_->history().queue_length_max = std::max(journal_->history().queue_length_max, length);
    // Only the last of an instant counts.
    if (samples.empty() || samples.back().t != journal_->now()) samples.push_back({.t = journal_->now()});
    samples.back().length = length;
}

/// True where there were any.
bool ServiceControllerDriver::take_notices() {
    const std::vector<policy::ControllerNotice> notices = machine_.take_notices();
    for (const policy::ControllerNotice& notice : notices) {
        const std::string pass = "pass " + std::to_string(notice.pass);
        switch (notice.kind) {
            case policy::ControllerNotice::Kind::pass_started:
                pass_event_ = journal_->record(EventKind::sync_pass_started, {}, event_of(notice.cause), pass);
                pass_started_ = journal_->now();
                break;
            case policy::ControllerNotice::Kind::pass_finished:
                journal_->record(EventKind::sync_pass_finished, {}, pass_event_,
                                 pass + ", " + std::to_string(notice.calls) + " updates");
                journal_->history().nodesync_latency.observe(journal_->now() - pass_started_);
                break;
            case policy::ControllerNotice::Kind::update_started:
            case policy::ControllerNotice::Kind::ensure_started: break;
            // The finalizer is off, and the object goes with it.
            case policy::ControllerNotice::Kind::cleaned_up:
                deliver(ServiceId{notice.service}, std::nullopt, event_of(notice.cause));
                break;
            case policy::ControllerNotice::Kind::retry_scheduled: break;
        }
    }
    return !notices.empty();
}

void ServiceControllerDriver::work(policy::WorkerIndex index, Worker& self) {
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
        const policy::CloudResult result = cloud_->perform(*call, index, why);
        machine_.call_ended(index, journal_->now(), result);
        after_step();
    }
}

void ServiceControllerDriver::finish() {
    history::History& history = journal_->history();
    for (const policy::TrafficPolicy policy : {policy::TrafficPolicy::cluster, policy::TrafficPolicy::local}) {
        history.controller_sets[history::index_of(policy)] = machine_.node_sets(policy);
    }
    if (is_leading_) count_what_the_machine_did();
    cloud_->finish();
}

void ServiceControllerDriver::count_what_the_machine_did() {
    history::History& history = journal_->history();
    const policy::ControllerMetrics& did = machine_.metrics();
    history.lb_updates += did.loadbalancer_sync_total;
    history.lb_ensures += did.ensures;
    history.sync_passes += did.passes;
    history.sync_retries += did.retries;
    history.sync_errors += did.nodesync_error_total;
}

}  // namespace lbsim::controllers
