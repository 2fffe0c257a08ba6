// SPDX-License-Identifier: Apache-2.0
// Exact bytes of runs.csv and summary.csv, and the JSON summary.
#include "sim/io/tables/summary_tables.hpp"

#include "sim/io/tables/summary_json.hpp"
#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"

using namespace lbsim;
using lbsim::test::bytes_of;
using lbsim::test::ScratchFolder;
using scenario::Metric;

TEST_CASE("runs table: one column per metric in their order, absent ones empty") {
    const ScratchFolder folder;
    io::RunRow row;
    row.run = 4;
    row.scenario = "flaps";
    row.variant = "1.29, gate off";
    row.replication = 1;
    row.seed = 18446744073709551615ULL;
    row.metrics[Metric::connections_initial] = 2e6;
    row.metrics[Metric::blackhole_node_s] = 1.5;
    row.metrics[Metric::capacity_min_share] = 0.9;
    row.metrics[Metric::time_to_established_zero_s] = 0.0;
    io::write_runs_table(folder.path() / "runs.csv", std::vector{row});
    CHECK(bytes_of(folder.path() / "runs.csv") ==
          "run,scenario,variant,replication,seed,"
          "connections_initial,connections_attempted,connections_established,connections_connecting_at_end,"
          "connections_completed,connections_open_at_end,connections_lost,new_refused,new_blackholed,new_rejected,"
          "connections_dropped,dropped_vm_off,dropped_target_removed,dropped_target_unhealthy,dropped_drain_timeout,"
          "dropped_pod_killed,dropped_idle_timeout,dropped_rules_flushed,dropped_network,requests_aborted,"
          "error_seconds_new,error_seconds_reused,worst_gap_s,reconnects_peak_per_s,blackhole_node_s,api_calls,"
          "api_calls_mutating,api_calls_throttled,api_calls_rejected,api_calls_failed,api_wait_s,lb_updates,lb_ensures,"
          "sync_passes,desync_s,desync_max_s,full_sync_s,health_probes,target_transitions,fail_open_s,"
          "capacity_min_share,time_to_new_zero_s,time_to_established_zero_s,api_wait_max_s,sync_retries,queue_length_max\n"
          "4,flaps,\"1.29, gate off\",1,18446744073709551615,2000000,,,,,,,,,,,,,,,,,,,,,,,,1.500000,,,,,,,,,,,,,,,,"
          "0.9,,0.000000,,,\n");
}

TEST_CASE("summary table: seconds have six decimals, shares and counts are shortest") {
    const ScratchFolder folder;
    io::SummaryRow counted;
    counted.variant = "a";
    counted.metric = Metric::connections_dropped;
    counted.n = 3;
    counted.mean = 1.0 / 3.0;
    counted.min = 0;
    counted.max = counted.p50 = counted.p95 = counted.p99 = 1;
    counted.zero_share = 2.0 / 3.0;
    io::SummaryRow timed;
    timed.variant = "b";
    timed.metric = Metric::desync_s;
    timed.n = 1;
    timed.mean = timed.min = timed.max = timed.p50 = timed.p95 = timed.p99 = 2.5;
    timed.zero_share = 0;
    timed.difference_mean = -0.5;
    io::SummaryRow absent;
    absent.variant = "b";
    absent.metric = Metric::worst_gap_s;
    io::write_summary_table(folder.path() / "summary.csv", std::vector{counted, timed, absent});
    CHECK(bytes_of(folder.path() / "summary.csv") ==
          "variant,metric,n,mean,min,max,p50,p95,p99,ci_low,ci_high,zero_share,"
          "difference_mean,difference_ci_low,difference_ci_high\n"
          "a,connections_dropped,3,0.3333333333333333,0,1,1,1,1,,,0.6666666666666666,,,\n"
          "b,desync_s,1,2.500000,2.500000,2.500000,2.500000,2.500000,2.500000,,,0,-0.500000,,\n"
          "b,worst_gap_s,0,,,,,,,,,,,,\n");
}

TEST_CASE("summary json: absent values are null and integral ones integers") {
    io::SummaryRow row;
    row.variant = "a";
    row.metric = Metric::connections_dropped;
    row.n = 1;
    row.mean = 1e6;
    const std::vector<io::SummaryRow> rows{row};
    const std::vector<io::VariantFacts> variants{{"a", {{"service_controller", "1.26.15", "G"}}, {}}};
    const std::string text = io::summary_json({.name = "n", .question = "q?", .folder = "out", .seed = 1,
                                               .replications = 1, .variants = variants, .rows = rows});
    CHECK_THAT(text, Catch::Contains("\"mean\": 1000000,") && Catch::Contains("\"p50\": null") &&
                         Catch::Contains("\"variant\": \"G\"") && Catch::EndsWith("}\n"));
}
