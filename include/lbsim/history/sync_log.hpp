// SPDX-License-Identifier: Apache-2.0
// Syncs of the service controller in order of their starts: whole rows as far as a table shows them, sums over all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/history/event.hpp"
#include "lbsim/history/first_rows.hpp"

namespace lbsim::history {

/// A histogram of the service controller: buckets of 1, 2, 4 … 16384 s, and one without a bound.
/// Source: kubernetes/cloud-provider v0.27.0 controllers/service/metrics.go.
struct LatencyHistogram {
    static constexpr std::size_t bucket_count = 15;
    std::array<std::uint64_t, bucket_count + 1> counts{};  ///< not cumulative
    Duration sum{};
    void observe(Duration d);
    std::uint64_t total() const;
};

/// Cost: a row while it may be shown, nothing beyond that.
class SyncLog {
public:
    /// Whole rows are kept of the first `limit` syncs. Call before the first.
    void keep_first(std::uint64_t limit) { limit_ = limit; }
    /// A sync starts; returns its number.
    std::uint64_t begin(const Sync& sync);
    /// What became of it by now. Pre: `number` is from begin.
    void put(std::uint64_t number, const Sync& sync) {
        if (number < rows_.size()) rows_[number] = sync;
    }

    std::uint64_t size() const { return count_; }
    std::vector<Sync> take_rows() { return std::exchange(rows_, {}); }

private:
    std::uint64_t limit_ = all_rows;
    std::uint64_t count_ = 0;
    std::vector<Sync> rows_;
};

}  // namespace lbsim::history
