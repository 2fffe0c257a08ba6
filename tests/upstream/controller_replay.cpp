// SPDX-License-Identifier: Apache-2.0
// A small world around the service controller machine: API objects, cloud, clock.
#include "upstream/controller_replay.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace lbsim::upstream {

namespace {
using policy::CloudOperation;
using policy::CloudResult;
using policy::ControllerNotice;
using policy::NodeFacts;
using policy::NodeKey;
using policy::ServiceController;
using policy::ServiceKey;
using policy::ServiceSpec;
using policy::WorkerIndex;

/// The service controller asks its informer to replay all services so often.
/// Source: kubernetes/cloud-provider controllers/service/controller.go, serviceSyncPeriod, v0.19.0 to v0.36.6.
constexpr Duration service_resync_period = 30s;

char letter_of(CloudOperation operation) { return "EUGD"[static_cast<std::size_t>(operation)]; }

class World {
public:
    World(const History& history, const Trace& trace, policy::Release release, const Choices& choices)
        : history_(history), trace_(trace), release_(release), choices_(choices), machine_(options()) {
        busy_.assign(machine_.worker_count(), false);
        for (const Event& event : history.events) {
            at(event.t, 0, [this, &event] { apply(event); });
        }
        for (Time t = time_zero + service_resync_period; t < history.until; t += service_resync_period) {
            at(t, 1, [this] { resync(); });
        }
    }

    struct Difference {
        Time t;
        std::vector<Call> missing;
        std::vector<Call> unexpected;
        std::uint64_t pass = 0;              ///< the pass under way
        std::vector<ServiceKey> updates;     ///< its updates so far, the last one first
        std::vector<ServiceKey> rest;        ///< its services without an update before t
    };
    /// Plays on until the first instant at which the calls differ from the trace's.
    std::optional<Difference> play() {
        std::size_t compared = 0;
        std::size_t expected = 0;
        while (true) {
            const Time now = next_instant();
            const Time call_due = expected < trace_.calls.size() ? trace_.calls[expected].t : never;
            if (std::min(now, call_due) >= history_.until) return std::nullopt;
            if (call_due < now) return difference(call_due, expected, compared);
            step(now);
            std::sort(calls_.begin() + static_cast<std::ptrdiff_t>(compared), calls_.end());
            std::size_t end = expected;
            while (end < trace_.calls.size() && trace_.calls[end].t == now) ++end;
            const bool equal = end - expected == calls_.size() - compared &&
                               std::equal(calls_.begin() + static_cast<std::ptrdiff_t>(compared), calls_.end(),
                                          trace_.calls.begin() + static_cast<std::ptrdiff_t>(expected));
            if (!equal) return difference(now, expected, compared);
            compared = calls_.size();
            expected = end;
        }
    }

private:
    ServiceController::Options options() {
        policy::FeatureGates gates;
        if (history_.gate_off) gates["StableLoadBalancerNodeSet"] = false;
        return {.release = release_,
                .gates = gates,
                .concurrent_service_syncs = history_.workers,
                .pass_order = [this](std::uint64_t pass, policy::PassStage stage,
                                     std::vector<ServiceKey>& services) { order(pass, stage, services); },
                .first_tick = time_zero};
    }

    /// By each service's next update or, for a retry, the next call that its key in the service queue leads to. Services
    /// without one come last unless a choice says otherwise.
    void order(std::uint64_t pass, policy::PassStage stage, std::vector<ServiceKey>& services) {
        const bool is_turn = stage == policy::PassStage::turns;
        constexpr std::size_t no_call = std::numeric_limits<std::size_t>::max();
        std::map<ServiceKey, std::size_t> next;
        std::map<ServiceKey, char> previous;
        for (const ServiceKey service : services) next[service] = no_call;
        for (std::size_t i = 0; i < trace_.calls.size(); ++i) {
            const Call& call = trace_.calls[i];
            const char before = std::exchange(previous[call.service], call.operation);
            // A Get right after an Update is the pass asking whether the failure counts.
            const bool is_sync = call.operation == 'E' || (call.operation == 'G' && before != 'U');
            const bool is_wanted = is_turn ? call.operation == 'U' : is_sync;
            const auto found = next.find(call.service);
            if (is_wanted && call.t >= now_ && found != next.end()) found->second = std::min(found->second, i);
        }
        std::stable_sort(services.begin(), services.end(), [&](ServiceKey a, ServiceKey b) { return next[a] < next[b]; });
        if (!is_turn) return;
        pass_ = pass;
        services_of_pass_ = {services.begin(), services.end()};
        updates_of_pass_.clear();
        for (const auto& [key, place] : choices_.skipped_turns) {
            const auto found = std::find(services.begin(), services.end(), key.second);
            if (key.first != pass || found == services.end()) continue;
            services.erase(found);
            services.insert(services.begin() + static_cast<std::ptrdiff_t>(std::min(place, services.size())), key.second);
        }
    }

