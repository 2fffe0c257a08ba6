// SPDX-License-Identifier: Apache-2.0
// Which nodes two node sets of a service controller differ in.
#pragma once

#include <functional>

#include "lbsim/core/id.hpp"
#include "lbsim/policy/service_controller.hpp"

namespace lbsim::cloud {

/// Calls visit(node, entered) once for each node that is in exactly one of the sets, in node order; `entered`: in `to`.
/// Cost: the changes between two versions of one log; the nodes, where the sets stand in the logs of two policies.
void for_each_set_difference(const policy::ServiceController& controller, policy::NodeSetRef from, policy::NodeSetRef to,
                             const std::function<void(NodeId, bool entered)>& visit);

}  // namespace lbsim::cloud
