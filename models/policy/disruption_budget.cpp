// SPDX-License-Identifier: Apache-2.0
// Arithmetic of disruption budgets and the order of the API server's checks.
#include "lbsim/policy/disruption_budget.hpp"

namespace lbsim::policy {

BudgetStatus budget_status(const IntOrPercent& min_available, std::uint32_t expected, std::uint32_t healthy) {
    return {.expected = expected, .desired = scaled_value(min_available, expected, Rounding::up), .healthy = healthy};
}

std::uint32_t disruptions_allowed(const BudgetStatus& budget) {
    if (budget.expected == 0 || budget.healthy <= budget.desired) return 0;
    return budget.healthy - budget.desired;
}

EvictionAnswer answer_eviction(const EvictedPod& pod, const std::optional<BudgetStatus>& budget) {
    if (pod.is_pending || pod.is_deleting || !budget) return EvictionAnswer::accepted;
    const bool enough_others = budget->healthy >= budget->desired && budget->desired > 0;
    if (!pod.is_ready && enough_others) return EvictionAnswer::accepted;
    return disruptions_allowed(*budget) > 0 ? EvictionAnswer::accepted : EvictionAnswer::refused_by_budget;
}

}  // namespace lbsim::policy
