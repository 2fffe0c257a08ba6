// SPDX-License-Identifier: Apache-2.0
// What tells releases apart, in words: each rule or defect with the patch releases at which it holds, why, and who says so.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "lbsim/policy/release.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// The part of a cluster whose own release counts.
enum class NoteArea : std::uint8_t { service_controller, kube_proxy, node_lifecycle, autoscaler };

/// A rule is how things are meant; a defect is known to be wrong.
enum class NoteKind : std::uint8_t { rule, defect };

/// Releases from `first` to `last`, both included, in the order of Release; may span minors.
struct ReleaseRange {
    Release first;
    Release last;
    friend bool operator==(const ReleaseRange&, const ReleaseRange&) = default;
};

/// Later than every patch of a minor; as a minor, later than every minor.
inline constexpr int no_last = std::numeric_limits<int>::max();

/// A few ranges, ascending. Several where a change went into patch releases of older minors, too.
class ReleaseRanges {
public:
    constexpr ReleaseRanges(std::initializer_list<ReleaseRange> ranges) {
        for (const ReleaseRange& range : ranges) ranges_.at(count_++) = range;
    }
    constexpr std::span<const ReleaseRange> all() const { return {ranges_.data(), count_}; }

private:
    std::array<ReleaseRange, 5> ranges_{};
    std::size_t count_ = 0;
};

/// One thing that holds at some releases and not at others, with every gate at its default.
struct ReleaseNote {
    std::string_view id;       ///< unique; "area.what"
    NoteArea area{};
    NoteKind kind{};
    ReleaseRanges holds;
    std::string_view with;     ///< what is so while it holds
    std::string_view without;  ///< what is so otherwise; empty where another note says it
    std::string_view why;      ///< the reason for the change
    std::string_view reference; ///< KEP, pull request, issue or file
};

/// Every note, by area, then by the first release at which it holds.
/// Source: beside each note; the version matrix as a whole: kubernetes/cloud-provider v0.19.0 to v0.36.2,
/// kubernetes/kubernetes 1.19 to 1.36, kubernetes/autoscaler 1.20.0 to 1.36.0.
std::span<const ReleaseNote> release_notes();

/// Does the note hold at this release?
bool holds(const ReleaseNote& note, Release release);

/// How a note stands at two releases.
struct ReleaseChange {
    enum class Kind : std::uint8_t {
        begins,  ///< holds at the later of the two only
        ends,    ///< holds at the earlier of the two only
        passes,  ///< holds at neither, but at releases between them
    };
    const ReleaseNote* note = nullptr;
    Kind kind{};
    Release at;   ///< begins, passes: the first release with it; ends: the first without
    Release last; ///< passes: the last release with it; patch no_last: the last of its minor
};
/// What changes from `earlier` to `later`, by area, then by release, then in the order of the notes.
/// Patch releases of a minor follow one another, and the first of a minor follows the last of the minor before, though
/// in time the branches live side by side: 1.22.0 can lack what 1.21.7 has, and then that ends at 1.22.0.
/// Pre: earlier <= later.
std::vector<ReleaseChange> changes_between(Release earlier, Release later);

/// What a variant of the service controller is known for; the letters are those of service_controller_variant. Empty
/// for a letter that does not exist.
std::string_view variant_summary(std::string_view letter);

/// The name of an area as a heading, such as "Service controller".
std::string_view area_name(NoteArea area);

}  // namespace lbsim::policy
#pragma GCC visibility pop
