// SPDX-License-Identifier: Apache-2.0
// Nodes that are emptied: what a drain does when a budget refuses an eviction, kubectl drain, and spot notices.
#include <algorithm>
#include <string>

#include "models/controllers/node_operations.hpp"

namespace lbsim::controllers {

using cluster::InstanceState;
using engine::Step;
using history::EventKind;
using policy::EvictionAnswer;

// ---- one node ------------------------------------------------------------------------------------------------------

/// Requests that find no API server are made again until it is back.
NodeOperations::DrainEnd NodeOperations::empty_node(NodeId node, const DrainOrder& order, EventId why) {
    api_->wait_until_up();
    const Time began = journal_->now();
    const EventId start = journal_->record(EventKind::node_drain_started, {.node = node}, why);
    const auto drained = [&] { return DrainEnd{true, journal_->record(EventKind::node_drained, {.node = node}, start)}; };
    const auto given_up = [&](std::string_view what) {
        return DrainEnd{false, journal_->record(EventKind::node_drain_failed, {.node = node}, start, what)};
    };
    const std::vector<PodId> pods = pods_->evictable(node);
    if (!evict_all(order, start, pods)) return given_up("evictions are refused");
    if (order.exactly) {
        journal_->engine().sleep_until(saturating_add(began, *order.exactly));
        return drained();
    }
    const Time accepted = journal_->now();
    const bool are_gone = pods_->wait_until_gone(pods, policy::look_step(order.patience, began, accepted, never).at);
    const policy::DrainStep look =
        policy::look_step(order.patience, began, accepted, are_gone ? journal_->now() : never);
    journal_->engine().sleep_until(look.at);
    return look.action == policy::DrainStep::Action::done ? drained() : given_up("pods are still there");
}

/// All are tried at once; those that a budget protects, together, again and again. False where that was given up.
bool NodeOperations::evict_all(const DrainOrder& order, EventId start, const std::vector<PodId>& pods) {
    const Time began = journal_->now();
    const Time over = order.exactly ? saturating_add(began, *order.exactly) : never;
    std::vector<PodId> refused;
    for (const PodId pod : pods) {
        if (pods_->evict(pod, start, order.longest_grace) != EvictionAnswer::refused_by_budget) continue;
        refused.push_back(pod);
        note_refusal(pod, start);
    }
    while (!refused.empty()) {
        const policy::DrainStep next = policy::retry_step(order.patience, began, journal_->now());
        journal_->engine().sleep_until(std::min(next.at, over));
        if (next.at >= over) return true;
        if (next.action == policy::DrainStep::Action::give_up) return false;
        api_->wait_until_up();
        std::erase_if(refused, [&](PodId pod) {
            return pods_->evict(pod, start, order.longest_grace) != EvictionAnswer::refused_by_budget;
        });
    }
    return true;
}

void NodeOperations::note_refusal(PodId pod, EventId start) {
    const cluster::Pod& p = pods_->pod(pod);
    const policy::BudgetStatus budget = pods_->budget(p.service).value_or(policy::BudgetStatus{});
    journal_->record(EventKind::pod_eviction_refused, {.node = p.node, .service = p.service, .pod = pod}, start,
                     "the budget needs " + std::to_string(budget.desired) + " healthy pods and has " +
                         std::to_string(budget.healthy));
}

EventId NodeOperations::drain_for_ever(NodeId node, EventId why) {
    return empty_node(node, {.patience = policy::kubectl_patience({}), .longest_grace = {}, .exactly = {}}, why).event;
}

// ---- kubectl drain -------------------------------------------------------------------------------------------------

void NodeOperations::drain(const scenario::Drain& verb, std::vector<NodeId> nodes, EventId why) {
    const DrainOrder order{.patience = policy::kubectl_patience(verb.timeout), .longest_grace = {}, .exactly = {}};
    spawn("drain", Step::upgrade_or_drain, [=, this] {
        api_->wait_until_up();
        for (const NodeId node : nodes) cordon(node, true, why);
        for (const NodeId node : nodes) empty_node(node, order, why);
    });
}

// ---- spot preemption -----------------------------------------------------------------------------------------------

void NodeOperations::preempt(const scenario::SpotPreemption& verb, NodeId node, EventId why) {
    using OnNotice = scenario::SpotPreemption::OnNotice;
    if (!machines_->is_on(node)) {
        journal_->record(EventKind::verb_without_effect, {.node = node}, why, "the machine is off");
        return;
    }
    power_off_at(saturating_add(journal_->now(), verb.notice), node, InstanceState::gone, why);
    const bool drains = verb.on_notice == OnNotice::drain || verb.on_notice == OnNotice::taint_and_drain;
    api_->when_up(Step::upgrade_or_drain, node.value, [=, this] {
        if (verb.on_notice == OnNotice::deregister)
            label(node, std::string(policy::exclusion_label_key), "true", true, why);
        if (verb.on_notice == OnNotice::taint_and_drain) taint(node, cluster::autoscaler_taint(), why);
        if (drains) cordon(node, true, why);
    });
    if (drains) {
        const DrainOrder order{.patience = policy::kubectl_patience(verb.notice), .longest_grace = {}, .exactly = {}};
        spawn("preemption of " + api_->name(node), Step::upgrade_or_drain, [=, this] { empty_node(node, order, why); });
    }
    if (verb.notice == Duration{0}) return;
    // After the evictions of the same instant: what they took is no longer the kubelet's to end.
    journal_->later(journal_->now(), Step::upgrade_or_drain, actors_++, [=, this] { shut_down(node, why); });
}

}  // namespace lbsim::controllers
