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
    std::uint64_t mutating = 0;
    std::uint64_t good = 0;
    std::uint64_t failed = 0;
    std::uint64_t throttled = 0;
    std::uint64_t rejected = 0;
    Duration wait{};
    Duration longest_wait{};
    for (const history::ApiCall& call : history.api_calls) {
        mutating += call.mutates ? 1 : 0;
        good += call.result == history::CallResult::ok ? 1 : 0;
        failed += call.result == history::CallResult::failed ? 1 : 0;
        throttled += call.result == history::CallResult::throttled ? 1 : 0;
        rejected += call.result == history::CallResult::rejected ? 1 : 0;
        wait += call.wait;
        longest_wait = std::max(longest_wait, call.wait);
        result.bins[static_cast<std::size_t>(us_of(call.t) / result.bin.count())].api_calls += 1;
    }
    LBSIM_CHECK(good + failed + throttled + rejected == history.api_calls.size(), "every call has one result");
    scenario::Metrics& m = result.metrics;
    m[Metric::api_calls] = static_cast<double>(history.api_calls.size());
    m[Metric::api_calls_mutating] = static_cast<double>(mutating);
    m[Metric::api_calls_failed] = static_cast<double>(failed);
    m[Metric::api_calls_throttled] = static_cast<double>(throttled);
    m[Metric::api_calls_rejected] = static_cast<double>(rejected);
    m[Metric::api_wait_s] = seconds(wait);
    m[Metric::api_wait_max_s] = seconds(longest_wait);
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
    scenario::ControllerExport& out = result.controller;
    out.minor = scenario.cluster.service_controller.minor;
    for (const history::PassSpan& pass : history.passes) out.nodesync_latency.observe(pass.end - pass.start);
    std::uint64_t calls = 0;
    for (const history::Sync& sync : history.syncs) {
        calls += sync.calls;
        if (sync.operation != "UpdateLoadBalancer") continue;
        if (sync.result != history::SyncResult::running) out.update_latency.observe(sync.end - sync.start);
    }
    out.loadbalancer_sync_total = history.lb_updates;
    out.nodesync_error_total = history.sync_errors;
    out.service_queue_retries_total = history.sync_retries;
    std::uint64_t deepest = 0;
    for (const history::QueueSample& sample : history.queue) deepest = std::max(deepest, sample.length);
    result.metrics[Metric::queue_length_max] = static_cast<double>(deepest);
    LBSIM_CHECK(calls <= history.api_calls.size(), "the calls of all syncs are among all calls");
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

template <class Row>
void keep(std::vector<Row>& rows, std::uint64_t max_rows, std::uint64_t& count) {
    count = rows.size();
    if (rows.size() > max_rows) rows.resize(max_rows);
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
    result.events = merge_events(std::move(history.events), plane.cuts.take(), options.max_rows, result.lost_connections,
                                 history.syncs);
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
    result.api_calls = std::move(history.api_calls);
    keep(result.api_calls, options.max_rows, result.rows.api_calls);
    result.syncs = std::move(history.syncs);
    keep(result.syncs, options.max_rows, result.rows.syncs);
    keep(result.lost_connections, options.max_rows, result.rows.lost_connections);
    return result;
}

}  // namespace lbsim::study
