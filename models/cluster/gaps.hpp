// SPDX-License-Identifier: Apache-2.0
// Times in which something does not work, as they become known.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "lbsim/core/time.hpp"

namespace lbsim::cluster {

/// Gaps [from, to) in order of time; those that overlap are one.
class Gaps {
public:
    struct Gap {
        Time from{};
        Time to{};
    };
    /// Pre: `from` is not before the start of an earlier gap.
    void add(Time from, Time to) {
        if (!gaps_.empty() && from < gaps_.back().to) {
            gaps_.back().to = std::max(gaps_.back().to, to);
        } else {
            gaps_.push_back({.from = from, .to = to});
        }
    }
    /// The end of the gap that t lies in.
    std::optional<Time> end_of_gap(Time t) const {
        for (auto gap = gaps_.rbegin(); gap != gaps_.rend(); ++gap) {
            if (t >= gap->from && t < gap->to) return gap->to;
        }
        return std::nullopt;
    }
    const std::vector<Gap>& all() const { return gaps_; }

private:
    std::vector<Gap> gaps_;
};

}  // namespace lbsim::cluster
