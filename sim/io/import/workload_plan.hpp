// SPDX-License-Identifier: Apache-2.0
// From a Service's selector to the workload behind it: replicas, nodes, hooks, rollout and budget.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lbsim/core/error.hpp"

#include "sim/io/import/node_plan.hpp"

namespace lbsim::io {

/// The `workload` of a service, with the keys that the format takes; notes what is assumed and what is left out.
nlohmann::ordered_json workload_of(const ServiceObject& service, const Dump& dump, const NodePlan& plan, ImportNotes& notes);

/// Takes rollout and budget keys out of the services where the reader refuses them for what other keys say, which the tables
/// of the format cannot tell. Returns true, and notes it, where that concerns all of these problems.
bool drop_refused_rollouts(const std::vector<Problem>& problems, nlohmann::ordered_json& services, ImportNotes& notes);

/// A number or percentage of `total`, rounded as asked.
/// Source: kubernetes/apimachinery pkg/util/intstr GetScaledValueFromIntOrPercent.
enum class Rounding { up, down };
std::int64_t scaled(const Scaled& value, std::int64_t total, Rounding rounding);

}  // namespace lbsim::io
