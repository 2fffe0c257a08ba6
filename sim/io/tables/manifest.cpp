// SPDX-License-Identifier: Apache-2.0
// The text of manifest.json and the marker by which lbsim knows its own folders.
#include "sim/io/tables/manifest.hpp"

#include <fstream>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sim/io/tables/csv_file.hpp"

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;

/// How every manifest begins: the marker is compared as bytes, so no foreign file is ever parsed.
constexpr std::string_view marker = "{\n  \"tool\": \"lbsim\",\n  \"format\": ";

Json build_json(const BuildInfo& build) {
    Json libraries = Json::object();
    for (const auto& [name, version] : build.libraries) libraries[name] = version;
    return {{"version", build.version},
            {"commit", build.commit.empty() ? Json(nullptr) : Json(build.commit)},
            {"compiler", build.compiler},
            {"flags", build.flags},
            {"libraries", libraries}};
}

Json variants_json(const std::vector<VariantFacts>& variants) {
    Json list = Json::array();
    for (const VariantFacts& variant : variants) {
        Json components = Json::object();
        for (const ComponentRelease& component : variant.components) {
            Json entry = Json::object();
            entry["release"] = component.release;
            if (!component.logic.empty()) entry["variant"] = component.logic;
            components[component.component] = entry;
        }
        Json gates = Json::object();
        for (const auto& [gate, value] : variant.feature_gates) gates[gate] = value;
        list.push_back({{"name", variant.name}, {"components", components}, {"feature_gates", gates}});
    }
    return list;
}

Json rows_json(const scenario::RowCounts& rows) {
    return {{"events", rows.events},
            {"targets", rows.targets},
            {"api_calls", rows.api_calls},
            {"lost_connections", rows.lost_connections},
            {"syncs", rows.syncs}};
}

Json runs_json(const std::vector<RunFacts>& runs) {
    Json list = Json::array();
    for (const RunFacts& run : runs) {
        list.push_back({{"run", run.run},
                        {"variant", run.variant},
                        {"replication", run.replication},
                        {"wall_s", run.wall_s},
                        {"peak_memory_bytes", run.peak_memory_bytes},
                        {"rows", rows_json(run.rows)}});
    }
    return list;
}

Json assumed_json(const std::vector<AssumedConstant>& assumed) {
    Json list = Json::array();
    for (const AssumedConstant& constant : assumed) {
        list.push_back({{"key", constant.key}, {"value", constant.value}, {"provenance", constant.provenance}});
    }
    return list;
}

scenario::RowCounts total_rows(const std::vector<RunFacts>& runs) {
    scenario::RowCounts total;
    for (const RunFacts& run : runs) {
        total.events += run.rows.events;
        total.targets += run.rows.targets;
        total.api_calls += run.rows.api_calls;
        total.lost_connections += run.rows.lost_connections;
        total.syncs += run.rows.syncs;
    }
    return total;
}

Json profiles_json(const std::vector<std::pair<std::string, std::string>>& profiles) {
    Json list = Json::array();
    for (const auto& [name, digest] : profiles) list.push_back({{"name", name}, {"digest", digest}});
    return list;
}

}  // namespace

void write_manifest(const std::filesystem::path& file, const Manifest& manifest) {
    const Json json{{"tool", "lbsim"},
                    {"format", 1},
                    {"build", build_json(manifest.build)},
                    {"scenario",
                     {{"name", manifest.name}, {"file", manifest.scenario_file}, {"digest", manifest.scenario_digest}}},
                    {"profiles", profiles_json(manifest.profiles)},
                    {"command", manifest.command},
                    {"seed", manifest.seed},
                    {"replications", manifest.replications},
                    {"jobs", manifest.jobs},
                    {"mode", manifest.mode},
                    {"max_rows", manifest.max_rows},
                    {"bin", manifest.bin},
                    {"variants", variants_json(manifest.variants)},
                    {"wall_s", manifest.wall_s},
                    {"peak_memory_bytes", manifest.peak_memory_bytes},
                    {"rows", rows_json(total_rows(manifest.runs))},
                    {"runs", runs_json(manifest.runs)},
                    {"assumed_constants", assumed_json(manifest.assumed)}};
    CsvFile out;
    out.open(file);
    out.bytes(json.dump(2, ' ', false, Json::error_handler_t::replace));
    out.bytes("\n");
    out.close();
}

bool holds_manifest(const std::filesystem::path& folder) {
    std::ifstream in(folder / "manifest.json", std::ios::binary);
    std::string start(marker.size(), '\0');
    return in.read(start.data(), static_cast<std::streamsize>(start.size())) && start == marker;
}

}  // namespace lbsim::io
