// SPDX-License-Identifier: Apache-2.0
// The three knobs of a load balancer applied to its targets.
#include "models/cloud/target_sweep.hpp"

#include <algorithm>

#include "lbsim/engine/step.hpp"

namespace lbsim::cloud {

using engine::rank_of;
using engine::Step;
using history::CutKind;
using history::TargetState;
using scenario::ConnectionPolicy;

bool uses_all_targets(const scenario::AllUnhealthyPolicy& policy, std::uint32_t passing, std::uint32_t targets) {
    if (targets == 0) return false;
    switch (policy.kind) {
        case scenario::AllUnhealthyPolicy::Kind::fail_open: return passing == 0;
        case scenario::AllUnhealthyPolicy::Kind::fail_closed: return false;
        case scenario::AllUnhealthyPolicy::Kind::panic_below:
            return static_cast<double>(passing) < policy.panic_below * static_cast<double>(targets);
    }
    return false;
}

void TargetSweep::start(const scenario::LoadBalancer& lb, ServiceId service) {
    lb_ = &lb;
    service_ = service;
    agenda_.clear();
    targets_.assign(history_.nodes.size(), {});
    starts_passing_.clear();
    members_.clear();
    passing_ = 0;
    admitted_ = 0;
    open_ = false;
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
        const history::Membership& membership = timeline_.memberships[m];
        if (m < timeline_.initial_targets) {
            join(membership.node, m);
            Target& target = targets_[membership.node.index()];
            target.state = target.passing ? TargetState::passing : TargetState::failing;
        } else {
            agenda_.fill(entering, {.t = membership.entered,
                                    .step = membership.entered_step,
                                    .kind = Kind::enter,
                                    .node = membership.node,
                                    .membership = m,
                                    .event = membership.entered_event});
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
    for (const std::uint32_t node : members_) refresh(NodeId{node}, history::before_start);
    timeline_.empty.push_back({.t = history::before_start, .is_empty = admitted_ == 0, .event = {}});
    timeline_.passing.push_back({.t = history::before_start, .passing = passing_});
}

void TargetSweep::handle(const Happening& h) {
    switch (h.kind) {
        case Kind::drain_over: drain_over(h); return;
        case Kind::leave: leave(h); break;
        case Kind::enter: enter(h); break;
        case Kind::verdict: verdict(h); break;
    }
    refresh(h.node, h.t);
    settle(h.t, h.event);
}

void TargetSweep::join(NodeId node, std::uint32_t membership) {
    Target& target = targets_[node.index()];
    target.in_set = true;
    target.membership = membership;
    target.passing = starts_passing_[membership];
    target.place = static_cast<std::uint32_t>(members_.size());
    members_.push_back(node.value);
    passing_ += target.passing ? 1 : 0;
}

void TargetSweep::enter(const Happening& h) {
    join(h.node, h.membership);
    Target& target = targets_[h.node.index()];
    ++target.drain;  // flows of an earlier membership stay: the target is back before its drain was over
    set_state(h, target.passing ? TargetState::passing : TargetState::failing);
}

void TargetSweep::leave(const Happening& h) {
    Target& target = targets_[h.node.index()];
    admit(target, false, h.t);
    target.in_set = false;
    targets_[members_.back()].place = target.place;
    members_[target.place] = members_.back();
    members_.pop_back();
    passing_ -= target.passing ? 1 : 0;
    target.passing = false;
    ++target.drain;
    switch (lb_->on_remove.kind) {
        case ConnectionPolicy::Kind::keep: set_state(h, TargetState::out); break;
        case ConnectionPolicy::Kind::cut:
        case ConnectionPolicy::Kind::cut_silently:
            set_state(h, TargetState::out);
            cut(h, CutKind::removed);
            break;
        case ConnectionPolicy::Kind::drain:
            set_state(h, TargetState::draining);
            drain(h, lb_->on_remove.drain, true);
            break;
    }
}

void TargetSweep::verdict(const Happening& h) {
    Target& target = targets_[h.node.index()];
    target.passing = h.passing;
    passing_ = h.passing ? passing_ + 1 : passing_ - 1;
    ++target.drain;
    if (h.passing) {
        set_state(h, TargetState::passing);
        return;
    }
    switch (lb_->on_unhealthy.kind) {
        case ConnectionPolicy::Kind::keep: set_state(h, TargetState::failing); break;
        case ConnectionPolicy::Kind::cut:
        case ConnectionPolicy::Kind::cut_silently:
            set_state(h, TargetState::failing);
            cut(h, CutKind::unhealthy);
            break;
        case ConnectionPolicy::Kind::drain:
            set_state(h, TargetState::draining);
            drain(h, lb_->on_unhealthy.drain, false);
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

void TargetSweep::drain_over(const Happening& h) {
    if (targets_[h.node.index()].drain != h.generation) return;
    set_state(h, h.by_removal ? TargetState::out : TargetState::failing);
    cut(h, CutKind::drain_over);
}

void TargetSweep::set_state(const Happening& h, TargetState to) {
    TargetState& state = targets_[h.node.index()].state;
    if (state == to) return;
    timeline_.changes.push_back(
        {.t = h.t, .step = h.step, .service = service_, .node = h.node, .from = state, .to = to});
    state = to;
}

void TargetSweep::cut(const Happening& h, CutKind kind) {
    const EventId event{timeline_.first_event + timeline_.events.size()};
    timeline_.events.push_back({.t = h.t,
                                .step = h.step,
                                .kind = kind,
                                .service = service_,
                                .node = h.node,
                                .cause = h.event});
    timeline_.cuts.add(h.node, {.t = h.t, .kind = kind, .event = event});
}

void TargetSweep::admit(Target& target, bool wanted, Time t) {
    if (target.admitted == wanted) return;
    target.admitted = wanted;
    history::Admissions& admissions = timeline_.memberships[target.membership].admissions;
    if (wanted) {
        ++admitted_;
        // Taken away and given back within one microsecond: never away.
        if (!admissions.empty() && admissions.back().to == t) {
            admissions.back().to = never;
        } else {
            admissions.push_back({.from = t, .to = never});
        }
    } else {
        --admitted_;
        admissions.back().to = t;
        if (admissions.back().from == t) admissions.pop_back();
    }
}

void TargetSweep::refresh(NodeId node, Time t) {
    Target& target = targets_[node.index()];
    admit(target, target.in_set && (open_ || target.passing), t);
}

/// After a change: does the load balancer now use all targets, or no longer? Is anybody left?
void TargetSweep::settle(Time t, EventId event) {
    const bool open = uses_all_targets(lb_->all_unhealthy, passing_, static_cast<std::uint32_t>(members_.size()));
    if (open != open_) {
        open_ = open;
        if (open) {
            open_since_ = t;
        } else {
            timeline_.fail_open += t - open_since_;
        }
        for (const std::uint32_t node : members_) refresh(NodeId{node}, t);
    }
    if (timeline_.passing.back().t == t) timeline_.passing.pop_back();
    timeline_.passing.push_back({.t = t, .passing = passing_});
    std::vector<history::EmptyChange>& empty = timeline_.empty;
    const bool is_empty = admitted_ == 0;
    if (empty.back().is_empty != is_empty) {
        if (empty.back().t == t && empty.size() > 1) {
            empty.pop_back();
        } else {
            empty.push_back({.t = t, .is_empty = is_empty, .event = event});
        }
    }
}

}  // namespace lbsim::cloud
