// SPDX-License-Identifier: Apache-2.0
// Holds notes on releases to what the library does: a note is true where it says so, and equal notes mean equal rules.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "lbsim/policy/release_notes.hpp"
#include "modelled_releases.hpp"
#include "support/catch.hpp"

namespace lbsim::policy {

/// Asks the library whether what a note says is so at a release.
using Question = std::function<bool(Release)>;

inline const ReleaseNote& note_named(const std::string& id) {
    const auto notes = release_notes();
    const auto found = std::find_if(notes.begin(), notes.end(), [&id](const ReleaseNote& n) { return n.id == id; });
    INFO("no note has the id " << id);
    REQUIRE(found != notes.end());
    return *found;
}

/// Each note is true at exactly the releases it names.
inline void check_answers(const std::map<std::string, Question>& questions) {
    for (const auto& [id, question] : questions) {
        const ReleaseNote& note = note_named(id);
        for (const Release release : every_modelled_release()) {
            CAPTURE(id, to_string(release));
            CHECK(question(release) == holds(note, release));
        }
    }
}

/// The notes among `ids` (all of the area where empty) that hold at a release.
inline std::set<std::string_view> held(NoteArea area, const std::map<std::string, Question>& among, Release release) {
    std::set<std::string_view> result;
    for (const ReleaseNote& note : release_notes()) {
        const bool counts = note.area == area && (among.empty() || among.contains(std::string(note.id)));
        if (counts && holds(note, release)) result.insert(note.id);
    }
    return result;
}

/// Releases of which the same notes hold behave the same, in everything that `fingerprint` sees.
template <class Fingerprint>
void check_notes_explain(NoteArea area, const std::map<std::string, Question>& among, Fingerprint fingerprint) {
    std::map<std::set<std::string_view>, std::pair<Release, decltype(fingerprint(Release{}))>> seen;
    for (const Release release : every_modelled_release()) {
        const auto now = fingerprint(release);
        const auto [entry, is_new] = seen.try_emplace(held(area, among, release), release, now);
        if (is_new) continue;
        const Release alike = entry->second.first;
        INFO(to_string(alike) << " and " << to_string(release) << " behave differently, and no note says so");
        const bool is_alike = entry->second.second == now;  // never printed: a fingerprint may have a million parts
        CHECK(is_alike);
    }
}

}  // namespace lbsim::policy
