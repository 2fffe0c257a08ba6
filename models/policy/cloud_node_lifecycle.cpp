// SPDX-License-Identifier: Apache-2.0
// The cloud node lifecycle controller's decision per node.
#include "lbsim/policy/cloud_node_lifecycle.hpp"

namespace lbsim::policy {

bool asks_cloud(ConditionStatus ready) { return ready != ConditionStatus::is_true; }

CloudNodeAction cloud_node_action(ConditionStatus ready, bool has_shutdown_taint, InstanceState instance) {
    if (!asks_cloud(ready)) return has_shutdown_taint ? CloudNodeAction::remove_shutdown_taint : CloudNodeAction::none;
    switch (instance) {
        case InstanceState::gone: return CloudNodeAction::delete_node;
        case InstanceState::stopped: return has_shutdown_taint ? CloudNodeAction::none : CloudNodeAction::add_shutdown_taint;
        // A machine that runs again keeps its taint until its node is Ready.
        case InstanceState::running: return CloudNodeAction::none;
        case InstanceState::unknown: return CloudNodeAction::none;
    }
    return CloudNodeAction::none;
}

}  // namespace lbsim::policy
