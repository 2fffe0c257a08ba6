// SPDX-License-Identifier: Apache-2.0
// Who gets new connections at this instant, and whose flows are cut.
#include <algorithm>
#include <string>

#include "lbsim/scenario/lb_members.hpp"
#include "models/traffic/reference/live_balancer.hpp"

namespace lbsim::traffic::reference {

using history::CutKind;
using history::TargetState;
using scenario::ConnectionPolicy;
using scenario::LossCause;

// ---- flows -----------------------------------------------------------------------------------------------------------

void LiveBalancer::knob(NodeId node, const Item& item, bool by_removal, EventId event) {
    const ConnectionPolicy& knob = by_removal ? spec_.load_balancer.on_remove : spec_.load_balancer.on_unhealthy;
    if (knob.kind == ConnectionPolicy::Kind::drain) {
        turn(node, TargetState::draining, item);
        put_off(saturating_add(item.t, knob.drain), {.kind = Due::Kind::drain_over,
                                                     .node = node,
                                                     .generation = targets_[node.index()].drain,
                                                     .by_removal = by_removal,
                                                     .event = event});
        return;
    }
    turn(node, by_removal ? TargetState::out : TargetState::failing, item);
    if (knob.kind == ConnectionPolicy::Kind::keep) return;
    if (by_removal) {
        cut(node, item, CutKind::removed, LossCause::target_removed, event);
    } else {
        cut(node, item, CutKind::unhealthy, LossCause::target_unhealthy, event);
    }
}

void LiveBalancer::drain_over(const Due& due, const Item& item) {
    turn(due.node, due.by_removal ? TargetState::out : TargetState::failing, item);
    cut(due.node, item, CutKind::drain_over, LossCause::drain_timeout, due.event);
}

void LiveBalancer::lag(NodeId node, const Item& item, Duration length, bool by_removal, EventId event) {
    if (length <= Duration{0}) return;
    const ConnectionPolicy& knob = by_removal ? spec_.load_balancer.on_remove : spec_.load_balancer.on_unhealthy;
    const bool outlasts_drain = knob.kind != ConnectionPolicy::Kind::drain || length > knob.drain;
    targets_[node.index()].lags = true;
    put_off(saturating_add(item.t, length), {.kind = Due::Kind::lag_over,
                                             .node = node,
                                             .generation = targets_[node.index()].drain,
                                             .by_removal = by_removal,
                                             .cuts = knob.kind != ConnectionPolicy::Kind::keep && outlasts_drain,
                                             .event = event});
}

void LiveBalancer::lag_over(const Due& due, const Item& item) {
    Target& target = targets_[due.node.index()];
    target.lags = false;
    if (!target.in_set) by_slot_[target.slot] = NodeId{};
    if (due.cuts) {
        const ConnectionPolicy& knob = due.by_removal ? spec_.load_balancer.on_remove : spec_.load_balancer.on_unhealthy;
        if (knob.kind == ConnectionPolicy::Kind::drain) {
            cut(due.node, item, CutKind::drain_over, LossCause::drain_timeout, due.event);
        } else if (due.by_removal) {
            cut(due.node, item, CutKind::removed, LossCause::target_removed, due.event);
        } else {
            cut(due.node, item, CutKind::unhealthy, LossCause::target_unhealthy, due.event);
        }
    }
    settle(item, due.event);
}

void LiveBalancer::turn(NodeId node, TargetState to, const Item& item) {
    TargetState& state = targets_[node.index()].state;
    if (state == to) return;
    plane_.targets.push_back(
        {.t = item.t, .service = service_, .node = node, .step = item.rank, .from = state, .to = to});
    state = to;
}

void LiveBalancer::cut(NodeId node, const Item& item, CutKind kind, LossCause cause, EventId event) {
    cut({node}, node, item, kind, cause, event);
}

/// One row, which names `node` or none.
void LiveBalancer::cut(const std::set<NodeId>& hops, NodeId node, const Item& item, CutKind kind, LossCause cause,
                       EventId event) {
    const EventId id{history_.events.size() + plane_.cuts.size()};
    plane_.cuts.add(
        {.t = item.t, .step = item.rank, .kind = kind, .service = service_, .node = node, .cause = event});
    for (const NodeId hop : hops) cut_(service_, hop, cause, id);
}

// ---- who gets new connections ---------------------------------------------------------------------------------------

bool LiveBalancer::passes(NodeId node) const {
    const Target& target = targets_[node.index()];
    return target.in_set && target.registered && target.verdict;
}

std::uint32_t LiveBalancer::passing() const {
    return static_cast<std::uint32_t>(
        std::count_if(members_.begin(), members_.end(), [&](NodeId n) { return passes(n); }));
}

bool LiveBalancer::uses_all() const {
    const auto targets =
        std::count_if(members_.begin(), members_.end(), [&](NodeId n) { return targets_[n.index()].registered; });
    if (targets == 0) return false;
    const scenario::AllUnhealthyPolicy& rule = spec_.load_balancer.all_unhealthy;
    switch (rule.kind) {
        case scenario::AllUnhealthyPolicy::Kind::fail_open: return passing() == 0;
        case scenario::AllUnhealthyPolicy::Kind::fail_closed: return false;
        case scenario::AllUnhealthyPolicy::Kind::panic_below:
            return static_cast<double>(passing()) < rule.panic_below * static_cast<double>(targets);
    }
    return false;
}

LiveBalancer::Now LiveBalancer::now() const {
    Now now{.all = uses_all(), .owner = {}};
    if (spec_.load_balancer.admission != scenario::Admission::single_owner) return now;
    for (const NodeId node : members_) {
        if (!targets_[node.index()].registered || !(now.all || passes(node))) continue;
        // Members come by node index: of equal ranks the first one stays.
        if (!now.owner.is_valid() ||
            scenario::rank_of_node(ranks_, node.value) < scenario::rank_of_node(ranks_, now.owner.value)) {
            now.owner = node;
        }
    }
    return now;
}

bool LiveBalancer::gets_new(NodeId node, const Now& now) const {
    const Target& target = targets_[node.index()];
    if (spec_.load_balancer.admission == scenario::Admission::single_owner) return node == now.owner;
    if (target.lags) return true;
    return target.in_set && target.registered && (now.all || target.verdict);
}

bool LiveBalancer::is_admitted(NodeId node) const { return gets_new(node, now()); }

std::set<NodeId> LiveBalancer::admitted() const {
    const Now as_it_is = now();
    std::set<NodeId> nodes;
    for (const NodeId node : by_slot_) {
        if (node.is_valid() && gets_new(node, as_it_is)) nodes.insert(node);
    }
    return nodes;
}

/// A change is made: does the address move, do routers hash anew, is anybody left? `failed`: who turned failing.
void LiveBalancer::settle(const Item& item, EventId event, NodeId failed) {
    const NodeId owner = now().owner;
    if (owner != owner_) {
        if (owner_.is_valid()) {
            const LossCause cause = failed == owner_ ? LossCause::target_unhealthy : LossCause::target_removed;
            cut(owner_, item, cause == LossCause::target_unhealthy ? CutKind::owner_failed : CutKind::owner_moved, cause, event);
        }
        owner_ = owner;
    }
    if (spec_.load_balancer.rehashes_on_change) {
        const std::set<NodeId> serving = admitted();
        if (serving != serving_) {
            if (!serving_.empty()) cut(serving_, {}, item, CutKind::rehashed, LossCause::target_removed, event);
        }
        serving_ = serving;
    }
    note_emptiness(item.t, event);
}

void LiveBalancer::note_emptiness(Time t, EventId event) {
    const bool empty = admitted().empty();
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
    const Now as_it_is = now();
    for (std::uint32_t j = 0; j < pick_draws; ++j) {
        const NodeId node = by_slot_[index_among(draws.hop(syn, j), range_)];
        if (node.is_valid() && gets_new(node, as_it_is)) return node;
    }
    std::vector<NodeId> all;
    for (const NodeId node : by_slot_) {
        if (node.is_valid() && gets_new(node, as_it_is)) all.push_back(node);
    }
    return all[index_among(draws.hop(syn, pick_draws), static_cast<std::uint32_t>(all.size()))];
}

}  // namespace lbsim::traffic::reference
