// SPDX-License-Identifier: Apache-2.0
// Sums over stretches out of sync.
#include "lbsim/history/desync_log.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"

namespace lbsim::history {

void DesyncLog::turn(Time t, ServiceId service, bool is_desynced) {
    Time& since = since_.at(service.index());
    LBSIM_CHECK((since == never) == is_desynced, "a load balancer turns to what it was already");
    if (is_desynced) {
        since = t;
        if (++desynced_ == 1) unsettled_ = t;
    } else {
        past_.load_balancers += t - since;
        past_.longest = std::max(past_.longest, t - since);
        since = never;
        if (--desynced_ == 0) past_.full_sync = std::max(past_.full_sync, t - unsettled_);
    }
    if (counts_.empty() || counts_.back().t != t) counts_.push_back({.t = t});
    counts_.back().desynced = desynced_;
}

DesyncLog::Totals DesyncLog::totals(Time end) const {
    Totals totals = past_;
    for (const Time since : since_) {
        if (since == never) continue;
        totals.load_balancers += end - since;
        totals.longest = std::max(totals.longest, end - since);
    }
    if (desynced_ > 0) totals.full_sync = std::max(totals.full_sync, end - unsettled_);
    return totals;
}

}  // namespace lbsim::history
