// SPDX-License-Identifier: Apache-2.0
// Counting consecutive probe results against a verdict.
#include "lbsim/policy/prober.hpp"

namespace lbsim::policy {

namespace {
std::uint32_t threshold(bool success, const ProbeThresholds& thresholds) {
    return success ? thresholds.healthy : thresholds.unhealthy;
}
}  // namespace

bool ProbeState::record(bool success, const ProbeThresholds& thresholds) {
    if (is_settled(success)) {
        run_ = 0;
        return false;
    }
    ++run_;
    if (run_ < threshold(success, thresholds)) return false;
    verdict_ = success ? Verdict::passing : Verdict::failing;
    run_ = 0;
    return true;
}

std::uint64_t ProbeState::results_to_flip(bool success, const ProbeThresholds& thresholds) const {
    if (is_settled(success)) return 0;
    const std::uint32_t wanted = threshold(success, thresholds);
    return wanted > run_ + 1 ? wanted - run_ : 1;
}

void ProbeState::record_run(bool success, std::uint64_t results, const ProbeThresholds& thresholds) {
    if (results == 0) return;
    if (!is_settled(success)) run_ += static_cast<std::uint32_t>(results - 1);
    record(success, thresholds);
}

}  // namespace lbsim::policy
