// SPDX-License-Identifier: Apache-2.0
// A study that goes well: its tables, their order, their bytes for any number of jobs.
#include "sim/study/study.hpp"

#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"
#include "tests/study/fake_study.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {
constexpr const char* all_files =
    "api_calls.csv events.csv lost_connections.csv manifest.json runs.csv summary.csv syncs.csv targets.csv timeseries.csv";
}

TEST_CASE("study: the folder holds every table and nothing else") {
    const ScratchFolder scratch;
    const study::StudyOutcome outcome = run_study(two_variants(3), options_for(scratch.path() / "out"));
    CHECK(outcome.end == study::StudyEnd::finished);
    CHECK(outcome.folder == scratch.path() / "out");
    CHECK(content_of(scratch.path()) == "out");
    CHECK(content_of(scratch.path() / "out") == all_files);
    CHECK(outcome.runs.size() == 6);
    CHECK(outcome.summary.size() == 2 * scenario::metric_count);
}

TEST_CASE("study: tables have the same bytes for any number of jobs") {
    const ScratchFolder scratch;
    for (const std::uint32_t jobs : {1u, 2u, 4u}) {
        study::StudyOptions options = options_for(scratch.path() / std::to_string(jobs));
        options.jobs = jobs;
        REQUIRE(run_study(two_variants(5), options).end == study::StudyEnd::finished);
    }
    for (const char* table : {"runs.csv", "summary.csv", "events.csv", "targets.csv", "api_calls.csv",
                              "lost_connections.csv", "timeseries.csv", "syncs.csv"}) {
        INFO(table);
        const std::string one = bytes_of(scratch.path() / "1" / table);
        CHECK_FALSE(one.empty());
        CHECK((one == bytes_of(scratch.path() / "2" / table)));
        CHECK((one == bytes_of(scratch.path() / "4" / table)));
    }
}

// Sizes by the fake's rule, seed 42: (294 + 3 r + length of the variant's name) mod 11.
// before: 300 mod 11 = 3, 303 mod 11 = 6; after: 299 mod 11 = 2, 302 mod 11 = 5.
TEST_CASE("study: runs are numbered variant by variant, then by replication") {
    const ScratchFolder scratch;
    const study::StudyOutcome outcome = run_study(two_variants(2), options_for(scratch.path() / "out"));
    std::vector<std::string> seen;
    for (const io::RunRow& row : outcome.runs) {
        seen.push_back(std::to_string(row.run) + row.variant + std::to_string(row.replication) + ":" +
                       std::to_string(static_cast<int>(*row.metrics[scenario::Metric::connections_dropped])));
    }
    CHECK(seen == std::vector<std::string>{"0before0:3", "1before1:6", "2after0:2", "3after1:5"});
    const std::string events = bytes_of(scratch.path() / "out" / "events.csv");
    CHECK_THAT(events, Catch::Contains("0,2,0.000002,timeline,,,,,,before 0\n1,0,0.000000,timeline,,,,,,before 1\n"));
    CHECK_THAT(events, Catch::EndsWith("3,4,0.000004,timeline,,,,,,after 1\n"));
}

TEST_CASE("study: the command line's seed and replications replace the scenario's") {
    const ScratchFolder scratch;
    study::StudyOptions options = options_for(scratch.path() / "out");
    options.seed = 1;
    options.replications = 1;
    const study::StudyOutcome outcome = run_study(two_variants(5), options);
    REQUIRE(outcome.runs.size() == 2);
    CHECK(outcome.runs[0].seed == 1);
    // (7 + 0 + 6) mod 11 = 2
    CHECK(outcome.runs[0].metrics[scenario::Metric::connections_dropped] == 2.0);
    CHECK_THAT(bytes_of(scratch.path() / "out" / "manifest.json"), Catch::Contains("\"seed\": 1,"));
}

TEST_CASE("study: tables stop at the row limit and the manifest counts on") {
    const ScratchFolder scratch;
    study::StudyOptions options = options_for(scratch.path() / "out");
    options.max_rows = 1;
    options.replications = 1;
    run_study(two_variants(1), options);
    CHECK(bytes_of(scratch.path() / "out" / "events.csv") ==
          "run,event_id,t_s,kind,node,lb,service,pod,cause_event_id,detail\n"
          "0,0,0.000000,timeline,,,,,,before 0\n"
          "1,0,0.000000,timeline,,,,,,after 0\n");
    CHECK_THAT(bytes_of(scratch.path() / "out" / "manifest.json"), Catch::Contains("\"events\": 5,"));
}

TEST_CASE("study: the manifest names the release and logic of each component") {
    const ScratchFolder scratch;
    run_study(two_variants(1), options_for(scratch.path() / "out"));
    const std::string manifest = bytes_of(scratch.path() / "out" / "manifest.json");
    CHECK_THAT(manifest, Catch::Contains("\"release\": \"1.26.15\",\n          \"variant\": \"G\""));
    CHECK_THAT(manifest, Catch::Contains("\"file\": \"fake.json\""));
}

TEST_CASE("study: progress reaches the sink of the parent") {
    const ScratchFolder scratch;
    study::StudyOptions options = options_for(scratch.path() / "out");
    double last = -1.0;
    std::size_t total = 0;
    options.progress = [&](const study::Progress& progress) {
        CHECK(progress.share <= 1.0);
        last = progress.share;
        total = progress.runs_total;
    };
    run_study(two_variants(2), options);
    CHECK(last >= 0.0);
    CHECK(total == 4);
}

TEST_CASE("study: without --out results go to lbsim-out under the scenario's name") {
    scenario::Study study = two_variants(1);
    CHECK(study::default_folder(study) == "lbsim-out/fake");
    study.name = "../a/b";
    CHECK(study::default_folder(study) == "lbsim-out/.._a_b");
    study.name = "..";
    CHECK(study::default_folder(study) == "lbsim-out/unnamed");
}
