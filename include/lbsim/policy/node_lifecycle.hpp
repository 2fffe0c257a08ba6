// SPDX-License-Identifier: Apache-2.0
// Timing rules of node and pod life: grace periods, autoscaler order, pod termination.
#pragma once

#include "lbsim/core/time.hpp"
#include "lbsim/policy/release.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// --node-monitor-grace-period: 40 s up to 1.31, 50 s from 1.32.
/// Source: kubernetes/kubernetes PR 126287; kube-controller-manager v0.32.0 config/v1alpha1/types.go.
Duration node_monitor_grace_period(Release kubelet);

/// --node-delete-delay-after-taint of the cluster autoscaler: none before 1.26, 5 s from 1.26.
/// Source: kubernetes/autoscaler cluster-autoscaler/config/flags/flags.go, 1.25.0 and 1.26.0.
Duration autoscaler_delay_after_taint(Release autoscaler);
/// --cordon-node-before-terminating: false before 1.34, true from 1.34.
/// Source: kubernetes/autoscaler cluster-autoscaler/config/flags/flags.go, 1.33.0 and 1.34.0.
bool autoscaler_cordons(Release autoscaler);

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
