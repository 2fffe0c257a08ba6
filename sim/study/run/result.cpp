// SPDX-License-Identifier: Apache-2.0
// Final order of rows, control-plane metrics and columns of the table per bin.
#include "sim/study/run/result.hpp"

#include <algorithm>
#include <optional>

#include "lbsim/core/check.hpp"
#include "sim/study/run/rows.hpp"

namespace lbsim::study {

using scenario::Metric;
using scenario::RunResult;

namespace {

double seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

void add_api_calls(const history::History& history, RunResult& result) {
    const history::ApiCallLog::Totals& totals = history.api_calls.totals();
    LBSIM_CHECK(totals.ok + totals.failed + totals.throttled + totals.rejected == totals.calls, "every call has one result");
    for (const history::ApiCallLog::Count& count : history.api_calls.counts()) {
        result.bins[static_cast<std::size_t>(us_of(count.t) / result.bin.count())].api_calls += count.calls;
    }
    scenario::Metrics& m = result.metrics;
    m[Metric::api_calls] = static_cast<double>(totals.calls);
    m[Metric::api_calls_mutating] = static_cast<double>(totals.mutating);
    m[Metric::api_calls_failed] = static_cast<double>(totals.failed);
    m[Metric::api_calls_throttled] = static_cast<double>(totals.throttled);
    m[Metric::api_calls_rejected] = static_cast<double>(totals.rejected);
    m[Metric::api_wait_s] = seconds(totals.wait);
    m[Metric::api_wait_max_s] = seconds(totals.longest_wait);
    m[Metric::sync_retries] = static_cast<double>(history.sync_retries);
    m[Metric::lb_updates] = static_cast<double>(history.lb_updates);
    m[Metric::lb_ensures] = static_cast<double>(history.lb_ensures);
    m[Metric::sync_passes] = static_cast<double>(history.sync_passes);
}

/// Load-balancer seconds out of sync, the longest stretch, and the longest way back to full sync.
void add_desync(const history::History& history, RunResult& result) {
    const std::vector<history::DesyncLog::Count>& counts = history.desync.counts();
    std::size_t at = 0;
    std::uint64_t desynced = 0;
    for (std::size_t bin = 0; bin < result.bins.size(); ++bin) {
        const Time end = time_zero + result.bin * static_cast<std::int64_t>(bin + 1);
        for (; at < counts.size() && counts[at].t < end; ++at) desynced = counts[at].desynced;
        result.bins[bin].desynced_lbs = desynced;
    }
    const history::DesyncLog::Totals totals = history.desync.totals(history.end);
    result.metrics[Metric::desync_s] = seconds(totals.load_balancers);
    result.metrics[Metric::desync_max_s] = seconds(totals.longest);
    result.metrics[Metric::full_sync_s] = seconds(totals.full_sync);
}

void add_queue(const history::History& history, RunResult& result) {
    std::size_t sample = 0;
    std::uint64_t length = 0;
    for (std::size_t bin = 0; bin < result.bins.size(); ++bin) {
        const Time end = time_zero + result.bin * static_cast<std::int64_t>(bin + 1);
        for (; sample < history.queue.size() && history.queue[sample].t < end; ++sample) {
            length = history.queue[sample].length;
        }
        result.bins[bin].queue_length = length;
    }
}

/// What the controller would have exported; the deepest queue.
void add_controller(const history::History& history, const scenario::Scenario& scenario, RunResult& result) {
    result.controller = {.minor = scenario.cluster.service_controller.minor,
                         .nodesync_latency = history.nodesync_latency,
                         .update_latency = history.update_latency,
                         .loadbalancer_sync_total = history.lb_updates,
                         .nodesync_error_total = history.sync_errors,
                         .service_queue_retries_total = history.sync_retries};
    result.metrics[Metric::queue_length_max] = static_cast<double>(history.queue_length_max);
}

/// Longest way of a named node to its last new and its last established connection; empty where one never got there.
void add_time_to_zero(const history::History& history, const traffic::DataPlane& plane, bool has_traffic,
                      RunResult& result) {
    std::optional<Duration> to_new;
    std::optional<Duration> to_established;
    bool new_never = false;
    bool established_never = false;
    for (const history::NamedNode& named : history.named_nodes) {
        const traffic::LastAdmission& admission = plane.last_admission.at(named.node);
        new_never |= admission.open_at_end;
        to_new = std::max(to_new.value_or(0s), std::max<Duration>(admission.until - named.first_verb, 0s));
        const traffic::Tally::LastUse& use = plane.tally.last_use().at(named.node);
        established_never |= use.open_at_end;
        to_established = std::max(to_established.value_or(0s), std::max<Duration>(use.until - named.first_verb, 0s));
    }
    if (to_new && !new_never) result.metrics[Metric::time_to_new_zero_s] = seconds(*to_new);
    if (to_established && !established_never && has_traffic) {
        result.metrics[Metric::time_to_established_zero_s] = seconds(*to_established);
    }
}

}  // namespace

RunResult make_result(history::History history, traffic::DataPlane plane, const scenario::Scenario& scenario,
                      const RunOptions& options) {
    RunResult result;
    plane.tally.finish(result);
    for (std::size_t bin = 0; bin < result.bins.size(); ++bin) {
        result.bins[bin].healthy_targets = plane.healthy_targets[bin];
    }
    result.rows.events = history.events.size() + plane.cuts.size();
    result.event_details = history.events.take_texts();
    result.rows.syncs = history.syncs.size();
    result.syncs = history.syncs.take_rows();
    result.events = merge_events(std::move(history.events), plane.cuts.take(), options.max_rows, result);
    order_lost(result.lost_connections);
    result.rows.targets = plane.targets.size();
    result.targets = plane.targets.take();
    add_api_calls(history, result);
    add_desync(history, result);
    LBSIM_CHECK(!plane.desync || seconds(*plane.desync) == result.metrics[Metric::desync_s],
                "de-sync counted set by set equals de-sync by fingerprint");
    add_queue(history, result);
    add_controller(history, scenario, result);
    add_time_to_zero(history, plane, !scenario.traffic.empty(), result);
    scenario::Metrics& m = result.metrics;
    m[Metric::blackhole_node_s] = seconds(plane.blackhole);
    m[Metric::fail_open_s] = seconds(plane.fail_open);
    m[Metric::health_probes] = static_cast<double>(plane.probes);
    m[Metric::target_transitions] = static_cast<double>(result.rows.targets);
    m[Metric::capacity_min_share] = plane.capacity_min_share;

    for (const history::NodeHistory& node : history.nodes) result.node_names.push_back(node.name);
    for (const history::PodHistory& pod : history.pods) {
        result.pods.push_back({.service = pod.service, .number = pod.number});
    }
    result.rows.api_calls = history.api_calls.totals().calls;
    result.api_calls = history.api_calls.take_rows();
    result.rows.lost_connections = result.lost_connections.size();
    if (result.rows.lost_connections > options.max_rows) result.lost_connections.resize(options.max_rows);
    return result;
}

}  // namespace lbsim::study
