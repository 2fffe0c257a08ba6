// SPDX-License-Identifier: Apache-2.0
// Names of the provider's methods.
#include "lbsim/policy/cloud_operation.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

std::string_view to_string(CloudOperation operation) {
    switch (operation) {
        case CloudOperation::ensure_load_balancer: return "EnsureLoadBalancer";
        case CloudOperation::update_load_balancer: return "UpdateLoadBalancer";
        case CloudOperation::get_load_balancer: return "GetLoadBalancer";
        case CloudOperation::ensure_load_balancer_deleted: return "EnsureLoadBalancerDeleted";
    }
    LBSIM_CHECK(false, "a cloud operation has no name");
}

}  // namespace lbsim::policy
