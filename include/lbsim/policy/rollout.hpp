// SPDX-License-Identifier: Apache-2.0
// Rollouts and scaling: what the Deployment, ReplicaSet and DaemonSet controllers create and delete next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/int_or_percent.hpp"
#include "lbsim/policy/release.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// A rolling update in whole pods.
struct RollingUpdate {
    std::uint32_t replicas = 0;         ///< of a DaemonSet: nodes that should run a pod
    std::uint32_t max_surge = 0;
    std::uint32_t max_unavailable = 0;  ///< at most the replicas
    friend bool operator==(const RollingUpdate&, const RollingUpdate&) = default;
};
/// Of a Deployment: surge rounded up, unavailable rounded down; where both come to 0, one may be unavailable.
/// Source: kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go, 1.36, ResolveFenceposts,
/// MaxUnavailable.
RollingUpdate deployment_update(std::uint32_t replicas, const IntOrPercent& max_surge,
                                const IntOrPercent& max_unavailable);
/// Of a DaemonSet: both rounded up; where both come to 0, one may be unavailable.
/// Source: kubernetes/kubernetes pkg/controller/daemon/update.go, 1.36, updatedDesiredNodeCounts.
RollingUpdate daemon_set_update(std::uint32_t nodes, const IntOrPercent& max_surge, const IntOrPercent& max_unavailable);

/// Is a pod available: Ready for so long?
/// Source: kubernetes/kubernetes pkg/api/v1/pod/util.go, 1.36, IsPodAvailable.
bool is_available(bool is_ready, Time ready_since, Duration min_ready, Time now);

/// A ReplicaSet of a Deployment.
struct ReplicaSetFacts {
    std::uint32_t replicas = 0;   ///< spec.replicas
    std::uint32_t available = 0;  ///< of its pods that are not being deleted
};
/// spec.replicas of each set after the Deployment controller's next write of a rolling update; as they are where there is
/// nothing to do. First the newest set grows, as far as maxSurge allows; where it cannot, old sets shrink: pods that are
/// not available first, then others while enough stay available.
/// Shape: oldest first, the last is that of the current template.
/// Source: kubernetes/kubernetes pkg/controller/deployment/rolling.go, 1.36; util/deployment_util.go, NewRSNewReplicas.
std::vector<std::uint32_t> rollout_step(const RollingUpdate& update, std::span<const ReplicaSetFacts> sets);
/// Nothing left to do and every pod of the newest set available.
/// Source: kubernetes/kubernetes pkg/controller/deployment/util/deployment_util.go, 1.36, DeploymentComplete.
bool is_rolled_out(const RollingUpdate& update, std::span<const ReplicaSetFacts> sets);

/// spec.replicas of each set when the Deployment is given other replicas: one set in use takes all; several, in the
/// middle of a rollout, share them in proportion to their sizes, the largest takes what rounding leaves.
/// `most_before`: replicas plus surge that the sets had been sized for.
/// Source: kubernetes/kubernetes pkg/controller/deployment/sync.go, 1.36, scale; util/deployment_util.go,
/// GetReplicaSetProportion.
std::vector<std::uint32_t> scaled_sets(const RollingUpdate& update, std::uint32_t most_before,
                                       std::span<const ReplicaSetFacts> sets);

/// A pod among which a ReplicaSet that shrinks chooses.
struct ScaleDownPod {
    bool is_assigned = true;
    bool is_pending = false;       ///< status.phase
    bool is_ready = true;
    std::uint32_t neighbours = 0;  ///< active pods of the same Deployment on its node, itself included
    Time ready_since{};
    Time created{};
    std::uint64_t uid = 0;
};
/// Indices of the pods, first victim first: without a node, pending, not ready, more neighbours, younger. From 1.22 on
/// ages are compared by their powers of two, and within one by uid.
/// Source: kubernetes/kubernetes pkg/controller/controller_utils.go, 1.36, ActivePodsWithRanks; KEP-2185
/// (LogarithmicScaleDown, beta in 1.22).
/// Simplifies: no deletion cost, no restarts; ages of the same instant are compared by uid, too.
std::vector<std::size_t> victims_first(Release controller_manager, std::span<const ScaleDownPod> pods, Time now);

/// The pods of a DaemonSet on one of its nodes, those being deleted left out.
struct DaemonNode {
    std::optional<bool> old_available;  ///< empty: no pod of an older template
    std::optional<bool> new_available;  ///< empty: no pod of the current one
};
/// Nodes by index.
struct DaemonStep {
    std::vector<std::size_t> delete_old;
    std::vector<std::size_t> create_new;  ///< beside the old pod; where a node has none, the controller creates one anyway
};
/// What a rolling update of a DaemonSet does next. Pods that are not available are replaced whatever the limits say.
/// Source: kubernetes/kubernetes pkg/controller/daemon/update.go, 1.36, rollingUpdate.
/// Simplifies: nodes in the order given, where upstream walks a map; surge in every release (upstream: from 1.22).
DaemonStep daemon_rollout_step(const RollingUpdate& update, std::span<const DaemonNode> nodes);

}  // namespace lbsim::policy
#pragma GCC visibility pop
