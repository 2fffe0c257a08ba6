// SPDX-License-Identifier: Apache-2.0
// The taint eviction controller: deletes pods off nodes whose NoExecute taints they do not endure.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "lbsim/policy/eviction.hpp"
#include "models/cluster/pods.hpp"

namespace lbsim::cluster {

/// Watches the nodes' NoExecute taints, one watch latency late, and keeps a deadline for each pod that has to go.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/scheduler/taint_manager.go, 1.19 to 1.28;
/// pkg/controller/tainteviction/taint_eviction.go, 1.29 to 1.36: the same decisions.
/// Simplifies: a pod that comes to a node later is not looked at: none comes to a node with a taint that it does not
/// endure for ever.
class TaintEviction {
public:
    TaintEviction(Journal& journal, ApiServer& api, Pods& pods, const scenario::Scenario& scenario,
                  std::uint32_t replication);
    /// Call within every write to a Node object.
    void node_written(NodeId node, EventId why);

private:
    using Taints = std::vector<policy::NoExecuteTaint>;
    void deliver(NodeId node, const Taints& taints, EventId why);
    void delete_due(NodeId node);
    struct Deadline {
        policy::ScheduledEviction eviction;
        EventId why;
    };

    Journal* journal_;
    ApiServer* api_;
    Pods* pods_;
    std::map<NodeId, Taints> written_;  ///< nodes that carry such taints
    WatchLatency::Line line_;
    std::map<PodId, Deadline> deadlines_;
};

}  // namespace lbsim::cluster
