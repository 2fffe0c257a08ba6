// SPDX-License-Identifier: Apache-2.0
// Scale-down by the cluster autoscaler: its defaults by release, how many nodes at once, and the steps of one node.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/eviction.hpp"
#include "lbsim/policy/release.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Flags and constants of an autoscaler with nothing set by hand.
/// Source: kubernetes/autoscaler cluster-autoscaler/config/flags/flags.go (main.go before 1.31),
/// core/scaledown/actuation/drain.go and delay.go, cluster-autoscaler-1.20.0 to 1.36.0.
struct AutoscalerDefaults {
    Duration scan_interval = 10s;
    Duration unneeded_time = 10min;
    Duration unready_time = 20min;
    Duration delay_after_taint = 5s;         ///< --node-delete-delay-after-taint: none before 1.26
    bool cordons = false;                    ///< --cordon-node-before-terminating: flag from 1.21, default true from 1.34
    Duration max_graceful_termination = 600s;
    Duration termination_headroom = 30s;
    Duration pod_poll = 5s;                  ///< looks whether evicted pods are gone
    Duration max_pod_eviction = 2min;        ///< an eviction that is refused is tried for so long
    Duration eviction_retry = 10s;
    Duration delay_deletion_timeout = 2min;  ///< for annotations delay-deletion.cluster-autoscaler.kubernetes.io/…
    Duration delay_deletion_poll = 5s;
    Duration batch_interval = 0s;            ///< --node-deletion-batcher-interval
    std::uint32_t max_parallelism = 10;      ///< nodes at once; before 1.26 empty nodes only (--max-empty-bulk-delete)
    std::uint32_t max_drain_parallelism = 1; ///< of these, nodes that need a drain
    /// Are several drains at once possible? --parallel-drain: off in 1.26 and 1.27, on from 1.28, always from 1.32.
    bool can_drain_in_parallel = false;
    /// From 1.29: may the delay follow what the autoscaler's own watch takes to show its taint? Off by default.
    bool can_adapt_delay = false;
    friend bool operator==(const AutoscalerDefaults&, const AutoscalerDefaults&) = default;
};
AutoscalerDefaults autoscaler_defaults(Release autoscaler);

/// --node-delete-delay-after-taint of the cluster autoscaler: none before 1.26, 5 s from 1.26.
/// Source: kubernetes/autoscaler cluster-autoscaler/config/flags/flags.go, 1.25.0 and 1.26.0.
Duration autoscaler_delay_after_taint(Release autoscaler);
/// --cordon-node-before-terminating: false before 1.34, true from 1.34.
/// Source: kubernetes/autoscaler cluster-autoscaler/config/flags/flags.go, 1.33.0 and 1.34.0.
bool autoscaler_cordons(Release autoscaler);

/// How long it tries to empty a node.
/// Source: kubernetes/autoscaler cluster-autoscaler/core/scaledown/actuation/drain.go, 1.36, DrainNode, evictPod.
DrainPatience autoscaler_patience(const AutoscalerDefaults& defaults);

/// How long the taint of a node is tried where the write meets another one. Source: kubernetes/autoscaler
/// cluster-autoscaler/utils/taints/taints.go, 1.36 (maxRetryDeadline).
inline constexpr Duration taint_conflict_retry = 5s;

/// Nodes by what their removal needs.
struct ScaleDownCount {
    std::uint32_t empty = 0;
    std::uint32_t drained = 0;
    friend bool operator==(const ScaleDownCount&, const ScaleDownCount&) = default;
};
/// How many of the candidates start now, given those under way: empty nodes first, drains within what is left. Without
/// parallel drain: nothing starts during a drain, and a drain starts only where no empty node does.
/// Source: kubernetes/autoscaler cluster-autoscaler/core/scaledown/actuation/budgets.go, 1.36, cropNodesToBudgets;
/// core/static_autoscaler.go and core/scale_down.go before 1.26 (IsNonEmptyNodeDeleteInProgress).
/// Simplifies: before 1.26 the ten empty nodes counted per scan, whatever was still under way.
ScaleDownCount scale_down_budget(const AutoscalerDefaults& defaults, const ScaleDownCount& candidates,
                                 const ScaleDownCount& under_way);

/// What the autoscaler does to a node on its way out.
enum class ScaleDownAction : std::uint8_t {
    taint,               ///< ToBeDeletedByClusterAutoscaler:NoSchedule, value = now in seconds
    taint_and_cordon,    ///< the same and spec.unschedulable, in one write
    evict_daemon_sets,   ///< best effort: accepted or given up, but their end is not awaited
    evict_pods,
    pods_gone,           ///< the look that finds the last pod gone
    delete_instance,     ///< the call to the cloud
    remove_taint,        ///< it failed: the node comes back, cordon taken off where it was set
};
/// One step, counted from the write of the taint.
struct ScaleDownStep {
    ScaleDownAction action{};
    Duration at{};
    friend bool operator==(const ScaleDownStep&, const ScaleDownStep&) = default;
};

/// What happens on the way.
struct ScaleDownCourse {
    bool needs_drain = false;
    /// From the first try to the last pod's eviction being accepted; refused ones are retried. Of an empty node: of its
    /// DaemonSet pods, where those are evicted at all.
    Duration eviction_accepted{};
    /// From then to the end of the last pod; empty: one never ends.
    std::optional<Duration> pods_gone = Duration{0};
    /// How long a delay-deletion annotation stays on the node after that; empty: it never goes. None: 0 s.
    std::optional<Duration> delay_deletion = Duration{0};
};
/// The steps in order of time. A drain fails, and the taint goes, where an eviction is refused for max_pod_eviction or
/// a pod outlives max_graceful_termination + headroom; an annotation that stays does not fail it.
/// Source: kubernetes/autoscaler cluster-autoscaler/core/scaledown/actuation/actuator.go, drain.go, delay.go,
/// group_deletion_scheduler.go; utils/taints/taints.go, 1.36.
/// Simplifies: API calls take no time; one priority group; the batch interval starts with this node.
std::vector<ScaleDownStep> scale_down_steps(const AutoscalerDefaults& defaults, const ScaleDownCourse& course);

/// After which outcome the taint (and the cordon) is taken off again, so that the node comes back.
enum class ScaleDownOutcome : std::uint8_t {
    deleted,
    taint_failed,        ///< of one node: every taint set in this batch is removed, nothing is deleted
    new_pods_arrived,    ///< on a node that was empty
    eviction_failed,
    pods_remain,
    instance_not_deleted,
};
/// Source: kubernetes/autoscaler cluster-autoscaler/core/scaledown/actuation/actuator.go (taintNodesSync),
/// delete_in_batch.go (CleanUpAndRecordFailedScaleDownEvent), 1.36.
bool is_rolled_back(ScaleDownOutcome outcome);

}  // namespace lbsim::policy
#pragma GCC visibility pop
