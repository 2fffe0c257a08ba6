// SPDX-License-Identifier: Apache-2.0
// Which endpoints external traffic may reach: the Service field externalTrafficPolicy.
#pragma once

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// spec.externalTrafficPolicy of a Service. Cluster: any endpoint, through a second hop. Local: only the node's own.
enum class TrafficPolicy { cluster, local };

}  // namespace lbsim::policy
#pragma GCC visibility pop
