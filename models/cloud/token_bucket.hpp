// SPDX-License-Identifier: Apache-2.0
// A token bucket in integer time.
#pragma once

#include "lbsim/core/time.hpp"
#include "lbsim/scenario/cloud.hpp"

namespace lbsim::cloud {

/// Starts full. Of K tokens asked for at once the last is there after (K - burst) / rate.
/// Source: the generic cell rate algorithm (ITU-T I.371), which is a token bucket without a counter to refill.
/// Units: times are kept in 1/4096 us, so that a million tokens are off by less than a millisecond.
class TokenBucket {
public:
    /// Pre: rate > 0, burst >= 1.
    explicit TokenBucket(const scenario::Bucket& bucket);

    /// Takes the next token, first come first served; returns when it is there. Pre: `now` never runs back.
    Time reserve(Time now);
    /// Takes a token if one is there now.
    bool try_take(Time now);
    scenario::Bucket::WhenEmpty when_empty() const { return when_empty_; }

private:
    std::int64_t period_;
    std::int64_t tolerance_;
    std::int64_t due_ = 0;  ///< when the bucket will be full again
    scenario::Bucket::WhenEmpty when_empty_;
};

}  // namespace lbsim::cloud
