// SPDX-License-Identifier: Apache-2.0
// Files that are missing, folders or unreadable; empirical distributions; digests.
#include <unistd.h>

#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

Problem only_problem_of_file(const std::string& file) {
    try {
        io::read_study(file);
    } catch (const InputError& error) {
        REQUIRE(error.problems().size() == 1);
        CHECK(error.problems()[0].file == file);
        CHECK_FALSE(error.problems()[0].line);
        return error.problems()[0];
    }
    FAIL("no error");
    return {};
}

const std::vector<io::Override> empirical{{"/traffic/0/lifetime", R"({"empirical": "lives.csv"})"}};

}  // namespace

TEST_CASE("scenario reader: a file that cannot be read is one problem") {
    const Folder folder;
    CHECK(contains(only_problem_of_file((folder.path() / "none.json").string()).found, "no such file"));
    CHECK(contains(only_problem_of_file(folder.path().string()).found, "a folder"));
    CHECK(contains(only_problem_of_file("").found, "no such file"));
    CHECK(contains(only_problem_of_file(std::string("a\0b", 3)).found, "zero byte"));
    if (geteuid() != 0) {
        const std::string locked = folder.write("locked.json", plain_scenario);
        std::filesystem::permissions(locked, std::filesystem::perms::none);
        CHECK(contains(only_problem_of_file(locked).found, "cannot be opened"));
    }
    CHECK(contains(only_problem_of_file("/dev/zero").found, "more than 64 MiB"));
}

TEST_CASE("scenario reader: a name defaults to the file's stem, made safe for paths and tables") {
    const Folder folder;
    CHECK(io::read_study(folder.write("does_it_work.json", plain_scenario)).name == "does_it_work");
    CHECK(io::read_study(folder.write("a b,c.json", plain_scenario)).name == "a_b_c");
    CHECK(io::read_study(folder.write(".hidden", plain_scenario)).name == "_.hidden");
}

TEST_CASE("scenario reader: an empirical distribution is read from beside the scenario, ascending") {
    const Folder folder;
    folder.write("lives.csv", "3s\r\n1s\n\n500ms\n1s");
    const auto study = io::read_study(folder.write("test.json", plain_scenario), empirical);
    const scenario::Distribution& lifetime = study.variants[0].traffic[0].lifetime;
    CHECK(lifetime.kind == scenario::Distribution::Kind::empirical);
    CHECK(lifetime.samples == std::vector<Duration>{500ms, 1s, 1s, 3s});
}

TEST_CASE("scenario reader: a bad line of an empirical file is reported with that file's line") {
    const Folder folder;
    const std::string lives = folder.write("lives.csv", "1s\n-2s\n3\nx\xff\n");
    const std::string file = folder.write("test.json", plain_scenario);
    try {
        io::read_study(file, empirical);
        FAIL("no error");
    } catch (const InputError& error) {
        INFO(error.what());
        REQUIRE(error.problems().size() == 3);
        for (const Problem& problem : error.problems()) CHECK(problem.file == lives);
        CHECK(error.problems()[0].line == 2);
        CHECK(contains(error.problems()[0].found, "negative"));
        CHECK(error.problems()[1].line == 3);
        CHECK(contains(error.problems()[1].found, "without a unit"));
        CHECK(error.problems()[2].line == 4);
        CHECK(contains(error.problems()[2].found, "x\\xff"));
    }
}

TEST_CASE("scenario reader: an empirical file that is missing or empty is refused") {
    const auto missing = problems_after(empirical);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].pointer == "/traffic/0/lifetime/empirical");
    CHECK(contains(missing[0].found, "no such file"));
    const Folder folder;
    folder.write("lives.csv", "\n\n");
    CHECK_THROWS_WITH(io::read_study(folder.write("test.json", plain_scenario), empirical),
                      Catch::Contains("with 0 durations"));
}

TEST_CASE("scenario reader: the digest is FNV-1a of the bytes") {
    // Test vectors of the FNV reference: "" and "foobar".
    CHECK(io::content_digest("") == "cbf29ce484222325");
    CHECK(io::content_digest("foobar") == "85944171f73967e8");
    const Folder folder;
    CHECK(io::scenario_digest(folder.write("f", "foobar")) == "85944171f73967e8");
    CHECK_THROWS_AS(io::scenario_digest((folder.path() / "none").string()), InputError);
}
