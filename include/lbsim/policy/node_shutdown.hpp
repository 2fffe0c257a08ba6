// SPDX-License-Identifier: Apache-2.0
// Graceful node shutdown: in which order a kubelet ends its pods, and how long each may take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/release.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// From this priority on a pod is critical to the system.
/// Source: kubernetes/kubernetes pkg/apis/scheduling/types.go (SystemCriticalPriority).
inline constexpr std::int32_t system_critical_priority = 2'000'000'000;

/// Pods of this priority and above, up to the next group's, end within `period`.
struct ShutdownGroup {
    std::int32_t priority = 0;
    Duration period{};
    friend bool operator==(const ShutdownGroup&, const ShutdownGroup&) = default;
};

/// What the kubelet's configuration says. All zero, the default: no graceful shutdown.
struct ShutdownConfig {
    Duration grace_period{};                ///< shutdownGracePeriod
    Duration critical_pods{};               ///< shutdownGracePeriodCriticalPods, the end of the former
    std::vector<ShutdownGroup> by_priority; ///< shutdownGracePeriodByPodPriority, from 1.24 (1.23: behind a gate)
};

/// How far a release's kubelet is.
/// Source: kubernetes/kubernetes pkg/features and pkg/kubelet/nodeshutdown, 1.20 to 1.36; KEP-2000, KEP-2712.
struct ShutdownAbility {
    bool is_possible = false;         ///< 1.21 on (1.20: behind a gate)
    bool reads_priorities = false;    ///< 1.24 on (1.23: behind a gate)
    bool goes_on_early = false;       ///< 1.23 on: a group that has ended makes room for the next at once
    bool waits_for_volumes = false;   ///< 1.32 on: a group has ended when its volumes are unmounted, too
    friend bool operator==(const ShutdownAbility&, const ShutdownAbility&) = default;
};
/// With every gate at its default.
ShutdownAbility shutdown_ability(Release kubelet);

/// The groups in the order in which they end, low priority first; empty where there is no graceful shutdown. Without
/// groups of their own: the ordinary pods, then those critical to the system. Times count in whole seconds.
/// Source: kubernetes/kubernetes pkg/kubelet/nodeshutdown/nodeshutdown_manager.go, 1.36, newPodManager, migrateConfig.
std::vector<ShutdownGroup> shutdown_groups(const ShutdownAbility& ability, const ShutdownConfig& config);

/// How long the shutdown holds the machine back at most: the sum of all periods.
Duration longest_shutdown(std::span<const ShutdownGroup> groups);

/// The group of a pod: the highest whose priority is not above the pod's, else the lowest. Pre: there is a group;
/// groups ascend.
/// Source: kubernetes/kubernetes pkg/kubelet/nodeshutdown/nodeshutdown_manager.go, 1.36, groupByPriority.
std::size_t shutdown_group_of(std::span<const ShutdownGroup> groups, std::int32_t priority);

/// A pod on the node.
struct ShutdownPod {
    std::int32_t priority = 0;
    std::optional<Duration> grace_period;  ///< terminationGracePeriodSeconds
    Duration needs{};                      ///< from the start of its end, preStop first, to its exit if nothing kills it
    Duration unmount{};                    ///< from its exit to the unmount of its volumes
};
/// What happens to it, counted from the shutdown signal.
struct PodShutdown {
    Duration starts{};  ///< preStop, then SIGTERM; no deletionTimestamp is set and no endpoint told
    Duration grace{};   ///< the lesser of its own grace period and its group's
    Duration ends{};    ///< it exits or is killed (never sooner than 2 s after its start)
    friend bool operator==(const PodShutdown&, const PodShutdown&) = default;
};
struct ShutdownPlan {
    std::vector<PodShutdown> pods;  ///< Shape: as the input
    Duration released{};            ///< the machine may go off; a pod that ends later is cut off with it
};
/// The whole course. Groups without pods take no time. A group that overruns its period does not stop the next.
/// Source: kubernetes/kubernetes pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go, 1.20 to 1.22;
/// nodeshutdown_manager.go, 1.36, killPods.
/// Simplifies: in 1.20 to 1.22 "critical" also meant static and mirror pods; here the priority decides in all.
/// Pre: groups come from shutdown_groups for this ability.
ShutdownPlan shutdown_plan(const ShutdownAbility& ability, std::span<const ShutdownGroup> groups,
                           std::span<const ShutdownPod> pods);

}  // namespace lbsim::policy
#pragma GCC visibility pop
