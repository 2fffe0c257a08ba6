// SPDX-License-Identifier: Apache-2.0
// Power and Ready of each node.
#include "models/cluster/machines.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::cluster {

using history::EventKind;
using policy::ConditionStatus;

Machines::Machines(Journal& journal, ApiServer& api, const scenario::Scenario& scenario, std::uint32_t replication)
    : journal_(&journal), api_(&api), scenario_(&scenario), replication_(replication) {}

NodeId Machines::add(std::uint32_t pool, std::string name) {
    const scenario::NodePool& p = scenario_->cluster.node_pools[pool];
    Machine machine;
    machine.pool = pool;
    if (added_.size() <= pool) added_.resize(pool + 1);
    machine.zone = p.zones[added_[pool]++ % p.zones.size()];
    machine.kube_proxy = p.kube_proxy.value_or(scenario_->cluster.kube_proxy);
    const StreamKey key(scenario_->seed, replication_, "lease_phase", name);
    machine.lease_phase =
        p.lease_phase.value_or(Duration{index_among(key.word(0), static_cast<std::uint32_t>(lease_period.count()))});
    const NodeId id = api_->add_node(std::move(name));
    machines_.push_back(std::move(machine));
    LBSIM_CHECK(machines_.size() == api_->node_count(), "machines and nodes are numbered alike");
    return id;
}

void Machines::start_in_place(NodeId id) {
    Machine& machine = machines_[id.index()];
    machine.is_on = true;
    journal_->history().nodes[id.index()].machine.push_back(
        {.on = history::before_start,
         .off = never,
         .off_step = 0,
         .on_event = {},
         .off_event = {},
         .proxy = policy::kube_proxy_rules(machine.kube_proxy, scenario_->cluster.feature_gates)});
    const scenario::NodePool& pool = scenario_->cluster.node_pools[machine.pool];
    api_->start_with(id, [&](NodeObject& node) {
        node.exists = true;
        node.ready = ConditionStatus::is_true;
        node.labels = pool.labels;
        node.provider_id = id.value + 1;
    });
}

void Machines::switch_on(NodeId id, EventId why) {
    Machine& machine = machines_[id.index()];
    const EventId on = journal_->record(EventKind::vm_on, {.node = id}, why);
    machine.is_on = true;
    machine.is_shutting_down = false;
    machine.instance = InstanceState::running;
    machine.ready_cause = on;
    journal_->history().nodes[id.index()].machine.push_back(
        {.on = journal_->now(),
         .off = never,
         .off_step = 0,
         .on_event = on,
         .off_event = {},
         .proxy = policy::kube_proxy_rules(machine.kube_proxy, scenario_->cluster.feature_gates)});
    for (const PowerObserver& observe : power_observers_) observe(id, true, on);
}

/// The kubelet creates its Node object, not Ready yet.
EventId Machines::register_node(NodeId id, EventId why) {
    const EventId added = journal_->record(EventKind::node_added, {.node = id}, why);
    const scenario::NodePool& pool = scenario_->cluster.node_pools[machines_[id.index()].pool];
    api_->write(id, added, [&](NodeObject& node) {
        node.exists = true;
        node.ready = ConditionStatus::is_false;
        node.labels = pool.labels;
        node.provider_id = id.value + 1;
        node.set_taint({.key = std::string(not_ready_taint_key), .value = "", .effect = "NoSchedule"});
    });
    return added;
}

void Machines::boot_and_register(NodeId id, Duration ready_after, EventId why) {
    Machine& machine = machines_[id.index()];
    machine.ready_from = saturating_add(journal_->now(), ready_after);
    switch_on(id, why);
    machine.awaits_registration = true;
    report(id);
}

void Machines::power_off(NodeId id, InstanceState instance, EventId why) {
    Machine& machine = machines_[id.index()];
    machine.instance = instance;
    if (!machine.is_on) return;
    const EventId off = journal_->record(EventKind::vm_off, {.node = id}, why);
    machine.is_on = false;
    machine.silent_since = off;
    history::MachineSpan& span = journal_->history().nodes[id.index()].machine.back();
    span.off = journal_->now();
    span.off_step = journal_->step();
    span.off_event = off;
    for (const PowerObserver& observe : power_observers_) observe(id, false, off);
}

