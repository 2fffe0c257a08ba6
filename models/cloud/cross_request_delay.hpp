// SPDX-License-Identifier: Apache-2.0
// The delay that the AWS provider puts before every call while calls are being throttled.
#pragma once

#include "lbsim/core/time.hpp"

namespace lbsim::cloud {

/// Counts recent calls and how many of them were throttled; delays the next one by 60 s times that share.
/// Source: kubernetes/cloud-provider-aws pkg/providers/v1/retry_handler.go, CrossRequestRetryDelay: counts decay by 0.8
/// in 20 s, start at 4 calls, shares below 0.1 count as 0, whole seconds.
class CrossRequestDelay {
public:
    /// The delay of a call that is about to be made; counts the call.
    Duration before_call(Time now);
    void throttled() { throttled_ += 1.0; }

private:
    double calls_ = 4.0;
    double throttled_ = 0.0;
    Time last_decay_{};
};

}  // namespace lbsim::cloud
