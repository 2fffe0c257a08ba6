// SPDX-License-Identifier: Apache-2.0
// The cloud's control plane: what a sync costs in calls and time, and the node set of each load balancer.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "lbsim/policy/service_controller.hpp"
#include "lbsim/scenario/target_changes.hpp"
#include "models/cloud/account.hpp"
#include "models/cloud/calls/call_plan.hpp"
#include "models/cluster/machines.hpp"

namespace lbsim::cloud {

/// Performs the service controller's calls at the account of each load balancer's profile. A load balancer's set changes
/// when its Ensure or Update has ended; where a profile's load balancers share their targets, all change together.
/// Simplifies: a sync that fails, or whose controller goes away, has changed nothing.
class Cloud {
public:
    /// A load balancer's set has changed.
    using SetObserver = std::function<void(ServiceId)>;

    Cloud(cluster::Journal& journal, cluster::Machines& machines, const scenario::Scenario& scenario,
          std::uint32_t replication);

    /// Every load balancer starts with what the controller's cache wants. Call before the run.
    void start(const policy::ServiceController& controller);
    /// Performs a call of the service controller; blocks the calling actor until it has ended. `worker` is filed.
    policy::CloudResult perform(const policy::CloudCall& call, policy::WorkerIndex worker, EventId why);
    /// Asks for the machine behind a node, as the cloud node controller does; one call, or two while it exists. Blocks.
    /// Nothing where the cloud did not answer.
    std::optional<cluster::InstanceState> instance_state(NodeId node);
    /// The autoscaler's request to delete a machine; false where it is not granted. Blocks.
    bool try_delete_instance(NodeId node, std::string_view controller);
    /// An upgrade's request to delete a machine; asked again every 10 s until it is granted. Blocks.
    void delete_instance(NodeId node, std::string_view controller);
    FaultWindows& faults() { return faults_; }
    /// Notes names of calls that no account of the scenario ever makes.
    void warn_of_unknown_calls(const scenario::CloudFault& fault, EventId why);
    void observe_sets(SetObserver observe) { observer_ = std::move(observe); }
    /// Checks what must add up. Call after the run.
    void finish() const;

private:
    /// A sync under way.
    struct Sync {
        const policy::CloudCall* call = nullptr;
        ServiceId service;
        EventId why;
        Account* account = nullptr;
        bool changes_shared = false;  ///< it met a difference in the shared targets, and is the one to mend it
        history::Sync row;
        std::uint64_t number = 0;  ///< in History::syncs
    };
    struct LoadBalancerState {
        bool exists = true;
        std::optional<Time> active_at;    ///< of one that was created asynchronously
        Time health_read = time_zero - 5min;
    };

    const scenario::LoadBalancer& spec(ServiceId service) const {
        return scenario_->services[service.index()].load_balancer;
    }
    bool knows_call(std::string_view operation) const;
    CallPlan plan(Sync& sync, SyncKind& kind);
    SyncFacts facts_of(const Sync& sync);
    /// What two versions of the node set do not share, as calls count it.
    struct Difference {
        ServiceId subset_of;             ///< whose targets they are, where each load balancer takes others
        scenario::NodeSetVersion from;
        scenario::NodeSetVersion to;
        std::uint32_t most = 0;          ///< of a truncated set
        std::uint32_t added = 0;
        std::uint32_t zones_added_to = 0;
        std::uint32_t zones_removed_from = 0;
        std::vector<NodeId> removed;
    };
    const Difference& difference(ServiceId service, const policy::NodeSetRef& has, const policy::NodeSetRef& wants);
    bool shares(ServiceId service) const;
    policy::CloudResult make_calls(Sync& sync);
    bool make_calls(Sync& sync, const CallPlan& plan, Duration& tail);
    bool make_call(Sync& sync, const PlannedCall& call, Duration* tail);
    bool is_over_limit(const Sync& sync, const PlannedCall& call) const;
    void end_at(Time t, const Sync& sync, SyncKind kind);
    void take_effect(const policy::CloudCall& call, SyncKind kind, bool changes_shared, EventId why);
    void file(Sync& sync, history::SyncResult result);
    history::CallResult instance_call(std::string_view controller, std::string_view operation, bool mutates, NodeId node);

    cluster::Journal* journal_;
    cluster::Machines* machines_;
    const scenario::Scenario* scenario_;
    std::uint32_t replication_;
    FaultWindows faults_;
    std::deque<Account> accounts_;                 ///< by index of Scenario::clouds
    std::vector<std::vector<ServiceId>> sharing_;  ///< by account: services whose targets are shared
    std::vector<policy::NodeSetRef> shared_;       ///< by account: the targets that its services share
    std::vector<policy::NodeSetRef> claimed_;      ///< by account: what they will be when the changes under way have ended
    std::vector<std::unique_ptr<TicketLock>> lb_locks_;  ///< by service, where a load balancer is immutable while it changes
    std::vector<LoadBalancerState> states_;        ///< by service
    scenario::TargetChanges changes_;
    Difference last_difference_;  ///< the load balancers of a pass mostly ask the same
    const policy::ServiceController* controller_ = nullptr;
    std::uint64_t calls_of_syncs_ = 0;
    SetObserver observer_;
};

}  // namespace lbsim::cloud
