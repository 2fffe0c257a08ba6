// SPDX-License-Identifier: Apache-2.0
// manifest.json: what made a result folder, so that a stranger can make it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lbsim/scenario/result.hpp"

namespace lbsim::io {

/// Which lbsim ran.
struct BuildInfo {
    std::string version;
    std::string commit;    ///< empty where unknown; ends in "-dirty" where the tree had changes
    std::string compiler;
    std::string flags;
    std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
};

/// A component of a variant: which release it follows.
struct ComponentRelease {
    std::string component;  ///< as in the scenario: service_controller, kube_proxy, kubelet, …
    std::string release;    ///< with its patch
    std::string logic;      ///< letter of the service controller's variant; empty for other components
};

struct VariantFacts {
    std::string name;
    std::vector<ComponentRelease> components;
    std::map<std::string, bool, std::less<>> feature_gates;  ///< those the scenario sets
};

/// What one run took and how many rows its tables would have without a limit.
struct RunFacts {
    std::uint64_t run = 0;
    std::string variant;
    std::uint32_t replication = 0;
    double wall_s = 0.0;
    std::uint64_t peak_memory_bytes = 0;
    scenario::RowCounts rows;
};

/// A number that the scenario did not give.
struct AssumedConstant {
    std::string key;         ///< where it stands in a scenario
    std::string value;
    std::string provenance;
};

struct Manifest {
    BuildInfo build;
    std::string name;
    std::string scenario_file;
    std::string scenario_digest;
    std::vector<std::pair<std::string, std::string>> profiles;  ///< those that variants use: name, digest
    std::vector<std::string> command;
    std::uint64_t seed = 0;
    std::uint32_t replications = 0;
    std::uint32_t jobs = 0;
    std::string mode;                   ///< "fast" or "reference"
    std::uint64_t max_rows = 0;
    std::string bin;                    ///< a duration as in a scenario
    std::vector<VariantFacts> variants;
    std::vector<RunFacts> runs;
    std::vector<AssumedConstant> assumed;
    double wall_s = 0.0;
    std::uint64_t peak_memory_bytes = 0;  ///< of the largest process
};

/// Throws: InputError where the file cannot be written.
void write_manifest(const std::filesystem::path& file, const Manifest& manifest);

/// True where the folder holds a manifest that lbsim wrote, so that lbsim may replace the folder.
bool holds_manifest(const std::filesystem::path& folder);

}  // namespace lbsim::io
