// SPDX-License-Identifier: Apache-2.0
// Buckets and bounded rows.
#include "lbsim/history/sync_log.hpp"

namespace lbsim::history {

void LatencyHistogram::observe(Duration d) {
    std::size_t bucket = 0;
    while (bucket < bucket_count && d > std::chrono::seconds{std::int64_t{1} << bucket}) ++bucket;
    ++counts[bucket];
    sum += d;
}

std::uint64_t LatencyHistogram::total() const {
    std::uint64_t total = 0;
    for (const std::uint64_t count : counts) total += count;
    return total;
}

std::uint64_t SyncLog::begin(const Sync& sync) {
    if (count_ < limit_) rows_.push_back(sync);
    return count_++;
}

}  // namespace lbsim::history
