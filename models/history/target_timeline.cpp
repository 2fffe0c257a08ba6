// SPDX-License-Identifier: Apache-2.0
// Cuts by node, and timelines that are used again.
#include "lbsim/history/target_timeline.hpp"

namespace lbsim::history {

void Cuts::index(std::size_t nodes) {
    if (added_.empty()) return;
    first_.assign(nodes + 1, 0);
    for (const Added& added : added_) ++first_[added.node.index() + 1];
    for (std::size_t node = 0; node < nodes; ++node) first_[node + 1] += first_[node];
    rows_.resize(added_.size());
    // Filled from the back, so that each entry of first_ ends where its node starts.
    for (std::size_t node = nodes; node > 0; --node) first_[node] = first_[node - 1];
    for (const Added& added : added_) rows_[first_[added.node.index() + 1]++] = added.cut;
}

void Cuts::clear() {
    added_.clear();
    rows_.clear();
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
    first_event = 0;
    slots = 0;
    probes = 0;
    fail_open = Duration{};
}

}  // namespace lbsim::history
