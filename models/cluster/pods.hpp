// SPDX-License-Identifier: Apache-2.0
// Pods and the workloads that keep them: placement, readiness, termination, replacement.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "lbsim/engine/engine.hpp"
#include "lbsim/policy/disruption_budget.hpp"
#include "lbsim/policy/eviction.hpp"
#include "lbsim/policy/rollout.hpp"
#include "models/cluster/machines.hpp"

namespace lbsim::cluster {

/// A pod while its object exists.
struct Pod {
    ServiceId service;
    NodeId node;                 ///< none while no node accepts it
    std::uint32_t slot = 0;
    std::uint32_t revision = 0;  ///< of the template it was made from
    Time created{};
    Time ready_since{};
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
    /// The pods that leave a node that is drained: all but those of DaemonSets. Order: as they were bound.
    std::vector<PodId> evictable(NodeId node) const;
    /// The Eviction API: sets deletionTimestamp, unless the pod's disruption budget forbids it now. `longest_grace` cuts
    /// the pod's own grace period short.
    policy::EvictionAnswer evict(PodId id, EventId why, std::optional<Duration> longest_grace = {});
    /// Of the budget over the service's pods; empty where there is none.
    std::optional<policy::BudgetStatus> budget(ServiceId service) const;
    /// Sets deletionTimestamp without asking for a budget.
    void delete_pod(PodId pod, EventId why) { terminate(pod, why); }
    /// Blocks the calling actor until these pods are gone, at most until `end`; false where one is still there.
    bool wait_until_gone(std::span<const PodId> pods, Time end);
    /// Pods on the node whose objects exist, in order of binding.
    const std::vector<PodId>& pods_on(NodeId node) const { return by_node_[node.index()].pods; }
    /// Of the pod's NoExecute tolerations, those that some taint of this world meets.
    std::span<const policy::Toleration> tolerations(PodId pod) const;

    /// kubectl rollout restart: every pod is replaced, as the workload's strategy allows.
    void roll_out(ServiceId service, EventId why);
    /// kubectl scale. Pre: a Deployment.
    void scale(ServiceId service, std::uint32_t replicas, EventId why);

    void power_changed(NodeId node, bool is_on, EventId why);
    /// The kubelet ends the node's pods in place, priority by priority; no deletionTimestamp is set. Returns when it lets
    /// the machine go.
    Duration shut_down(NodeId node, EventId why);
    void ready_changed(NodeId node, policy::ConditionStatus status, Machines::PodMarks marks, EventId why);
    void node_written(const NodeChange& change);
    void observe_endpoints(EndpointObserver observe) { observer_ = std::move(observe); }

    const Pod& pod(PodId id) const { return pods_[id.index()]; }

private:
    struct ReplicaSet;
    const scenario::Workload& workload(ServiceId service) const;
    PodId create(ServiceId service, std::uint32_t revision, EventId why);
    void place(PodId id, EventId why);
    std::uint64_t uid_of(PodId id) const;
    void bind(PodId id, NodeId node, EventId why);
    ReplicaSet* find_set(ServiceId service, std::uint32_t revision);
    NodeId choose_node(ServiceId service) const;
    bool may_run_on(ServiceId service, NodeId node) const;
    void place_pending();
    void start_container(PodId id, EventId why);
    void started(PodId id, EventId why);
    void set_ready(PodId id, bool ready, EventId why);
    void terminate(PodId id, EventId why, std::optional<Duration> longest_grace = {});
    void stop_accepting(PodId id, Time at, EventId why);
    void remove(PodId id, EventId why);
    void forget(PodId id, EventId event);
    void restart_pods(NodeId node, EventId why);
    void discard(PodId id, EventId why);
    void end_in_shutdown(PodId id, EventId why);
    void changed(ServiceId service);
    void keep_replicas(ServiceId service, std::uint32_t revision, EventId why);
    bool is_available(const Pod& pod) const;
    std::vector<policy::ReplicaSetFacts> facts_of(ServiceId service) const;
    std::vector<PodId> scale_down_order(ServiceId service, std::uint32_t revision) const;
    void resize(ServiceId service, const std::vector<std::uint32_t>& sizes, EventId why);
    bool advance_deployment(ServiceId service);
    bool advance_daemon_set(ServiceId service);
    void finish_rollout(ServiceId service);
    policy::RollingUpdate update_of(ServiceId service) const;
    void write_endpoint(PodId id, EventId why);
    void collect_orphans(NodeId node, EventId why);
    void add_daemons(NodeId node, EventId why);
    void restore_daemons(NodeId node, EventId why);
    bool may_run_daemon(ServiceId service, NodeId node) const;
    void update_eligibility(NodeId node);
    void rank_node(NodeId node, int change);

    struct NodePods {
        std::vector<PodId> pods;      ///< bound and existing, in order of binding
        bool accepts = false;
        bool lacks_daemons = false;   ///< a DaemonSet's pod was deleted here
    };

    /// Pods of one template.
    struct ReplicaSet {
        std::uint32_t revision = 0;
        std::uint32_t replicas = 0;  ///< spec.replicas
        std::uint32_t active = 0;    ///< pods that are not being deleted
    };
    /// What the controllers of a service's workload know and want.
    struct Controller {
        std::uint32_t replicas = 0;    ///< of a Deployment
        std::uint32_t revision = 0;    ///< of the current template
        std::vector<ReplicaSet> sets;  ///< of a Deployment: oldest first, the last is that of the current template
        EventId rollout;               ///< rollout_started while one is under way
        bool is_at_work = false;       ///< what changes meanwhile is looked at afterwards
        bool looks_again = false;
    };

    Journal* journal_;
    ApiServer* api_;
    Machines* machines_;
    const scenario::Scenario* scenario_;
    std::uint32_t replication_;
    Duration orphan_phase_;
    std::deque<Pod> pods_;  ///< none moves when another is created
    std::vector<NodePods> by_node_;
    std::vector<std::set<PodId>> by_service_;                      ///< existing pods
    std::vector<Controller> controllers_;                          ///< by service
    std::set<std::pair<std::uint32_t, std::uint32_t>> accepting_;  ///< (pods, node) of nodes that accept pods
    std::vector<std::set<std::uint32_t>> free_slots_;              ///< by service, below next_slot_
    std::vector<std::uint32_t> next_slot_;
    std::vector<std::uint32_t> next_number_;
    std::set<PodId> pending_;
    std::set<ServiceId> rolling_;                                  ///< with a rollout under way
    std::vector<std::vector<NodeId>> allowed_;                     ///< by service; empty: all nodes
    std::vector<std::vector<policy::Toleration>> tolerations_;     ///< by service
    engine::Signal pod_gone_;
    EndpointObserver observer_;
};

}  // namespace lbsim::cluster