    void at(Time t, int rank, std::function<void()> action) { events_.emplace(std::pair{t, rank}, std::move(action)); }

    Time next_instant() const {
        Time t = events_.empty() ? never : events_.begin()->first.first;
        t = std::min(t, machine_.next_timer().value_or(never));
        return std::min(t, machine_.next_tick().value_or(never));
    }

    /// Everything that happens at `now`, then whatever the workers make of it.
    void step(Time now) {
        now_ = now;
        while (true) {
            if (!events_.empty() && events_.begin()->first.first <= now) {
                const auto action = std::move(events_.begin()->second);
                events_.erase(events_.begin());
                action();
            } else if (machine_.next_timer().value_or(never) <= now) {
                machine_.timer_fired(now);
            } else if (machine_.next_tick().value_or(never) <= now) {
                machine_.tick(now, 0);
            } else {
                break;
            }
        }
        while (machine_.has_work()) {
            const WorkerIndex half = machine_.worker_count() / 2;
            const WorkerIndex first = choices_.service_workers_first.contains(now) ? half : 0;
            for (WorkerIndex i = 0; i < machine_.worker_count(); ++i) {
                const WorkerIndex worker = (first + i) % machine_.worker_count();
                if (!busy_[worker]) ask(worker);
            }
        }
    }

    void ask(WorkerIndex worker) {
        const auto call = machine_.next_call(worker, now_);
        heed_notices();
        if (!call) return;
        busy_[worker] = true;
        Call made{now_, letter_of(call->operation), call->service, {}};
        if (made.operation == 'E' || made.operation == 'U') {
            made.nodes = machine_.node_sets(call->nodes.policy).members(call->nodes.version);
        }
        if (made.operation == 'U') updates_of_pass_.push_back(made);
        calls_.push_back(made);
        const Answer answer = answer_to(made);
        at(now_ + answer.latency, 2, [this, worker, operation = made.operation, service = call->service, answer] {
            busy_[worker] = false;
            machine_.call_ended(worker, now_, result_of(operation, service, answer));
            heed_notices();
        });
    }

    Answer answer_to(const Call& call) {
        const std::size_t n = counts_[{call.operation, call.service}]++;
        const auto script = history_.cloud.find(call.service);
        if (script != history_.cloud.end()) {
            const auto answers = script->second.find(call.operation);
            if (answers != script->second.end() && n < answers->second.size()) return answers->second[n];
        }
        return {history_.default_latency.at(call.operation), std::nullopt, {}};
    }

    CloudResult result_of(char operation, ServiceKey service, const Answer& answer) {
        CloudResult result;
        result.retry_after = answer.retry_after;
        if (operation == 'G') {
            const bool exists = balancers_.contains(service);
            const bool decides_itself = !answer.kind || *answer.kind == CloudResult::Kind::ok;
            result.kind = decides_itself ? (exists ? CloudResult::Kind::found : CloudResult::Kind::not_found)
                                         : *answer.kind;
            return result;
        }
        result.kind = answer.kind.value_or(CloudResult::Kind::ok);
        if (result.kind == CloudResult::Kind::ok && operation == 'E') balancers_.insert(service);
        if (result.kind == CloudResult::Kind::ok && operation == 'D') balancers_.erase(service);
        return result;
    }

    /// The controller writes its finalizer before the first Ensure and takes it off after the clean-up.
    void heed_notices() {
        for (const ControllerNotice& notice : machine_.take_notices()) {
            const auto object = services_.find(notice.service);
            if (object == services_.end()) continue;
            if (notice.kind == ControllerNotice::Kind::ensure_started && !object->second.has_cleanup_finalizer) {
                object->second.has_cleanup_finalizer = true;
                deliver(notice.service);
            } else if (notice.kind == ControllerNotice::Kind::cleaned_up && object->second.has_cleanup_finalizer) {
                object->second.has_cleanup_finalizer = false;
                if (object->second.is_deleting) services_.erase(object);
                deliver(notice.service);
            }
        }
    }

    void deliver(ServiceKey service) {
        const auto object = services_.find(service);
        if (object == services_.end()) return machine_.service_delivered(now_, service, std::nullopt, 0);
        machine_.service_delivered(now_, service, policy::facts_of(object->second, release_), 0);
    }

