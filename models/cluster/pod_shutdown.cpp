// SPDX-License-Identifier: Apache-2.0
// Pods that a kubelet ends in place when its machine is shut down gracefully.
#include <algorithm>

#include "models/cluster/pods.hpp"

namespace lbsim::cluster {

using engine::Step;
using history::EventKind;

/// Simplifies: all pods have one priority and no volumes; a pod that is being deleted already ends by its own clock.
Duration Pods::shut_down(NodeId node, EventId why) {
    std::vector<PodId> ended;
    std::vector<policy::ShutdownPod> facts;
    for (const PodId id : by_node_[node.index()].pods) {
        const Pod& pod = pods_[id.index()];
        if (pod.is_terminating) continue;
        const scenario::Workload& w = workload(pod.service);
        const bool obeys = w.on_sigterm == scenario::OnSigterm::exit_now;
        const Duration needs = !pod.is_accepting ? Duration{0} : obeys ? w.pre_stop : Duration::max();
        ended.push_back(id);
        facts.push_back({.grace_period = w.termination_grace_period, .needs = needs});
    }
    const policy::ShutdownPlan plan = policy::shutdown_plan(policy::shutdown_ability(scenario_->cluster.kubelet),
                                                            machines_->shutdown_groups(node), facts);
    for (std::size_t i = 0; i < ended.size(); ++i) {
        const PodId id = ended[i];
        journal_->later(saturating_add(journal_->now(), plan.pods[i].ends), Step::pod_exit, id.value,
                        [this, id, why, start = pods_[id.index()].start] {
                            const Pod& pod = pods_[id.index()];
                            if (pod.exists && pod.start == start) end_in_shutdown(id, why);
                        });
    }
    return plan.released;
}

/// Its containers have stopped, and the kubelet still gets that out, once there is an API server. A Deployment's pod has
/// failed: its endpoint goes and another pod takes its place. A DaemonSet's waits for its machine.
void Pods::end_in_shutdown(PodId id, EventId why) {
    Pod& pod = pods_[id.index()];
    if (workload(pod.service).kind == scenario::WorkloadKind::daemon_set) {
        const EventId event =
            journal_->record(EventKind::pod_exited, {.node = pod.node, .service = pod.service, .pod = id}, why);
        stop_accepting(id, journal_->now(), event);
        api_->when_up(Step::pod_exit, id.value, [this, id, event] {
            if (!pods_[id.index()].is_accepting) set_ready(id, false, event);
        });
        return;
    }
    const bool is_first_word = !pod.is_terminating;
    pod.is_terminating = true;
    remove(id, why);
    if (!is_first_word) return;
    api_->when_up(Step::pod_exit, id.value, [this, service = pod.service, revision = pod.revision, why] {
        if (ReplicaSet* set = find_set(service, revision)) --set->active;
        keep_replicas(service, revision, why);
    });
}

}  // namespace lbsim::cluster
