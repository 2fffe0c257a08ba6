// SPDX-License-Identifier: Apache-2.0
// Which endpoints of a service a kube-proxy sends traffic to, and what a connection finds where there are none.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lbsim/policy/endpoints.hpp"
#include "lbsim/policy/proxy_rules.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Whether a service has external IPs.
enum class ExternalIps : std::uint8_t { none, some };
/// The external policy that counts: Local only where the type takes traffic from outside.
/// Source: kubernetes/kubernetes pkg/api/v1/service/util.go, RequestsOnlyLocalTraffic 1.19 to 1.23, ExternalPolicyLocal
/// 1.24 on; ExternallyAccessible 1.29 on.
TrafficPolicy external_policy(const KubeProxyRules& rules, TrafficPolicy wanted, ServiceType type, ExternalIps ips);

/// What a kube-proxy reads of a service to choose endpoints.
struct ServiceRouting {
    TrafficPolicy external = TrafficPolicy::cluster;  ///< as external_policy() resolves spec.externalTrafficPolicy
    TrafficPolicy internal = TrafficPolicy::cluster;  ///< spec.internalTrafficPolicy
    bool is_external = false;                ///< has a node port, an address of a load balancer or an external IP
    std::string hints_annotation;            ///< as hints_annotation() resolves it
    std::vector<std::string> topology_keys;  ///< spec.topologyKeys, 1.19 to 1.21
};

/// The annotation that switches zone hints on: topology-aware-hints, or, from 1.27 on and where that one is absent,
/// topology-mode.
/// Source: kubernetes/kubernetes pkg/proxy/service.go, 1.21 to 1.28; pkg/proxy/serviceport.go, 1.29 to 1.32.
std::string hints_annotation(const KubeProxyRules& rules, const std::optional<std::string>& aware_hints,
                             const std::optional<std::string>& topology_mode);

/// What a kube-proxy knows of its own node.
struct ProxyNode {
    std::string name;
    std::string zone;                           ///< label topology.kubernetes.io/zone, empty where there is none
    std::map<std::string, std::string> labels;  ///< 1.19 to 1.21: what topologyKeys are looked up in
};

/// Endpoints by use, as ascending indices into the input; a list that the service never uses is nullopt.
struct EndpointLists {
    std::optional<std::vector<std::uint32_t>> cluster;  ///< under policy Cluster
    std::optional<std::vector<std::uint32_t>> local;    ///< under policy Local
    std::vector<std::uint32_t> reachable;               ///< the union of both: what needs rules on this node
    bool has_any = false;                               ///< usable endpoints anywhere in the cluster
    friend bool operator==(const EndpointLists&, const EndpointLists&) = default;
};

/// Sorts the endpoints of one service port into lists. A topology never narrows the Local list nor the fallback to
/// terminating endpoints. Up to 1.23 the filter for topology or internal policy comes first and holds for external
/// traffic too, unless the external policy is Local; `cluster` is then what the service's chain forwards to.
/// Order: of two endpoints with one address in both lists the Local one is reachable.
/// Source: kubernetes/kubernetes pkg/proxy/topology.go, 1.19 to 1.36 (FilterTopologyEndpoint 1.19 and 1.20,
/// FilterEndpoints 1.21 to 1.23, CategorizeEndpoints 1.24 on); pkg/proxy/iptables/proxier.go, 1.19 to 1.23;
/// KEP-1669, KEP-2086, KEP-2433, KEP-4444, KEP-3015.
EndpointLists categorize_endpoints(const KubeProxyRules& rules, const ServiceRouting& service, const ProxyNode& node,
                                   std::span<const ProxyEndpoint> endpoints);

/// What a new external connection finds on a node: an endpoint, silence (the client times out) or a refusal.
/// Source: kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.25 and 1.36.
enum class ForwardingVerdict : std::uint8_t { forward, drop, reject };

/// The endpoints (indices into the input, ascending) that a new external connection may be sent to, or why there are
/// none.
/// Source: kubernetes/kubernetes pkg/proxy/topology.go CategorizeEndpoints; 4.2 and 4.4 of the modelled rules.
struct ForwardingDecision {
    ForwardingVerdict verdict = ForwardingVerdict::reject;
    std::vector<std::uint32_t> endpoints;
    friend bool operator==(const ForwardingDecision&, const ForwardingDecision&) = default;
};

/// What a connection from outside finds, from the lists of its service, by how the kernel is programmed. iptables and
/// nftables drop where only this node has no endpoint and reject where nobody has one. IPVS refuses through a virtual
/// server without real ones; from 1.24 on it sends to endpoints elsewhere, whose replies are lost: the client times
/// out, which is `drop`.
/// Simplifies: at 1.22.0 to 1.22.3, with nothing but unready endpoints, what the node's own stack answers (issue
/// 106182) is taken as silence.
/// Source: kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.19 to 1.36; pkg/proxy/nftables/proxier.go, 1.36;
/// pkg/proxy/ipvs/proxier.go syncEndpoint, 1.19 to 1.36; PR 97081.
ForwardingDecision external_decision(const KubeProxyRules& rules, ProxyMode mode, TrafficPolicy external,
                                     const EndpointLists& lists);

/// The short way of the simulator: what categorize_endpoints and external_decision make of an external service without
/// hints under iptables or nftables (a test holds the two together).
/// Simplifies: no topology hints; the quirk of 1.22.0 to 1.22.3 with unready endpoints is left out.
ForwardingDecision external_forwarding(const KubeProxyRules& rules, TrafficPolicy policy,
                                       std::span<const EndpointView> endpoints);

}  // namespace lbsim::policy
#pragma GCC visibility pop
