// SPDX-License-Identifier: Apache-2.0
// What entering, registering, leaving and verdicts do to the targets of a load balancer and to their flows.
#include "models/cloud/target_sweep.hpp"

#include <algorithm>

#include "lbsim/engine/step.hpp"
#include "lbsim/scenario/lb_members.hpp"

namespace lbsim::cloud {

using engine::rank_of;
using engine::Step;
using history::CutKind;
using history::TargetState;
using scenario::ConnectionPolicy;

void TargetSweep::start(const scenario::LoadBalancer& lb, ServiceId service, const scenario::TargetDraws& draws,
                        const StreamKey& ranks, const std::vector<TargetTimes>& times) {
    lb_ = &lb;
    service_ = service;
    draws_ = &draws;
    ranks_ = &ranks;
    times_ = &times;
    agenda_.clear();
    targets_.assign(history_.nodes.size(), {});
    starts_passing_.clear();
    members_.clear();
    slots_.clear();
    passing_ = 0;
    admitted_ = 0;
    open_ = false;
    owner_ = {};
    touched_.clear();
    serving_ = 0;
}

void TargetSweep::add(bool starts_passing, const std::vector<VerdictFlip>& flips) {
    const auto index = static_cast<std::uint32_t>(starts_passing_.size());
    starts_passing_.push_back(starts_passing);
    for (const VerdictFlip& flip : flips) {
        agenda_.fill(flip.passing ? passing_again : failing, {.t = flip.t,
                                                              .step = flip.step,
                                                              .kind = Kind::verdict,
                                                              .node = timeline_.memberships[index].node,
                                                              .membership = index,
                                                              .passing = flip.passing,
                                                              .event = flip.event});
    }
}

void TargetSweep::run() {
    put_in_place();
    agenda_.sort();
    while (const Happening* next = agenda_.take()) {
        if (next->t >= history_.end) break;
        const Happening h = *next;
        handle(h);
    }
    if (open_) timeline_.fail_open += history_.end - open_since_;
}

/// The set of time 0 is in place since long ago; everything later is put on the agenda.
void TargetSweep::put_in_place() {
    for (std::uint32_t m = 0; m < timeline_.memberships.size(); ++m) {
        history::Membership& membership = timeline_.memberships[m];
        const Happening enters{.t = membership.entered,
                               .step = membership.entered_step,
                               .kind = Kind::enter,
                               .node = membership.node,
                               .membership = m,
                               .event = membership.entered_event};
        if (m < timeline_.initial_targets) {
            membership.slot = slots_.take();
            join(enters);
            Target& target = targets_[membership.node.index()];
            target.state = target.passing ? TargetState::passing : TargetState::failing;
        } else {
            agenda_.fill(entering, enters);
        }
        if (membership.left != never) {
            agenda_.fill(leaving, {.t = membership.left,
                                   .step = membership.left_step,
                                   .kind = Kind::leave,
                                   .node = membership.node,
                                   .membership = m,
                                   .event = membership.left_event});
        }
    }
    open_ = uses_all_targets(lb_->all_unhealthy, passing_, static_cast<std::uint32_t>(members_.size()));
    open_since_ = time_zero;
    owner_ = first_owner();
    for (const std::uint32_t node : members_) refresh(NodeId{node}, history::before_start);
    for (const NodeId node : touched_) targets_[node.index()].serves = true;
    serving_ = static_cast<std::uint32_t>(touched_.size());
    touched_.clear();
    timeline_.empty.push_back({.t = history::before_start, .is_empty = admitted_ == 0, .event = {}});
    timeline_.passing.push_back({.t = history::before_start, .passing = passing_});
}

void TargetSweep::handle(const Happening& h) {
    switch (h.kind) {
        case Kind::drain_over: drain_over(h); return;
        case Kind::lag_over: lag_over(h); break;
        case Kind::registered: registered(h); break;
        case Kind::leave: leave(h); break;
        case Kind::enter: enter(h); break;
        case Kind::verdict: verdict(h); break;
    }
    if (!has_one_owner()) refresh(h.node, h.t);
    settle(h);
}

// ---- the set ---------------------------------------------------------------------------------------------------------

void TargetSweep::join(const Happening& h) {
    Target& target = targets_[h.node.index()];
    target.in_set = true;
    target.membership = h.membership;
    target.verdict = starts_passing_[h.membership];
    if (times_->empty() || (*times_)[h.membership].registered <= h.t) {
        know(h.node);
        return;
    }
    agenda_.post({.t = (*times_)[h.membership].registered,
                  .step = rank_of(Step::cloud_call_end),
                  .kind = Kind::registered,
                  .node = h.node,
                  .membership = h.membership,
                  .event = h.event});
}

/// The data plane knows the target from here on.
void TargetSweep::know(NodeId node) {
    Target& target = targets_[node.index()];
    target.is_known = true;
    target.place = static_cast<std::uint32_t>(members_.size());
    members_.push_back(node.value);
    if (has_one_owner()) target.rank = scenario::rank_of_node(*ranks_, node.value);
    set_passing(node, target.verdict);
}

void TargetSweep::forget(NodeId node) {
    Target& target = targets_[node.index()];
    if (!target.is_known) return;
    set_passing(node, false);
    target.is_known = false;
    targets_[members_.back()].place = target.place;
    members_[target.place] = members_.back();
    members_.pop_back();
}

void TargetSweep::set_passing(NodeId node, bool passing) {
    Target& target = targets_[node.index()];
    if (target.passing == passing) return;
    target.passing = passing;
    passing_ = passing ? passing_ + 1 : passing_ - 1;
}

void TargetSweep::enter(const Happening& h) {
    Target& target = targets_[h.node.index()];
    std::uint32_t& slot = timeline_.memberships[h.membership].slot;
    if (target.lags) {  // back before its lag was over, which ends at once
        admit(h.node, false, h.t);
        target.lags = false;
        slot = timeline_.memberships[target.membership].slot;
    } else {
        slot = slots_.take();
    }
    join(h);
    ++target.drain;  // flows of an earlier membership stay: the target is back before its drain was over
    set_state(h, target.passing ? TargetState::passing : TargetState::failing);
}

void TargetSweep::registered(const Happening& h) {
    const Target& target = targets_[h.node.index()];
    if (!target.in_set || target.membership != h.membership) return;
    know(h.node);
    if (target.passing) set_state(h, TargetState::passing);
}

void TargetSweep::leave(const Happening& h) {
    Target& target = targets_[h.node.index()];
    const bool was_admitted = target.admitted;
    forget(h.node);
    target.in_set = false;
    target.verdict = false;
    target.lags = false;
    ++target.drain;
    apply(h, lb_->on_remove, true);
    if (was_admitted && !times_->empty()) lag(h, (*times_)[h.membership].lag_after_remove, true);
    if (!target.lags) slots_.give_back(timeline_.memberships[h.membership].slot);
}

void TargetSweep::verdict(const Happening& h) {
    Target& target = targets_[h.node.index()];
    target.verdict = h.passing;
    if (!target.is_known) return;
    set_passing(h.node, h.passing);
    ++target.drain;
    target.lags = false;
    if (h.passing) {
        set_state(h, TargetState::passing);
        return;
    }
    apply(h, lb_->on_unhealthy, false);
    lag(h, draws_->lag_after_unhealthy(h.node, target.failures++), false);
}

// ---- established flows -----------------------------------------------------------------------------------------------

/// What a knob does to the flows of a target that left or turned failing.
void TargetSweep::apply(const Happening& h, const ConnectionPolicy& knob, bool by_removal) {
    const TargetState over = by_removal ? TargetState::out : TargetState::failing;
    switch (knob.kind) {
        case ConnectionPolicy::Kind::keep: set_state(h, over); break;
        case ConnectionPolicy::Kind::cut:
        case ConnectionPolicy::Kind::cut_silently:
            set_state(h, over);
            if (by_removal) {
                cut(h, h.node, CutKind::removed);
            } else {
                cut(h, h.node, CutKind::unhealthy);
            }
            break;
        case ConnectionPolicy::Kind::drain:
            set_state(h, TargetState::draining);
            drain(h, knob.drain, by_removal);
            break;
    }
}

void TargetSweep::drain(const Happening& h, Duration length, bool by_removal) {
    const Time end = saturating_add(h.t, length);
    if (end >= history_.end) return;
    agenda_.post({.t = end,
                  .step = rank_of(Step::cloud_call_end),
                  .kind = Kind::drain_over,
                  .node = h.node,
                  .membership = h.membership,
                  .by_removal = by_removal,
                  .generation = targets_[h.node.index()].drain,
                  .event = h.event});
}

/// New connections go on arriving for `length`; the knob that cut or drains the others cuts these when it is over.
void TargetSweep::lag(const Happening& h, Duration length, bool by_removal) {
    if (length == Duration{0}) return;
    targets_[h.node.index()].lags = true;
    const Time end = saturating_add(h.t, length);
    if (end >= history_.end) return;
    const ConnectionPolicy& knob = by_removal ? lb_->on_remove : lb_->on_unhealthy;
    agenda_.post({.t = end,
                  .step = rank_of(Step::cloud_call_end),
                  .kind = Kind::lag_over,
                  .node = h.node,
                  .membership = h.membership,
                  .by_removal = by_removal,
                  .cuts = knob.kind != ConnectionPolicy::Kind::keep &&
                          (knob.kind != ConnectionPolicy::Kind::drain || length > knob.drain),
                  .generation = targets_[h.node.index()].drain,
                  .event = h.event});
}

void TargetSweep::drain_over(const Happening& h) {
    if (targets_[h.node.index()].drain != h.generation) return;
    set_state(h, h.by_removal ? TargetState::out : TargetState::failing);
    cut(h, h.node, CutKind::drain_over);
}

void TargetSweep::lag_over(const Happening& h) {
    Target& target = targets_[h.node.index()];
    if (target.drain != h.generation) return;
    target.lags = false;
    if (h.by_removal) slots_.give_back(timeline_.memberships[h.membership].slot);
    if (!h.cuts) return;
    const ConnectionPolicy& knob = h.by_removal ? lb_->on_remove : lb_->on_unhealthy;
    if (knob.kind == ConnectionPolicy::Kind::drain) {
        cut(h, h.node, CutKind::drain_over);
    } else if (h.by_removal) {
        cut(h, h.node, CutKind::removed);
    } else {
        cut(h, h.node, CutKind::unhealthy);
    }
}

void TargetSweep::set_state(const Happening& h, TargetState to) {
    TargetState& state = targets_[h.node.index()].state;
    if (state == to) return;
    if (h.t > timeline_.changes_until) {
        ++timeline_.later_changes;
    } else {
        timeline_.changes.push_back(
            {.t = h.t, .service = service_, .node = h.node, .step = h.step, .from = state, .to = to});
    }
    state = to;
}

}  // namespace lbsim::cloud
