// SPDX-License-Identifier: Apache-2.0
// Names, units and meanings of the metrics, in column order.
#include "lbsim/scenario/metrics.hpp"

namespace lbsim::scenario {

namespace {
constexpr bool seconds = true;
constexpr bool later = false;
constexpr std::array<MetricInfo, metric_count> table{{
    {"connections_initial", "connections", "open at time 0"},
    {"connections_attempted", "connections", "connect() calls; SYN retransmissions are not attempts"},
    {"connections_established", "connections", "attempts that succeeded"},
    {"connections_connecting_at_end", "connections", "attempts without an outcome at the end of the run"},
    {"connections_completed", "connections", "established (or initial) ones that ended by themselves"},
    {"connections_open_at_end", "connections", "established (or initial) ones still open at the end of the run"},
    {"connections_lost", "connections", "new_refused + new_blackholed + new_rejected + connections_dropped"},
    {"new_refused", "connections", "attempts answered by RST"},
    {"new_blackholed", "connections", "attempts that nothing answered until connect_timeout"},
    {"new_rejected", "connections", "attempts answered by ICMP unreachable"},
    {"connections_dropped", "connections", "established ones lost before they ended by themselves"},
    {"dropped_vm_off", "connections", "lost with the machine of their first hop or endpoint"},
    {"dropped_target_removed", "connections", "cut when the load balancer removed their target"},
    {"dropped_target_unhealthy", "connections", "cut when the load balancer found their target unhealthy"},
    {"dropped_drain_timeout", "connections", "cut at the end of a drain"},
    {"dropped_pod_killed", "connections", "lost with the process of their endpoint"},
    {"dropped_idle_timeout", "connections", "forgotten by a hop while idle", false, later},
    {"dropped_rules_flushed", "connections", "lost when a service proxy flushed its rules", false, later},
    {"dropped_network", "connections", "lost to a partition", false, later},
    {"requests_aborted", "requests", "in flight on a connection when it was lost", false, later},
    {"error_seconds_new", "samples", "failed samples of probes that open a new connection each time", false, later},
    {"error_seconds_reused", "samples", "failed samples of probes that reuse a connection", false, later},
    {"worst_gap_s", "s", "longest run of failed samples of one probe", seconds, later},
    {"reconnects_peak_per_s", "connections/s", "most reconnects of populations in one whole second"},
    {"blackhole_node_s", "s", "summed over (load balancer, node): new connections may be sent and no SYN is answered",
     seconds},
    {"api_calls", "calls", "cloud API calls: ok + failed + throttled + rejected"},
    {"api_calls_mutating", "calls", "cloud API calls that change something"},
    {"api_calls_throttled", "calls", "answered 429"},
    {"api_calls_rejected", "calls", "rejected by a client-side limiter"},
    {"api_calls_failed", "calls", "failed otherwise"},
    {"api_wait_s", "s", "waited in client-side limiters", seconds},
    {"lb_updates", "calls", "UpdateLoadBalancer calls started by the controller"},
    {"lb_ensures", "calls", "EnsureLoadBalancer calls started by the controller"},
    {"sync_passes", "passes", "node passes started, empty ones and ticks included"},
    {"desync_s", "s", "load-balancer seconds with a set other than the desired one", seconds},
    {"desync_max_s", "s", "longest unbroken de-sync of one load balancer", seconds},
    {"full_sync_s", "s", "longest time from a change of a desired set until no load balancer is de-synced", seconds},
    {"health_probes", "probes", "health probes sent"},
    {"target_transitions", "changes", "rows of targets.csv"},
    {"fail_open_s", "s", "load-balancer seconds in which unhealthy targets got new connections for want of healthy ones",
     seconds},
    {"capacity_min_share", "share", "least passing targets / targets at time 0, over time and load balancers"},
    {"time_to_new_zero_s", "s", "per node named in the timeline: from its first verb to the last instant it may be sent "
                                "a new connection; maximum", seconds},
    {"time_to_established_zero_s", "s", "per node named in the timeline: from its first verb to the last instant it has "
                                        "an established connection; maximum", seconds},
    {"api_wait_max_s", "s", "longest wait of one cloud API call in client-side limiters", seconds},
    {"sync_retries", "syncs", "syncs that the controller put back after a failure or at the provider's request"},
    {"queue_length_max", "keys", "most keys waiting in the service controller at once"},
}};
}  // namespace

const MetricInfo& info(Metric metric) { return table[static_cast<std::size_t>(metric)]; }

std::optional<Metric> find_metric(std::string_view name) {
    for (std::size_t i = 0; i < metric_count; ++i) {
        if (table[i].name == name) return static_cast<Metric>(i);
    }
    return std::nullopt;
}

}  // namespace lbsim::scenario
