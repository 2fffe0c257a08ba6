// SPDX-License-Identifier: Apache-2.0
// Membership and verdicts of a load balancer, change by change.
#include "models/traffic/reference/live_balancer.hpp"

#include <algorithm>

#include "lbsim/scenario/lb_members.hpp"
#include "lbsim/scenario/probe_draws.hpp"

namespace lbsim::traffic::reference {

using history::TargetState;
using scenario::HealthCheckTarget;
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
      draws_(scenario, service, replication),
      ranks_(scenario::rank_stream(scenario, service, replication)),
      counts_probes_(scenario::counts_probes(scenario, service)),
      targets_(history.nodes.size()),
      known_(history.nodes.size()) {}

void LiveBalancer::start() {
    const std::deque<history::LbSetChange>& sets = history_.services[service_.index()].sets;
    for (std::uint64_t i = 1; i < sets.size(); ++i) {
        agenda_.post(sets[i].t, sets[i].step, service_.value + 1, What::lb_set, service_.value, i);
    }
    for (std::size_t n = 0; n < known_.size(); ++n) known_[n] = {.answer = answer_now(NodeId{n}, history::before_start).answer, .event = {}};
    const Item before{.t = history::before_start};
    for (const policy::NodeKey node : wanted(sets.front())) enter(NodeId{node}, before, {}, true);
    const std::vector<policy::NodeKey> given =
        history_.controller_sets[history::index_of(sets.front().policy)].members(sets.front().version);
    for (const policy::NodeKey node : given) given_.insert(NodeId{node});
    initial_ = static_cast<std::uint32_t>(members_.size());
    range_ = history::draw_range(initial_, slots_needed());
    by_slot_.resize(std::max<std::size_t>(by_slot_.size(), range_));
    owner_ = now().owner;
    serving_ = admitted();
    is_empty_ = serving_.empty();
    empty_since_ = history::before_start;
    if (spec_.load_balancer.health_check.target == HealthCheckTarget::none) return;
    std::set<Time> first;
    for (const Duration phase : phases_) {
        first.insert(first_tick_at_or_after(time_zero, phase, spec_.load_balancer.health_check.interval));
    }
    for (const Time t : first) agenda_.post(t, rank_probe, service_.value, What::probe_tick, service_.value);
}

// ---- the set ---------------------------------------------------------------------------------------------------------

std::vector<policy::NodeKey> LiveBalancer::wanted(const history::LbSetChange& row) const {
    return scenario::lb_members(history_.controller_sets[history::index_of(row.policy)], row.version,
                                spec_.load_balancer.limit, ranks_);
}

/// Slots that the run may need at a time, if everyone who leaves lags behind as long as drawn.
std::uint32_t LiveBalancer::slots_needed() const {
    std::map<NodeId, std::uint32_t> entries;
    std::map<NodeId, Time> taken;  // until when: for ever while in the set
    std::size_t most = 0;
    for (const history::LbSetChange& row : history_.services[service_.index()].sets) {
        const std::vector<policy::NodeKey> set = wanted(row);
        for (auto& [node, until] : taken) {
            if (until == never && !std::binary_search(set.begin(), set.end(), node.value)) {
                until = saturating_add(row.t, draws_.lag_after_remove(node, entries[node] - 1));
            }
        }
        std::erase_if(taken, [&](const auto& entry) { return entry.second <= row.t; });
        for (const policy::NodeKey key : set) {
            const NodeId node{key};
            const auto found = taken.find(node);
            if (found == taken.end() || found->second != never) ++entries[node];
            taken[node] = never;
        }
        most = std::max(most, taken.size());
    }
    return static_cast<std::uint32_t>(most);
}

void LiveBalancer::set_changed(const Item& item) {
    const history::LbSetChange& row = history_.services[service_.index()].sets[item.b];
    const std::vector<policy::NodeKey> targets = wanted(row);
    const std::set<NodeId> old = members_;
    for (const NodeId node : old) {
        if (!std::binary_search(targets.begin(), targets.end(), node.value)) leave(node, item, row.event);
    }
    for (const policy::NodeKey node : targets) {
        if (!members_.contains(NodeId{node})) enter(NodeId{node}, item, row.event, false);
    }
    given_.clear();
    for (const policy::NodeKey node : history_.controller_sets[history::index_of(row.policy)].members(row.version)) {
        given_.insert(NodeId{node});
    }
}

bool LiveBalancer::is_desynced(const std::set<NodeId>& desired) const {
    const scenario::TargetLimit& limit = spec_.load_balancer.limit;
    return given_ != desired || (limit.kind == scenario::TargetLimit::Kind::truncate && desired.size() > limit.most);
}

void LiveBalancer::enter(NodeId node, const Item& item, EventId event, bool initial) {
    Target& target = targets_[node.index()];
    const scenario::HealthCheck& check = spec_.load_balancer.health_check;
    if (target.lags) {
        target.lags = false;  // and keeps its slot
    } else {
        std::uint32_t free = 0;
        while (free < by_slot_.size() && by_slot_[free].is_valid()) ++free;
        if (free == by_slot_.size()) by_slot_.emplace_back();
        target.slot = free;
        by_slot_[free] = node;
    }
    members_.insert(node);
    target.in_set = true;
    const Answer answer = known_[node.index()].answer;
    target.verdict = check.target == HealthCheckTarget::none ||
                     (initial ? answer == Answer::success || answer == Answer::varies : check.initially_passing);
    ++target.membership;
    ++target.drain;
    target.probers.assign(phases_.size(), policy::ProbeState(target.verdict ? Verdict::passing : Verdict::failing));
    const std::uint32_t number = target.memberships++;
    target.registered = true;
    if (initial) {
        target.probed_from = history::before_start;
        target.state = target.verdict ? TargetState::passing : TargetState::failing;
        return;
    }
    target.probed_from = saturating_add(item.t, draws_.first_probe_after(node, number));
    const Duration delay = draws_.registration_delay(node, number);
    if (delay > Duration{0}) {
        target.registered = false;
        put_off(saturating_add(item.t, delay),
                {.kind = Due::Kind::registered, .node = node, .generation = target.membership, .event = event});
    }
    turn(node, passes(node) ? TargetState::passing : TargetState::failing, item);
    settle(item, event);
}

void LiveBalancer::leave(NodeId node, const Item& item, EventId event) {
    Target& target = targets_[node.index()];
    const bool was_admitted = is_admitted(node);
    members_.erase(node);
    target.in_set = false;
    target.registered = false;
    target.verdict = false;
    target.lags = false;
    ++target.membership;
    ++target.drain;
    knob(node, item, true, event);
    if (was_admitted) lag(node, item, draws_.lag_after_remove(node, target.memberships - 1), true, event);
    if (!target.lags) by_slot_[target.slot] = NodeId{};
    settle(item, event);
    due_at_once(item.t);
}

// ---- what is put off -------------------------------------------------------------------------------------------------

void LiveBalancer::put_off(Time t, const Due& due) {
    // Object 0: before any change of a set at the same instant.
    if (due_[t].empty()) agenda_.post(t, rank_cloud_call_end, 0, What::lb_due, service_.value);
    due_[t].insert(due);
}

/// A drain of no time is over before anything else happens, though its step has passed.
void LiveBalancer::due_at_once(Time t) { due({.t = t, .rank = rank_cloud_call_end}); }

void LiveBalancer::due(const Item& item) {
    const auto now = due_.extract(item.t);
    if (now.empty()) return;
    for (const Due& due : now.mapped()) {
        const Target& target = targets_[due.node.index()];
        if (due.generation != (due.kind == Due::Kind::registered ? target.membership : target.drain)) continue;
        switch (due.kind) {
            case Due::Kind::drain_over: drain_over(due, item); break;
            case Due::Kind::lag_over: lag_over(due, item); break;
            case Due::Kind::registered:
                targets_[due.node.index()].registered = true;
                if (target.verdict) turn(due.node, TargetState::passing, item);
                settle(item, due.event);
                break;
        }
    }
}

// ---- probing ---------------------------------------------------------------------------------------------------------

void LiveBalancer::probe_tick(const Item& item) {
    const scenario::HealthCheck& check = spec_.load_balancer.health_check;
    const std::set<NodeId> probed = members_;
    for (const NodeId node : probed) {
        if (item.t < targets_[node.index()].probed_from) continue;
        for (std::uint32_t p = 0; p < phases_.size(); ++p) {
            if (first_tick_at_or_after(item.t, phases_[p], check.interval) != item.t) continue;
            plane_.probes += counts_probes_ ? 1 : 0;
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
    const Verdict wanted = target.verdict ? Verdict::failing : Verdict::passing;
    const bool all_agree = std::all_of(target.probers.begin(), target.probers.end(),
                                       [&](const policy::ProbeState& s) { return s.verdict() == wanted; });
    if (all_agree) verdict(node, !target.verdict, item, event);
}

void LiveBalancer::verdict(NodeId node, bool passing, const Item& item, EventId event) {
    Target& target = targets_[node.index()];
    target.verdict = passing;
    if (!target.registered) return;  // nobody knows it yet
    ++target.drain;
    target.lags = false;
    if (passing) {
        turn(node, TargetState::passing, item);
    } else {
        knob(node, item, false, event);
        lag(node, item, draws_.lag_after_unhealthy(node, target.failures++), false, event);
    }
    settle(item, event, passing ? NodeId{} : node);
    due_at_once(item.t);
}

}  // namespace lbsim::traffic::reference
