// SPDX-License-Identifier: Apache-2.0
// A few lines of event loop around the service controller machine, for its tests.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "lbsim/policy/service_controller.hpp"

namespace lbsim::policy {

/// Release named by a text that is known to be modelled.
inline Release release_named(std::string_view text) { return parse_release(text).release.value(); }

/// A node that every predicate accepts.
inline NodeFacts healthy_node(NodeKey node) {
    NodeFacts facts;
    facts.ready = ConditionStatus::is_true;
    facts.has_conditions = true;
    facts.provider_id = node + 1;
    return facts;
}

inline std::vector<std::optional<NodeFacts>> healthy_nodes(std::uint32_t count) {
    std::vector<std::optional<NodeFacts>> nodes;
    for (NodeKey i = 0; i < count; ++i) nodes.emplace_back(healthy_node(i));
    return nodes;
}

inline ServiceController::Options controller_options(std::string_view release, FeatureGates gates = {},
                                                     std::uint32_t workers = 1, std::uint64_t seed = 1) {
    return {release_named(release), std::move(gates), workers, random_pass_order(StreamKey(seed, 0, "pass-order"))};
}

/// A call as the cloud saw it.
struct SeenCall {
    Time start;
    WorkerIndex worker = 0;
    CloudCall call;
    std::vector<NodeKey> nodes;
};

/// Performs the machine's calls with one duration and a scripted answer. Order at one instant: deliveries, delayed
/// queue entries, ends of calls.
class ControllerDriver {
public:
    explicit ControllerDriver(ServiceController::Options options)
        : machine(std::move(options)), busy_(machine.worker_count(), false) {}
    ControllerDriver(const ControllerDriver&) = delete;  // scheduled actions point at it
    ControllerDriver& operator=(const ControllerDriver&) = delete;

    ServiceController machine;
    Duration call_time = 3s;
    std::function<CloudResult(const CloudCall&)> answer = [](const CloudCall& call) {
        CloudResult result;
        if (call.operation == CloudOperation::get_load_balancer) result.kind = CloudResult::Kind::found;
        return result;
    };
    std::vector<SeenCall> calls;

    void start(std::vector<std::optional<NodeFacts>> nodes, const std::vector<ServiceFacts>& services) {
        nodes_ = std::move(nodes);
        machine.start_in_sync(nodes_, services);
    }
    void at(Time when, std::function<void(Time)> action) {
        events_.emplace(std::pair{when, 0}, std::move(action));
    }
    /// The watch event of a node's new state.
    void deliver_node(Time when, NodeKey node, std::optional<NodeFacts> after, std::uint64_t cause = 0) {
        at(when, [this, node, after, cause](Time now) {
            if (node >= nodes_.size()) nodes_.resize(node + 1);
            const auto before = std::exchange(nodes_[node], after);
            machine.node_delivered(now, node, before, after, cause);
        });
    }
    void deliver_service(Time when, ServiceKey service, std::optional<ServiceFacts> after, std::uint64_t cause = 0) {
        at(when, [this, service, after, cause](Time now) { machine.service_delivered(now, service, after, cause); });
    }
    /// Nothing in a release that has no tick.
    void tick_at(Time when, std::uint64_t cause = 0) {
        at(when, [this, cause](Time now) {
            if (machine.next_tick()) machine.tick(now, cause);
        });
    }

    /// Runs until nothing is left to happen at or before `until`.
    void run(Time until = at_us(1'000'000'000'000)) {
        while (true) {
            const auto timer = machine.next_timer();
            const bool has_event = !events_.empty();
            if (timer && (!has_event || std::pair{*timer, 1} < events_.begin()->first)) {
                if (*timer > until) return;
                machine.timer_fired(*timer);
                wake(*timer);
            } else {
                if (!has_event || events_.begin()->first.first > until) return;
                const Time now = events_.begin()->first.first;
                const auto action = std::move(events_.begin()->second);
                events_.erase(events_.begin());
                action(now);
                wake(now);
            }
        }
    }

    std::vector<SeenCall> calls_of(CloudOperation operation) const {
        std::vector<SeenCall> result;
        for (const SeenCall& seen : calls) {
            if (seen.call.operation == operation) result.push_back(seen);
        }
        return result;
    }
    std::vector<SeenCall> updates() const { return calls_of(CloudOperation::update_load_balancer); }
    std::vector<SeenCall> ensures() const { return calls_of(CloudOperation::ensure_load_balancer); }

private:
    void wake(Time now) {
        while (machine.has_work()) {
            for (WorkerIndex w = 0; w < busy_.size(); ++w) {
                if (!busy_[w]) ask(w, now);
            }
        }
    }
    void ask(WorkerIndex worker, Time now) {
        const auto call = machine.next_call(worker, now);
        if (!call) return;
        busy_[worker] = true;
        const NodeSetLog& sets = machine.node_sets(call->nodes.policy);
        calls.push_back({now, worker, *call, sets.members(call->nodes.version)});
        const CloudResult result = answer(*call);
        events_.emplace(std::pair{now + call_time, 2}, [this, worker, result](Time end) {
            busy_[worker] = false;
            machine.call_ended(worker, end, result);
            ask(worker, end);
        });
    }

    std::vector<std::optional<NodeFacts>> nodes_;
    std::vector<bool> busy_;
    std::multimap<std::pair<Time, int>, std::function<void(Time)>> events_;
};

}  // namespace lbsim::policy
