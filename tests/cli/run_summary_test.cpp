// SPDX-License-Identifier: Apache-2.0
// The summary on the terminal.
#include "sim/cli/run_summary.hpp"

#include "sim/study/statistics.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using scenario::Metric;

namespace {

scenario::Study two_releases() {
    scenario::Scenario variant;
    scenario::Study study;
    study.name = "flaps";
    study.question = "What does a flap cost?";
    for (const char* release : {"1.26", "1.30"}) {
        variant.variant = release;
        for (policy::Release* r : {&variant.cluster.service_controller, &variant.cluster.kube_proxy, &variant.cluster.kubelet}) {
            *r = *policy::parse_release(release).release;
        }
        study.variants.push_back(variant);
    }
    study.variants[1].cluster.kube_proxy = *policy::parse_release("1.29.0").release;
    return study;
}

study::StudyOutcome outcome_of(const scenario::Study& study, std::uint32_t replications) {
    study::StudyOutcome outcome;
    outcome.folder = "lbsim-out/flaps";
    for (const scenario::Scenario& variant : study.variants) {
        for (std::uint32_t r = 0; r < replications; ++r) {
            io::RunRow row;
            row.variant = variant.variant;
            row.replication = r;
            outcome.runs.push_back(row);
        }
    }
    return outcome;
}

}  // namespace

// Lost 30 of 1000 initial and 500 attempted: 2 %.
TEST_CASE("run summary: one line per variant with release, losses, largest cause and calls") {
    const scenario::Study study = two_releases();
    study::StudyOutcome outcome = outcome_of(study, 1);
    scenario::Metrics& metrics = outcome.runs[0].metrics;
    metrics[Metric::connections_initial] = 1000;
    metrics[Metric::connections_attempted] = 500;
    metrics[Metric::connections_lost] = 30;
    metrics[Metric::new_refused] = 3;
    metrics[Metric::new_blackholed] = 4;
    metrics[Metric::connections_dropped] = 23;
    metrics[Metric::dropped_vm_off] = 3;
    metrics[Metric::dropped_target_removed] = 20;
    metrics[Metric::lb_updates] = 400;
    metrics[Metric::blackhole_node_s] = 0;
    outcome.summary = study::summarise(outcome.runs, 1);
    CHECK(cli::run_summary(study, outcome) ==
          "What does a flap cost?\n\n"
          "variant  release                    lost new  dropped              lost %  black-hole s  LB updates  API calls  de-sync s\n"
          "1.26     1.26.15 (G)                       7  23 (target_removed)       2             0         400          -          -\n"
          "1.30     1.30.14 (M), proxy 1.29.0         -  -                         -             -           -          -          -\n"
          "\nTables: lbsim-out/flaps\n"
          "Next: lbsim explain lbsim-out/flaps   (who was lost, and by which event)\n");
}

TEST_CASE("run summary: with replications it says so and gives the 95th percentile of losses") {
    const scenario::Study study = two_releases();
    study::StudyOutcome outcome = outcome_of(study, 3);
    for (std::size_t i = 0; i < outcome.runs.size(); ++i) {
        outcome.runs[i].metrics[Metric::connections_lost] = static_cast<double>(10 * i);
        outcome.runs[i].metrics[Metric::desync_s] = 1.0;
    }
    outcome.summary = study::summarise(outcome.runs, 3);
    const std::string text = cli::run_summary(study, outcome);
    CHECK_THAT(text, Catch::Contains("lost p95") && Catch::Contains("Means over 3 replications."));
    CHECK_THAT(text, Catch::Contains(" 20 ") && Catch::Contains(" 50 "));
}

TEST_CASE("run summary: without losses it points to what there is") {
    const scenario::Study study = two_releases();
    study::StudyOutcome outcome = outcome_of(study, 1);
    outcome.summary = study::summarise(outcome.runs, 1);
    CHECK_THAT(cli::run_summary(study, outcome), Catch::Contains("timeseries.csv"));
    outcome.runs[1].metrics[Metric::desync_s] = 5.0;
    outcome.summary = study::summarise(outcome.runs, 1);
    CHECK_THAT(cli::run_summary(study, outcome), Catch::Contains("events.csv"));
}
