// SPDX-License-Identifier: Apache-2.0
// Percentages, budgets, and the answers of the Eviction API.
#include "lbsim/policy/disruption_budget.hpp"

#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
constexpr IntOrPercent percent(std::uint32_t value) { return {.value = value, .is_percent = true}; }
constexpr EvictedPod ready{.is_ready = true};
}  // namespace

TEST_CASE("int or percent: a number is itself, a percentage is rounded as its field says") {
    CHECK(scaled_value({.value = 7}, 3, Rounding::up) == 7);
    CHECK(scaled_value(percent(50), 4, Rounding::up) == 2);
    CHECK(scaled_value(percent(50), 4, Rounding::down) == 2);
    // 25 % of 10 is 2.5.
    CHECK(scaled_value(percent(25), 10, Rounding::up) == 3);
    CHECK(scaled_value(percent(25), 10, Rounding::down) == 2);
    CHECK(scaled_value(percent(1), 1, Rounding::up) == 1);
    CHECK(scaled_value(percent(99), 1, Rounding::down) == 0);
    CHECK(scaled_value(percent(0), 1'000'000, Rounding::up) == 0);
    CHECK(scaled_value(percent(100), 1'000'000, Rounding::up) == 1'000'000);
}

TEST_CASE("disruption budget: minAvailable as a percentage is rounded up, in favour of the pods") {
    // Half of 7 is 3.5: four must stay, so of seven healthy ones three may go.
    const BudgetStatus budget = budget_status(percent(50), 7, 7);
    CHECK(budget == BudgetStatus{.expected = 7, .desired = 4, .healthy = 7});
    CHECK(disruptions_allowed(budget) == 3);
}

TEST_CASE("disruption budget: what is healthy beyond the minimum may go") {
    CHECK(disruptions_allowed(budget_status({.value = 2}, 3, 3)) == 1);
    CHECK(disruptions_allowed(budget_status({.value = 2}, 3, 2)) == 0);
    CHECK(disruptions_allowed(budget_status({.value = 2}, 3, 0)) == 0);
    CHECK(disruptions_allowed(budget_status({.value = 5}, 3, 3)) == 0);
    CHECK(disruptions_allowed(budget_status({.value = 0}, 3, 3)) == 3);
    // Surge pods count as healthy, not as expected.
    CHECK(disruptions_allowed(budget_status(percent(100), 3, 4)) == 1);
    CHECK(disruptions_allowed(budget_status({.value = 0}, 0, 2)) == 0);
}

TEST_CASE("eviction: a ready pod goes while the budget allows a disruption") {
    CHECK(answer_eviction(ready, std::nullopt) == EvictionAnswer::accepted);
    CHECK(answer_eviction(ready, budget_status({.value = 1}, 2, 2)) == EvictionAnswer::accepted);
    CHECK(answer_eviction(ready, budget_status({.value = 1}, 2, 1)) == EvictionAnswer::refused_by_budget);
}

TEST_CASE("eviction: a pod that never ran or is being deleted asks no budget") {
    const BudgetStatus exhausted = budget_status({.value = 2}, 2, 0);
    CHECK(answer_eviction({.is_pending = true}, exhausted) == EvictionAnswer::accepted);
    CHECK(answer_eviction({.is_ready = true, .is_deleting = true}, exhausted) == EvictionAnswer::accepted);
    CHECK(answer_eviction({}, exhausted) == EvictionAnswer::refused_by_budget);
}

TEST_CASE("eviction: a pod that is not ready goes while the others suffice, though nothing healthy may go") {
    // Two of three are healthy and two must stay: no ready pod may go, the third may.
    const BudgetStatus tight = budget_status({.value = 2}, 3, 2);
    CHECK(answer_eviction({}, tight) == EvictionAnswer::accepted);
    CHECK(answer_eviction(ready, tight) == EvictionAnswer::refused_by_budget);
    CHECK(answer_eviction({}, budget_status({.value = 2}, 3, 1)) == EvictionAnswer::refused_by_budget);
    // With a minimum of 0 the rule for pods that are not ready does not count; the budget does.
    CHECK(answer_eviction({}, budget_status({.value = 0}, 1, 0)) == EvictionAnswer::refused_by_budget);
    CHECK(answer_eviction({}, budget_status({.value = 0}, 2, 1)) == EvictionAnswer::accepted);
}
