// SPDX-License-Identifier: Apache-2.0
// The releases that exist and how their names are read.
#include "lbsim/policy/release.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <system_error>

#include "lbsim/core/check.hpp"
#include "models/policy/variant_rules.hpp"

namespace lbsim::policy {

namespace {
/// One minor and its last patch release.
/// Source: kubernetes/cloud-provider release tags v0.19.0 to v0.36.6. 1.19 to 1.33 are closed; the last patches of 1.34
/// to 1.36 are those of 2026-11.
struct KnownMinor {
    int minor;
    int last_patch;
};
constexpr std::array<KnownMinor, 18> known_minors{{{19, 16}, {20, 15}, {21, 14}, {22, 17}, {23, 17}, {24, 17},
                                                   {25, 16}, {26, 15}, {27, 16}, {28, 15}, {29, 15}, {30, 14},
                                                   {31, 14}, {32, 13}, {33, 13}, {34, 13}, {35, 10}, {36, 6}}};

const KnownMinor* find_minor(int minor) {
    const auto found = std::find_if(known_minors.begin(), known_minors.end(),
                                    [minor](const KnownMinor& known) { return known.minor == minor; });
    return found == known_minors.end() ? nullptr : &*found;
}

/// Takes one decimal number without sign or leading zero off the front of `text`. A number too long for an int is read
/// as the largest int: well formed, and certainly no release.
std::optional<int> take_number(std::string_view& text) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0 || (end > 1 && text[0] == '0')) return std::nullopt;
    int value = 0;
    const auto outcome = std::from_chars(text.data(), text.data() + end, value);
    if (outcome.ec == std::errc::result_out_of_range) value = std::numeric_limits<int>::max();
    text.remove_prefix(end);
    return value;
}

bool take_dot(std::string_view& text) {
    if (text.empty() || text.front() != '.') return false;
    text.remove_prefix(1);
    return true;
}

/// The numbers of "1.30" or "1.28.3".
struct ReleaseText {
    int major = 0;
    int minor = 0;
    std::optional<int> patch;
};

std::optional<ReleaseText> split(std::string_view text) {
    ReleaseText result;
    const auto major = take_number(text);
    if (!major || !take_dot(text)) return std::nullopt;
    const auto minor = take_number(text);
    if (!minor) return std::nullopt;
    if (!text.empty()) {
        if (!take_dot(text)) return std::nullopt;
        result.patch = take_number(text);
        if (!result.patch || !text.empty()) return std::nullopt;
    }
    result.major = *major;
    result.minor = *minor;
    return result;
}
}  // namespace

std::string to_string(Release release) {
    return "1." + std::to_string(release.minor) + "." + std::to_string(release.patch);
}

ParsedRelease parse_release(std::string_view text) {
    const auto numbers = split(text);
    if (!numbers) return {std::nullopt, ReleaseError::malformed};
    const KnownMinor* known = numbers->major == 1 ? find_minor(numbers->minor) : nullptr;
    if (known == nullptr) return {std::nullopt, ReleaseError::unknown};
    const Release release{known->minor, numbers->patch.value_or(known->last_patch)};
    if (release.patch > known->last_patch) return {std::nullopt, ReleaseError::unknown};
    return {release, ReleaseError::malformed};
}

std::span<const std::string_view> modelled_releases() {
    static constexpr std::array<std::string_view, 18> texts{"1.19", "1.20", "1.21", "1.22", "1.23", "1.24",
                                                            "1.25", "1.26", "1.27", "1.28", "1.29", "1.30",
                                                            "1.31", "1.32", "1.33", "1.34", "1.35", "1.36"};
    return texts;
}

std::string_view service_controller_variant(Release release) {
    const std::string_view letter = find_variant_letter(release);
    LBSIM_CHECK(!letter.empty(), "release " + to_string(release) + " does not exist");
    return letter;
}

}  // namespace lbsim::policy
