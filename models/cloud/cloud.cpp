// SPDX-License-Identifier: Apache-2.0
// Syncs: their calls, their locks, and when they take effect.
#include "models/cloud/cloud.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"

namespace lbsim::cloud {

using engine::Step;
using history::CallResult;
using history::EventKind;
using history::SyncResult;
using policy::CloudOperation;
using policy::CloudResult;
using scenario::CallClass;
using scenario::CallSequence;

namespace {

constexpr std::string_view service_controller = "service-controller";

/// A provider that creates in the background asks the controller to come back.
/// Source: digitalocean-cloud-controller-manager 70d527e3 cloud-controller-manager/do/loadbalancers.go (RetryError, 15 s).
constexpr Duration creation_retry = 15s;

SyncResult result_of(const CloudResult& result) {
    switch (result.kind) {
        case CloudResult::Kind::retry_after: return SyncResult::retry;
        case CloudResult::Kind::error: return SyncResult::failed;
        default: return SyncResult::ok;
    }
}

constexpr CloudResult failed{.kind = CloudResult::Kind::error, .retry_after = {}};

}  // namespace

Cloud::Cloud(cluster::Journal& journal, cluster::Machines& machines, const scenario::Scenario& scenario,
             std::uint32_t replication)
    : journal_(&journal), machines_(&machines), scenario_(&scenario), replication_(replication), states_(scenario.services.size()) {
    for (const scenario::CloudApi& api : scenario.clouds) {
        accounts_.emplace_back(journal, api, faults_, StreamKey(scenario.seed, replication, "cloud_call", api.profile));
    }
    sharing_.resize(accounts_.size());
    lb_locks_.resize(scenario.services.size());
    for (std::size_t s = 0; s < scenario.services.size(); ++s) {
        const scenario::LoadBalancer& lb = scenario.services[s].load_balancer;
        const scenario::CloudApi& api = scenario.clouds[lb.cloud];
        if (shares(ServiceId{s})) sharing_[lb.cloud].push_back(ServiceId{s});
        if (lb.update_latency) continue;
        if (api.lock == scenario::CallLock::load_balancer) lb_locks_[s] = std::make_unique<TicketLock>(journal.engine());
    }
}

bool Cloud::shares(ServiceId service) const {
    const scenario::LoadBalancer& lb = spec(service);
    return !lb.update_latency && shares_targets(scenario_->clouds[lb.cloud].sequence);
}

void Cloud::start(const policy::ServiceController& controller) {
    controller_ = &controller;
    for (std::size_t account = 0; account < accounts_.size(); ++account) {
        const policy::TrafficPolicy policy = sharing_[account].empty()
                                                 ? policy::TrafficPolicy::cluster
                                                 : scenario_->services[sharing_[account].front().index()].external_traffic_policy;
        shared_.push_back({policy, controller.node_sets(policy).version()});
    }
    claimed_ = shared_;
    for (const scenario::CloudApi& api : scenario_->clouds) {
        for (const scenario::CloudFault& fault : api.faults) warn_of_unknown_calls(fault, {});
    }
    history::History& history = journal_->history();
    for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
        const policy::TrafficPolicy policy = scenario_->services[s].external_traffic_policy;
        states_[s].exists = scenario_->services[s].exists_at_start;
        history.services[s].sets.push_back({.t = history::before_start,
                                            .step = 0,
                                            .policy = policy,
                                            .version = states_[s].exists ? controller.node_sets(policy).version() : 0,
                                            .event = {}});
    }
}

// ---- syncs ---------------------------------------------------------------------------------------------------------

