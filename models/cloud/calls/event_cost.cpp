// SPDX-License-Identifier: Apache-2.0
// Plays the controller of a release by hand: deliver, perform every call at once, count.
#include "models/cloud/calls/event_cost.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/service_controller.hpp"
#include "lbsim/scenario/lb_members.hpp"
#include "lbsim/scenario/target_changes.hpp"

namespace lbsim::cloud {

using policy::CloudOperation;
using policy::ConditionStatus;
using policy::NodeFacts;

namespace {

/// Far enough apart for any sync, and for deliveries that start no pass to be met by none.
constexpr Duration apart = 1h;

class Play {
public:
    Play(const CostQuestion& question, const scenario::CloudApi& api)
        : question_(question), api_(api), machine_(options()), has_(question.services) {}

    EventCost play(ClusterEvent event) {
        if (event == ClusterEvent::controller_restart) {
            restart();
        } else {
            machine_.start_in_sync(nodes(), services());
            for (Held& held : has_) held = {.exists = true, .nodes = set()};
            settle();
            cost_ = {};
            happen(event);
        }
        return cost_;
    }

private:
    /// What a load balancer holds.
    struct Held {
        bool exists = false;
        policy::NodeSetRef nodes{};
    };

    policy::ServiceController::Options options() const {
        return {.release = question_.release,
                .gates = question_.gates,
                .concurrent_service_syncs = 1,
                .pass_order = policy::random_pass_order(StreamKey(1, 0, "cost")),
                .first_tick = time_zero + apart * 1'000'000};
    }
    static NodeFacts ready_node(std::uint32_t id) {
        NodeFacts facts;
        facts.has_conditions = true;
        facts.ready = ConditionStatus::is_true;
        facts.provider_id = id + 1;
        return facts;
    }
    std::vector<std::optional<NodeFacts>> nodes() const {
        std::vector<std::optional<NodeFacts>> out;
        for (std::uint32_t n = 0; n < question_.nodes; ++n) out.emplace_back(ready_node(n));
        return out;
    }
    std::vector<policy::ServiceFacts> services() const { return std::vector<policy::ServiceFacts>(question_.services); }
    policy::NodeSetRef set() const {
        return {policy::TrafficPolicy::cluster, machine_.node_sets(policy::TrafficPolicy::cluster).version()};
    }

    void happen(ClusterEvent event) {
        const std::uint32_t last = question_.nodes - 1;
        const NodeFacts ready = ready_node(last);
        NodeFacts away = ready;
        away.ready = ConditionStatus::is_false;
        NodeFacts tainted = ready;
        tainted.autoscaler_tainted = true;
        NodeFacts tainted_away = tainted;
        tainted_away.ready = ConditionStatus::is_false;
        NodeFacts fresh = ready_node(question_.nodes);
        fresh.ready = ConditionStatus::is_false;
        switch (event) {
            case ClusterEvent::node_added:
                deliver(question_.nodes, std::nullopt, fresh);
                return deliver(question_.nodes, fresh, ready_node(question_.nodes));
            case ClusterEvent::node_removed:
                is_machine_gone_ = true;
                deliver(last, ready, away);
                return deliver(last, away, std::nullopt);
            case ClusterEvent::node_drained:
                deliver(last, ready, tainted);
                is_machine_gone_ = true;
                deliver(last, tainted, tainted_away);
                return deliver(last, tainted_away, std::nullopt);
            case ClusterEvent::node_flaps:
                deliver(last, ready, away);
                return deliver(last, away, ready);
            case ClusterEvent::service_created:
                // What load balancers share, a new one finds in place.
                has_.push_back({.exists = false, .nodes = shares_targets(api_.sequence) ? set() : policy::NodeSetRef{}});
                machine_.service_delivered(now_, question_.services, policy::ServiceFacts{}, 0);
                return settle();
            case ClusterEvent::controller_restart: return;
        }
    }

    void restart() {
        machine_.start_in_sync(nodes(), {});
        for (Held& held : has_) held = {.exists = true, .nodes = set()};
        for (std::uint32_t n = 0; n < question_.nodes; ++n) {
            machine_.node_delivered(now_, n, std::nullopt, ready_node(n), 0);
        }
        for (std::uint32_t s = 0; s < question_.services; ++s) {
            machine_.service_delivered(now_, s, policy::ServiceFacts{}, 0);
        }
        settle();
    }

    void deliver(std::uint32_t node, const std::optional<NodeFacts>& before, const std::optional<NodeFacts>& after) {
        machine_.node_delivered(now_, node, before, after, 0);
        settle();
    }

    /// Every worker works until none finds anything.
    void settle() {
        while (machine_.has_work()) {
            for (policy::WorkerIndex w = 0; w < machine_.worker_count(); ++w) {
                while (const auto call = machine_.next_call(w, now_)) {
                    perform(*call);
                    machine_.call_ended(w, now_, {});
                }
            }
        }
        machine_.take_notices();
        now_ += apart;
    }

    void perform(const policy::CloudCall& call) {
        Held& held = has_[call.service];
        const bool updates = call.operation == CloudOperation::update_load_balancer;
        (updates ? cost_.updates : cost_.ensures) += 1;
        const SyncKind kind = updates ? SyncKind::update : held.exists ? SyncKind::ensure : SyncKind::create;
        for (const PlannedCall& planned : plan_calls(api_, kind, facts_of(call.service, held.nodes, call.nodes))) {
            cost_.calls += planned.count;
            if (planned.mutates) cost_.mutating += planned.count;
        }
        held = {.exists = true, .nodes = call.nodes};
        if (!shares_targets(api_.sequence)) return;
        for (Held& other : has_) {
            if (other.exists) other.nodes = call.nodes;
        }
    }

    SyncFacts facts_of(std::uint32_t service, const policy::NodeSetRef& has, const policy::NodeSetRef& wants) {
        const policy::NodeSetLog& log = machine_.node_sets(wants.policy);
        SyncFacts facts{.ports = question_.ports,
                        .nodes = scenario::lb_size(log.size(wants.version), question_.limit),
                        .zones = question_.zones,
                        .http_check = question_.http_check,
                        .has_check = question_.has_check};
        const StreamKey ranks(1, 0, "target_rank", std::to_string(service));
        const auto visit = [&](policy::NodeKey, bool entered) { (entered ? facts.added : facts.removed) += 1; };
        changes_.for_each(ServiceId{service}, question_.limit, ranks, {&log, has.version}, {&log, wants.version}, visit);
        facts.removed_running = is_machine_gone_ ? 0 : facts.removed;
        facts.zones_added_to = std::min(facts.added, facts.zones);
        facts.zones_removed_from = std::min(facts.removed, facts.zones);
        return facts;
    }

    const CostQuestion& question_;
    const scenario::CloudApi& api_;
    policy::ServiceController machine_;
    std::vector<Held> has_;  ///< by service
    scenario::TargetChanges changes_;
    EventCost cost_;
    bool is_machine_gone_ = false;  ///< of the node that leaves
    Time now_{};
};

}  // namespace

std::string_view to_string(ClusterEvent event) {
    static constexpr std::array<std::string_view, cluster_event_count> texts{
        "node added", "node removed", "node drained", "node flaps", "controller restart", "service created"};
    return texts.at(static_cast<std::size_t>(event));
}

EventCost cost_of(ClusterEvent event, const CostQuestion& question, const scenario::CloudApi& api) {
    LBSIM_CHECK(question.services > 0 && question.nodes > 0 && question.zones > 0, "a cost is asked of a cluster");
    return Play(question, api).play(event);
}

}  // namespace lbsim::cloud
