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

/// Through every node where `node` is none.
void TargetSweep::cut(const Happening& h, NodeId node, CutKind kind) {
    const EventId event{timeline_.first_event + timeline_.events.size() + timeline_.later_events};
    if (h.t > timeline_.events_until) {
        ++timeline_.later_events;
    } else {
        timeline_.events.push_back(
            {.t = h.t, .step = h.step, .kind = kind, .service = service_, .node = node, .cause = h.event});
    }
    const history::Cut cut{.t = h.t, .kind = kind, .event = event};
    if (node.is_valid()) {
        timeline_.cuts.add(node, cut);
    } else {
        timeline_.cuts.add_to_all(cut);
    }
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

bool TargetSweep::may_own(NodeId node) const {
    const Target& target = targets_[node.index()];
    return open_ ? target.is_known : target.passing;
}

bool TargetSweep::ranks_before(NodeId a, NodeId b) const {
    const auto rank = [&](NodeId node) { return std::pair(targets_[node.index()].rank, node); };
    return !b.is_valid() || rank(a) < rank(b);
}

NodeId TargetSweep::first_owner() const {
    NodeId first;
    for (const std::uint32_t member : members_) {
        const NodeId node{member};
        if (may_own(node) && ranks_before(node, first)) first = node;
    }
    return first;
}

/// The address goes to the first owner there is now; flows do not move with it.
void TargetSweep::move_owner(const Happening& h, bool has_turned) {
    const NodeId before = owner_;
    if (has_turned || !before.is_valid() || !may_own(before)) {
        owner_ = first_owner();
    } else if (may_own(h.node) && ranks_before(h.node, before)) {
        owner_ = h.node;
    }
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
    const std::uint32_t served = serving_;
    bool has_changed = false;
    for (const NodeId node : touched_) {
        Target& target = targets_[node.index()];
        if (target.admitted == target.serves) continue;
        has_changed = true;
        target.serves = target.admitted;
        serving_ = target.serves ? serving_ + 1 : serving_ - 1;
    }
    touched_.clear();
    if (has_changed && served > 0) cut(h, NodeId{}, CutKind::rehashed);
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
        move_owner(h, has_turned);
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
