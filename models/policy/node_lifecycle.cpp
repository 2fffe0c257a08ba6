// SPDX-License-Identifier: Apache-2.0
// Heartbeats and grace periods by minor release, and the arithmetic of Unknown and of pod termination.
#include "lbsim/policy/node_lifecycle.hpp"

#include <algorithm>

namespace lbsim::policy {

namespace {
/// The kubelet never gives a container less between SIGTERM and SIGKILL.
/// Source: kubernetes/kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go, 1.28 and 1.36
/// (minimumGracePeriodInSeconds).
constexpr Duration minimum_after_sigterm = 2s;
}  // namespace

HeartbeatTimes heartbeat_times(Release kubelet) {
    HeartbeatTimes times;
    times.status_report_is_spread = kubelet.minor >= 34;
    return times;
}

Duration node_monitor_grace_period(Release kubelet) { return kubelet.minor >= 32 ? 50s : 40s; }

Time unknown_at(Time seen, Duration grace_period, Duration pass_phase, Duration pass_period) {
    return first_tick_at_or_after(saturating_add(seen, grace_period), pass_phase, pass_period);
}

PodTermination pod_termination(Duration pre_stop, Duration grace_period) {
    PodTermination result;
    result.sigterm = std::min(pre_stop, grace_period);
    result.sigkill = std::max(grace_period, result.sigterm + minimum_after_sigterm);
    return result;
}

}  // namespace lbsim::policy
