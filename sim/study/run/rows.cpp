// SPDX-License-Identifier: Apache-2.0
// Merging of two ordered lists of events.
#include "sim/study/run/rows.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace lbsim::study {

using history::CutRow;
using history::Event;

namespace {

/// Where each row stands in the merged order.
class FinalIds {
public:
    FinalIds(const history::EventLog& log, const std::vector<CutRow>& cuts)
        : events_(log.size()), before_(log.counts_until(cuts)) {}

    /// Of the cut at this place in order.
    std::uint64_t of_cut(std::size_t place) const { return std::uint64_t{before_[place]} + place; }
    /// Rows of the control plane that come before that cut.
    std::uint32_t events_before(std::size_t place) const { return before_[place]; }
    /// By the number that a row had before.
    EventId of(EventId id) const {
        if (!id.is_valid()) return id;
        if (id.value >= events_) return EventId{of_cut(places_[id.value - events_])};
        const auto later = std::upper_bound(before_.begin(), before_.end(), id.value);
        return EventId{id.value + static_cast<std::size_t>(later - before_.begin())};
    }
    /// Makes it possible to ask for the ids of cuts. Pre: all cuts are there.
    void index_cuts(const std::vector<CutRow>& cuts) {
        places_.resize(cuts.size());
        for (std::size_t place = 0; place < cuts.size(); ++place) {
            places_[cuts[place].order] = static_cast<std::uint32_t>(place);
        }
    }

private:
    std::uint64_t events_;
    std::vector<std::uint32_t> before_;  ///< by place of a cut
    std::vector<std::uint32_t> places_;  ///< by CutRow::order
};

Event row_of(const CutRow& cut, const std::array<TextId, history::cut_kinds>& details) {
    return {.t = cut.t,
            .step = cut.step,
            .kind = history::EventKind::connections_cut,
            .node = cut.node,
            .service = cut.service,
            .pod = {},
            .cause = cut.cause,
            .detail = details[static_cast<std::size_t>(cut.kind)]};
}

}  // namespace

std::vector<Event> merge_events(history::EventLog log, std::vector<CutRow> cuts, std::uint64_t max_rows,
                                scenario::RunResult& result) {
    FinalIds ids(log, cuts);
    if (!result.lost_connections.empty()) ids.index_cuts(cuts);
    for (scenario::LostConnection& row : result.lost_connections) row.cause_event = ids.of(row.cause_event);
    for (history::Sync& sync : result.syncs) {
        sync.cause = ids.of(sync.cause);
        if (sync.cause.is_valid() && sync.cause.value >= max_rows) sync.cause = {};
    }

    std::array<TextId, history::cut_kinds> details;
    for (std::size_t kind = 0; kind < details.size(); ++kind) {
        details[kind] = TextId{result.event_details.size()};
        result.event_details.emplace_back(to_string(static_cast<history::CutKind>(kind)));
    }
    std::size_t cut = 0;
    while (cut < cuts.size() && ids.of_cut(cut) < max_rows) ++cut;
    std::vector<Event> rows = log.take_rows();
    std::size_t event = static_cast<std::size_t>(std::min<std::uint64_t>(rows.size(), max_rows - std::min<std::uint64_t>(cut, max_rows)));
    // From the back, so that each row moves once and within one vector.
    rows.resize(event + cut);
    for (std::size_t to = rows.size(); cut > 0; --to) {
        if (ids.events_before(cut - 1) < event) {
            rows[to - 1] = std::move(rows[--event]);
        } else {
            rows[to - 1] = row_of(cuts[--cut], details);
        }
    }
    for (Event& row : rows) row.cause = ids.of(row.cause);
    return rows;
}

void order_lost(std::vector<scenario::LostConnection>& rows) {
    std::sort(rows.begin(), rows.end(), [](const scenario::LostConnection& a, const scenario::LostConnection& b) {
        return std::tie(a.t, a.cause_event, a.traffic, a.slot, a.k) < std::tie(b.t, b.cause_event, b.traffic, b.slot, b.k);
    });
}

}  // namespace lbsim::study
