// SPDX-License-Identifier: Apache-2.0
// Which folders are replaced, which are refused, and what is removed.
#include "sim/study/output_folder.hpp"

#include <fstream>

#include <unistd.h>

#include "lbsim/core/error.hpp"
#include "sim/io/tables/manifest.hpp"
#include "sim/study/study.hpp"
#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"
#include "tests/study/fake_study.hpp"

using namespace lbsim;
using namespace lbsim::test;
namespace fs = std::filesystem;

namespace {

void make_result(const fs::path& folder) {
    fs::create_directories(folder);
    io::write_manifest(folder / "manifest.json", io::Manifest{});
    std::ofstream(folder / "old.csv") << "old\n";
}

}  // namespace

TEST_CASE("output folder: an earlier result of lbsim is replaced as a whole") {
    const ScratchFolder scratch;
    make_result(scratch.path() / "out");
    run_study(two_variants(1), options_for(scratch.path() / "out"));
    CHECK(content_of(scratch.path()) == "out");
    CHECK_FALSE(fs::exists(scratch.path() / "out" / "old.csv"));
    CHECK(fs::exists(scratch.path() / "out" / "runs.csv"));
}

TEST_CASE("output folder: a study that fails leaves the earlier result alone") {
    const ScratchFolder scratch;
    make_result(scratch.path() / "out");
    run_study(two_variants(1), options_for(scratch.path() / "out",
              [](const scenario::Scenario&, const RunOptions&) -> scenario::RunResult { throw RunError("stuck"); }));
    CHECK(content_of(scratch.path() / "out") == "manifest.json old.csv");
    CHECK(content_of(scratch.path()) == "out");
}

TEST_CASE("output folder: a foreign folder or file is refused before anything runs") {
    const ScratchFolder scratch;
    fs::create_directory(scratch.path() / "foreign");
    std::ofstream(scratch.path() / "foreign" / "thesis.tex") << "years of work\n";
    std::ofstream(scratch.path() / "file") << "x\n";
    fs::create_symlink(scratch.path() / "nowhere", scratch.path() / "dangling");
    for (const char* name : {"foreign", "foreign/", "file", "."}) {
        INFO(name);
        const fs::path trace = scratch.path() / "it ran";
        const study::StudyOptions options =
            options_for(scratch.path() / name, [&](const scenario::Scenario& s, const RunOptions& o) {
                std::ofstream(trace) << "x\n";
                return fake_run(s, o);
            });
        CHECK_THROWS_AS(run_study(two_variants(1), options), InputError);
    }
    CHECK(content_of(scratch.path()) == "dangling file foreign");
    CHECK(content_of(scratch.path() / "foreign") == "thesis.tex");
}

TEST_CASE("output folder: a link to an earlier result keeps leading to the result") {
    const ScratchFolder scratch;
    make_result(scratch.path() / "real");
    fs::create_directory_symlink(scratch.path() / "real", scratch.path() / "link");
    run_study(two_variants(1), options_for(scratch.path() / "link"));
    CHECK(fs::is_symlink(scratch.path() / "link"));
    CHECK(fs::exists(scratch.path() / "link" / "runs.csv"));
    CHECK(content_of(scratch.path()) == "link real");
}

TEST_CASE("output folder: missing parents are made, and removed again without a result") {
    const ScratchFolder scratch;
    {
        const study::OutputFolder folder(scratch.path() / "a" / "b" / "out");
        CHECK(fs::is_directory(folder.partial()));
        CHECK(folder.partial().parent_path() == scratch.path() / "a" / "b");
    }
    CHECK(content_of(scratch.path()).empty());
    run_study(two_variants(1), options_for(scratch.path() / "a" / "out"));
    CHECK(content_of(scratch.path() / "a") == "out");
}

TEST_CASE("output folder: a place that cannot be written is refused with its reason") {
    CHECK_THROWS_WITH(study::OutputFolder("/proc/lbsim/out"), Catch::Contains("/proc/lbsim/out"));
    const ScratchFolder scratch;
    std::ofstream(scratch.path() / "file") << "x\n";
    CHECK_THROWS_AS(study::OutputFolder(scratch.path() / "file" / "out"), InputError);
}

TEST_CASE("output folder: a foreign folder that appears during the run is not touched") {
    const ScratchFolder scratch;
    study::OutputFolder folder(scratch.path() / "out");
    fs::create_directory(scratch.path() / "out");
    CHECK_THROWS_AS(folder.publish(), InputError);
    CHECK(fs::exists(scratch.path() / "out"));
}
