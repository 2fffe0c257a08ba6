// SPDX-License-Identifier: Apache-2.0
// Moments of events, and which rows of load balancers come first.
#include "lbsim/history/event_log.hpp"

#include <algorithm>
#include <iterator>

#include "lbsim/core/check.hpp"

namespace lbsim::history {

EventId EventLog::add(Event row, std::string_view detail) {
    LBSIM_CHECK(count_ < EventId::none_value, "a run has more events than there are numbers for them");
    const EventId id{static_cast<std::uint32_t>(count_++)};
    const Moment now{row.t, row.step};
    if (starts_.empty() || starts_.back().moment() != now) {
        LBSIM_CHECK(starts_.empty() || starts_.back().moment() < now, "an event happens after one that was recorded");
        starts_.push_back({.t = row.t, .first = id.value, .step = row.step});
    }
    if (id.value >= limit_) return id;
    if (!detail.empty()) {
        // Rows that follow one another often say the same.
        if (texts_.empty() || texts_.back() != detail) texts_.emplace_back(detail);
        row.detail = TextId{texts_.size() - 1};
    }
    rows_.push_back(row);
    return id;
}

Moment EventLog::moment_of(EventId id) const {
    LBSIM_CHECK(id.value < count_, "an event that never happened");
    if (id.index() < rows_.size()) return {rows_[id.index()].t, rows_[id.index()].step};
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), id.value,
                                        [](std::uint32_t x, const Start& start) { return x < start.first; });
    return std::prev(after)->moment();
}

std::vector<std::uint32_t> EventLog::counts_until(const std::vector<CutRow>& cuts) const {
    std::vector<std::uint32_t> counts;
    counts.reserve(cuts.size());
    std::size_t at = 0;
    for (const CutRow& cut : cuts) {
        while (at < starts_.size() && starts_[at].moment() <= Moment{cut.t, cut.step}) ++at;
        counts.push_back(at < starts_.size() ? starts_[at].first : static_cast<std::uint32_t>(count_));
    }
    return counts;
}

void CutRows::add(CutRow row) {
    row.order = static_cast<std::uint32_t>(rows_.size());
    if (const auto* bound = rows_.bound(); bound != nullptr && row.t > bound->t) {
        rows_.skip(1);
        return;
    }
    if (row.cause.is_valid() && row.cause.value < log_->size()) {
        const Moment cause = log_->moment_of(row.cause);
        if (cause.t == row.t) row.step = std::max(row.step, cause.step);
    }
    rows_.add(row);
}

void TargetRows::append(const std::vector<TargetChange>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (const auto* bound = rows_.bound(); bound != nullptr && rows[i].t > bound->t) {
            rows_.skip(rows.size() - i);
            return;
        }
        push_back(rows[i]);
    }
}

}  // namespace lbsim::history
