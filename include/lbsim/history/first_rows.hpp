// SPDX-License-Identifier: Apache-2.0
// The first rows of a table that is filled out of order, in bounded memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace lbsim::history {

inline constexpr std::uint64_t all_rows = std::numeric_limits<std::uint64_t>::max();

/// Keeps the `limit` smallest rows of all that are added, and counts them all.
/// Pre: no two rows are equal under Less, or which of them is kept would be left to the library.
/// Cost: O(1) amortised; at most 1.5 x limit rows are held.
template <class Row, class Less = std::less<Row>>
class FirstRows {
public:
    explicit FirstRows(std::uint64_t limit = all_rows, Less less = {}) : limit_(limit), less_(std::move(less)) {}

    void add(const Row& row) {
        ++count_;
        if (limit_ == 0 || (has_bound_ && !less_(row, bound_))) return;
        if (rows_.size() == rows_.capacity()) grow();
        rows_.push_back(row);
        if (rows_.size() - rows_.size() / 3 > limit_) cut();
    }
    /// Counts rows that are known to come after the bound.
    void skip(std::uint64_t rows) { count_ += rows; }

    /// Rows added, kept or not.
    std::uint64_t size() const { return count_; }
    bool empty() const { return count_ == 0; }
    /// No row at or after this one will be kept; none while there is room for every row.
    const Row* bound() const { return has_bound_ ? &bound_ : nullptr; }

    /// The first rows in order. The object is empty afterwards.
    std::vector<Row> take() {
        std::sort(rows_.begin(), rows_.end(), less_);
        if (rows_.size() > limit_) rows_.resize(limit_);
        count_ = 0;
        has_bound_ = false;
        return std::exchange(rows_, {});
    }

private:
    /// Doubles, but never beyond what may be held.
    void grow() {
        const std::size_t doubled = std::max<std::size_t>(64, 2 * rows_.capacity());
        rows_.reserve(limit_ < doubled ? std::max(rows_.size() + 1, limit_ + limit_ / 2 + 2) : doubled);
    }
    void cut() {
        const auto last = rows_.begin() + static_cast<std::ptrdiff_t>(limit_ - 1);
        std::nth_element(rows_.begin(), last, rows_.end(), less_);
        bound_ = *last;
        has_bound_ = true;
        rows_.resize(limit_);
    }

    std::uint64_t limit_;
    Less less_;
    std::uint64_t count_ = 0;
    std::vector<Row> rows_;
    Row bound_{};
    bool has_bound_ = false;
};

}  // namespace lbsim::history
