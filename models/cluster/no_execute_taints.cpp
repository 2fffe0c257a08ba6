// SPDX-License-Identifier: Apache-2.0
// Queues, swaps and lifts of NoExecute taints, and the states of zones.
#include "models/cluster/no_execute_taints.hpp"

#include <algorithm>
#include <string>

#include "lbsim/policy/node_health.hpp"

namespace lbsim::cluster {

using engine::Step;
using history::EventKind;
using policy::ConditionStatus;

namespace {
constexpr std::string_view no_execute = "NoExecute";
/// A look at the queues comes before the pass of the same instant, as upstream's next look comes after a pass.
constexpr std::uint32_t look_before_pass = 0;

std::string with_effect(std::string_view key) { return std::string(key) + ":NoExecute"; }
}  // namespace

NoExecuteTaints::NoExecuteTaints(Journal& journal, ApiServer& api, Machines& machines,
                                 const scenario::Scenario& scenario, Duration phase)
    : journal_(&journal), api_(&api), machines_(&machines), phase_(phase), zones_(scenario.cluster.zones.size()) {}

void NoExecuteTaints::start() {
    for (std::size_t n = 0; n < api_->node_count(); ++n) seen(NodeId{n}, api_->node(NodeId{n}).facts, {});
    for (Zone& zone : zones_) zone.state = policy::zone_state(zone.count);
    concerned_.clear();
    has_work_ = false;
}

NoExecuteTaints::Copy& NoExecuteTaints::copy(NodeId node) {
    if (copies_.size() <= node.index()) copies_.resize(node.index() + 1);
    return copies_[node.index()];
}

void NoExecuteTaints::count(NodeId node, int change) {
    const Copy& known = copy(node);
    if (!known.counts || known.current == ConditionStatus::absent) return;
    policy::ZoneCount& total = zone_of(node).count;
    std::uint32_t& side = known.current == ConditionStatus::is_true ? total.ready : total.not_ready;
    side = static_cast<std::uint32_t>(static_cast<int>(side) + change);
}

void NoExecuteTaints::set_current(NodeId node, ConditionStatus status, bool counts) {
    count(node, -1);
    Copy& known = copy(node);
    known.current = status;
    known.counts = counts;
    count(node, +1);
}

void NoExecuteTaints::seen(NodeId node, const std::optional<policy::NodeFacts>& facts, EventId why) {
    Copy& known = copy(node);
    const ConditionStatus ready = facts ? facts->ready : ConditionStatus::absent;
    const bool counts = facts && !api_->node(node).labels.contains(std::string(policy::exclude_disruption_label));
    if (ready == known.ready && ready == known.current && counts == known.counts) return;
    known.ready = ready;
    known.why = why;
    set_current(node, ready, counts);
    if (ready == ConditionStatus::absent) {
        zone_of(node).queue.remove(node.value);
        concerned_.erase(node);
    } else {
        concerned_.insert(node);
    }
    has_work_ = true;
}

void NoExecuteTaints::turned_unknown(NodeId node) {
    set_current(node, ConditionStatus::unknown, copy(node).counts);
    has_work_ = true;
}

policy::NoExecuteTaints NoExecuteTaints::taints_of(NodeId node) const {
    const NodeObject& object = api_->node(node);
    return {.not_ready = object.has_taint(not_ready_taint_key, no_execute),
            .unreachable = object.has_taint(unreachable_taint_key, no_execute)};
}

void NoExecuteTaints::taints_written(NodeId node) {
    if (is_writing_ || node.index() >= copies_.size()) return;
    const Copy& known = copies_[node.index()];
    if (known.ready == ConditionStatus::absent) return;
    const policy::NoExecuteTaints taints = taints_of(node);
    if (policy::no_execute_action(known.ready, taints) == policy::NoExecuteAction::none) return;
    if (known.ready == ConditionStatus::is_true && !taints.not_ready && !taints.unreachable) return;
    concerned_.insert(node);
    has_work_ = true;
}

NoExecuteTaints::Silence NoExecuteTaints::pass() {
    // While the API server is down every write fails, and the passes after it try again.
    if (!has_work_ || api_->is_down()) return Silence::goes_on;
    has_work_ = false;
    for (auto next = concerned_.begin(); next != concerned_.end();) {
        const NodeId node = *next++;
        act_on(node);
        if (copy(node).current == ConditionStatus::is_true) concerned_.erase(node);
    }
    const Silence silence = judge_zones();
    plan_look();
    return silence;
}

/// The controller judges by its copy: a node that this very pass has found silent is queued by the next one.
void NoExecuteTaints::act_on(NodeId node) {
    using enum policy::NoExecuteAction;
    switch (policy::no_execute_action(copy(node).ready, taints_of(node))) {
        case none: break;
        case queue: zone_of(node).queue.add(node.value); break;
        case swap_to_not_ready: set_taint(node, not_ready_taint_key); break;
        case swap_to_unreachable: set_taint(node, unreachable_taint_key); break;
        case lift: this->lift(node); break;
    }
}

/// Zones without a node that counts have no state.
NoExecuteTaints::Silence NoExecuteTaints::judge_zones() {
    std::vector<Zone*> present;
    std::vector<policy::ZoneState> before;
    std::vector<policy::ZoneCount> counts;
    for (Zone& zone : zones_) {
        if (zone.count.ready + zone.count.not_ready == 0) {
            zone.state = policy::ZoneState::initial;
            continue;
        }
        present.push_back(&zone);
        before.push_back(zone.state);
        counts.push_back(zone.count);
    }
    const policy::DisruptionStep step = policy::disruption_step(before, counts);
    for (std::size_t z = 0; z < present.size(); ++z) {
        present[z]->state = step.states[z];
        present[z]->queue.set_interval(step.intervals[z], journal_->now());
    }
    if (step.lifts_all_taints) {
        for (const NodeId node : concerned_) lift(node);
        has_work_ = true;  // the next pass queues them again, for a queue that stands still
    }
    return step.restarts_grace_periods ? Silence::starts_anew : Silence::goes_on;
}

void NoExecuteTaints::set_taint(NodeId node, std::string_view key) {
    const NodeObject& object = api_->node(node);
    if (!object.exists || object.has_taint(key, no_execute)) return;
    const EventId event = journal_->record(EventKind::node_tainted, {.node = node}, copy(node).why, with_effect(key));
    is_writing_ = true;
    api_->write(node, event, [key](NodeObject& written) {
        written.remove_taint(unreachable_taint_key, no_execute);
        written.remove_taint(not_ready_taint_key, no_execute);
        written.set_taint({.key = std::string(key), .value = "", .effect = std::string(no_execute)});
    });
    is_writing_ = false;
}

void NoExecuteTaints::lift(NodeId node) {
    zone_of(node).queue.remove(node.value);
    for (const std::string_view key : {unreachable_taint_key, not_ready_taint_key}) {
        if (!api_->node(node).has_taint(key, no_execute)) continue;
        const EventId event =
            journal_->record(EventKind::node_untainted, {.node = node}, copy(node).why, with_effect(key));
        is_writing_ = true;
        api_->write(node, event, [key](NodeObject& written) { written.remove_taint(key, no_execute); });
        is_writing_ = false;
    }
}

/// The queues are looked at every 100 ms; a look at which nothing is due is left out.
void NoExecuteTaints::plan_look() {
    const Time now = journal_->now();
    for (const Zone& zone : zones_) {
        const std::optional<Time> turn = zone.queue.next_turn();
        if (!turn) continue;
        const Time earliest = std::max({*turn, now + Duration{1}, api_->up_at()});
        const Time at = first_tick_at_or_after(earliest, phase_, policy::taint_queue_period);
        if (at >= next_look_) continue;
        next_look_ = at;
        journal_->later(at, Step::node_lifecycle_pass, look_before_pass, [this] { look(); });
    }
}

void NoExecuteTaints::look() {
    const Time now = journal_->now();
    if (now != next_look_) return;  // an earlier one was planned after this one, and has planned anew
    next_look_ = never;
    if (api_->is_down()) {
        plan_look();
        return;
    }
    for (Zone& zone : zones_) {
        const std::optional<policy::NodeKey> turn = zone.queue.take(now);
        if (!turn) continue;
        const NodeId node{*turn};
        const std::string_view key = policy::queued_taint_key(copy(node).ready);
        if (!key.empty()) set_taint(node, key);
    }
    plan_look();
}

}  // namespace lbsim::cluster
