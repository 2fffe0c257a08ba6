// SPDX-License-Identifier: Apache-2.0
// Objects of upstream's own types, broken in every field: always an import that runs or problems that name a place.
#include <fstream>
#include <set>

#include "io/import/clusters.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

/// The clusters that upstream's types made, with their events.
std::vector<Json> recorded_clusters() {
    std::ifstream in(LBSIM_SOURCE_DIR "/tests/upstream/objects/golden/1.36.0.jsonl");
    std::vector<Json> out;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) out.push_back(Json::parse(line));
    return out;
}

/// One pointer for each path, whatever the index: the first of its kind stands for all.
void collect(const Json& value, const std::string& pointer, const std::string& path, std::set<std::string>& seen, std::vector<std::string>& out) {
    if (!path.empty() && seen.insert(path).second) out.push_back(pointer);
    if (value.is_object()) {
        std::string of_kind = path;
        if (value.contains("kind")) of_kind += "<" + value["kind"].get<std::string>() + value.value("reason", "") + ">";
        for (const auto& [key, below] : value.items()) collect(below, pointer + "/" + io::pointer_token(key).substr(1), of_kind + "/" + key, seen, out);
    }
    if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], pointer + "/" + std::to_string(i), path + "/*", seen, out);
    }
}

/// Nothing else may leave the importer than a scenario or problems that tell something.
void check_survives(const std::string& dump, const std::string& events) {
    io::ImportRequest request{.dumps = {{"cluster.json", dump}}, .events = {}, .release = {}};
    if (!events.empty()) request.events = io::ImportInput{"events.json", events};
    try {
        const io::ImportedScenario out = io::import_scenario(request);
        REQUIRE_FALSE(out.scenario.empty());
        REQUIRE(out.nodes > 0);
    } catch (const InputError& error) {
        REQUIRE_FALSE(error.problems().empty());
        for (const Problem& problem : error.problems()) {
            INFO(problem.text());
            // A scenario that its own reader refuses would be the importer's fault.
            REQUIRE((problem.file == "cluster.json" || problem.file == "events.json"));
            REQUIRE_FALSE(problem.found.empty());
        }
    }
}

}  // namespace

TEST_CASE("import hostile: every field in turn is null, absent, or of another kind") {
    const std::vector<Json> replacements{nullptr, "", "\xc3\xa9/\\|`*", -1, 1e300, 18446744073709551615ull, true, Json::array(), Json::object(),
                                         Json::array({nullptr, 1, "x", Json::object()})};
    std::size_t tried = 0;
    std::size_t clusters = 0;
    for (const Json& recorded : recorded_clusters()) {
        // The first two have nearly every field there is; of the others some ways to be broken are enough.
        const std::size_t step = ++clusters <= 2 ? 1 : 4;
        for (const char* part : {"dump", "events"}) {
            if (!recorded.contains(part)) continue;
            std::vector<std::string> pointers;
            std::set<std::string> seen;
            collect(recorded[part], "", "", seen, pointers);
            const std::string events = recorded.contains("events") ? recorded["events"].dump() : std::string();
            for (const std::string& pointer : pointers) {
                for (std::size_t r = 0; r <= replacements.size(); r += step) {
                    Json broken = recorded[part];
                    const Json::json_pointer at(pointer);
                    if (r < replacements.size()) broken[at] = replacements[r];
                    else if (broken[at.parent_pointer()].is_object()) broken[at.parent_pointer()].erase(at.back());
                    INFO(recorded["name"] << " " << part << " " << pointer << " replacement " << r);
                    if (std::string(part) == "dump") check_survives(broken.dump(), events);
                    else check_survives(recorded["dump"].dump(), broken.dump());
                    ++tried;
                }
            }
        }
    }
    CHECK(tried > 3'000);
}

TEST_CASE("import hostile: a text cut anywhere is refused") {
    const Json recorded = recorded_clusters().front();
    const std::string dump = recorded["dump"].dump();
    const std::string events = recorded["events"].dump();
    for (std::size_t n = 0; n < dump.size(); n += 97) {
        CAPTURE(n);
        CHECK_FALSE(problems_of(dump.substr(0, n)).empty());
    }
    for (std::size_t n = 1; n < events.size(); n += 97) {
        CAPTURE(n);
        CHECK(contains(problems_of(dump, events.substr(0, n)), "no valid JSON"));
    }
}

TEST_CASE("import hostile: nesting, duplicate keys, and bytes that are no text") {
    const std::string deep(100'000, '[');
    CHECK(contains(problems_of(deep), "nesting deeper than 64"));
    CHECK(contains(problems_of(R"({"kind":"List","items":)" + deep), "nesting deeper than 64"));
    CHECK(contains(problems_of(R"({"kind":"Node","status":{"images":)" + deep), "nesting deeper than 64"));
    CHECK(contains(problems_of(R"({"kind":"List","kind":"List","items":[]})"), "a second time"));
    CHECK(contains(problems_of(std::string("{\0}", 3)), "binary data"));
    CHECK(contains(problems_of("{\"kind\":\"\xff\"}"), "no valid JSON"));
}

TEST_CASE("import hostile: keys that are passed over are so only where a container stands") {
    // A label may be called "env" or "images": what is passed over are lists of a pod or of a node's status.
    Json dump = cluster(1, {service("web", {{"selector", {{"env", "prod"}, {"images", "x"}}}}), workload("Deployment", "web", {{"replicas", 4}})});
    dump["items"][1]["spec"]["template"]["metadata"]["labels"] = {{"env", "prod"}, {"images", "x"}};
    dump["items"][2]["status"]["images"] = Json::array({{{"names", {"a"}}, {"env", Json::array({Json::array()})}}});
    CHECK(import_of(dump).workload()["replicas"] == 4);
}
