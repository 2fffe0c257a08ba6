// SPDX-License-Identifier: Apache-2.0
// Pods and the workloads that keep them: placement, readiness, termination, replacement.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "lbsim/engine/engine.hpp"
#include "lbsim/policy/disruption_budget.hpp"
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
    /// The pods that leave a node that is drained: all but those of DaemonSets. Order: as they were bound.
    std::vector<PodId> evictable(NodeId node) const;
    /// The Eviction API: sets deletionTimestamp, unless the pod's disruption budget forbids it now. `longest_grace` cuts
    /// the pod's own grace period short.
    policy::EvictionAnswer evict(PodId id, EventId why, std::optional<Duration> longest_grace = {});
    /// Of the budget over the service's pods; empty where there is none.
    std::optional<policy::BudgetStatus> budget(ServiceId service) const;
    /// Blocks the calling actor until these pods are gone, at most until `end`; false where one is still there.
    bool wait_until_gone(std::span<const PodId> pods, Time end);

    void power_changed(NodeId node, bool is_on, EventId why);
    void ready_changed(NodeId node, policy::ConditionStatus status, EventId why);
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
    void terminate(PodId id, EventId why, std::optional<Duration> longest_grace = {});
    void delete_all(NodeId node, EventId why);
    void stop_accepting(PodId id, Time at, EventId why);
    void remove(PodId id, EventId why);
    void replace(ServiceId service, EventId why);
    void write_endpoint(PodId id, EventId why);
    void schedule_eviction(NodeId node, EventId why);
    void collect_orphans(NodeId node, EventId why);
    void add_daemons(NodeId node, EventId why);
    void update_eligibility(NodeId node);
    void rank_node(NodeId node, int change);

    struct NodePods {
        std::vector<PodId> pods;      ///< bound and existing, in order of binding
        bool accepts = false;
        std::uint64_t eviction = 0;   ///< generation of the NoExecute eviction
        bool eviction_pending = false;
    };

    Journal* journal_;
    ApiServer* api_;
    Machines* machines_;
    const scenario::Scenario* scenario_;
    Duration orphan_phase_;
    std::vector<Pod> pods_;
    std::vector<NodePods> by_node_;
    std::vector<std::set<PodId>> by_service_;                      ///< existing pods
    std::set<std::pair<std::uint32_t, std::uint32_t>> accepting_;  ///< (pods, node) of nodes that accept pods
    std::vector<std::set<std::uint32_t>> free_slots_;              ///< by service, below next_slot_
    std::vector<std::uint32_t> next_slot_;
    std::vector<std::uint32_t> next_number_;
    std::set<PodId> pending_;
    std::vector<std::vector<NodeId>> allowed_;                     ///< by service; empty: all nodes
    engine::Signal pod_gone_;
    EndpointObserver observer_;
};

}  // namespace lbsim::cluster
