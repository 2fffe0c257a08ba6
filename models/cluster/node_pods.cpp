// SPDX-License-Identifier: Apache-2.0
// What happens to a node's pods when the node changes: power, Ready, taints, registration and deletion.
#include "models/cluster/pods.hpp"

namespace lbsim::cluster {

using engine::Step;
using policy::ConditionStatus;

namespace {

/// Source: kubernetes/kubernetes plugin/pkg/admission/defaulttolerationseconds (both NoExecute taints).
constexpr Duration default_toleration = 300s;
/// Pods of a vanished node wait that long. Source: kubernetes/kubernetes pkg/controller/podgc.
constexpr Duration orphan_quarantine = 40s;

}  // namespace

void Pods::power_changed(NodeId node, bool is_on, EventId why) {
    if (by_node_.size() <= node.index()) by_node_.resize(node.index() + 1);
    const std::vector<PodId> pods = by_node_[node.index()].pods;
    for (const PodId id : pods) {
        Pod& pod = pods_[id.index()];
        if (!is_on) {
            stop_accepting(id, journal_->now(), why);
        } else if (pod.is_terminating) {
            remove(id, pod.cause);
        } else {
            if (workload(pod.service).start_time > Duration{0}) set_ready(id, false, why);
            pod.marked_not_ready = false;
            start_container(id, why);
        }
    }
}

void Pods::ready_changed(NodeId node, Machines::ReadyChange change, EventId why) {
    NodePods& here = by_node_[node.index()];
    const std::vector<PodId> pods = here.pods;
    if (change.after == ConditionStatus::is_true) {
        ++here.eviction;
        here.eviction_pending = false;
        for (const PodId id : pods) {
            Pod& pod = pods_[id.index()];
            if (!pod.marked_not_ready) continue;
            pod.marked_not_ready = false;
            if (pod.is_accepting) set_ready(id, true, why);
        }
        return;
    }
    // A node whose own kubelet had said False before keeps its pods as they are.
    // Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.36, monitorNodeHealth.
    if (change.after == ConditionStatus::unknown && change.before == ConditionStatus::is_true) {
        for (const PodId id : pods) {
            if (!pods_[id.index()].is_ready) continue;
            pods_[id.index()].marked_not_ready = true;
            set_ready(id, false, why);
        }
    }
    // From not-ready to unreachable the toleration goes on from its start.
    // Source: kubernetes/kubernetes pkg/controller/tainteviction/taint_eviction.go processPodOnNode.
    if (!here.eviction_pending) schedule_eviction(node, why);
}

/// Pods without tolerations of their own leave tolerationSeconds after the NoExecute taint was seen.
/// Simplifies: nodes get the taint at once, whatever the zone's eviction rate; with a random watch latency it is seen
/// at once.
void Pods::schedule_eviction(NodeId node, EventId why) {
    by_node_[node.index()].eviction_pending = true;
    const Duration latency = api_->latency().fixed_or_zero();
    journal_->later(saturating_add(journal_->now(), latency + default_toleration), Step::watch_delivery, node.value,
                    [this, node, why, eviction = by_node_[node.index()].eviction] {
                        if (by_node_[node.index()].eviction != eviction) return;
                        by_node_[node.index()].eviction_pending = false;
                        delete_all(node, why);
                    });
}

void Pods::node_written(const NodeChange& change) {
    if (by_node_.size() <= change.node.index()) by_node_.resize(change.node.index() + 1);
    update_eligibility(change.node);
    if (!change.before && change.after) add_daemons(change.node, change.why);
    if (change.before && !change.after) {
        collect_orphans(change.node, change.why);
        // A DaemonSet needs one pod less.
        const std::vector<ServiceId> rolling(rolling_.begin(), rolling_.end());
        for (const ServiceId service : rolling) changed(service);
    }
    if (by_node_[change.node.index()].accepts) place_pending();
}

void Pods::add_daemons(NodeId node, EventId why) {
    if (!why.is_valid()) return;  // in place since the start
    for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
        const ServiceId service{s};
        if (workload(service).kind != scenario::WorkloadKind::daemon_set || !may_run_on(service, node)) continue;
        bind(create(service, controllers_[s].revision, why), node, why);
    }
}

/// Pod garbage collection for a node whose object is gone and whose machine is off.
void Pods::collect_orphans(NodeId node, EventId why) {
    if (machines_->is_on(node)) return;
    const Duration latency = api_->latency().fixed_or_zero();
    const Time found = first_tick_at_or_after(saturating_add(journal_->now(), latency), orphan_phase_, orphan_period);
    const Time due = first_tick_at_or_after(saturating_add(found, orphan_quarantine), orphan_phase_, orphan_period);
    journal_->later(due, Step::node_lifecycle_pass, node.value, [this, node, why] {
        const std::vector<PodId> orphans = by_node_[node.index()].pods;
        for (const PodId id : orphans) {
            const bool is_daemon = workload(pods_[id.index()].service).kind == scenario::WorkloadKind::daemon_set;
            if (!is_daemon) terminate(id, why);
            remove(id, why);
        }
    });
}

}  // namespace lbsim::cluster
