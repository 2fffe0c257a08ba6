// SPDX-License-Identifier: Apache-2.0
// Studies that fail, crash or are interrupted: what is said and that nothing is left.
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lbsim/core/check.hpp"
#include "lbsim/core/error.hpp"
#include "sim/study/study.hpp"
#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"
#include "tests/study/fake_study.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

bool is_first_of_after(const scenario::Scenario& scenario, const RunOptions& options) {
    return scenario.variant == "after" && options.replication == 1;
}

/// True where no process of ours is left, dead or alive.
bool has_no_children() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

study::StudyOutcome run_with(const ScratchFolder& scratch, study::RunFunction run, std::uint32_t jobs = 2) {
    study::StudyOptions options = options_for(scratch.path() / "out", std::move(run));
    options.jobs = jobs;
    return run_study(two_variants(3), options);
}

/// Silences standard error of this process, which a dying run uses.
void close_stderr() {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(9);
}

}  // namespace

TEST_CASE("study: a run that throws RunError becomes a verdict that names it") {
    const ScratchFolder scratch;
    for (const std::uint32_t jobs : {1u, 4u}) {
        const study::StudyOutcome outcome = run_with(scratch, [](const scenario::Scenario& s, const RunOptions& o) {
            if (is_first_of_after(s, o)) throw RunError("no event is left and two actors wait");
            return fake_run(s, o);
        }, jobs);
        CHECK(outcome.end == study::StudyEnd::verdict);
        CHECK(outcome.verdict ==
              "variant \"after\", replication 1, seed 42: no event is left and two actors wait");
        CHECK(content_of(scratch.path()).empty());
        CHECK(has_no_children());
    }
}

TEST_CASE("study: a run that aborts becomes a verdict with the signal") {
    const ScratchFolder scratch;
    const study::StudyOutcome outcome = run_with(scratch, [](const scenario::Scenario& s, const RunOptions& o) {
        close_stderr();
        std::signal(SIGABRT, SIG_DFL);
        LBSIM_CHECK(!is_first_of_after(s, o), "a fault planted by the test");
        return fake_run(s, o);
    });
    CHECK(outcome.end == study::StudyEnd::verdict);
    CHECK(outcome.verdict ==
          "variant \"after\", replication 1, seed 42: its process was ended by signal 6 (SIGABRT)");
    CHECK(content_of(scratch.path()).empty());
}

TEST_CASE("study: a run that leaves without a word is a verdict too") {
    const ScratchFolder scratch;
    const study::StudyOutcome outcome =
        run_with(scratch, [](const scenario::Scenario&, const RunOptions&) -> scenario::RunResult { _exit(7); });
    CHECK(outcome.verdict ==
          "variant \"before\", replication 0, seed 42: its process ended with code 7 and without a result");
}

TEST_CASE("study: the failure named is the first in order of runs, whatever finishes first") {
    const ScratchFolder scratch;
    const study::StudyOutcome outcome = run_with(scratch, [](const scenario::Scenario& s, const RunOptions& o) -> scenario::RunResult {
        std::this_thread::sleep_for(std::chrono::milliseconds(o.replication == 0 ? 100 : 1));
        throw RunError("replication " + std::to_string(o.replication) + " of " + s.variant);
    }, 4);
    CHECK_THAT(outcome.verdict, Catch::EndsWith("replication 0 of before"));
}

TEST_CASE("study: a metric that is not a number is a verdict") {
    const ScratchFolder scratch;
    const study::StudyOutcome outcome = run_with(scratch, [](const scenario::Scenario& s, const RunOptions& o) {
        scenario::RunResult result = fake_run(s, o);
        result.metrics[scenario::Metric::desync_s] = std::numeric_limits<double>::quiet_NaN();
        return result;
    });
    CHECK_THAT(outcome.verdict, Catch::EndsWith("the metric desync_s is not a finite number"));
}

TEST_CASE("study: bad input found by a run leaves as bad input") {
    const ScratchFolder scratch;
    const auto run = [](const scenario::Scenario&, const RunOptions&) -> scenario::RunResult {
        throw InputError({Problem{"fake.json", {}, "/duration", "\"1us\"", "more than that", ""}});
    };
    CHECK_THROWS_WITH(run_with(scratch, run), "fake.json: /duration: found \"1us\"; allowed: more than that");
    CHECK(content_of(scratch.path()).empty());
}

TEST_CASE("study: an interrupt kills the runs and leaves nothing") {
    for (const int signal : {SIGINT, SIGTERM}) {
        const ScratchFolder scratch;
        const auto start = std::chrono::steady_clock::now();
        const study::StudyOutcome outcome = run_with(scratch, [signal](const scenario::Scenario& s, const RunOptions& o) {
            kill(getppid(), signal);
            std::this_thread::sleep_for(std::chrono::seconds(30));
            return fake_run(s, o);
        });
        CHECK(outcome.end == study::StudyEnd::interrupted);
        CHECK(outcome.signal == signal);
        CHECK(content_of(scratch.path()).empty());
        CHECK(has_no_children());
        CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
    }
}

TEST_CASE("study: a file size limit leaves as bad input and nothing is left") {
    const ScratchFolder scratch;
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto many_rows = [](const scenario::Scenario& s, const RunOptions& o) {
        scenario::RunResult result = fake_run(s, o);
        result.events.resize(10'000);
        return result;
    };
    // The first limit stops a run's own part, the second the joined table: six parts of about 300 kB each.
    for (const rlim_t bytes : {rlim_t{50'000}, rlim_t{1'000'000}}) {
        const rlimit limit{bytes, before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
        std::string message;
        try {
            run_with(scratch, many_rows);
        } catch (const InputError& error) {
            message = error.what();
        }
        setrlimit(RLIMIT_FSIZE, &before);
        CHECK_THAT(message, Catch::StartsWith((scratch.path() / "out" / "events.csv").string()) &&
                                Catch::Contains("File too large"));
        CHECK(content_of(scratch.path()).empty());
        CHECK(has_no_children());
    }
}
