// SPDX-License-Identifier: Apache-2.0
// `lbsim diff`: what changes between two releases, by component, with the reason and who says so; or two profiles.
#include <algorithm>
#include <filesystem>
#include <vector>

#include "lbsim/core/error.hpp"
#include "lbsim/policy/release_notes.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/profile_text.hpp"
#include "sim/cli/release_text.hpp"
#include "sim/io/profiles/profile.hpp"
#include "sim/io/scenario/problems.hpp"

namespace lbsim::cli {

namespace {

using policy::NoteArea;
using policy::NoteKind;
using policy::Release;
using policy::ReleaseChange;
using policy::ReleaseNote;

constexpr std::size_t label_width = 17;

/// Two releases in the order in which the user named them.
struct Comparison {
    Release from;
    Release to;
    bool goes_back() const { return to < from; }
    std::vector<ReleaseChange> changes() const { return policy::changes_between(std::min(from, to), std::max(from, to)); }
};

/// True where the name can be no release: those begin with a digit.
bool is_profile(const std::string& name) {
    const bool begins_as_release = !name.empty() && (name[0] == 'v' ? name.substr(1, 2) : name.substr(0, 2)) == "1.";
    return !begins_as_release || name.ends_with(".json");
}

/// A folder is neither release nor profile; say so before anybody looks for a typo.
void refuse_folder(const std::string& name) {
    std::error_code error;
    const bool is_folder = name.find('/') != std::string::npos || std::filesystem::is_directory(name, error);
    if (!is_folder || name.ends_with(".json")) return;
    throw InputError({{.file = "lbsim diff",
                       .line = {},
                       .pointer = "a result folder",
                       .found = "\"" + io::printable(name) + "\"",
                       .allowed = "two releases such as \"1.26\" and \"1.30.4\", or two profiles",
                       .hint = "result folders can be compared in a later version"}});
}

std::string line(const std::string& label, std::string_view text) {
    const std::string head = "  " + label;
    const std::size_t padding = head.size() < label_width ? label_width - head.size() : 1;
    return head + std::string(padding, ' ') + wrapped(text, label_width) + "\n";
}

/// "1.21.7 and 1.22.4": where else the note's state began, on older branches.
std::string other_beginnings(const ReleaseNote& note, Release at) {
    std::string text;
    for (const policy::ReleaseRange& range : note.holds.all()) {
        const bool is_backport = range.first != at && range.first < at && range.first.patch > 0 &&
                                 range.last.patch == policy::no_last;
        if (is_backport) text += (text.empty() ? "" : " and ") + to_string(range.first);
    }
    return text;
}

std::string source_of(const ReleaseChange& change) {
    const std::string others = change.kind == ReleaseChange::Kind::begins ? other_beginnings(*change.note, change.at) : "";
    return " [" + std::string(change.note->reference) + (others.empty() ? "" : "; also from " + others) + "]";
}

/// The change as it looks to somebody who goes from one release to the other; empty where another note says it.
std::string entry(const ReleaseChange& change, const Comparison& comparison) {
    const ReleaseNote& note = *change.note;
    const bool holds_later = change.kind == ReleaseChange::Kind::begins;
    const bool holds_at_goal = holds_later != comparison.goes_back();
    const std::string_view at_goal = holds_at_goal ? note.with : note.without;
    const std::string_view at_start = holds_at_goal ? note.without : note.with;
    if (at_goal.empty()) return {};
    std::string mark;
    if (note.kind == NoteKind::defect) mark = holds_at_goal ? "Defect: " : "Fixed: ";
    const std::string label = (comparison.goes_back() ? "before " : "") + to_string(change.at);
    std::string text = line(label, mark + std::string(at_goal));
    if (!at_start.empty()) {
        text += line("", (comparison.goes_back() ? "From then on: " : "Before: ") + std::string(at_start));
    }
    return text + line("", (note.why.empty() ? "Source:" : "Why: " + std::string(note.why)) + source_of(change));
}

std::string passing_entry(const ReleaseChange& change) {
    const std::string mark = change.note->kind == NoteKind::defect ? "defect: " : "";
    return line("", range_text(change.at, change.last) + ": " + mark + std::string(change.note->with) + source_of(change));
}

std::string gate_entries(NoteArea area, const Comparison& comparison) {
    std::string text;
    for (const std::string_view gate : policy::modelled_gates()) {
        if (area_of(policy::gate_owner(gate)) != area) continue;
        const std::string before = gate_state_text(policy::gate_state(gate, comparison.from));
        const std::string after = gate_state_text(policy::gate_state(gate, comparison.to));
        if (before != after) text += line("gate", std::string(gate) + ": " + before + " -> " + after + ".");
    }
    return text;
}

std::string variant_entry(const Comparison& comparison) {
    const std::string before(policy::service_controller_variant(comparison.from));
    const std::string after(policy::service_controller_variant(comparison.to));
    if (before == after) return {};
    return line("variant " + before, policy::variant_summary(before)) +
           line("variant " + after, policy::variant_summary(after));
}

std::string section(NoteArea area, const Comparison& comparison, const std::vector<ReleaseChange>& changes) {
    std::string text = area == NoteArea::service_controller ? variant_entry(comparison) : "";
    std::string passing;
    for (const ReleaseChange& change : changes) {
        if (change.note->area != area) continue;
        if (change.kind == ReleaseChange::Kind::passes) {
            passing += passing_entry(change);
        } else {
            text += entry(change, comparison);
        }
    }
    text += gate_entries(area, comparison);
    if (!passing.empty()) text += line("in between", "Not so at either end, but on the way:") + passing;
    return text.empty() ? "" : std::string(policy::area_name(area)) + "\n" + text + "\n";
}

std::string comparison_text(const Comparison& comparison) {
    const std::string from = to_string(comparison.from);
    const std::string to = to_string(comparison.to);
    if (comparison.from == comparison.to) return from + " is " + to + ": nothing changes.\n";
    const auto changes = comparison.changes();
    std::string text = comparison.goes_back() ? "Going back from " + from + " to " + to + ": what is so again, or not yet.\n\n"
                                              : "From " + from + " to " + to + ".\n\n";
    const std::size_t head = text.size();
    for (const NoteArea area :
         {NoteArea::service_controller, NoteArea::kube_proxy, NoteArea::node_lifecycle, NoteArea::autoscaler}) {
        text += section(area, comparison, changes);
    }
    if (text.size() == head) return "From " + from + " to " + to + " nothing changes that lbsim knows of.\n";
    return text + "Each component follows its own release: the service controller that of its cloud controller\n"
                  "manager's library, kube-proxy that of its node. Gates are taken at their defaults.\n";
}

/// Throws: InputError with the problems of both.
std::string profiles_text(const DiffArguments& arguments) {
    std::vector<Problem> problems;
    const auto read = [&](const std::string& name) {
        try {
            return io::read_profile(name);
        } catch (const InputError& error) {
            problems.insert(problems.end(), error.problems().begin(), error.problems().end());
            return io::Profile{};
        }
    };
    const io::Profile from = read(arguments.from);
    const io::Profile to = read(arguments.to);
    if (!problems.empty()) throw InputError(std::move(problems));
    return profile_difference(from, to);
}

}  // namespace

int diff_command(const DiffArguments& arguments) {
    refuse_folder(arguments.from);
    refuse_folder(arguments.to);
    const std::vector<std::string> names = io::profile_names();
    const auto is_known = [&](const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); };
    if (is_known(arguments.from) || is_known(arguments.to) || (is_profile(arguments.from) && is_profile(arguments.to))) {
        return print(profiles_text(arguments)) ? exit_fine : exit_bad_input;
    }
    const Comparison comparison{release_named(arguments.from), release_named(arguments.to)};
    return print(comparison_text(comparison)) ? exit_fine : exit_bad_input;
}

}  // namespace lbsim::cli
