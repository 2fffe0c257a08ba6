// SPDX-License-Identifier: Apache-2.0
// From a dump of a cluster, and a record of what happened to its nodes, to a scenario that runs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/release.hpp"
#include "sim/io/import/dump.hpp"
#include "sim/io/import/notes.hpp"
#include "sim/io/import/replay.hpp"

namespace lbsim::io {

/// The largest dump or record that is read.
inline constexpr std::size_t max_import_bytes = std::size_t{1} << 30;

struct ImportRequest {
    std::vector<ImportInput> dumps;          ///< kubectl get nodes,services,… -o json, in one or several
    std::optional<ImportInput> events;       ///< kubectl get events -o json, or lines of node,time,Ready
    std::optional<policy::Release> release;  ///< of the service controller; absent: the newest kubelet's
    Duration lead = std::chrono::minutes(1); ///< from the start of a run to the first event
};

struct ImportedScenario {
    std::string scenario;            ///< JSON text that read_study takes
    std::vector<ImportNote> notes;   ///< each once, in order of the import
    std::vector<NodeAlias> aliases;  ///< nodes of the cluster by name
    std::size_t nodes = 0, pools = 0, services = 0, entries = 0;
};

/// Makes a scenario and holds it against the scenario reader.
/// Throws: InputError with every problem of the files; or where the scenario would exceed a limit of the format.
ImportedScenario import_scenario(const ImportRequest& request);

/// Notes of one kind, field and text together.
struct NoteGroup {
    ImportNote::Kind kind{};
    std::string field, text;
    std::vector<std::string> objects;  ///< empty where it is about the whole
};
std::vector<NoteGroup> grouped(const std::vector<ImportNote>& notes);

/// What was assumed and left out, with every object and field, and which node is which: a page of Markdown.
std::string assumptions_page(const ImportedScenario& imported, const std::string& scenario_file);

}  // namespace lbsim::io
