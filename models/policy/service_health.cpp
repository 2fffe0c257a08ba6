// SPDX-License-Identifier: Apache-2.0
// Health ports of services: which are open, where they listen and what they answer.
#include "lbsim/policy/service_health.hpp"

#include <algorithm>

namespace lbsim::policy {

namespace {
/// The body, laid out with tabs as upstream does. Names of Kubernetes objects need no escaping.
std::string body_of(const KubeProxyRules& rules, const ServiceName& service, std::uint32_t count,
                    bool proxy_is_healthy) {
    std::string body = "{\n\t\"service\": {\n\t\t\"namespace\": \"" + service.name_space + "\",\n\t\t\"name\": \"" +
                       service.name + "\"\n\t},\n\t\"localEndpoints\": " + std::to_string(count);
    if (rules.service_port_reads_proxy_health) {
        body += std::string(",\n\t\"serviceProxyHealthy\": ") + (proxy_is_healthy ? "true" : "false");
    }
    return body + "\n}";
}

std::string host_and_port(const std::string& host, std::uint16_t port) {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string any_address(const KubeProxyRules& rules, IpFamily family) {
    if (!rules.service_port_names_any_address) return "";
    return rules.service_port_per_family && family == IpFamily::ipv6 ? "::" : "0.0.0.0";
}
}  // namespace

int service_health_status(const KubeProxyRules& rules, std::uint32_t local_ready_endpoints, bool sync_is_healthy) {
    const bool is_ok = local_ready_endpoints > 0 && (sync_is_healthy || !rules.service_port_reads_proxy_health);
    return health_answer(is_ok).status;
}

std::optional<std::uint16_t> service_health_port(const HealthPortFacts& service) {
    if (service.type != ServiceType::load_balancer) return std::nullopt;
    if (service.external_traffic_policy != TrafficPolicy::local) return std::nullopt;
    if (service.health_check_node_port == 0) return std::nullopt;
    return service.health_check_node_port;
}

std::vector<HealthListener> health_listeners(const KubeProxyRules& rules, std::uint16_t port, IpFamily family,
                                             const NodePortAddresses& addresses) {
    const std::string own_network = family == IpFamily::ipv4 ? "tcp4" : "tcp6";
    const std::string network = rules.service_port_per_family ? own_network : "tcp";
    const bool names_any_address = rules.service_port_names_any_address;
    const bool any = !rules.service_port_obeys_addresses || addresses.match_all ||
                     (addresses.ips.empty() && !names_any_address);
    const std::vector<std::string> hosts =
        any ? std::vector<std::string>{any_address(rules, family)} : addresses.ips;
    std::vector<HealthListener> listeners;
    for (const std::string& host : hosts) {
        listeners.push_back({.network = network, .address = host_and_port(host, port)});
    }
    std::sort(listeners.begin(), listeners.end());
    return listeners;
}

HealthPortChanges ServiceHealthServer::sync_services(const std::map<ServiceName, std::uint16_t>& wanted,
                                                     const std::set<std::uint16_t>& busy) {
    HealthPortChanges changes;
    for (auto it = instances_.begin(); it != instances_.end();) {
        const auto found = wanted.find(it->first);
        if (found != wanted.end() && found->second == it->second.port) {
            ++it;
            continue;
        }
        changes.closed.push_back(it->first);
        it = instances_.erase(it);
    }
    std::set<std::uint16_t> taken = busy;
    for (const auto& [name, instance] : instances_) taken.insert(instance.port);
    for (const auto& [name, port] : wanted) {
        if (instances_.contains(name)) continue;
        if (!taken.insert(port).second) {
            changes.failed.push_back(name);
            continue;
        }
        instances_[name] = {.port = port, .endpoints = 0};
        changes.opened.push_back(name);
    }
    return changes;
}

void ServiceHealthServer::sync_endpoints(const std::map<ServiceName, std::uint32_t>& counts) {
    for (auto& [name, instance] : instances_) {
        const auto found = counts.find(name);
        instance.endpoints = found == counts.end() ? 0 : found->second;
    }
}

std::optional<HttpAnswer> ServiceHealthServer::answer(const ServiceName& service, bool proxy_is_healthy) const {
    const auto found = instances_.find(service);
    if (found == instances_.end()) return std::nullopt;
    const std::uint32_t count = found->second.endpoints;
    HttpAnswer answer = health_answer(service_health_status(rules_, count, proxy_is_healthy) == 200);
    if (rules_.service_port_has_weight) {
        answer.headers.emplace_back("X-Load-Balancing-Endpoint-Weight", std::to_string(count));
    }
    answer.body = body_of(rules_, service, count, proxy_is_healthy);
    return answer;
}

std::optional<HttpAnswer> ServiceHealthServer::answer_on_kept_connection(const ServiceName& service,
                                                                         bool proxy_is_healthy) const {
    if (rules_.service_port_cuts_connections) return std::nullopt;
    if (!instances_.contains(service)) return HttpAnswer{};
    return answer(service, proxy_is_healthy);
}

std::optional<std::uint16_t> ServiceHealthServer::port_of(const ServiceName& service) const {
    const auto found = instances_.find(service);
    if (found == instances_.end()) return std::nullopt;
    return found->second.port;
}

}  // namespace lbsim::policy