std::vector<policy::ShutdownGroup> Machines::shutdown_groups(NodeId id) const {
    const scenario::NodePool& pool = scenario_->cluster.node_pools[machines_[id.index()].pool];
    return policy::shutdown_groups(policy::shutdown_ability(scenario_->cluster.kubelet),
                                   {.grace_period = pool.shutdown_grace_period,
                                    .critical_pods = pool.shutdown_grace_period_critical_pods,
                                    .by_priority = {}});
}

EventId Machines::begin_shutdown(NodeId id, EventId why) {
    Machine& machine = machines_[id.index()];
    if (!machine.is_on || machine.is_shutting_down || shutdown_groups(id).empty()) return {};
    machine.is_shutting_down = true;
    const EventId event = journal_->record(EventKind::node_shutdown_started, {.node = id}, why);
    // Simplifies: one that has been written off as Unknown stays so.
    if (speaks(id) && !is_held(id) && api_->node(id).ready == ConditionStatus::is_true) {
        set_ready_condition(id, ConditionStatus::is_false, event);
    }
    return event;
}

void Machines::power_on_again(NodeId id, EventId why) {
    Machine& machine = machines_[id.index()];
    if (machine.is_on || machine.instance == InstanceState::gone) return;
    switch_on(id, why);
    // A kubelet that starts and finds no Node object of its own registers again.
    machine.awaits_registration = true;
    report(id);
}

void Machines::report(NodeId id) {
    Machine& machine = machines_[id.index()];
    if (!speaks(id)) return;
    if (machine.awaits_registration) {
        machine.awaits_registration = false;
        if (!api_->node(id).exists) machine.ready_cause = register_node(id, machine.ready_cause);
        if (journal_->now() < machine.ready_from) {
            journal_->later(machine.ready_from, engine::Step::lease_renewal, id.value, [this, id] { report_ready(id); });
        }
    }
    report_ready(id);
}

void Machines::cut_off(NodeId id, EventId why) {
    fell_silent(id, why);
    ++machines_[id.index()].cut_off;
}

void Machines::reconnect(NodeId id, EventId why) {
    --machines_[id.index()].cut_off;
    is_heard_again(id, why);
}

void Machines::fell_silent(NodeId id, EventId why) {
    if (speaks(id)) machines_[id.index()].silent_since = why;
}

void Machines::is_heard_again(NodeId id, EventId why) {
    if (speaks(id)) machines_[id.index()].ready_cause = why;
}

void Machines::report_ready(NodeId id) {
    const Machine& machine = machines_[id.index()];
    if (!speaks(id) || machine.is_shutting_down || is_held(id) || journal_->now() < machine.ready_from) return;
    set_ready_condition(id, ConditionStatus::is_true, machine.ready_cause);
}

bool Machines::set_ready_condition(NodeId id, ConditionStatus status, EventId why, PodMarks marks) {
    const NodeObject& object = api_->node(id);
    if (!object.exists || object.ready == status) return false;
    const EventKind kind = status == ConditionStatus::is_true    ? EventKind::node_ready
                           : status == ConditionStatus::is_false ? EventKind::node_not_ready
                                                                 : EventKind::node_unknown;
    const EventId event = journal_->record(kind, {.node = id}, why);
    if (status != ConditionStatus::is_true) machines_[id.index()].ready_cause = event;
    api_->write(id, event, [&](NodeObject& node) {
        node.ready = status;
        node.remove_taint(unreachable_taint_key, "NoSchedule");
        node.remove_taint(not_ready_taint_key, "NoSchedule");
        const std::string_view key = policy::condition_taint_key(policy::NodeCondition::ready, status);
        if (!key.empty()) node.set_taint({.key = std::string(key), .value = "", .effect = "NoSchedule"});
    });
    for (const ReadyObserver& observe : ready_observers_) observe(id, status, marks, event);
    return true;
}

}  // namespace lbsim::cluster
