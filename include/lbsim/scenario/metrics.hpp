// SPDX-License-Identifier: Apache-2.0
// The metrics of a run: the columns of runs.csv, in order.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace lbsim::scenario {

/// Index of a metric; the order is the order of the columns.
enum class Metric : std::size_t {
    connections_initial,
    connections_attempted,
    connections_established,
    connections_connecting_at_end,
    connections_completed,
    connections_open_at_end,
    connections_lost,
    new_refused,
    new_blackholed,
    new_rejected,
    connections_dropped,
    dropped_vm_off,
    dropped_target_removed,
    dropped_target_unhealthy,
    dropped_drain_timeout,
    dropped_pod_killed,
    dropped_idle_timeout,
    dropped_rules_flushed,
    dropped_network,
    requests_aborted,
    error_seconds_new,
    error_seconds_reused,
    worst_gap_s,
    reconnects_peak_per_s,
    blackhole_node_s,
    api_calls,
    api_calls_mutating,
    api_calls_throttled,
    api_calls_rejected,
    api_calls_failed,
    api_wait_s,
    lb_updates,
    lb_ensures,
    sync_passes,
    desync_s,
    desync_max_s,
    full_sync_s,
    health_probes,
    target_transitions,
    fail_open_s,
    capacity_min_share,
    time_to_new_zero_s,
    time_to_established_zero_s,
    api_wait_max_s,
    sync_retries,
    queue_length_max,
    count_,
};
inline constexpr std::size_t metric_count = static_cast<std::size_t>(Metric::count_);

/// Name, unit and meaning of a metric; `is_seconds` metrics are printed with six decimals.
struct MetricInfo {
    std::string_view name;
    std::string_view unit;
    std::string_view meaning;
    bool is_seconds = false;
    bool is_computed = true;  ///< false: a later version computes it; its cells are empty
};
const MetricInfo& info(Metric metric);
std::optional<Metric> find_metric(std::string_view name);

/// Values by metric; an absent one is an empty cell, never 0.
class Metrics {
public:
    std::optional<double>& operator[](Metric m) { return values_[static_cast<std::size_t>(m)]; }
    const std::optional<double>& operator[](Metric m) const { return values_[static_cast<std::size_t>(m)]; }

private:
    std::array<std::optional<double>, metric_count> values_{};
};

}  // namespace lbsim::scenario
