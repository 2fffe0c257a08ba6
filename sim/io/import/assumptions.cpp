// SPDX-License-Identifier: Apache-2.0
// Notes for people: grouped, and as a page.
#include <algorithm>
#include <map>
#include <tuple>

#include "sim/io/import/import.hpp"

namespace lbsim::io {

namespace {

/// A text inside a cell of a Markdown table.
std::string cell(const std::string& text) {
    std::string out;
    for (const char c : printable(text)) {
        if (c == '|' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string section(const char* title, const std::vector<NoteGroup>& groups, ImportNote::Kind kind) {
    std::string out;
    for (const NoteGroup& group : groups) {
        if (group.kind != kind) continue;
        out += "* `" + group.field + "`: " + group.text;
        for (std::size_t i = 0; i < group.objects.size(); ++i) out += (i == 0 ? " [" : ", ") + group.objects[i];
        out += group.objects.empty() ? "\n" : "]\n";
    }
    return out.empty() ? out : "\n## " + std::string(title) + "\n\n" + out;
}

}  // namespace

std::vector<NoteGroup> grouped(const std::vector<ImportNote>& notes) {
    std::vector<NoteGroup> groups;
    std::map<std::tuple<ImportNote::Kind, std::string, std::string>, std::size_t> index;
    for (const ImportNote& note : notes) {
        const auto [at, is_new] = index.try_emplace({note.kind, note.field, note.text}, groups.size());
        if (is_new) groups.push_back({.kind = note.kind, .field = note.field, .text = note.text, .objects = {}});
        if (!note.object.empty()) groups[at->second].objects.push_back(note.object);
    }
    return groups;
}

std::string assumptions_page(const ImportedScenario& imported, const std::string& scenario_file) {
    const std::vector<NoteGroup> groups = grouped(imported.notes);
    std::string out = "# What `lbsim import` assumed\n\nThe scenario is `" + printable(scenario_file) + "`: " +
                      std::to_string(imported.nodes) + " nodes at the start, " + std::to_string(imported.pools) +
                      " node pools, " + std::to_string(imported.services) + " services, " + std::to_string(imported.entries) +
                      " entries of the timeline.\n";
    out += section("Assumed: the dump does not say", groups, ImportNote::Kind::assumed);
    out += section("Left out: a scenario of this version does not act on it", groups, ImportNote::Kind::left_out);
    out += "\n## Nodes\n\n| node in the cluster | in the scenario | node pool | zone |\n|---|---|---|---|\n";
    for (const NodeAlias& alias : imported.aliases) {
        std::string names;
        for (const std::string& name : alias.names) names += (names.empty() ? "" : ", then ") + name;
        out += "| " + cell(alias.cluster) + " | " + names + " | " + cell(alias.pool_from) + " | " + cell(alias.zone) + " |\n";
    }
    return out;
}

}  // namespace lbsim::io
