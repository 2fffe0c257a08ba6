// SPDX-License-Identifier: Apache-2.0
// The table of fuzz targets, and those that read files: scenarios, and dumps to import.
#include "targets.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "policy/properties/bytes.hpp"
#include "policy/properties/histories.hpp"
#include "sim/io/import/import.hpp"
#include "sim/io/scenario/reader.hpp"

namespace lbsim::test {

namespace {
/// A folder for the file and, beside it, one with an empirical distribution; gone when the process ends.
class ScenarioFolder {
public:
    ScenarioFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "lbsim-fuzz-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the scenario");
        path_ = pattern;
        std::ofstream(path_ / "lives.txt") << "1s\n2s\n30s\n";
    }
    ~ScenarioFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScenarioFolder(const ScenarioFolder&) = delete;
    ScenarioFolder& operator=(const ScenarioFolder&) = delete;

    std::string write(std::span<const std::uint8_t> bytes) const {
        const std::filesystem::path file = path_ / "scenario.json";
        std::string text(bytes.begin(), bytes.end());
        std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
        return file.string();
    }

private:
    std::filesystem::path path_;
};

void check_study(const scenario::Study& study) {
    require(!study.variants.empty(), "a study has a variant");
    std::set<std::string> names;
    for (const scenario::Scenario& s : study.variants) {
        require(names.insert(s.variant).second, "names of variants are unique");
        require(s.duration > Duration{}, "a run takes time");
        require(!s.cluster.node_pools.empty() && !s.services.empty(), "there are nodes and services");
        for (const scenario::Traffic& t : s.traffic) {
            require(t.service < s.services.size(), "traffic names a service that there is");
        }
        for (const auto& entry : s.timeline) require(entry.at >= Duration{}, "nothing happens before the start");
        const auto release = policy::parse_release(policy::to_string(s.cluster.service_controller)).release;
        require(release == s.cluster.service_controller, "the release is one that is modelled");
    }
}

void check_problems(const InputError& error, std::size_t lines) {
    require(!error.problems().empty(), "a refusal names a problem");
    for (const Problem& problem : error.problems()) {
        require(!problem.found.empty() && !problem.text().empty(), "a problem tells what was found");
        require(!problem.line || (*problem.line >= 1 && *problem.line <= lines), "a problem names a line of the file");
        require(problem.pointer.empty() || problem.pointer.front() == '/', "a problem's place is a JSON pointer");
        require(problem.text().find('\0') == std::string::npos, "a message can be printed");
    }
}
}  // namespace

void play_scenario(std::span<const std::uint8_t> bytes) {
    static const ScenarioFolder folder;
    const auto line_ends = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), std::uint8_t{'\n'}));
    try {
        check_study(io::read_study(folder.write(bytes)));
    } catch (const InputError& error) {
        check_problems(error, line_ends + 1);
    }
}

void play_import(std::span<const std::uint8_t> bytes) {
    const std::string text(bytes.begin(), bytes.end());
    const std::size_t cut = text.find(events_mark);
    io::ImportRequest request{.dumps = {{"cluster", text.substr(0, cut)}}, .events = {}, .release = {}};
    if (cut != std::string::npos) request.events = io::ImportInput{"events", text.substr(cut + events_mark.size())};
    try {
        const io::ImportedScenario imported = io::import_scenario(request);
        require(imported.nodes > 0 && imported.services > 0, "a scenario has nodes and services");
        require(!io::assumptions_page(imported, "s.json").empty(), "assumptions are told");
    } catch (const InputError& error) {
        for (const Problem& problem : error.problems())
            require(problem.file == "cluster" || problem.file == "events", "what an import makes passes the scenario reader");
        check_problems(error, static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
    }
}

std::span<const FuzzTarget> fuzz_targets() {
    static constexpr std::array<FuzzTarget, 5> targets{{{"controller", play_controller},
                                                        {"import", play_import},
                                                        {"node_health", play_node_health},
                                                        {"scenario", play_scenario},
                                                        {"work_queue", play_work_queue}}};
    return targets;
}

}  // namespace lbsim::test
