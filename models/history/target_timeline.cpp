// SPDX-License-Identifier: Apache-2.0
// Cuts by node, and timelines that are used again.
#include "lbsim/history/target_timeline.hpp"

#include <algorithm>

namespace lbsim::history {

namespace {

/// Order of the causes of losses among cuts of one instant.
int cause_order(CutKind kind) {
    switch (kind) {
        case CutKind::removed:
        case CutKind::rehashed:
        case CutKind::owner_moved: return 0;
        case CutKind::unhealthy:
        case CutKind::owner_failed: return 1;
        case CutKind::drain_over: return 2;
    }
    return 0;
}

bool comes_before(const Cut& a, const Cut& b) {
    return a.t != b.t ? a.t < b.t : cause_order(a.kind) < cause_order(b.kind);
}

}  // namespace

void Cuts::index(std::size_t nodes) {
    if (added_.empty()) return;
    first_.assign(nodes + 1, 0);
    for (const Added& added : added_) ++first_[added.node.index() + 1];
    for (std::size_t node = 0; node < nodes; ++node) first_[node + 1] += first_[node];
    rows_.resize(added_.size());
    // Filled from the back, so that each entry of first_ ends where its node starts.
    for (std::size_t node = nodes; node > 0; --node) first_[node] = first_[node - 1];
    for (const Added& added : added_) rows_[first_[added.node.index() + 1]++] = added.cut;
    for (std::size_t node = 0; node < nodes; ++node) {
        const auto begin = rows_.begin() + first_[node];
        const auto end = rows_.begin() + first_[node + 1];
        if (!std::is_sorted(begin, end, comes_before)) std::stable_sort(begin, end, comes_before);
    }
}

void Cuts::clear() {
    added_.clear();
    rows_.clear();
    of_all_.clear();
    first_.clear();
}

void TargetTimeline::clear() {
    initial_targets = 0;
    memberships.clear();
    cuts.clear();
    empty.clear();
    passing.clear();
    changes.clear();
    events.clear();
    changes_until = never;
    events_until = never;
    later_changes = 0;
    later_events = 0;
    first_event = 0;
    slots = 0;
    probes = 0;
    fail_open = Duration{};
}

}  // namespace lbsim::history
