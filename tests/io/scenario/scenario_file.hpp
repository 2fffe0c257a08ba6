// SPDX-License-Identifier: Apache-2.0
// Scenario files for tests: written to a folder of their own, read back as a study or as problems.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/error.hpp"
#include "sim/io/scenario/reader.hpp"

namespace lbsim::test {

/// A folder that lives as long as the test.
class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "lbsim-test-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the test");
        path_ = pattern;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    /// Writes a file and returns its path.
    std::string write(const std::string& name, std::string_view content) const {
        const std::filesystem::path path = path_ / name;
        std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
        return path.string();
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A scenario with a bit of everything, in which single tests change one thing.
inline constexpr std::string_view plain_scenario = R"({
  "duration": "10m",
  "cluster": {
    "release": "1.30",
    "node_pools": [{"name": "workers", "nodes": 10}, {"name": "edge", "nodes": 2}]
  },
  "services": [
    {"name": "web", "load_balancer": {"health_check": {}}, "workload": {}},
    {"name": "api", "externalTrafficPolicy": "Local"}
  ],
  "traffic": [
    {"name": "open", "service": "web", "kind": "open"},
    {"name": "long", "service": "api", "kind": "population"}
  ],
  "timeline": [
    {"at": "1m", "do": "set_ready", "nodes": ["workers-3"], "status": "Unknown", "for": "30s"}
  ]
})";

inline scenario::Study study_of(std::string_view text, const std::vector<io::Override>& overrides = {}) {
    const Folder folder;
    return io::read_study(folder.write("test.json", text), overrides);
}

/// What is wrong with a text, nothing where it is fine; every problem's file is given by its name only.
inline std::vector<Problem> problems_of(std::string_view text, const std::vector<io::Override>& overrides = {}) {
    try {
        study_of(text, overrides);
    } catch (const InputError& error) {
        std::vector<Problem> problems = error.problems();
        for (Problem& problem : problems) problem.file = std::filesystem::path(problem.file).filename().string();
        return problems;
    }
    return {};
}

/// All problems as lines of text.
inline std::string texts_of(const std::vector<Problem>& problems) {
    std::string out;
    for (const Problem& problem : problems) out += problem.text() + "\n";
    return out;
}

/// The plain scenario with some keys changed by JSON pointer.
inline scenario::Study changed(const std::vector<io::Override>& overrides) {
    return study_of(plain_scenario, overrides);
}
inline std::vector<Problem> problems_after(const std::vector<io::Override>& overrides) {
    return problems_of(plain_scenario, overrides);
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace lbsim::test
