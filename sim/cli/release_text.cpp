// SPDX-License-Identifier: Apache-2.0
// Spans of variants, names of releases, wrapped lines.
#include "sim/cli/release_text.hpp"

#include <algorithm>

#include "lbsim/core/error.hpp"
#include "sim/io/scenario/problems.hpp"

namespace lbsim::cli {

namespace {
using policy::ParsedRelease;
using policy::Release;

/// The minors that parse_release accepts.
std::vector<std::string> minors() {
    std::vector<std::string> texts;
    for (const std::string_view text : policy::modelled_releases()) texts.emplace_back(text);
    return texts;
}

std::string allowed_releases() {
    const auto texts = minors();
    return "a release from \"" + texts.front() + "\" to \"" + texts.back() + "\", or a patch of one such as \"" +
           to_string(*policy::parse_release(texts.back()).release) + "\"; see lbsim list releases";
}

/// The last patch of the minor where only the patch is wrong, else the nearest minor.
std::string nearest_release(const std::string& text) {
    const std::size_t dot = text.rfind('.');
    if (dot != std::string::npos && dot > 0) {
        const auto minor = policy::parse_release(text.substr(0, dot)).release;
        if (minor) return "did you mean \"" + to_string(*minor) + "\"?";
    }
    std::string bare = text.starts_with('v') ? text.substr(1) : text;
    const auto without_v = policy::parse_release(bare).release;
    return without_v ? "did you mean \"" + bare + "\"?" : io::did_you_mean(bare, minors());
}
}  // namespace

std::vector<VariantSpan> variant_spans() {
    std::vector<VariantSpan> spans;
    for (const std::string& text : minors()) {
        const Release last = *policy::parse_release(text).release;
        bool follows = !spans.empty() && spans.back().last.minor + 1 == last.minor;
        for (int patch = 0; patch <= last.patch; ++patch) {
            const Release release{last.minor, patch};
            if (!policy::parse_release(to_string(release)).release) {
                follows = false;
                continue;
            }
            const std::string letter(policy::service_controller_variant(release));
            if (!follows || spans.back().letter != letter) spans.push_back({release, release, letter});
            spans.back().last = release;
            follows = true;
        }
    }
    return spans;
}

std::string range_text(Release first, Release last) {
    if (last.patch == policy::no_last) {
        const auto minor = policy::parse_release("1." + std::to_string(last.minor)).release;
        if (!minor) return to_string(first) + " and later patches of 1." + std::to_string(last.minor);
        last = *minor;
    }
    return first == last ? to_string(first) : to_string(first) + " to " + to_string(last);
}

std::string gate_state_text(const policy::GateState& state) {
    const std::string value = state.default_value ? "on" : "off";
    switch (state.stage) {
        case policy::GateStage::absent: return "absent";
        case policy::GateStage::alpha: return "alpha, " + value;
        case policy::GateStage::beta: return "beta, " + value;
        case policy::GateStage::stable_locked: return "stable, locked " + value;
        case policy::GateStage::removed: return "removed";
    }
    return "";
}

policy::NoteArea area_of(policy::Component component) {
    switch (component) {
        case policy::Component::service_controller: return policy::NoteArea::service_controller;
        case policy::Component::kube_proxy: return policy::NoteArea::kube_proxy;
        case policy::Component::kubelet: return policy::NoteArea::node_lifecycle;
    }
    return policy::NoteArea::node_lifecycle;
}

Release release_named(const std::string& text, const std::string& place) {
    const ParsedRelease parsed = policy::parse_release(text);
    if (parsed.release) return *parsed.release;
    throw InputError({{.file = place,
                       .line = {},
                       .pointer = "release",
                       .found = "\"" + io::printable(text) + "\"",
                       .allowed = allowed_releases(),
                       .hint = nearest_release(text)}});
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
    std::string out;
    std::size_t column = indent;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (column > indent && column + 1 + word.size() > width) {
            out += "\n" + std::string(indent, ' ');
            column = indent;
        } else if (column > indent) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    return out;
}

}  // namespace lbsim::cli
