// SPDX-License-Identifier: Apache-2.0
// How the exclusion label's value is read.
#include "lbsim/policy/node_facts.hpp"

#include <algorithm>
#include <array>

namespace lbsim::policy {

ExclusionLabel exclusion_label_of(std::optional<std::string_view> value) {
    if (!value) return ExclusionLabel::absent;
    // The texts that Go's strconv.ParseBool reads as false; an empty or unreadable value excludes like "true".
    static constexpr std::array<std::string_view, 6> false_texts{"0", "f", "F", "false", "False", "FALSE"};
    const bool is_false = std::find(false_texts.begin(), false_texts.end(), *value) != false_texts.end();
    return is_false ? ExclusionLabel::parses_as_false : ExclusionLabel::excludes;
}

}  // namespace lbsim::policy
