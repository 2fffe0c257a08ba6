// SPDX-License-Identifier: Apache-2.0
// Versions to releases.
#include "sim/io/import/releases.hpp"

#include <charconv>

#include "sim/io/scenario/json_document.hpp"

namespace lbsim::io {

namespace {

/// Takes a number from the front of a text, and the dot after it.
std::optional<int> take_number(std::string_view& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with('.')) text.remove_prefix(1);
    return value;
}

policy::Release modelled(std::string_view minor) { return *policy::parse_release(minor).release; }

}  // namespace

ReportedRelease release_of_version(std::string_view version) {
    using Match = ReportedRelease::Match;
    if (version.starts_with('v')) version.remove_prefix(1);
    const std::optional<int> major = take_number(version);
    const std::optional<int> minor = take_number(version);
    if (major != 1 || !minor) return {};
    const std::string of_minor = "1." + std::to_string(*minor);
    if (const std::optional<int> patch = take_number(version)) {
        const auto exact = policy::parse_release(of_minor + "." + std::to_string(*patch)).release;
        if (exact) return {*exact, Match::exact};
    }
    if (const auto last = policy::parse_release(of_minor).release) return {*last, Match::last_patch};
    const policy::Release oldest = modelled(policy::modelled_releases().front());
    const policy::Release newest = modelled(policy::modelled_releases().back());
    return {*minor < oldest.minor ? oldest : newest, Match::nearest};
}

std::string match_text(const std::string& version, const ReportedRelease& reported) {
    switch (reported.match) {
        case ReportedRelease::Match::exact: return {};
        case ReportedRelease::Match::last_patch:
            return "no patch release that lbsim knows is named by " + in_quotes(version) + ": taken as " +
                   to_string(reported.release);
        case ReportedRelease::Match::nearest:
            return in_quotes(version) + " is not modelled: taken as the nearest release, " + to_string(reported.release);
        case ReportedRelease::Match::none: return in_quotes(version) + " names no Kubernetes version";
    }
    return {};
}

}  // namespace lbsim::io
