// SPDX-License-Identifier: Apache-2.0
// Joins the tables of notes and compares two releases by them.
#include "lbsim/policy/release_notes.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "lbsim/core/check.hpp"
#include "models/policy/release_note_tables.hpp"

namespace lbsim::policy {

namespace {
/// The range that covers a release. Two ranges touch where a change began with a minor and later went back into the one
/// before; then the younger range is where it began.
std::optional<ReleaseRange> range_around(const ReleaseNote& note, Release release) {
    for (const ReleaseRange& range : note.holds.all()) {
        if (range.first <= release && release <= range.last) return range;
    }
    return std::nullopt;
}

/// The first release after a range.
Release after(const ReleaseRange& range) {
    if (range.last.patch == no_last) return {range.last.minor + 1, 0};
    return {range.last.minor, range.last.patch + 1};
}

std::vector<ReleaseChange> changes_of(const ReleaseNote& note, Release earlier, Release later) {
    using Kind = ReleaseChange::Kind;
    const auto before = range_around(note, earlier);
    const auto now = range_around(note, later);
    if (before && now) return {};
    if (now) return {{&note, Kind::begins, now->first, now->last}};
    if (before) return {{&note, Kind::ends, after(*before), {}}};
    std::vector<ReleaseChange> passed;
    for (const ReleaseRange& range : note.holds.all()) {
        if (earlier < range.first && range.last < later) passed.push_back({&note, Kind::passes, range.first, range.last});
    }
    return passed;
}
}  // namespace

std::span<const ReleaseNote> release_notes() {
    static const std::vector<ReleaseNote> notes = [] {
        std::vector<ReleaseNote> all;
        for (const auto& table :
             {node_set_notes(), service_sync_notes(), proxy_health_notes(), proxy_traffic_notes(), node_notes()}) {
            all.insert(all.end(), table.begin(), table.end());
        }
        std::stable_sort(all.begin(), all.end(), [](const ReleaseNote& a, const ReleaseNote& b) {
            return std::tuple(a.area, a.holds.all().front().first) < std::tuple(b.area, b.holds.all().front().first);
        });
        return all;
    }();
    return notes;
}

bool holds(const ReleaseNote& note, Release release) { return range_around(note, release).has_value(); }

std::vector<ReleaseChange> changes_between(Release earlier, Release later) {
    LBSIM_CHECK(earlier <= later, "the earlier release comes first");
    std::vector<ReleaseChange> changes;
    for (const ReleaseNote& note : release_notes()) {
        const auto found = changes_of(note, earlier, later);
        changes.insert(changes.end(), found.begin(), found.end());
    }
    std::stable_sort(changes.begin(), changes.end(), [](const ReleaseChange& a, const ReleaseChange& b) {
        return std::tuple(a.note->area, a.at) < std::tuple(b.note->area, b.at);
    });
    return changes;
}

std::string_view area_name(NoteArea area) {
    switch (area) {
        case NoteArea::service_controller: return "Service controller";
        case NoteArea::kube_proxy: return "kube-proxy and endpoints";
        case NoteArea::node_lifecycle: return "Node lifecycle, kubelet and controller manager";
        case NoteArea::autoscaler: return "Cluster autoscaler";
    }
    return "";
}

}  // namespace lbsim::policy
