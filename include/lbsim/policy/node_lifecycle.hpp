// SPDX-License-Identifier: Apache-2.0
// Timing rules of node and pod life: heartbeats, grace periods, pod termination.
#pragma once

#include "lbsim/core/time.hpp"
#include "lbsim/policy/release.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// How often a kubelet says that it lives, and how often somebody looks.
/// Source: kubernetes/component-helpers v0.36.0 apimachinery/lease/controller.go; kubernetes/kubernetes
/// pkg/kubelet/apis/config/v1beta1/defaults.go and pkg/controller/nodelifecycle/config/v1alpha1/defaults.go, 1.19 to
/// 1.36.
struct HeartbeatTimes {
    Duration lease_renewal = 10s;         ///< a quarter of the lease's 40 s; upstream adds up to 4 %
    Duration lease_duration = 40s;        ///< written into the lease; nobody in lbsim's world acts on it
    Duration status_loop = 10s;           ///< the kubelet looks whether its status changed
    Duration status_report = 5min;        ///< an unchanged status is written this often
    bool status_report_is_spread = false; ///< 1.34 on: the first report after a change comes 2.5 to 7.5 min later
    Duration monitor_period = 5s;         ///< --node-monitor-period, passes of the node lifecycle controller
    Duration startup_grace_period = 60s;  ///< --node-startup-grace-period, for a node that never had a Ready condition
};
/// Source: as HeartbeatTimes; the spread: kubernetes/kubernetes pkg/kubelet/kubelet_node_status.go, 1.33.13 and 1.34.3
/// (calculateDelay).
HeartbeatTimes heartbeat_times(Release kubelet);

/// --node-monitor-grace-period: 40 s up to 1.31, 50 s from 1.32.
/// Source: kubernetes/kubernetes PR 126287; pkg/controller/nodelifecycle/config/v1alpha1/defaults.go, 1.19 to 1.36.
Duration node_monitor_grace_period(Release kubelet);

/// The instant a node turns Unknown when nothing is heard of it any more: the first pass at or after `seen` + grace.
/// `seen` is the pass that noticed the last heartbeat.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.36, tryUpdateNodeHealth.
/// Simplifies: upstream asks for more than the grace period, but each of its passes runs a little later than a period
/// after the last; on an exact grid that is "at or after".
Time unknown_at(Time seen, Duration grace_period, Duration pass_phase, Duration pass_period);

/// When the parts of a pod's termination happen, counted from the write of its deletionTimestamp.
struct PodTermination {
    Duration sigterm{};  ///< preStop is over, or grace cut it short
    Duration sigkill{};  ///< grace is over, never less than 2 s after SIGTERM
};
/// Termination of a pod with this preStop time and terminationGracePeriodSeconds.
/// Source: kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go, 1.28 and 1.36.
/// Simplifies: upstream counts the preStop time in whole seconds.
PodTermination pod_termination(Duration pre_stop, Duration grace_period);

}  // namespace lbsim::policy
#pragma GCC visibility pop
