// SPDX-License-Identifier: Apache-2.0
// What one key of the service queue leads to.
#include "models/policy/service_workers.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

namespace {
bool takes_part(const std::optional<ServiceFacts>& cached) { return cached && cached->wants_load_balancer; }
}  // namespace

void ServiceWorkers::remember(ServiceKey service, const std::optional<ServiceFacts>& facts) {
    auto& cached = state_.cache[service];
    const bool took_part = takes_part(cached);
    cached = facts;
    if (takes_part(cached) != took_part) engine_.participation_changed(service, !took_part);
}

CloudCall ServiceWorkers::call(Worker& worker, Phase phase, CloudOperation operation) const {
    worker.phase = phase;
    const auto& cached = state_.cache[worker.item.key];
    const TrafficPolicy policy = cached ? cached->external_traffic_policy : TrafficPolicy::cluster;
    return {operation, worker.item.key, state_.current(policy), worker.item.tag};
}

std::optional<CloudCall> ServiceWorkers::start_deletion(Worker& worker) {
    const ServiceKey service = worker.item.key;
    if (takes_part(state_.cache[service])) {
        return call(worker, Phase::deleting_gone, CloudOperation::ensure_load_balancer_deleted);
    }
    remember(service, std::nullopt);
    return std::nullopt;
}

std::optional<CloudCall> ServiceWorkers::start(Worker& worker) {
    const ServiceKey service = worker.item.key;
    state_.reserve_service(service);
    const auto& listed = state_.lister[service];
    if (!listed) return start_deletion(worker);
    worker.service = *listed;
    const auto& cached = state_.cache[service];
    if (takes_part(cached) && cached->uid != listed->uid) {
        return call(worker, Phase::replacing, CloudOperation::ensure_load_balancer_deleted);
    }
    return sync(worker);
}

CloudCall ServiceWorkers::sync(Worker& worker) {
    const ServiceKey service = worker.item.key;
    remember(service, worker.service);
    if (!worker.service.wants_load_balancer || worker.service.needs_cleanup) {
        return call(worker, Phase::checking, CloudOperation::get_load_balancer);
    }
    const CloudCall ensure = call(worker, Phase::ensuring, CloudOperation::ensure_load_balancer);
    engine_.ensure_started(service, ensure.nodes);
    ++state_.metrics.ensures;
    note(ControllerNotice::Kind::ensure_started, worker);
    return ensure;
}

std::optional<CloudCall> ServiceWorkers::next_call(std::uint32_t index) {
    Worker& worker = workers_[index];
    if (worker.phase == Phase::delete_pending) {
        --pending_;
        return call(worker, Phase::deleting, CloudOperation::ensure_load_balancer_deleted);
    }
    if (worker.phase == Phase::sync_pending) {
        --pending_;
        return sync(worker);
    }
    LBSIM_CHECK(worker.phase == Phase::idle, "a service worker was asked for work during its call");
    while (const auto item = state_.service_queue.get()) {
        worker.item = *item;
        ++busy_;
        if (auto started = start(worker)) return started;
        succeed(worker);
    }
    return std::nullopt;
}

void ServiceWorkers::note(ControllerNotice::Kind kind, const Worker& worker) {
    ControllerNotice notice;
    notice.kind = kind;
    notice.service = worker.item.key;
    notice.cause = worker.item.tag;
    state_.notices.push_back(notice);
}

void ServiceWorkers::make_pending(Worker& worker, Phase phase) {
    worker.phase = phase;
    ++pending_;
}

void ServiceWorkers::release(Worker& worker) {
    state_.service_queue.done(worker.item.key);
    worker.phase = Phase::idle;
    --busy_;
}

void ServiceWorkers::succeed(Worker& worker) {
    state_.service_queue.forget(worker.item.key);
    release(worker);
}

void ServiceWorkers::retry(Worker& worker, Time now, std::optional<Duration> fixed_delay) {
    const WorkQueue::Item item = worker.item;
    if (fixed_delay) {
        // Neither counted as a failure nor forgotten: an earlier ladder goes on where it stood.
        state_.service_queue.add_after(item.key, now, *fixed_delay, item.tag);
    } else {
        state_.service_queue.add_rate_limited(item.key, now, item.tag);
    }
    ++state_.metrics.retries;
    note(ControllerNotice::Kind::retry_scheduled, worker);
    release(worker);
}

void ServiceWorkers::call_ended(std::uint32_t index, Time now, const CloudResult& result) {
    using Kind = CloudResult::Kind;
    Worker& worker = workers_[index];
    const Kind kind = result.kind;
    const bool is_elsewhere = kind == Kind::implemented_elsewhere;
    bool is_done = false;
    bool keeps_retry_error = false;  // upstream wraps the error so that the RetryError stays visible
    switch (worker.phase) {
        case Phase::replacing:
            if (kind == Kind::ok || kind == Kind::not_found) return make_pending(worker, Phase::sync_pending);
            keeps_retry_error = true;
            break;
        case Phase::ensuring:
            is_done = kind == Kind::ok || is_elsewhere;
            keeps_retry_error = true;
            break;
        case Phase::checking:
            if (kind == Kind::found || kind == Kind::ok) return make_pending(worker, Phase::delete_pending);
            is_done = kind == Kind::not_found;
            break;
        case Phase::deleting:
            is_done = kind == Kind::ok || kind == Kind::not_found ||
                      (is_elsewhere && state_.rules.ignores_elsewhere_on_deletion);
            break;
        case Phase::deleting_gone:
            is_done = kind == Kind::ok || kind == Kind::not_found;
            keeps_retry_error = true;
            break;
        case Phase::idle:
        case Phase::sync_pending:
        case Phase::delete_pending: LBSIM_CHECK(false, "a call ended that no service worker made");
    }
    if (is_done) {
        if (worker.phase != Phase::ensuring) remember(worker.item.key, std::nullopt);
        if (worker.phase == Phase::checking || worker.phase == Phase::deleting) {
            note(ControllerNotice::Kind::cleaned_up, worker);
        }
        succeed(worker);
        return;
    }
    const bool is_fixed = kind == Kind::retry_after && keeps_retry_error && state_.rules.has_retry_error;
    retry(worker, now, is_fixed ? std::optional(result.retry_after) : std::nullopt);
}

bool ServiceWorkers::has_work() const {
    return pending_ > 0 || (busy_ < workers_.size() && !state_.service_queue.empty());
}

}  // namespace lbsim::policy
