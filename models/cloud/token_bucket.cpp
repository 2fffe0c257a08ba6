// SPDX-License-Identifier: Apache-2.0
// The arithmetic of a token bucket.
#include "models/cloud/token_bucket.hpp"

#include <algorithm>

#include "lbsim/core/arithmetic.hpp"
#include "lbsim/core/check.hpp"

namespace lbsim::cloud {

namespace {
constexpr std::int64_t ticks_per_us = 4096;

std::int64_t ticks_of(Time t) { return us_of(t) * ticks_per_us; }
}  // namespace

TokenBucket::TokenBucket(const scenario::Bucket& bucket) : when_empty_(bucket.when_empty) {
    LBSIM_CHECK(bucket.rate > 0.0 && bucket.burst >= 1.0, "a bucket has a rate and room for a token");
    const double period = 1e6 * static_cast<double>(ticks_per_us) / bucket.rate;
    period_ = round_to_integer(period);
    tolerance_ = round_to_integer((bucket.burst - 1.0) * period);
}

Time TokenBucket::reserve(Time now) {
    const std::int64_t earliest = due_ - tolerance_;
    const Time there = std::max(now, at_us(earliest / ticks_per_us + (earliest % ticks_per_us > 0 ? 1 : 0)));
    due_ = std::max(due_, ticks_of(there)) + period_;
    return there;
}

bool TokenBucket::try_take(Time now) {
    if (due_ - tolerance_ > ticks_of(now)) return false;
    due_ = std::max(due_, ticks_of(now)) + period_;
    return true;
}

}  // namespace lbsim::cloud
