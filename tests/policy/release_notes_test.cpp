// SPDX-License-Identifier: Apache-2.0
// The notes on releases as data, and what changes between two of them.
#include "lbsim/policy/release_notes.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "modelled_releases.hpp"
#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
using Kind = ReleaseChange::Kind;

const ReleaseChange* find(const std::vector<ReleaseChange>& changes, std::string_view id) {
    const auto found =
        std::find_if(changes.begin(), changes.end(), [id](const ReleaseChange& c) { return c.note->id == id; });
    return found == changes.end() ? nullptr : &*found;
}

void check_change(Release earlier, Release later, std::string_view id, Kind kind, Release at) {
    CAPTURE(to_string(earlier), to_string(later), id);
    const auto changes = changes_between(earlier, later);
    const ReleaseChange* change = find(changes, id);
    REQUIRE(change != nullptr);
    CHECK(change->kind == kind);
    CHECK(change->at == at);
}
}  // namespace

TEST_CASE("release notes: every note is whole") {
    std::set<std::string_view> ids;
    for (const ReleaseNote& note : release_notes()) {
        CAPTURE(note.id);
        CHECK(ids.insert(note.id).second);
        CHECK(note.with.ends_with('.'));
        CHECK((note.without.empty() || note.without.ends_with('.')));
        CHECK((note.why.empty() || note.why.ends_with('.')));
        CHECK_FALSE(note.reference.empty());
        CHECK_FALSE(area_name(note.area).empty());
        // "area.what", with the area as in the enumeration.
        const std::string_view prefix = note.id.substr(0, note.id.find('.'));
        const bool is_at_home =
            (note.area == NoteArea::service_controller && prefix == "service_controller") ||
            (note.area == NoteArea::kube_proxy && prefix == "kube_proxy") ||
            (note.area == NoteArea::node_lifecycle && prefix == "node_lifecycle") ||
            (note.area == NoteArea::autoscaler && prefix == "autoscaler");
        CHECK(is_at_home);
    }
}

TEST_CASE("release notes: the ranges of a note ascend, lie apart, and begin somewhere") {
    for (const ReleaseNote& note : release_notes()) {
        CAPTURE(note.id);
        const auto ranges = note.holds.all();
        REQUIRE_FALSE(ranges.empty());
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            CHECK(ranges[i].first <= ranges[i].last);
            if (i > 0) CHECK(ranges[i - 1].last < ranges[i].first);
        }
        // A note that always holds tells nothing apart.
        CHECK_FALSE((holds(note, {19, 0}) && holds(note, {36, 0}) && ranges.size() == 1));
    }
}

TEST_CASE("release notes: they come by area and then by first release") {
    const auto notes = release_notes();
    for (std::size_t i = 1; i < notes.size(); ++i) {
        const bool is_ordered = notes[i - 1].area < notes[i].area ||
                                (notes[i - 1].area == notes[i].area &&
                                 notes[i - 1].holds.all().front().first <= notes[i].holds.all().front().first);
        CHECK(is_ordered);
    }
}

TEST_CASE("release changes: nothing changes from a release to itself") {
    for (const Release release : every_modelled_release()) CHECK(changes_between(release, release).empty());
}

TEST_CASE("release changes: what 1.26 to 1.30 is known for") {
    const Release from{26, 15};
    const Release to{30, 14};
    check_change(from, to, "service_controller.ready_in_cluster_set", Kind::ends, {27, 0});
    check_change(from, to, "service_controller.provider_id_needed", Kind::ends, {27, 0});
    check_change(from, to, "service_controller.provider_id_pass_does_nothing", Kind::passes, {28, 0});
    check_change(from, to, "kube_proxy.healthz_reads_node", Kind::begins, {30, 0});
    check_change(from, to, "kube_proxy.kept_alive_empty_200", Kind::ends, {27, 0});
    const auto changes = changes_between(from, to);
    CHECK(find(changes, "autoscaler.delay_after_taint") == nullptr);
    CHECK(find(changes, "kube_proxy.late_sync_hides") == nullptr);
}

TEST_CASE("release changes: a defect that came and went is told with both ends") {
    const auto changes = changes_between({24, 17}, {26, 0});
    const ReleaseChange* outage = find(changes, "service_controller.lost_updates");
    REQUIRE(outage != nullptr);
    CHECK(outage->kind == Kind::passes);
    CHECK(outage->at == Release{25, 0});
    CHECK(outage->last == Release{25, 2});
    // Started from inside, it ends; stopped inside, it begins.
    check_change({25, 2}, {25, 3}, "service_controller.lost_updates", Kind::ends, {25, 3});
    check_change({24, 17}, {25, 1}, "service_controller.lost_updates", Kind::begins, {25, 0});
}

TEST_CASE("release changes: a patch release is exact") {
    check_change({26, 10}, {26, 11}, "service_controller.ready_in_local_set", Kind::begins, {26, 11});
    CHECK(find(changes_between({26, 5}, {26, 10}), "service_controller.ready_in_local_set") == nullptr);
    CHECK(changes_between({26, 5}, {26, 10}).empty());
}

TEST_CASE("release changes: a younger minor can lack what an older one was given later") {
    check_change({21, 14}, {22, 3}, "service_controller.autoscaler_taint_leaves", Kind::ends, {22, 0});
    CHECK(find(changes_between({21, 14}, {22, 4}), "service_controller.autoscaler_taint_leaves") == nullptr);
    check_change({21, 6}, {24, 0}, "service_controller.autoscaler_taint_leaves", Kind::begins, {23, 0});
}

TEST_CASE("release changes: they come by area and by release") {
    const auto changes = changes_between({19, 0}, {36, 2});
    for (std::size_t i = 1; i < changes.size(); ++i) {
        const ReleaseChange& a = changes[i - 1];
        const ReleaseChange& b = changes[i];
        CHECK((a.note->area < b.note->area || (a.note->area == b.note->area && a.at <= b.at)));
    }
}

TEST_CASE("release notes: every variant is known for something") {
    for (const Release release : every_modelled_release()) {
        CAPTURE(to_string(release));
        CHECK_FALSE(variant_summary(service_controller_variant(release)).empty());
    }
    CHECK(variant_summary("Z").empty());
}
