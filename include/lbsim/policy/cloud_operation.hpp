// SPDX-License-Identifier: Apache-2.0
// What a service controller asks of its cloud provider.
#pragma once

#include <cstdint>
#include <string_view>

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Methods of the provider's load balancer interface.
/// Source: kubernetes/cloud-provider v0.36.0 cloud.go, interface LoadBalancer.
enum class CloudOperation : std::uint8_t {
    ensure_load_balancer,
    update_load_balancer,
    get_load_balancer,
    ensure_load_balancer_deleted,
};
/// The method's own name.
std::string_view to_string(CloudOperation operation);

}  // namespace lbsim::policy
#pragma GCC visibility pop
