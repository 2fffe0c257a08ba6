// SPDX-License-Identifier: Apache-2.0
// The health server of each service that asks for one: healthCheckNodePort.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "lbsim/policy/http_answer.hpp"
#include "lbsim/policy/proxy_rules.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// HTTP status of the service's healthCheckNodePort: 200 or 503. The count is of distinct ready local addresses, so
/// terminating endpoints never count; the node's eligibility is never looked at.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go, 1.19 to 1.36; PR 111661.
int service_health_status(const KubeProxyRules& rules, std::uint32_t local_ready_endpoints, bool sync_is_healthy);

/// What decides whether a service has a health port.
struct HealthPortFacts {
    ServiceType type = ServiceType::cluster_ip;
    TrafficPolicy external_traffic_policy = TrafficPolicy::cluster;
    std::uint16_t health_check_node_port = 0;  ///< 0 where none is set
};
/// The port a health server opens for the service; nullopt where it opens none.
/// Source: kubernetes/kubernetes pkg/api/v1/service/util.go NeedsHealthCheck; pkg/proxy/serviceport.go.
std::optional<std::uint16_t> service_health_port(const HealthPortFacts& service);

/// One place where a health port listens. An empty address is every address of the node.
struct HealthListener {
    std::string network;  ///< "tcp", "tcp4" or "tcp6", as Go names them
    std::string address;  ///< "192.0.2.1:30000", ":30000"
    friend auto operator<=>(const HealthListener&, const HealthListener&) = default;
};
/// What --nodeport-addresses picks on this node.
struct NodePortAddresses {
    bool match_all = true;         ///< no such flag, or a range of every address of the family
    std::vector<std::string> ips;  ///< else the node's addresses that match
};
/// Where a proxier opens a health port. Of a dual-stack kube-proxy both proxiers ask for the same wildcard port up to
/// 1.35, so the second fails and the counts of the first family answer; from 1.36 on each has its own socket.
/// Without any match every address is used up to 1.27, and from 1.28 on none at all.
/// Order: of the addresses, as texts.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go, 1.22, 1.23, 1.28, 1.36; issue 114702,
/// PR 137370.
std::vector<HealthListener> health_listeners(const KubeProxyRules& rules, std::uint16_t port, IpFamily family,
                                             const NodePortAddresses& addresses);

/// Namespace and name of a Service.
struct ServiceName {
    std::string name_space;
    std::string name;
    friend auto operator<=>(const ServiceName&, const ServiceName&) = default;
};

/// What one sync_services did.
struct HealthPortChanges {
    std::vector<ServiceName> closed;
    std::vector<ServiceName> opened;
    std::vector<ServiceName> failed;  ///< the port could not be opened; the next sync tries again
    friend bool operator==(const HealthPortChanges&, const HealthPortChanges&) = default;
};

/// The health servers of one proxier. A rule sync that wrote its rules tells ProxySyncHealth first, then calls
/// sync_services, then sync_endpoints; a sync that failed calls neither, so the old answers stay. A port that opens
/// counts 0 until sync_endpoints of the same sync.
/// Order: ports close before others open; of two services with one port the first by name gets it (upstream: at
/// random).
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go, 1.19 to 1.36; end of syncProxyRules in
/// pkg/proxy/iptables/proxier.go.
class ServiceHealthServer {
public:
    explicit ServiceHealthServer(const KubeProxyRules& rules) : rules_(rules) {}
    /// Opens and closes so that exactly these ports are served. `busy` ports belong to somebody else on the node.
    HealthPortChanges sync_services(const std::map<ServiceName, std::uint16_t>& wanted,
                                    const std::set<std::uint16_t>& busy = {});
    /// Counts of distinct ready local addresses. Services without a port are ignored; a port without a count has 0.
    void sync_endpoints(const std::map<ServiceName, std::uint32_t>& counts);
    /// What a new connection to the service's port is told; nullopt where nobody listens.
    std::optional<HttpAnswer> answer(const ServiceName& service, bool proxy_is_healthy) const;
    /// The same for a connection that has been open since before the service's port was closed or moved: up to 1.26 it
    /// outlives the port, is told an empty 200 while the service has no health port, and what the new port says once it
    /// has one again. Later releases end it: nullopt.
    std::optional<HttpAnswer> answer_on_kept_connection(const ServiceName& service, bool proxy_is_healthy) const;
    std::size_t size() const { return instances_.size(); }
    /// The service's open port; nullopt where it has none.
    std::optional<std::uint16_t> port_of(const ServiceName& service) const;

private:
    struct Instance {
        std::uint16_t port = 0;
        std::uint32_t endpoints = 0;
    };
    KubeProxyRules rules_;
    std::map<ServiceName, Instance> instances_;
};

}  // namespace lbsim::policy
#pragma GCC visibility pop
