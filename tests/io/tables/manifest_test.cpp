// SPDX-License-Identifier: Apache-2.0
// The manifest's content and the marker by which lbsim knows its own folders.
#include "sim/io/tables/manifest.hpp"

#include <fstream>

#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"

using namespace lbsim;
using lbsim::test::bytes_of;
using lbsim::test::ScratchFolder;

namespace {

io::Manifest small_manifest() {
    io::Manifest manifest;
    manifest.build = {"0.1.0", "", "GNU 12.2", "-O2", {{"SimGrid", "3.32"}}};
    manifest.name = "flaps";
    manifest.scenario_file = "flaps.json";
    manifest.scenario_digest = "0123456789abcdef";
    manifest.command = {"lbsim", "run", "fl\"aps.json"};
    manifest.seed = 7;
    manifest.replications = 2;
    manifest.jobs = 2;
    manifest.mode = "fast";
    manifest.max_rows = 10;
    manifest.bin = "1s";
    manifest.variants = {{"1.26", {{"service_controller", "1.26.15", "G"}, {"kubelet", "1.26.15", ""}}, {{"Gate", false}}}};
    manifest.runs = {{0, "1.26", 0, 0.5, 1024, {11, 2, 3, 4}}, {1, "1.26", 1, 0.25, 2048, {9, 2, 3, 4}}};
    manifest.assumed = {{"/duration", "10m", "definition"}};
    return manifest;
}

}  // namespace

TEST_CASE("manifest: it names who made it, of what, and the true numbers of rows") {
    const ScratchFolder folder;
    io::write_manifest(folder.path() / "manifest.json", small_manifest());
    const std::string text = bytes_of(folder.path() / "manifest.json");
    CHECK_THAT(text, Catch::StartsWith("{\n  \"tool\": \"lbsim\",\n  \"format\": 1,\n"));
    for (const char* part : {"\"commit\": null", "\"SimGrid\": \"3.32\"", "\"digest\": \"0123456789abcdef\"",
                             "\"variant\": \"G\"", "\"Gate\": false", "\"events\": 20", "\"events\": 11",
                             "fl\\\"aps.json", "\"key\": \"/duration\"", "\"wall_s\": 0.25"}) {
        CHECK_THAT(text, Catch::Contains(part));
    }
}

TEST_CASE("manifest: only a folder with lbsim's own manifest is known as a result") {
    const ScratchFolder folder;
    CHECK_FALSE(io::holds_manifest(folder.path()));
    CHECK_FALSE(io::holds_manifest(folder.path() / "absent"));
    std::ofstream(folder.path() / "manifest.json") << "{\"tool\": \"another\", \"format\": 1, \"more\": \"lbsim lbsim lbsim\"}";
    CHECK_FALSE(io::holds_manifest(folder.path()));
    std::filesystem::remove(folder.path() / "manifest.json");
    io::write_manifest(folder.path() / "manifest.json", small_manifest());
    CHECK(io::holds_manifest(folder.path()));
}
