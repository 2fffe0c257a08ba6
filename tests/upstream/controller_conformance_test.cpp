// SPDX-License-Identifier: Apache-2.0
// lbsim's service controller against the recorded calls of the real one, release by release.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

#include "support/catch.hpp"
#include "upstream/controller_replay.hpp"

using namespace lbsim;
using namespace lbsim::upstream;

namespace {
const std::filesystem::path folder = std::filesystem::path(LBSIM_SOURCE_DIR) / "tests/upstream/controller";

const std::map<std::string, History>& histories() {
    static const std::map<std::string, History> read = read_histories(folder / "histories.jsonl");
    return read;
}

policy::Release release_named(const std::string& text) { return policy::parse_release(text).release.value(); }

/// Up to 1.20 the watch handler and the tick share a lock. The handler, running when it gives the lock back, takes it again
/// for its next event before the waiting tick has woken; a tick that has waited for over a millisecond and lost is handed
/// the lock the next time (Go's sync.Mutex, starvation mode), and lbsim models that. The lock measures the millisecond by
/// the real clock, which hardly moves in a bubble of virtual time, so there the tick waits until the handler has no event
/// left. These are the histories in which a tick loses twice.
const std::set<std::string> ticks_that_lose_twice{"1.19.16 random/27", "1.19.16 random/45", "1.19.16 random/192"};

/// What came of the comparison with one release.
struct Outcome {
    std::size_t compared = 0;             ///< histories
    std::vector<std::string> mismatches;  ///< in words, without the explained ones
    std::set<std::string> explained;      ///< release and name of those that ticks_that_lose_twice explains
};

/// Leaves out the histories whose outcome upstream itself leaves to the Go scheduler.
Outcome outcome_of(const Golden& golden, policy::Release release) {
    Outcome outcome;
    for (const Trace& trace : golden.traces) {
        if (trace.is_race) continue;
        ++outcome.compared;
        const Mismatch mismatch = compare(histories().at(trace.name), trace, release);
        if (!mismatch) continue;
        const std::string name = golden.release + " " + trace.name;
        if (ticks_that_lose_twice.contains(name)) {
            outcome.explained.insert(name);
        } else {
            outcome.mismatches.push_back(name + " " + *mismatch);
        }
    }
    return outcome;
}

void holds(const std::filesystem::path& file) {
    const Golden golden = read_golden(file);
    const Outcome outcome = outcome_of(golden, release_named(golden.release));
    std::cout << "service controller " << golden.release << ": " << outcome.compared << " histories, "
              << golden.call_count() << " calls, " << outcome.mismatches.size() << " mismatches, "
              << outcome.explained.size() << " explained; "
              << golden.traces.size() - outcome.compared << " histories left open by upstream\n";
    for (const std::string& mismatch : outcome.mismatches) UNSCOPED_INFO(mismatch);
    CHECK(outcome.mismatches.empty());
    CHECK(outcome.compared >= 200);
}

std::vector<std::filesystem::path> golden_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "golden")) files.push_back(entry.path());
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return release_named(a.stem().string()) < release_named(b.stem().string());
    });
    return files;
}

/// The comparison with one file of traces, as a test case.
class ReleaseTest : public Catch::ITestInvoker {
public:
    explicit ReleaseTest(std::filesystem::path file) : file_(std::move(file)) {}
    void invoke() const override { holds(file_); }

private:
    std::filesystem::path file_;
};

/// One test case for each release, whose name says what it compares, so that ctest prints it.
const bool is_registered = [] {
    for (const std::filesystem::path& file : golden_files()) {
        const GoldenHeader header = read_golden_header(file);
        const std::string name = "service controller " + header.release + ": " + std::to_string(header.histories) +
                                 " histories and " + std::to_string(header.calls) + " calls as upstream's";
        const Catch::AutoReg registered(new ReleaseTest(file), CATCH_INTERNAL_LINEINFO, Catch::StringRef(),
                                        Catch::NameAndTags{name, "[release]"});
    }
    return true;
}();
}  // namespace

TEST_CASE("upstream traces: those of a variant are not those of the next one") {
    // What one release recorded, replayed by the rules of the next variant: were the comparison blind, this would pass.
    const auto files = golden_files();
    for (std::size_t i = 1; i < files.size(); ++i) {
        const Golden golden = read_golden(files[i - 1]);
        const policy::Release next = release_named(files[i].stem().string());
        const auto before = policy::service_controller_variant(release_named(golden.release));
        const auto after = policy::service_controller_variant(next);
        // N is M without the gate, which is locked on in the last releases of M.
        if (before == after || (before == "M" && after == "N")) continue;
        CAPTURE(golden.release, policy::to_string(next));
        CHECK_FALSE(outcome_of(golden, next).mismatches.empty());
    }
}

TEST_CASE("upstream traces: a tick that loses the lock twice gets it in life, but not in a bubble of virtual time") {
    // The explanation stays only as long as it is needed: each of these differs, and nothing else does.
    const Golden golden = read_golden(folder / "golden/1.19.16.jsonl");
    CHECK(outcome_of(golden, release_named(golden.release)).explained == ticks_that_lose_twice);
}
