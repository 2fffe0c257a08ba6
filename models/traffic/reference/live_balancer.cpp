// SPDX-License-Identifier: Apache-2.0
// Membership, verdicts and the three knobs, change by change.
#include "models/traffic/reference/live_balancer.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"
#include "lbsim/scenario/probe_draws.hpp"

namespace lbsim::traffic::reference {

using history::CutKind;
using history::TargetState;
using scenario::ConnectionPolicy;
using scenario::LossCause;
using Verdict = policy::ProbeState::Verdict;

LiveBalancer::LiveBalancer(const history::History& history, const scenario::Scenario& scenario, ServiceId service,
                           std::uint32_t replication, const LiveCluster& cluster, Agenda& agenda, DataPlane& plane,
                           Cut cut)
    : history_(history),
      spec_(scenario.services[service.index()]),
      service_(service),
      cluster_(cluster),
      agenda_(agenda),
      plane_(plane),
      cut_(std::move(cut)),
      probe_stream_(scenario::probe_stream(scenario, service, replication)),
      phases_(scenario::prober_phases(scenario, service, replication)),
      targets_(history.nodes.size()),
      known_(history.nodes.size()) {}

void LiveBalancer::start() {
    const std::vector<history::LbSetChange>& sets = history_.services[service_.index()].sets;
    std::uint32_t most = 0;
    for (std::uint64_t i = 0; i < sets.size(); ++i) {
        most = std::max(most, history_.controller_sets[history::index_of(sets[i].policy)].size(sets[i].version));
        if (i > 0) agenda_.post(sets[i].t, sets[i].step, service_.value + 1, What::lb_set, service_.value, i);
    }
    for (std::size_t n = 0; n < known_.size(); ++n) known_[n] = {.answer = answer_now(NodeId{n}, history::before_start).answer, .event = {}};
    const Item before{.t = history::before_start};
    for (const policy::NodeKey node :
         history_.controller_sets[history::index_of(sets.front().policy)].members(sets.front().version)) {
        enter(NodeId{node}, before, {}, true);
    }
    initial_ = static_cast<std::uint32_t>(members_.size());
    range_ = history::draw_range(initial_, most);
    by_slot_.resize(std::max<std::size_t>(by_slot_.size(), range_));
    is_empty_ = std::none_of(members_.begin(), members_.end(), [&](NodeId n) { return is_admitted(n); });
    empty_since_ = history::before_start;
    std::set<Time> first;
    for (const Duration phase : phases_) {
        first.insert(first_tick_at_or_after(time_zero, phase, spec_.load_balancer.health_check.interval));
    }
    for (const Time t : first) agenda_.post(t, rank_probe, service_.value, What::probe_tick, service_.value);
}

// ---- the set ---------------------------------------------------------------------------------------------------------

void LiveBalancer::set_changed(const Item& item) {
    const std::vector<history::LbSetChange>& sets = history_.services[service_.index()].sets;
    const history::LbSetChange& row = sets[item.b];
    const std::vector<policy::NodeKey> wanted =
        history_.controller_sets[history::index_of(row.policy)].members(row.version);
    const std::set<NodeId> old = members_;
    for (const NodeId node : old) {
        if (!std::binary_search(wanted.begin(), wanted.end(), node.value)) leave(node, item, row.event);
    }
    for (const policy::NodeKey node : wanted) {
        if (!members_.contains(NodeId{node})) enter(NodeId{node}, item, row.event, false);
    }
}

void LiveBalancer::enter(NodeId node, const Item& item, EventId event, bool initial) {
    Target& target = targets_[node.index()];
    if (free_slots_.empty()) {
        target.slot = static_cast<std::uint32_t>(members_.size());
    } else {
        target.slot = *free_slots_.begin();
        free_slots_.erase(free_slots_.begin());
    }
    if (by_slot_.size() <= target.slot) by_slot_.resize(target.slot + 1);
    by_slot_[target.slot] = node;
    members_.insert(node);
    target.in_set = true;
    const Answer answer = known_[node.index()].answer;
    target.passing = initial ? answer == Answer::success || answer == Answer::varies
                             : spec_.load_balancer.health_check.initially_passing;
    ++target.membership;
    ++target.drain;
    target.probers.assign(phases_.size(), policy::ProbeState(target.passing ? Verdict::passing : Verdict::failing));
    const TargetState state = target.passing ? TargetState::passing : TargetState::failing;
    if (initial) {
        target.state = state;
        return;
    }
    turn(node, state, item);
    note_emptiness(item.t, event);
}

void LiveBalancer::leave(NodeId node, const Item& item, EventId event) {
    Target& target = targets_[node.index()];
    members_.erase(node);
    by_slot_[target.slot] = NodeId{};
    free_slots_.insert(target.slot);
    target.in_set = false;
    target.passing = false;
    ++target.membership;
    ++target.drain;
    const ConnectionPolicy& knob = spec_.load_balancer.on_remove;
    turn(node, knob.kind == ConnectionPolicy::Kind::drain ? TargetState::draining : TargetState::out, item);
    if (knob.kind == ConnectionPolicy::Kind::cut || knob.kind == ConnectionPolicy::Kind::cut_silently) {
        cut(node, item, CutKind::removed, LossCause::target_removed, event);
    }
    if (knob.kind == ConnectionPolicy::Kind::drain) drain(node, item, knob.drain, true, event);
    note_emptiness(item.t, event);
}

void LiveBalancer::drain(NodeId node, const Item& item, Duration length, bool by_removal, EventId event) {
    const std::uint64_t generation = targets_[node.index()].drain;
    drain_events_[(std::uint64_t{node.value} << 32) | generation] = event;
    // Object 0: before any change of a set at the same instant.
    agenda_.post(saturating_add(item.t, length), rank_cloud_call_end, 0, What::drain_over,
                 (std::uint64_t{service_.value} << 32) | node.value, (generation << 1) | (by_removal ? 1 : 0));
}

void LiveBalancer::drain_over(const Item& item) {
    const NodeId node{static_cast<std::uint32_t>(item.a)};
    const std::uint64_t generation = item.b >> 1;
    if (targets_[node.index()].drain != generation) return;
    turn(node, (item.b & 1) != 0 ? TargetState::out : TargetState::failing, item);
    cut(node, item, CutKind::drain_over, LossCause::drain_timeout,
        drain_events_[(std::uint64_t{node.value} << 32) | generation]);
}

void LiveBalancer::turn(NodeId node, TargetState to, const Item& item) {
    TargetState& state = targets_[node.index()].state;
    if (state == to) return;
    plane_.targets.push_back(
        {.t = item.t, .step = item.rank, .service = service_, .node = node, .from = state, .to = to});
    state = to;
}

void LiveBalancer::cut(NodeId node, const Item& item, CutKind kind, LossCause cause, EventId event) {
    const EventId id{history_.events.size() + plane_.cuts.size()};
    plane_.cuts.add(
        {.t = item.t, .step = item.rank, .kind = kind, .service = service_, .node = node, .cause = event});
    cut_(service_, node, cause, id);
}

// ---- probing ---------------------------------------------------------------------------------------------------------

void LiveBalancer::probe_tick(const Item& item) {
    const scenario::HealthCheck& check = spec_.load_balancer.health_check;
    const std::set<NodeId> probed = members_;
    for (const NodeId node : probed) {
        for (std::uint32_t p = 0; p < phases_.size(); ++p) {
            if (first_tick_at_or_after(item.t, phases_[p], check.interval) != item.t) continue;
            ++plane_.probes;
            const Known known = known_[node.index()];
            const Answer answer = known.answer == Answer::varies ? drawn(node, p, item.t) : known.answer;
            if (answer == Answer::silence) {
                const Time due = saturating_add(item.t, check.timeout);
                std::vector<Result>& results = late_[due];
                if (results.empty()) agenda_.post(due, rank_probe_timeout, service_.value, What::probe_timeouts, service_.value);
                results.push_back({.node = node, .prober = p, .membership = targets_[node.index()].membership, .event = known.event});
            } else {
                judge(node, p, answer == Answer::success, item, known.event);
            }
        }
    }
    // One chain of ticks per distinct phase; probers of equal phase share it.
    agenda_.post(item.t + check.interval, rank_probe, service_.value, What::probe_tick, service_.value);
}

void LiveBalancer::probe_timeouts(const Item& item) {
    auto due = late_.extract(item.t);
    std::vector<Result>& results = due.mapped();
    std::stable_sort(results.begin(), results.end(), [](const Result& a, const Result& b) {
        return std::tie(a.node, a.prober) < std::tie(b.node, b.prober);
    });
    for (const Result& result : results) {
        const Target& target = targets_[result.node.index()];
        if (target.in_set && target.membership == result.membership) {
            judge(result.node, result.prober, false, item, result.event);
        }
    }
}

void LiveBalancer::judge(NodeId node, std::uint32_t prober, bool success, const Item& item, EventId event) {
    Target& target = targets_[node.index()];
    if (!target.probers[prober].record(success, spec_.load_balancer.health_check.thresholds)) return;
    const Verdict wanted = target.passing ? Verdict::failing : Verdict::passing;
    const bool all_agree = std::all_of(target.probers.begin(), target.probers.end(),
                                       [&](const policy::ProbeState& s) { return s.verdict() == wanted; });
    if (all_agree) verdict(node, !target.passing, item, event);
}

void LiveBalancer::verdict(NodeId node, bool passing, const Item& item, EventId event) {
    Target& target = targets_[node.index()];
    target.passing = passing;
    ++target.drain;
    const ConnectionPolicy& knob = spec_.load_balancer.on_unhealthy;
    if (passing) {
        turn(node, TargetState::passing, item);
    } else if (knob.kind == ConnectionPolicy::Kind::drain) {
        turn(node, TargetState::draining, item);
        drain(node, item, knob.drain, false, event);
    } else {
        turn(node, TargetState::failing, item);
        if (knob.kind != ConnectionPolicy::Kind::keep) {
            cut(node, item, CutKind::unhealthy, LossCause::target_unhealthy, event);
        }
    }
    note_emptiness(item.t, event);
}

// ---- who gets new connections ---------------------------------------------------------------------------------------

std::uint32_t LiveBalancer::passing() const {
    return static_cast<std::uint32_t>(std::count_if(members_.begin(), members_.end(),
                                                    [&](NodeId n) { return targets_[n.index()].passing; }));
}

bool LiveBalancer::uses_all() const {
    if (members_.empty()) return false;
    const scenario::AllUnhealthyPolicy& rule = spec_.load_balancer.all_unhealthy;
    switch (rule.kind) {
        case scenario::AllUnhealthyPolicy::Kind::fail_open:
            return std::none_of(members_.begin(), members_.end(), [&](NodeId n) { return targets_[n.index()].passing; });
        case scenario::AllUnhealthyPolicy::Kind::fail_closed: return false;
        case scenario::AllUnhealthyPolicy::Kind::panic_below:
            return static_cast<double>(passing()) < rule.panic_below * static_cast<double>(members_.size());
    }
    return false;
}

bool LiveBalancer::is_admitted(NodeId node) const {
    const Target& target = targets_[node.index()];
    return target.in_set && (target.passing || uses_all());
}

void LiveBalancer::note_emptiness(Time t, EventId event) {
    const bool all = uses_all();
    const bool empty = std::none_of(members_.begin(), members_.end(),
                                    [&](NodeId n) { return all || targets_[n.index()].passing; });
    if (empty == is_empty_) return;
    is_empty_ = empty;
    if (!empty) {
        filled_at_ = t;
        event_before_filling_ = empty_event_;
        empty_before_filling_ = empty_since_;
        return;
    }
    // Filled and emptied within one microsecond, and empty before: never filled.
    const bool never_filled = filled_at_ == t && empty_before_filling_ < t;
    empty_event_ = never_filled ? event_before_filling_ : event;
    empty_since_ = never_filled ? empty_before_filling_ : t;
}

NodeId LiveBalancer::pick(const ConnectionDraws& draws, std::uint32_t syn) const {
    if (is_empty_) return {};
    const bool all = uses_all();
    for (std::uint32_t j = 0; j < pick_draws; ++j) {
        const NodeId node = by_slot_[index_among(draws.hop(syn, j), range_)];
        if (node.is_valid() && (all || targets_[node.index()].passing)) return node;
    }
    std::vector<NodeId> admitted;
    for (const NodeId node : by_slot_) {
        if (node.is_valid() && (all || targets_[node.index()].passing)) admitted.push_back(node);
    }
    return admitted[index_among(draws.hop(syn, pick_draws), static_cast<std::uint32_t>(admitted.size()))];
}

}  // namespace lbsim::traffic::reference
