// SPDX-License-Identifier: Apache-2.0
// Releases, ranges of releases and feature gates in words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/policy/release.hpp"
#include "lbsim/policy/release_notes.hpp"

namespace lbsim::cli {

/// Patch releases in a row whose service controllers follow one variant.
struct VariantSpan {
    policy::Release first;
    policy::Release last;
    std::string letter;
};
/// Every patch release that is modelled, gathered by variant, oldest first. Neighbours of two minors are in one span
/// where nothing lies between them.
std::vector<VariantSpan> variant_spans();

/// "1.26.0 to 1.26.4", or one release where both are the same.
std::string range_text(policy::Release first, policy::Release last);

/// "beta, on"
std::string gate_state_text(const policy::GateState& state);

/// The part of the notes that a component's gates belong to.
policy::NoteArea area_of(policy::Component component);

/// The release of this name. Throws: InputError with what may stand there and the nearest.
policy::Release release_named(const std::string& text, const std::string& place = "lbsim diff");

/// `text` in lines of at most `width` characters, each but the first after `indent` spaces; no line end at the end.
/// Breaks at spaces only, so a longer word stays whole. The first line starts where the caller has left off, `indent`
/// characters in.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width = 100);

}  // namespace lbsim::cli
