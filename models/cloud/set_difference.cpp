// SPDX-License-Identifier: Apache-2.0
// A walk along two sorted lists.
#include "models/cloud/set_difference.hpp"

#include <vector>

namespace lbsim::cloud {

void for_each_set_difference(const policy::ServiceController& controller, policy::NodeSetRef from, policy::NodeSetRef to,
                             const std::function<void(NodeId, bool entered)>& visit) {
    const policy::NodeSetLog& old_log = controller.node_sets(from.policy);
    const policy::NodeSetLog& new_log = controller.node_sets(to.policy);
    if (&old_log == &new_log) {
        old_log.for_each_difference(from.version, to.version,
                                    [&](policy::NodeKey node, bool entered) { visit(NodeId{node}, entered); });
        return;
    }
    const std::vector<policy::NodeKey> before = old_log.members(from.version);
    const std::vector<policy::NodeKey> after = new_log.members(to.version);
    for (std::size_t i = 0, j = 0; i < before.size() || j < after.size();) {
        if (j == after.size() || (i < before.size() && before[i] < after[j])) {
            visit(NodeId{before[i++]}, false);
        } else if (i == before.size() || after[j] < before[i]) {
            visit(NodeId{after[j++]}, true);
        } else {
            ++i;
            ++j;
        }
    }
}

}  // namespace lbsim::cloud