CloudResult Cloud::perform(const policy::CloudCall& call, policy::WorkerIndex worker, EventId why) {
    Sync sync{.call = &call,
              .service = ServiceId{call.service},
              .why = why,
              .account = &accounts_[spec(ServiceId{call.service}).cloud],
              .row = {.start = journal_->now(),
                      .service = ServiceId{call.service},
                      .worker = worker,
                      .cause = why,
                      .operation = call.operation},
              .number = 0};
    sync.number = journal_->history().syncs.begin(sync.row);
    try {
        const CloudResult result = make_calls(sync);
        file(sync, result_of(result));
        return result;
    } catch (const engine::Cancelled&) {
        // The run or the controller has ended.
        file(sync, journal_->now() < journal_->history().end ? SyncResult::cut_off : SyncResult::running);
        throw;
    }
}

void Cloud::file(Sync& sync, SyncResult result) {
    calls_of_syncs_ += sync.row.calls;
    const std::uint32_t cloud = spec(sync.service).cloud;
    // What it wanted to change is for the next to find.
    if (sync.changes_shared && result != SyncResult::ok && claimed_[cloud] == sync.call->nodes) claimed_[cloud] = shared_[cloud];
    sync.row.result = result;
    if (result != SyncResult::running) sync.row.end = journal_->now();
    if (result != SyncResult::running && sync.call->operation == CloudOperation::update_load_balancer) {
        journal_->history().update_latency.observe(sync.row.end - sync.row.start);
    }
    journal_->history().syncs.put(sync.number, sync.row);
}

CloudResult Cloud::make_calls(Sync& sync) {
    const scenario::CloudApi& api = sync.account->api();
    const bool is_neutral = spec(sync.service).update_latency.has_value();
    std::optional<TicketLock::Guard> account_lock;
    std::optional<TicketLock::Guard> lb_lock;
    if (api.lock == scenario::CallLock::account && !is_neutral) account_lock.emplace(sync.account->lock());
    if (TicketLock* lock = lb_locks_[sync.service.index()].get()) {
        // 409: a load balancer that is being changed refuses another change; the controller comes back.
        if (lock->is_held()) return failed;
        lb_lock.emplace(*lock);
    }
    LoadBalancerState& state = states_[sync.service.index()];
    if (state.active_at && journal_->now() < *state.active_at) {
        // Created and not active yet: one look, and the controller is asked to come back.
        if (!make_call(sync, reads("LoadBalancers.Get"), nullptr)) return failed;
        return {.kind = CloudResult::Kind::retry_after, .retry_after = creation_retry};
    }
    SyncKind kind{};
    const Time started = journal_->now();
    const CallPlan calls = plan(sync, kind);
    Duration tail{};
    if (!make_calls(sync, calls, tail)) return failed;
    if (kind == SyncKind::get) {
        sync.account->sleep_for(tail);
        return {.kind = state.exists ? CloudResult::Kind::found : CloudResult::Kind::not_found, .retry_after = {}};
    }
    if (kind == SyncKind::create && api.sequence == CallSequence::digitalocean && !is_neutral) {
        sync.account->sleep_for(tail);
        state.exists = true;
        state.active_at = saturating_add(journal_->now(), sync.account->draw_operation_time(sync.service));
        return {.kind = CloudResult::Kind::retry_after, .retry_after = creation_retry};
    }
    Time end = saturating_add(journal_->now(), tail);
    if (sets_nodes(kind) && !is_neutral) {
        end = std::max(end, saturating_add(started, sync.account->draw_service_time(sync.service)));
    }
    end_at(end, sync, kind);
    return {};
}

/// The latency of the last call is left in `tail`, so that the sync's effect comes in its own step of that microsecond.
bool Cloud::make_calls(Sync& sync, const CallPlan& plan, Duration& tail) {
    for (std::size_t i = 0; i < plan.size(); ++i) {
        for (std::uint32_t n = 0; n < plan[i].count; ++n) {
            const bool is_last = i + 1 == plan.size() && n + 1 == plan[i].count;
            if (!make_call(sync, plan[i], is_last ? &tail : nullptr)) return false;
        }
    }
    return true;
}

