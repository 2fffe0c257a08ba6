// SPDX-License-Identifier: Apache-2.0
// Cloud API calls in order of issue: whole rows as far as a table shows them, sums over all.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/history/event.hpp"
#include "lbsim/history/first_rows.hpp"

namespace lbsim::history {

/// Cost: a row while it may be shown, beyond that 16 bytes for all calls of one instant.
class ApiCallLog {
public:
    struct Totals {
        std::uint64_t calls = 0;
        std::uint64_t mutating = 0;
        std::uint64_t ok = 0;
        std::uint64_t failed = 0;
        std::uint64_t throttled = 0;
        std::uint64_t rejected = 0;
        Duration wait{};
        Duration longest_wait{};
    };
    /// Calls issued at one instant.
    struct Count {
        Time t{};
        std::uint64_t calls = 0;
    };

    /// Whole rows are kept of the first `limit` calls. Call before the first.
    void keep_first(std::uint64_t limit) { limit_ = limit; }
    void push_back(const ApiCall& call);

    const Totals& totals() const { return totals_; }
    const std::vector<Count>& counts() const { return counts_; }
    std::vector<ApiCall> take_rows() { return std::exchange(rows_, {}); }

private:
    std::uint64_t limit_ = all_rows;
    std::vector<ApiCall> rows_;
    std::vector<Count> counts_;
    Totals totals_;
};

}  // namespace lbsim::history
