// SPDX-License-Identifier: Apache-2.0
// Zone and node hints, topologyKeys, and the single filter of releases up to 1.23.
#include "models/policy/endpoint_topology.hpp"

#include <algorithm>
#include <string_view>

namespace lbsim::policy {

namespace {
constexpr std::string_view any_topology = "*";

bool has(const std::vector<std::string>& hints, const std::string& wanted) {
    return std::find(hints.begin(), hints.end(), wanted) != hints.end();
}

std::vector<std::uint32_t> all_of(std::span<const ProxyEndpoint> endpoints) {
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < endpoints.size(); ++i) indices.push_back(i);
    return indices;
}

template <class Predicate>
std::vector<std::uint32_t> indices_where(std::span<const ProxyEndpoint> endpoints, Predicate passes) {
    std::vector<std::uint32_t> indices;
    for (std::uint32_t i = 0; i < endpoints.size(); ++i) {
        if (passes(endpoints[i])) indices.push_back(i);
    }
    return indices;
}

bool may_use_zone_hints(const KubeProxyRules& rules, const ServiceRouting& service, const ProxyNode& node) {
    if (rules.hints_need_zone && node.zone.empty()) return false;
    const std::string& annotation = service.hints_annotation;
    switch (rules.zone_hints) {
        case ZoneHints::never: return false;
        case ZoneHints::if_annotated_auto: return annotation == "Auto" || annotation == "auto";
        case ZoneHints::if_annotated:
            return !annotation.empty() && annotation != "Disabled" && annotation != "disabled";
        case ZoneHints::always: return true;
    }
    return false;
}

/// Every endpoint that counts has such hints, and one of them names `wanted`.
bool hints_cover(const KubeProxyRules& rules, std::span<const ProxyEndpoint> endpoints,
                 std::vector<std::string> ProxyEndpoint::*hints, const std::string& wanted) {
    bool names_wanted = false;
    for (const ProxyEndpoint& endpoint : endpoints) {
        if (!endpoint.view.ready && !rules.hints_of_unready_count) continue;
        if ((endpoint.*hints).empty()) return false;
        names_wanted = names_wanted || has(endpoint.*hints, wanted);
    }
    return names_wanted;
}

/// Endpoints that share the value of the first key that any endpoint shares with the node.
std::vector<std::uint32_t> by_topology_keys(const ServiceRouting& service, const ProxyNode& node,
                                            std::span<const ProxyEndpoint> endpoints) {
    const std::vector<std::string>& keys = service.topology_keys;
    if (keys.empty()) return all_of(endpoints);
    if (node.labels.empty()) return keys.back() == any_topology ? all_of(endpoints) : std::vector<std::uint32_t>{};
    for (const std::string& key : keys) {
        if (key == any_topology) return all_of(endpoints);
        const auto own = node.labels.find(key);
        if (own == node.labels.end()) continue;
        auto found = indices_where(endpoints, [&](const ProxyEndpoint& e) {
            const auto its = e.topology.find(key);
            return its != e.topology.end() && its->second == own->second;
        });
        if (!found.empty()) return found;
    }
    return {};
}
}  // namespace

TopologyMode topology_mode(const KubeProxyRules& rules, const ServiceRouting& service, const ProxyNode& node,
                           std::span<const ProxyEndpoint> endpoints) {
    if (rules.heeds_node_hints && hints_cover(rules, endpoints, &ProxyEndpoint::node_hints, node.name)) {
        return TopologyMode::same_node;
    }
    if (may_use_zone_hints(rules, service, node) &&
        hints_cover(rules, endpoints, &ProxyEndpoint::zone_hints, node.zone)) {
        return TopologyMode::same_zone;
    }
    return TopologyMode::none;
}

bool is_available(const ProxyEndpoint& endpoint, TopologyMode mode, const ProxyNode& node) {
    switch (mode) {
        case TopologyMode::none: return true;
        case TopologyMode::same_zone: return has(endpoint.zone_hints, node.zone);
        case TopologyMode::same_node: return has(endpoint.node_hints, node.name);
    }
    return true;
}

std::vector<std::uint32_t> filtered_endpoints(const KubeProxyRules& rules, const ServiceRouting& service,
                                              const ProxyNode& node, std::span<const ProxyEndpoint> endpoints) {
    if (service.external == TrafficPolicy::local) return all_of(endpoints);
    if (rules.heeds_topology_keys) return by_topology_keys(service, node, endpoints);
    if (rules.heeds_internal_policy && service.internal == TrafficPolicy::local) {
        return indices_where(endpoints, [](const ProxyEndpoint& e) { return e.view.is_local; });
    }
    const TopologyMode mode = topology_mode(rules, service, node, endpoints);
    return indices_where(endpoints, [&](const ProxyEndpoint& e) { return is_available(e, mode, node); });
}

}  // namespace lbsim::policy