/// One call and, where it starts an operation, the wait for it. False where it failed for good.
bool Cloud::make_call(Sync& sync, const PlannedCall& call, Duration* tail) {
    const scenario::LoadBalancer& lb = spec(sync.service);
    CallRequest request{.controller = service_controller,
                        .operation = call.operation,
                        .call_class = call.call_class,
                        .mutates = call.mutates,
                        .service = sync.service,
                        .node = {},
                        .is_refused = is_over_limit(sync, call)};
    if (lb.update_latency && call.mutates) request.latency = lb.update_latency;
    const bool starts_operation = call.is_operation && !lb.update_latency;
    const auto count = [&](const Account::Answer& answer) {
        sync.row.calls += answer.tries;
        sync.row.wait += answer.wait;
        return answer.result == CallResult::ok;
    };
    if (!count(sync.account->call(request, starts_operation ? nullptr : tail))) return false;
    if (!starts_operation) return true;
    request.operation = poll_operation(sync.account->api().sequence);
    request.call_class = CallClass::poll;
    request.mutates = false;
    request.is_refused = false;
    return count(sync.account->await_operation(request, tail));
}

/// The provider refuses more targets than a load balancer may have.
bool Cloud::is_over_limit(const Sync& sync, const PlannedCall& call) const {
    const scenario::TargetLimit& limit = spec(sync.service).limit;
    if (limit.kind != scenario::TargetLimit::Kind::reject) return false;
    const policy::NodeSetRef& wants = sync.call->nodes;
    return call.changes_targets && controller_->node_sets(wants.policy).size(wants.version) > limit.most;
}

/// Blocks until `t`, when the sync takes effect, before anybody else acts in that microsecond; at once where that is now.
/// The later end wins where two syncs of one load balancer overlap.
void Cloud::end_at(Time t, const Sync& sync, SyncKind kind) {
    if (t <= journal_->now()) return take_effect(*sync.call, kind, sync.changes_shared, sync.why);
    struct Ending {
        explicit Ending(engine::Engine& engine) : ended(engine) {}
        engine::Signal ended;
        bool is_waited_for = true;
    };
    const auto ending = std::make_shared<Ending>(journal_->engine());
    journal_->later(t, Step::cloud_call_end, sync.service.value, [this, ending, call = *sync.call, why = sync.why, kind, changes = sync.changes_shared] {
        if (!ending->is_waited_for) return;  // the controller went away
        take_effect(call, kind, changes, why);
        ending->ended.notify_all();
    });
    try {
        ending->ended.wait();
    } catch (...) {  // also Cancelled
        ending->is_waited_for = false;
        throw;
    }
}

void Cloud::take_effect(const policy::CloudCall& call, SyncKind kind, bool changes_shared, EventId why) {
    const ServiceId service{call.service};
    history::History& history = journal_->history();
    const EventKind event_kind = kind == SyncKind::remove   ? EventKind::lb_deleted
                                 : kind == SyncKind::update ? EventKind::lb_update
                                                            : EventKind::lb_ensure;
    const EventId event = journal_->record(event_kind, {.service = service}, why);
    states_[service.index()].exists = kind != SyncKind::remove;
    const auto put = [&](ServiceId target, policy::NodeSetRef nodes) {
        history.services[target.index()].sets.push_back(
            {.t = journal_->now(), .step = journal_->step(), .policy = nodes.policy, .version = nodes.version, .event = event});
        if (observer_) observer_(target);
    };
    if (kind == SyncKind::remove) return put(service, {call.nodes.policy, 0});
    if (!shares(service)) return put(service, call.nodes);
    policy::NodeSetRef& shared = shared_[spec(service).cloud];
    if (changes_shared) shared = call.nodes;
    for (const ServiceId other : sharing_[spec(service).cloud]) {
        const history::LbSetChange& has = history.services[other.index()].sets.back();
        const bool differs = has.policy != shared.policy || has.version != shared.version;
        if (states_[other.index()].exists && differs) put(other, shared);
    }
}

}  // namespace lbsim::cloud
