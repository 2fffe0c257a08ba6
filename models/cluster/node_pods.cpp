// SPDX-License-Identifier: Apache-2.0
// What happens to a node's pods when the node changes: power, Ready, taints, registration and deletion.
#include "models/cluster/pods.hpp"

#include <algorithm>

namespace lbsim::cluster {

using engine::Step;
using policy::ConditionStatus;

void Pods::power_changed(NodeId node, bool is_on, EventId why) {
    if (by_node_.size() <= node.index()) by_node_.resize(node.index() + 1);
    if (!is_on) {
        for (const PodId id : by_node_[node.index()].pods) stop_accepting(id, journal_->now(), why);
        return;
    }
    // A kubelet that starts learns of its pods from the API server.
    api_->when_up(Step::pod_exit, node.value, [this, node, why] {
        if (machines_->is_on(node) && journal_->history().nodes[node.index()].machine.back().on_event == why) {
            restart_pods(node, why);
        }
    });
}

void Pods::restart_pods(NodeId node, EventId why) {
    const std::vector<PodId> pods = by_node_[node.index()].pods;
    for (const PodId id : pods) {
        Pod& pod = pods_[id.index()];
        if (pod.is_terminating) {
            remove(id, pod.cause);
        } else {
            if (workload(pod.service).start_time > Duration{0}) set_ready(id, false, why);
            pod.marked_not_ready = false;
            start_container(id, why);
        }
    }
}

void Pods::ready_changed(NodeId node, ConditionStatus status, Machines::PodMarks marks, EventId why) {
    const std::vector<PodId> pods = by_node_[node.index()].pods;
    for (const PodId id : pods) {
        Pod& pod = pods_[id.index()];
        if (marks == Machines::PodMarks::not_ready && pod.is_ready) {
            pod.marked_not_ready = true;
            set_ready(id, false, why);
        } else if (status == ConditionStatus::is_true && pod.marked_not_ready) {
            pod.marked_not_ready = false;
            if (pod.is_accepting) set_ready(id, true, why);
        }
    }
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
    restore_daemons(change.node, change.why);
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

std::span<const policy::Toleration> Pods::tolerations(PodId pod) const {
    return tolerations_[pods_[pod.index()].service.index()];
}

/// Of the taints, a DaemonSet's pods endure those that the node's own state brings.
/// Source: kubernetes/kubernetes pkg/controller/daemon/util/daemonset_util.go, AddOrUpdateDaemonPodTolerations.
bool Pods::may_run_daemon(ServiceId service, NodeId node) const {
    const NodeObject& object = api_->node(node);
    return object.exists && may_run_on(service, node) &&
           std::all_of(object.taints.begin(), object.taints.end(), [](const Taint& taint) {
               return taint.effect == "PreferNoSchedule" || taint.key == not_ready_taint_key ||
                      taint.key == unreachable_taint_key;
           });
}

/// A DaemonSet's pod that was deleted comes back when it is gone, and the taint that drove it out as well.
void Pods::restore_daemons(NodeId node, EventId why) {
    if (!by_node_[node.index()].lacks_daemons) return;
    bool lacks = false;
    for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
        const ServiceId service{s};
        if (workload(service).kind != scenario::WorkloadKind::daemon_set || !may_run_on(service, node)) continue;
        bool runs = false;
        bool leaves = false;
        for (const PodId id : by_node_[node.index()].pods) {
            if (pods_[id.index()].service == service) (pods_[id.index()].is_terminating ? leaves : runs) = true;
        }
        if (runs) continue;
        if (leaves || !may_run_daemon(service, node)) {
            lacks = true;
            continue;
        }
        bind(create(service, controllers_[s].revision, why), node, why);
    }
    by_node_[node.index()].lacks_daemons = lacks;
}

/// Pod garbage collection for a node whose object is gone and whose machine is off.
void Pods::collect_orphans(NodeId node, EventId why) {
    if (machines_->is_on(node)) return;
    const Time seen = saturating_add(journal_->now(), api_->latency().fixed_or_zero());
    const auto collect = [this, node, why] {
        const std::vector<PodId> orphans = by_node_[node.index()].pods;
        for (const PodId id : orphans) {
            const bool is_daemon = workload(pods_[id.index()].service).kind == scenario::WorkloadKind::daemon_set;
            if (!is_daemon) terminate(id, why);
            remove(id, why);
        }
    };
    // After the look and the pass of the node lifecycle controller, objects 0 and 1 of that step.
    const std::uint32_t collector = node.value + 2;
    const Time due = policy::orphans_collected_at(seen, orphan_phase_);
    journal_->later(due, Step::node_lifecycle_pass, collector, [this, collector, collect] {
        api_->when_up(Step::node_lifecycle_pass, collector, collect);
    });
}

}  // namespace lbsim::cluster
