// SPDX-License-Identifier: Apache-2.0
// PodDisruptionBudgets: how many pods must stay healthy, and what the API server answers to an eviction.
#pragma once

#include <cstdint>
#include <optional>

#include "lbsim/policy/eviction.hpp"
#include "lbsim/policy/int_or_percent.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// What the disruption controller has counted of the pods that a budget selects.
struct BudgetStatus {
    std::uint32_t expected = 0;  ///< replicas that their controllers ask for
    std::uint32_t desired = 0;   ///< desiredHealthy
    std::uint32_t healthy = 0;   ///< currentHealthy: Ready and not being deleted
    friend bool operator==(const BudgetStatus&, const BudgetStatus&) = default;
};

/// The status of a budget with this minAvailable; a percentage is rounded up.
/// Source: kubernetes/kubernetes pkg/controller/disruption/disruption.go, 1.36, getExpectedPodCount, countHealthyPods.
BudgetStatus budget_status(const IntOrPercent& min_available, std::uint32_t expected, std::uint32_t healthy);

/// status.disruptionsAllowed: none where nothing is expected.
/// Source: kubernetes/kubernetes pkg/controller/disruption/disruption.go, 1.36, updatePdbStatus.
std::uint32_t disruptions_allowed(const BudgetStatus& budget);

/// A pod that somebody wants to evict.
struct EvictedPod {
    bool is_ready = false;
    bool is_pending = false;   ///< status.phase is Pending: no container of it has ever run
    bool is_deleting = false;  ///< metadata.deletionTimestamp is set
    friend bool operator==(const EvictedPod&, const EvictedPod&) = default;
};

/// The API server's answer; without a budget it is always yes. A pod that never ran, or is being deleted anyway, needs no
/// budget; one that is not ready takes none, but goes only while enough others are healthy (the policy IfHealthyBudget,
/// which is the default).
/// Source: kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go, 1.23 and 1.36.
/// Simplifies: one budget per pod; the budget's status is never out of date.
EvictionAnswer answer_eviction(const EvictedPod& pod, const std::optional<BudgetStatus>& budget);

}  // namespace lbsim::policy
#pragma GCC visibility pop
