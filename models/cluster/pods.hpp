// SPDX-License-Identifier: Apache-2.0
// Pods and the workloads that keep them: placement, readiness, termination, replacement.
#pragma once

#include <functional>
#include <span>
#include <set>
#include <utility>
#include <vector>

#include "lbsim/engine/engine.hpp"
#include "lbsim/policy/eviction.hpp"
#include "models/cluster/machines.hpp"

namespace lbsim::cluster {

/// Distance of the passes of pod garbage collection. Source: kubernetes/kubernetes pkg/controller/podgc.
inline constexpr Duration orphan_period = 20s;

/// A pod while its object exists.
struct Pod {
    ServiceId service;
    NodeId node;                 ///< none while no node accepts it
    std::uint32_t slot = 0;
    bool exists = true;
    bool is_ready = false;       ///< condition Ready, as the API has it
    bool is_terminating = false;
    bool has_exited = false;     ///< its process has; the object may still wait for the API server
    bool is_accepting = false;   ///< its process runs and accepts connections
    bool marked_not_ready = false;  ///< by the node lifecycle controller; the kubelet takes it back
    std::uint32_t start = 0;     ///< generation of its container: a start that was overtaken does nothing
    EventId cause;               ///< of what comes next: its start, or, while terminating, its exit
};

/// Deployments and DaemonSets behind the services. The chain of controllers from a lost pod to its replacement adds
/// no delay; the replacement is Ready one start_time after it has a node.
class Pods {
public:
    /// A write to a service's EndpointSlices.
    using EndpointObserver = std::function<void(ServiceId)>;

    Pods(Journal& journal, ApiServer& api, Machines& machines, const scenario::Scenario& scenario,
         std::uint32_t replication);

    /// Places the initial replicas; all are Ready since long ago.
    void start();
    /// Sets deletionTimestamp on the node's pods, but for those of DaemonSets.
    void evict(NodeId node, EventId why);
    /// True where the node has a pod that a drain waits for.
    bool has_evictable(NodeId node) const;
    /// Pods on the node whose objects exist, in order of binding.
    const std::vector<PodId>& pods_on(NodeId node) const { return by_node_[node.index()].pods; }
    /// Of the pod's NoExecute tolerations, those that some taint of this world meets.
    std::span<const policy::Toleration> tolerations(PodId pod) const;
    /// Sets deletionTimestamp.
    void delete_pod(PodId pod, EventId why) { terminate(pod, why); }
    /// Blocks the calling actor until has_evictable is false.
    void wait_until_drained(NodeId node);

    void power_changed(NodeId node, bool is_on, EventId why);
    void ready_changed(NodeId node, policy::ConditionStatus status, Machines::PodMarks marks, EventId why);
    void node_written(const NodeChange& change);
    void observe_endpoints(EndpointObserver observe) { observer_ = std::move(observe); }

    const Pod& pod(PodId id) const { return pods_[id.index()]; }

private:
    const scenario::Workload& workload(ServiceId service) const;
    PodId create(ServiceId service, EventId why);
    void bind(PodId id, NodeId node, EventId why);
    NodeId choose_node(ServiceId service) const;
    bool may_run_on(ServiceId service, NodeId node) const;
    void place_pending();
    void start_container(PodId id, EventId why);
    void started(PodId id, EventId why);
    void set_ready(PodId id, bool ready, EventId why);
    void terminate(PodId id, EventId why);
    void stop_accepting(PodId id, Time at, EventId why);
    void remove(PodId id, EventId why);
    void forget(PodId id, EventId event);
    void restart_pods(NodeId node, EventId why);
    void replace(ServiceId service, EventId why);
    void write_endpoint(PodId id, EventId why);
    void collect_orphans(NodeId node, EventId why);
    void add_daemons(NodeId node, EventId why);
    void restore_daemons(NodeId node, EventId why);
    bool may_run_daemon(ServiceId service, NodeId node) const;
    void update_eligibility(NodeId node);
    void rank_node(NodeId node, int change);

    struct NodePods {
        std::vector<PodId> pods;      ///< bound and existing, in order of binding
        std::uint32_t evictable = 0;
        bool accepts = false;
        bool lacks_daemons = false;   ///< a DaemonSet's pod was evicted here
    };

    Journal* journal_;
    ApiServer* api_;
    Machines* machines_;
    const scenario::Scenario* scenario_;
    Duration orphan_phase_;
    std::vector<Pod> pods_;
    std::vector<NodePods> by_node_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> accepting_;  ///< (pods, node) of nodes that accept pods
    std::vector<std::set<std::uint32_t>> free_slots_;              ///< by service, below next_slot_
    std::vector<std::uint32_t> next_slot_;
    std::vector<std::uint32_t> next_number_;
    std::set<PodId> pending_;
    std::vector<std::vector<NodeId>> allowed_;                     ///< by service; empty: all nodes
    std::vector<std::vector<policy::Toleration>> tolerations_;     ///< by service
    engine::Signal pod_gone_;
    EndpointObserver observer_;
};

}  // namespace lbsim::cluster
