// SPDX-License-Identifier: Apache-2.0
// Topology of endpoints: which ones a node may use when hints or topologyKeys say so.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lbsim/policy/endpoint_selection.hpp"

namespace lbsim::policy {

/// Whose hints decide; none where all ready endpoints may be used.
enum class TopologyMode : std::uint8_t { none, same_zone, same_node };

/// The mode that the hints of the endpoints allow on this node.
/// Source: kubernetes/kubernetes pkg/proxy/topology.go, canUseTopology 1.24 to 1.32, topologyModeFromHints 1.33 on.
TopologyMode topology_mode(const KubeProxyRules& rules, const ServiceRouting& service, const ProxyNode& node,
                           std::span<const ProxyEndpoint> endpoints);

/// May this endpoint be used on this node in this mode?
bool is_available(const ProxyEndpoint& endpoint, TopologyMode mode, const ProxyNode& node);

/// Indices of the endpoints that pass the one filter of releases up to 1.23.
/// Source: kubernetes/kubernetes pkg/proxy/topology.go, FilterTopologyEndpoint 1.19 and 1.20, FilterEndpoints 1.21 to
/// 1.23.
std::vector<std::uint32_t> filtered_endpoints(const KubeProxyRules& rules, const ServiceRouting& service,
                                              const ProxyNode& node, std::span<const ProxyEndpoint> endpoints);

}  // namespace lbsim::policy
