// SPDX-License-Identifier: Apache-2.0
// Lists of endpoints per traffic policy, and the fate of a new external connection.
#include "lbsim/policy/endpoint_selection.hpp"

#include <algorithm>
#include <map>

#include "models/policy/endpoint_topology.hpp"

namespace lbsim::policy {

namespace {
using Indices = std::vector<std::uint32_t>;

/// Indices of the endpoints that pass, ascending.
template <class Endpoint, class Predicate>
Indices indices_where(std::span<const Endpoint> endpoints, Predicate passes) {
    Indices result;
    for (std::uint32_t i = 0; i < endpoints.size(); ++i) {
        if (passes(endpoints[i])) result.push_back(i);
    }
    return result;
}

const EndpointView& view_of(const EndpointView& endpoint) { return endpoint; }
const EndpointView& view_of(const ProxyEndpoint& endpoint) { return endpoint.view; }

/// Terminating, but it still answers.
bool is_fallback(const EndpointView& view) { return view.serving && view.terminating; }

/// The serving terminating endpoints in scope where the release falls back for this policy, else none.
template <class Endpoint, class Scope>
Indices fallback_endpoints(const KubeProxyRules& rules, TrafficPolicy policy, std::span<const Endpoint> endpoints,
                           Scope in_scope) {
    if (!falls_back_to_terminating(rules, policy)) return {};
    return indices_where(endpoints, [&](const Endpoint& e) { return is_fallback(view_of(e)) && in_scope(e); });
}

template <class Endpoint>
Indices local_endpoints(const KubeProxyRules& rules, std::span<const Endpoint> endpoints) {
    Indices ready = indices_where(endpoints, [](const Endpoint& e) { return view_of(e).ready && view_of(e).is_local; });
    if (!ready.empty()) return ready;
    return fallback_endpoints(rules, TrafficPolicy::local, endpoints,
                              [](const Endpoint& e) { return view_of(e).is_local; });
}

/// Is there an endpoint on some node that the Local policy would use there?
template <class Endpoint>
bool any_for_local(const KubeProxyRules& rules, std::span<const Endpoint> endpoints) {
    return std::any_of(endpoints.begin(), endpoints.end(), [&](const Endpoint& e) {
        return view_of(e).ready ||
               (falls_back_to_terminating(rules, TrafficPolicy::local) && is_fallback(view_of(e)));
    });
}

/// One index for each address of the two lists, the Local one where both have it; ascending.
Indices union_by_address(std::span<const ProxyEndpoint> endpoints, const Indices& cluster, const Indices& local) {
    std::map<std::string, std::uint32_t> by_address;
    for (const Indices* list : {&cluster, &local}) {
        for (const std::uint32_t i : *list) by_address[endpoints[i].address()] = i;
    }
    Indices result;
    for (const auto& [address, i] : by_address) result.push_back(i);
    std::sort(result.begin(), result.end());
    return result;
}

/// 1.24 on.
EndpointLists categorized(const KubeProxyRules& rules, const ServiceRouting& service, const ProxyNode& node,
                          std::span<const ProxyEndpoint> endpoints) {
    const bool internal_local = rules.heeds_internal_policy && service.internal == TrafficPolicy::local;
    const bool external_local = service.external == TrafficPolicy::local && service.is_external;
    EndpointLists lists;
    if (rules.skips_empty_endpoints && endpoints.empty()) return lists;
    TopologyMode mode = TopologyMode::none;
    if (!internal_local || service.is_external) {
        mode = topology_mode(rules, service, node, endpoints);
        lists.cluster = indices_where(
            endpoints, [&](const ProxyEndpoint& e) { return e.view.ready && is_available(e, mode, node); });
        if (lists.cluster->empty()) {
            lists.cluster = fallback_endpoints(rules, TrafficPolicy::cluster, endpoints,
                                               [](const ProxyEndpoint&) { return true; });
        }
        lists.has_any = !lists.cluster->empty();
        lists.reachable = *lists.cluster;
    }
    if (!internal_local && !external_local) return lists;
    lists.has_any = lists.has_any || any_for_local(rules, endpoints);
    lists.local = local_endpoints(rules, endpoints);
    if (!lists.cluster) {
        lists.reachable = *lists.local;
    } else if (const bool uses_terminating = !lists.local->empty() && !endpoints[lists.local->front()].view.ready;
               mode != TopologyMode::none || uses_terminating) {
        // Else the Local list holds ready endpoints only, and the Cluster list every ready one.
        lists.reachable = union_by_address(endpoints, *lists.cluster, *lists.local);
    }
    return lists;
}

/// Up to 1.23: one filter, then what is ready for the service's chain and what is local for the external one.
EndpointLists filtered(const KubeProxyRules& rules, const ServiceRouting& service, const ProxyNode& node,
                       std::span<const ProxyEndpoint> endpoints) {
    EndpointLists lists;
    lists.cluster.emplace();
    const Indices passed = filtered_endpoints(rules, service, node, endpoints);
    std::copy_if(passed.begin(), passed.end(), std::back_inserter(*lists.cluster),
                 [&](std::uint32_t i) { return endpoints[i].view.ready; });
    lists.reachable = *lists.cluster;
    lists.has_any = !lists.cluster->empty() || (rules.unready_count_as_endpoints && !passed.empty());
    if (service.external != TrafficPolicy::local) return lists;
    lists.local = local_endpoints(rules, endpoints);
    lists.has_any = lists.has_any || any_for_local(rules, endpoints);
    lists.reachable = union_by_address(endpoints, *lists.cluster, *lists.local);
    return lists;
}
}  // namespace

TrafficPolicy external_policy(const KubeProxyRules& rules, TrafficPolicy wanted, ServiceType type, ExternalIps ips) {
    const bool is_exposed = type == ServiceType::load_balancer || type == ServiceType::node_port ||
                            (rules.external_ips_have_policy && type == ServiceType::cluster_ip &&
                             ips == ExternalIps::some);
    return is_exposed ? wanted : TrafficPolicy::cluster;
}

std::string hints_annotation(const KubeProxyRules& rules, const std::optional<std::string>& aware_hints,
                             const std::optional<std::string>& topology_mode) {
    if (aware_hints) return *aware_hints;
    const bool knows_mode = rules.zone_hints == ZoneHints::if_annotated || rules.zone_hints == ZoneHints::always;
    return knows_mode ? topology_mode.value_or("") : "";
}

EndpointLists categorize_endpoints(const KubeProxyRules& rules, const ServiceRouting& service, const ProxyNode& node,
                                   std::span<const ProxyEndpoint> endpoints) {
    return rules.categorizes_endpoints ? categorized(rules, service, node, endpoints)
                                       : filtered(rules, service, node, endpoints);
}

ForwardingDecision external_decision(const KubeProxyRules& rules, ProxyMode mode, TrafficPolicy external,
                                     const EndpointLists& lists) {
    const std::optional<Indices>& used = external == TrafficPolicy::local ? lists.local : lists.cluster;
    if (used && !used->empty()) return {.verdict = ForwardingVerdict::forward, .endpoints = *used};
    if (mode == ProxyMode::ipvs) {
        const bool goes_elsewhere = external == TrafficPolicy::local && rules.ipvs_local_falls_to_cluster &&
                                    lists.cluster && !lists.cluster->empty();
        return {.verdict = goes_elsewhere ? ForwardingVerdict::drop : ForwardingVerdict::reject, .endpoints = {}};
    }
    return {.verdict = lists.has_any ? ForwardingVerdict::drop : ForwardingVerdict::reject, .endpoints = {}};
}

ForwardingDecision external_forwarding(const KubeProxyRules& rules, TrafficPolicy policy,
                                       std::span<const EndpointView> endpoints) {
    ForwardingDecision decision;
    if (policy == TrafficPolicy::local) {
        decision.endpoints = local_endpoints(rules, endpoints);
        // Where only this node has none the packet is dropped, so that the client tries again rather than gives up.
        if (any_for_local(rules, endpoints)) decision.verdict = ForwardingVerdict::drop;
    } else {
        decision.endpoints = indices_where(endpoints, [](const EndpointView& e) { return e.ready; });
        if (decision.endpoints.empty()) {
            decision.endpoints =
                fallback_endpoints(rules, policy, endpoints, [](const EndpointView&) { return true; });
        }
    }
    if (!decision.endpoints.empty()) decision.verdict = ForwardingVerdict::forward;
    return decision;
}

}  // namespace lbsim::policy
