// SPDX-License-Identifier: Apache-2.0
// Thresholds of a prober, walked just before, at and after.
#include "lbsim/policy/prober.hpp"

#include "support/catch.hpp"

using namespace lbsim::policy;
using Verdict = ProbeState::Verdict;

TEST_CASE("prober: the third failure in a row turns a passing target failing") {
    ProbeState state(Verdict::passing);
    const ProbeThresholds thresholds{3, 2};
    CHECK_FALSE(state.record(false, thresholds));
    CHECK_FALSE(state.record(false, thresholds));
    CHECK(state.verdict() == Verdict::passing);  // just before
    CHECK(state.record(false, thresholds));
    CHECK(state.verdict() == Verdict::failing);  // at
    CHECK_FALSE(state.record(false, thresholds));
    CHECK(state.verdict() == Verdict::failing);  // after
}

TEST_CASE("prober: a success in between starts the count again") {
    ProbeState state(Verdict::passing);
    const ProbeThresholds thresholds{3, 1};
    state.record(false, thresholds);
    state.record(false, thresholds);
    CHECK_FALSE(state.record(true, thresholds));
    CHECK_FALSE(state.record(false, thresholds));
    CHECK_FALSE(state.record(false, thresholds));
    CHECK(state.verdict() == Verdict::passing);
    CHECK(state.record(false, thresholds));
}

TEST_CASE("prober: the way back takes the healthy threshold, not the unhealthy one") {
    ProbeState state(Verdict::failing);
    const ProbeThresholds thresholds{3, 2};
    CHECK_FALSE(state.record(true, thresholds));
    CHECK(state.verdict() == Verdict::failing);
    CHECK(state.record(true, thresholds));
    CHECK(state.verdict() == Verdict::passing);
    // A flip leaves no count behind: three failures are needed again.
    CHECK_FALSE(state.record(false, thresholds));
    CHECK_FALSE(state.record(false, thresholds));
    CHECK(state.record(false, thresholds));
}

TEST_CASE("prober: a threshold of one flips at the first result") {
    ProbeState state(Verdict::passing);
    CHECK(state.record(false, {1, 1}));
    CHECK(state.record(true, {1, 1}));
}

TEST_CASE("prober: a run of equal results counts as they would one by one") {
    const ProbeThresholds thresholds{3, 2};
    for (const std::uint32_t first : {0u, 1u, 2u}) {
        ProbeState one_by_one(Verdict::passing);
        ProbeState at_once(Verdict::passing);
        for (std::uint32_t i = 0; i < first; ++i) one_by_one.record(false, thresholds);
        at_once.record_run(false, first, thresholds);
        // Two before and one less for each that came already.
        CHECK(at_once.results_to_flip(false, thresholds) == 3 - first);
        CHECK(at_once.results_to_flip(true, thresholds) == 0);
        for (std::uint32_t i = first; i < 3; ++i) one_by_one.record(false, thresholds);
        at_once.record_run(false, 3 - first, thresholds);
        CHECK(at_once.verdict() == Verdict::failing);
        CHECK(one_by_one.verdict() == Verdict::failing);
    }
    ProbeState state(Verdict::passing);
    state.record_run(false, 2, thresholds);
    state.record_run(true, 5, thresholds);  // ends the run against the verdict
    CHECK(state.results_to_flip(false, thresholds) == 3);
    CHECK(ProbeState(Verdict::passing).results_to_flip(false, {0, 0}) == 1);
}

TEST_CASE("prober: results that agree with the verdict are settled") {
    CHECK(ProbeState(Verdict::passing).is_settled(true));
    CHECK_FALSE(ProbeState(Verdict::passing).is_settled(false));
    CHECK(ProbeState(Verdict::failing).is_settled(false));
    CHECK_FALSE(ProbeState(Verdict::failing).is_settled(true));
}
