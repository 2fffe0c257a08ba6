// SPDX-License-Identifier: Apache-2.0
// Who gets new connections after each change, and which flows a change of those targets cuts.
#include <algorithm>
#include <string>

#include "models/cloud/target_sweep.hpp"

namespace lbsim::cloud {

using history::CutKind;

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

void TargetSweep::cut(const Happening& h, NodeId node, CutKind kind) {
    const EventId event{timeline_.first_event + timeline_.events.size() + timeline_.later_events};
    if (h.t > timeline_.events_until) {
        ++timeline_.later_events;
    } else {
        timeline_.events.push_back(
            {.t = h.t, .step = h.step, .kind = kind, .service = service_, .node = node, .cause = h.event});
    }
    timeline_.cuts.add(node, {.t = h.t, .kind = kind, .event = event});
}

void TargetSweep::admit(NodeId node, bool wanted, Time t) {
    Target& target = targets_[node.index()];
    if (target.admitted == wanted) return;
    target.admitted = wanted;
    if (lb_->rehashes_on_change) touched_.push_back(node);
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
    const Target& target = targets_[node.index()];
    const bool wanted = has_one_owner() ? node == owner_
                                        : target.lags || (target.is_known && (open_ || target.passing));
    admit(node, wanted, t);
}

NodeId TargetSweep::first_owner() const {
    const Ranked& candidates = open_ ? known_ranks_ : passing_ranks_;
    return candidates.empty() ? NodeId{} : NodeId{candidates.begin()->second};
}

/// The address goes to the first owner there is now; flows do not move with it.
void TargetSweep::move_owner(const Happening& h) {
    const NodeId before = owner_;
    owner_ = first_owner();
    if (owner_ == before) return;
    if (before.is_valid()) {
        refresh(before, h.t);
        const bool has_failed = h.kind == Kind::verdict && h.node == before && !h.passing;
        cut(h, before, has_failed ? CutKind::owner_failed : CutKind::owner_moved);
    }
    if (owner_.is_valid()) refresh(owner_, h.t);
}

/// Where another set of targets gets new connections than before, a hash over that set sends old flows elsewhere.
void TargetSweep::rehash(const Happening& h) {
    const bool has_changed = std::any_of(touched_.begin(), touched_.end(), [&](NodeId node) {
        return targets_[node.index()].admitted != serving_.contains(node);
    });
    if (has_changed) {
        for (const NodeId node : serving_) cut(h, node, CutKind::rehashed);
        for (const NodeId node : touched_) {
            if (targets_[node.index()].admitted) {
                serving_.insert(node);
            } else {
                serving_.erase(node);
            }
        }
    }
    touched_.clear();
}

/// Does the load balancer now use all targets, or no longer?
bool TargetSweep::settle_open(Time t) {
    const bool open = uses_all_targets(lb_->all_unhealthy, passing_, static_cast<std::uint32_t>(members_.size()));
    if (open == open_) return false;
    open_ = open;
    if (open) {
        open_since_ = t;
    } else {
        timeline_.fail_open += t - open_since_;
    }
    return true;
}

/// After a change: who else gets new connections, and is anybody left?
void TargetSweep::settle(const Happening& h) {
    const bool has_turned = settle_open(h.t);
    if (has_one_owner()) {
        move_owner(h);
    } else if (has_turned) {
        for (const std::uint32_t node : members_) refresh(NodeId{node}, h.t);
    }
    if (lb_->rehashes_on_change) rehash(h);
    if (timeline_.passing.back().t == h.t) timeline_.passing.pop_back();
    timeline_.passing.push_back({.t = h.t, .passing = passing_});
    std::vector<history::EmptyChange>& empty = timeline_.empty;
    const bool is_empty = admitted_ == 0;
    if (empty.back().is_empty != is_empty) {
        if (empty.back().t == h.t && empty.size() > 1) {
            empty.pop_back();
        } else {
            empty.push_back({.t = h.t, .is_empty = is_empty, .event = h.event});
        }
    }
}

}  // namespace lbsim::cloud
