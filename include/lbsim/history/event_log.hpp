// SPDX-License-Identifier: Apache-2.0
// The control plane's events in order: whole rows as far as a table shows them, the instant of every one.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/history/event.hpp"
#include "lbsim/history/first_rows.hpp"

namespace lbsim::history {

/// A step of a microsecond.
struct Moment {
    Time t{};
    std::uint8_t step = 0;
    friend auto operator<=>(const Moment&, const Moment&) = default;
};

/// Events in order of happening; an EventId is a place in it. Other rows of a table can only push an event further
/// back, so one that is beyond the table's end here will never be shown, and only its moment is kept.
/// Cost: a row while it may be shown, beyond that 16 bytes for all events of one moment.
class EventLog {
public:
    /// Whole rows are kept of the first `limit` events. Call before the first.
    void keep_first(std::uint64_t limit) { limit_ = limit; }
    /// Pre: its moment is not before that of the last row.
    EventId add(Event row, std::string_view detail = {});

    std::uint64_t size() const { return count_; }
    /// Pre: id < size(). Cost: O(log moments).
    Moment moment_of(EventId id) const;
    /// For each of these cuts the number of events at or before its moment. Pre: the cuts are in order.
    /// Cost: O(cuts + moments).
    std::vector<std::uint32_t> counts_until(const std::vector<CutRow>& cuts) const;
    const std::vector<Event>& rows() const { return rows_; }
    /// Moves the rows and the texts of their details out.
    std::vector<Event> take_rows() { return std::exchange(rows_, {}); }
    std::vector<std::string> take_texts() { return std::exchange(texts_, {}); }

private:
    struct Start {
        Time t{};
        std::uint32_t first = 0;  ///< index of the first event of this moment
        std::uint8_t step = 0;
        Moment moment() const { return {t, step}; }
    };
    std::uint64_t limit_ = all_rows;
    std::uint64_t count_ = 0;
    std::vector<Event> rows_;
    std::vector<std::string> texts_;  ///< by TextId
    std::vector<Start> starts_;
};

/// The cuts of all load balancers. Order: t, step, load balancer, node.
class CutRows {
public:
    /// Pre: `log` is complete; it is read by add only.
    explicit CutRows(const EventLog& log, std::uint64_t limit = all_rows) : log_(&log), rows_(limit) {}
    /// A row never comes before its cause: where both happen at one instant the later step counts. Its order is filled in.
    void add(CutRow row);
    /// Counts cuts that come after `shown_until`.
    void skip(std::uint64_t cuts) { rows_.skip(cuts); }
    /// Later cuts will not be among those that are kept.
    Time shown_until() const { return rows_.bound() == nullptr ? never : rows_.bound()->t; }
    std::uint64_t size() const { return rows_.size(); }
    std::vector<CutRow> take() { return rows_.take(); }

private:
    const EventLog* log_;
    FirstRows<CutRow> rows_;
};

/// Rows of targets.csv. Order: t, step, load balancer, node; of one target and moment as they were added.
class TargetRows {
public:
    explicit TargetRows(std::uint64_t limit = all_rows) : rows_(limit) {}
    void push_back(TargetChange row) {
        row.order = static_cast<std::uint32_t>(rows_.size());
        rows_.add(row);
    }
    /// Rows of one load balancer, in order of time.
    void append(const std::vector<TargetChange>& rows);
    /// Counts rows that come after `shown_until`.
    void skip(std::uint64_t rows) { rows_.skip(rows); }
    /// Later rows will not be among those that are kept.
    Time shown_until() const { return rows_.bound() == nullptr ? never : rows_.bound()->t; }
    std::uint64_t size() const { return rows_.size(); }
    std::vector<TargetChange> take() { return rows_.take(); }

private:
    FirstRows<TargetChange> rows_;
};

}  // namespace lbsim::history
