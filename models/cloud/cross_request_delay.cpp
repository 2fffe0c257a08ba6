// SPDX-License-Identifier: Apache-2.0
// Decaying counts.
#include "models/cloud/cross_request_delay.hpp"

#include "lbsim/core/arithmetic.hpp"

namespace lbsim::cloud {

Duration CrossRequestDelay::before_call(Time now) {
    constexpr Duration interval = 20s;
    // Upstream looks at whole seconds.
    const Duration since = (now - last_decay_) / 1s * 1s;
    if (since > interval) {
        const double intervals = static_cast<double>(since.count()) / static_cast<double>(interval.count());
        const double decay = deterministic_exp(intervals * deterministic_log(0.8));
        calls_ *= decay;
        throttled_ *= decay;
        last_decay_ = now;
    }
    calls_ += 1.0;
    const double share = throttled_ / calls_;
    if (share < 0.1) return Duration{0};
    return std::chrono::seconds{static_cast<std::int64_t>(60.0 * share)};
}

}  // namespace lbsim::cloud
