// SPDX-License-Identifier: Apache-2.0
// Endpoints on their way from a pod to a kube-proxy: conditions in the EndpointSlice, and what the proxy caches of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lbsim/policy/proxy_rules.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// status.phase of a Pod, as far as endpoints care.
enum class PodPhase : std::uint8_t { active, succeeded, failed };
/// spec.restartPolicy of a Pod.
enum class RestartPolicy : std::uint8_t { always, on_failure, never };
/// spec.publishNotReadyAddresses of a Service.
enum class NotReadyAddresses : std::uint8_t { withheld, published };

/// What the EndpointSlice controller reads of a Pod.
struct PodFacts {
    bool has_ip = true;
    bool is_ready = false;     ///< condition Ready is True
    bool is_deleting = false;  ///< metadata.deletionTimestamp is set
    PodPhase phase = PodPhase::active;
    RestartPolicy restart_policy = RestartPolicy::always;
};

/// Conditions of an endpoint in a slice; nullopt where the writer left one out.
struct EndpointConditions {
    std::optional<bool> ready;
    std::optional<bool> serving;
    std::optional<bool> terminating;
    friend bool operator==(const EndpointConditions&, const EndpointConditions&) = default;
};

/// The conditions under which the EndpointSlice controller of this release (that of kube-controller-manager) lists a
/// pod; nullopt where it leaves the pod out.
/// Source: kubernetes/kubernetes pkg/controller/endpointslice/utils.go podToEndpoint and pkg/controller/util/endpoint,
/// 1.19, 1.20, 1.22, 1.23, 1.26; kubernetes/endpointslice v0.36 utils.go; KEP-1672.
std::optional<EndpointConditions> endpoint_conditions(Release release, const FeatureGates& gates, const PodFacts& pod,
                                                      NotReadyAddresses not_ready);

/// Conditions of an endpoint as kube-proxy sees them.
/// Source: kubernetes/kubernetes pkg/proxy/endpointslicecache.go, 1.36; KEP-1672.
struct EndpointView {
    bool ready = false;
    bool serving = false;
    bool terminating = false;
    bool is_local = false;  ///< on this kube-proxy's node
};

/// kube-proxy's reading of conditions: absent ready and serving are true, absent terminating is false. An absent
/// serving does not follow ready.
/// Source: kubernetes/kubernetes pkg/proxy/endpointslicecache.go, 1.21 to 1.36.
EndpointView endpoint_view(const EndpointConditions& conditions, bool is_local);

/// An endpoint of one service port as a slice lists it.
struct SliceEndpoint {
    std::string ip;
    std::uint16_t port = 0;
    EndpointConditions conditions;
    bool is_local = false;
    std::vector<std::string> zone_hints;
    std::vector<std::string> node_hints;
    std::map<std::string, std::string> topology;  ///< 1.19 to 1.21: labels of its node
};

/// An endpoint as kube-proxy keeps it.
struct ProxyEndpoint {
    std::string ip;
    std::uint16_t port = 0;
    EndpointView view;
    std::vector<std::string> zone_hints;
    std::vector<std::string> node_hints;
    std::map<std::string, std::string> topology;
    /// "192.0.2.1:80"
    std::string address() const;
};

/// What kube-proxy keeps of the endpoints of one service port, slice after slice: duplicates go, hints of gates that
/// are off go, and up to 1.20 what is not ready goes.
/// Order: by address, as texts. Of duplicates: the one that the rules prefer, else the later one where the rules
/// prefer both, else the first; upstream visits slices in random order.
/// Source: kubernetes/kubernetes pkg/proxy/endpointslicecache.go, 1.19 to 1.36.
std::vector<ProxyEndpoint> cached_endpoints(const KubeProxyRules& rules, std::span<const SliceEndpoint> listed);

/// Number of distinct addresses that are ready and local, over all ports of a service: the count of its health port.
/// Terminating endpoints are not ready, unless the service publishes addresses that are not.
/// Source: kubernetes/kubernetes pkg/proxy/endpoints.go, 1.19 to 1.28; endpointschangetracker.go LocalReadyEndpoints,
/// 1.29 to 1.36.
std::uint32_t local_ready_count(std::span<const ProxyEndpoint> endpoints);

}  // namespace lbsim::policy
#pragma GCC visibility pop
