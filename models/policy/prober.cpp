// SPDX-License-Identifier: Apache-2.0
// Counting consecutive probe results against a verdict.
#include "lbsim/policy/prober.hpp"

namespace lbsim::policy {

bool ProbeState::record(bool success, const ProbeThresholds& thresholds) {
    if (is_settled(success)) {
        run_ = 0;
        return false;
    }
    ++run_;
    if (run_ < (success ? thresholds.healthy : thresholds.unhealthy)) return false;
    verdict_ = success ? Verdict::passing : Verdict::failing;
    run_ = 0;
    return true;
}

}  // namespace lbsim::policy