    void apply(const Event& event) {
        if (event.node) {
            const auto known = nodes_.find(*event.node);
            const std::optional<NodeFacts> before = known == nodes_.end() ? std::nullopt : std::optional(known->second);
            if (event.node_state) {
                nodes_[*event.node] = *event.node_state;
            } else {
                nodes_.erase(*event.node);
            }
            machine_.node_delivered(now_, *event.node, before, event.node_state, 0);
            return;
        }
        const ServiceKey service = *event.service;
        const auto object = services_.find(service);
        if (event.service_state) {
            set_service(service, *event.service_state);
        } else if (object == services_.end()) {
            return;
        } else if (event.is_vanish || !object->second.has_cleanup_finalizer) {
            services_.erase(object);
        } else {
            object->second.is_deleting = true;
        }
        deliver(service);
    }

    /// A write to an object that exists leaves its UID and what the controller and the API server put there.
    void set_service(ServiceKey service, ServiceSpec state) {
        const auto object = services_.find(service);
        if (object != services_.end()) {
            state.uid = object->second.uid;
            state.has_cleanup_finalizer = object->second.has_cleanup_finalizer;
            state.is_deleting = object->second.is_deleting;
        }
        services_[service] = state;
    }

    void resync() {
        for (const auto& [service, object] : services_) deliver(service);
    }

    Difference difference(Time t, std::size_t expected, std::size_t compared) const {
        Difference result;
        result.t = t;
        std::vector<Call> trace;
        for (std::size_t i = expected; i < trace_.calls.size() && trace_.calls[i].t == t; ++i) {
            trace.push_back(trace_.calls[i]);
        }
        const std::vector<Call> ours(calls_.begin() + static_cast<std::ptrdiff_t>(compared), calls_.end());
        std::set_difference(trace.begin(), trace.end(), ours.begin(), ours.end(), std::back_inserter(result.missing));
        std::set_difference(ours.begin(), ours.end(), trace.begin(), trace.end(),
                            std::back_inserter(result.unexpected));
        result.pass = pass_;
        std::set<ServiceKey> rest = services_of_pass_;
        for (std::size_t i = updates_of_pass_.size(); i-- > 0;) {
            result.updates.push_back(updates_of_pass_[i].service);
            if (updates_of_pass_[i].t < t) rest.erase(updates_of_pass_[i].service);
        }
        result.rest.assign(rest.begin(), rest.end());
        return result;
    }

    const History& history_;
    const Trace& trace_;
    policy::Release release_;
    const Choices& choices_;
    Time now_ = time_zero;
    std::uint64_t pass_ = 0;                   ///< the last one that took an order
    std::set<ServiceKey> services_of_pass_;
    std::vector<Call> updates_of_pass_;
    ServiceController machine_;
    std::vector<bool> busy_;
    std::map<NodeKey, NodeFacts> nodes_;
    std::map<ServiceKey, ServiceSpec> services_;
    std::set<ServiceKey> balancers_;  ///< load balancers that the cloud has
    std::map<std::pair<char, ServiceKey>, std::size_t> counts_;
    std::multimap<std::pair<Time, int>, std::function<void()>> events_;
    std::vector<Call> calls_;
};

std::string describe(const World::Difference& difference) {
    std::string text = "at " + std::to_string(difference.t.time_since_epoch().count()) + " us";
    for (const Call& call : difference.missing) text += "\n  upstream calls, lbsim does not: " + to_string(call);
    for (const Call& call : difference.unexpected) text += "\n  lbsim calls, upstream does not: " + to_string(call);
    return text;
}
/// The choices that differ from `choices` in one thing that may have led to the difference.
std::vector<Choices> alternatives(const Choices& choices, const World::Difference& difference,
                                  std::size_t service_count) {
    std::vector<Choices> result;
    for (std::size_t place = 0; place < service_count; ++place) {
        for (const ServiceKey service : difference.updates) {
            result.push_back(choices);
            result.back().skipped_turns[{difference.pass, service}] = place;
        }
        // The pass is over by now: whoever had no update was skipped before.
        result.push_back(choices);
        for (const ServiceKey service : difference.rest) {
            result.back().skipped_turns[{difference.pass, service}] = place;
        }
    }
    result.push_back(choices);
    if (!result.back().service_workers_first.insert(difference.t).second) result.pop_back();
    return result;
}
}  // namespace

Mismatch compare(const History& history, const Trace& trace, policy::Release release) {
    Choices choices;
    auto difference = World(history, trace, release, choices).play();
    while (difference) {
        bool has_moved = false;
        for (const Choices& tried : alternatives(choices, *difference, history.service_count())) {
            const auto later = World(history, trace, release, tried).play();
            if (!later) return std::nullopt;
            if (later->t <= difference->t) continue;
            // This choice explains the difference; what comes after it is another one.
            choices = tried;
            difference = later;
            has_moved = true;
            break;
        }
        if (!has_moved) return describe(*difference);
    }
    return std::nullopt;
}

}  // namespace lbsim::upstream
