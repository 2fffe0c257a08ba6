// SPDX-License-Identifier: Apache-2.0
// Conditions of endpoints, and kube-proxy's cache of slices.
#include "lbsim/policy/endpoints.hpp"

#include <set>

namespace lbsim::policy {

namespace {
/// Has the pod ended for good? Before 1.23 only its restart policy told.
bool has_ended(Release release, const PodFacts& pod) {
    if (release.minor >= 23) return pod.phase != PodPhase::active;
    switch (pod.restart_policy) {
        case RestartPolicy::never: return pod.phase != PodPhase::active;
        case RestartPolicy::on_failure: return pod.phase == PodPhase::succeeded;
        case RestartPolicy::always: return false;
    }
    return false;
}

std::string key_of(const KubeProxyRules& rules, const ProxyEndpoint& endpoint) {
    return rules.duplicates == DuplicateEndpoints::by_ip_local_wins ? endpoint.ip : endpoint.address();
}

/// Does this endpoint take the place of an equal one that was listed before it?
bool replaces(const KubeProxyRules& rules, const ProxyEndpoint& endpoint) {
    return rules.duplicates == DuplicateEndpoints::by_address_running_wins ? !endpoint.view.terminating
                                                                           : endpoint.view.is_local;
}
}  // namespace

std::optional<EndpointConditions> endpoint_conditions(Release release, const FeatureGates& gates, const PodFacts& pod,
                                                      NotReadyAddresses not_ready) {
    const bool publishes = not_ready == NotReadyAddresses::published;
    const bool tells_of_termination = gate_value("EndpointSliceTerminatingCondition", release, gates);
    if (!pod.has_ip || has_ended(release, pod)) return std::nullopt;
    if (pod.is_deleting && !publishes && !tells_of_termination) return std::nullopt;
    EndpointConditions conditions;
    conditions.ready = publishes || (pod.is_ready && !pod.is_deleting);
    if (tells_of_termination) {
        conditions.serving = pod.is_ready;
        conditions.terminating = pod.is_deleting;
    }
    return conditions;
}

EndpointView endpoint_view(const EndpointConditions& conditions, bool is_local) {
    return {.ready = conditions.ready.value_or(true),
            .serving = conditions.serving.value_or(true),
            .terminating = conditions.terminating.value_or(false),
            .is_local = is_local};
}

std::string ProxyEndpoint::address() const {
    const bool is_ipv6 = ip.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

std::vector<ProxyEndpoint> cached_endpoints(const KubeProxyRules& rules, std::span<const SliceEndpoint> listed) {
    std::map<std::string, ProxyEndpoint> kept;
    for (const SliceEndpoint& slice : listed) {
        const EndpointView view = endpoint_view(slice.conditions, slice.is_local);
        if (rules.caches_only_ready && !view.ready) continue;
        ProxyEndpoint endpoint{.ip = slice.ip,
                               .port = slice.port,
                               .view = view,
                               .zone_hints = rules.caches_zone_hints ? slice.zone_hints : std::vector<std::string>{},
                               .node_hints = rules.heeds_node_hints ? slice.node_hints : std::vector<std::string>{},
                               .topology = slice.topology};
        const std::string key = key_of(rules, endpoint);
        if (!kept.contains(key) || replaces(rules, endpoint)) kept[key] = std::move(endpoint);
    }
    std::map<std::string, ProxyEndpoint> by_address;
    for (auto& [key, endpoint] : kept) {
        std::string address = endpoint.address();
        by_address[std::move(address)] = std::move(endpoint);
    }
    std::vector<ProxyEndpoint> result;
    for (auto& [address, endpoint] : by_address) result.push_back(std::move(endpoint));
    return result;
}

std::uint32_t local_ready_count(std::span<const ProxyEndpoint> endpoints) {
    std::set<std::string> ips;
    for (const ProxyEndpoint& endpoint : endpoints) {
        if (endpoint.view.ready && endpoint.view.is_local) ips.insert(endpoint.ip);
    }
    return static_cast<std::uint32_t>(ips.size());
}

}  // namespace lbsim::policy
