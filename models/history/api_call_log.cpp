// SPDX-License-Identifier: Apache-2.0
// Sums over API calls.
#include "lbsim/history/api_call_log.hpp"

#include <algorithm>

namespace lbsim::history {

void ApiCallLog::push_back(const ApiCall& call) {
    totals_.mutating += call.mutates ? 1 : 0;
    totals_.ok += call.result == CallResult::ok ? 1 : 0;
    totals_.failed += call.result == CallResult::failed ? 1 : 0;
    totals_.throttled += call.result == CallResult::throttled ? 1 : 0;
    totals_.rejected += call.result == CallResult::rejected ? 1 : 0;
    totals_.wait += call.wait;
    totals_.longest_wait = std::max(totals_.longest_wait, call.wait);
    if (counts_.empty() || counts_.back().t != call.t) counts_.push_back({.t = call.t});
    ++counts_.back().calls;
    if (totals_.calls++ < limit_) rows_.push_back(call);
}

}  // namespace lbsim::history
