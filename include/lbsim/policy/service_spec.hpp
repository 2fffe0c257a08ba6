// SPDX-License-Identifier: Apache-2.0
// What the service controller reads of a Service object field by field, for a caller that has the whole object.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/policy/release.hpp"
#include "lbsim/policy/service_controller.hpp"
#include "lbsim/policy/traffic_policy.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// One entry of spec.ports.
struct ServicePort {
    std::string name;
    std::string protocol = "TCP";
    std::uint16_t port = 0;
    std::uint16_t node_port = 0;
    std::string target_port;  ///< a number or a name
    std::optional<std::string> app_protocol;
    friend bool operator==(const ServicePort&, const ServicePort&) = default;
};

/// The fields of a Service that decide what the service controller does with it.
/// Simplifies: upstream tells an absent list or map from an empty one; here they are equal.
struct ServiceSpec {
    std::string type = "LoadBalancer";
    std::optional<std::string> load_balancer_class;
    std::vector<std::string> load_balancer_source_ranges;
    std::vector<ServicePort> ports;
    std::string session_affinity = "None";
    std::optional<std::uint32_t> client_ip_timeout_seconds;  ///< spec.sessionAffinityConfig.clientIP.timeoutSeconds
    std::string load_balancer_ip;
    std::vector<std::string> external_ips;
    TrafficPolicy external_traffic_policy = TrafficPolicy::cluster;
    std::uint16_t health_check_node_port = 0;
    std::uint32_t ip_family_count = 1;
    std::map<std::string, std::string> annotations;
    std::string uid;
    bool has_cleanup_finalizer = false;  ///< metadata.finalizers names load_balancer_cleanup_finalizer
    bool is_deleting = false;            ///< metadata.deletionTimestamp is set
};

/// Source: kubernetes/cloud-provider service/helpers/helper.go, v0.36.0; KEP-980.
inline constexpr std::string_view load_balancer_cleanup_finalizer = "service.kubernetes.io/load-balancer-cleanup";

/// Does this controller provide the service's load balancer?
/// Source: kubernetes/cloud-provider controllers/service/controller.go, wantsLoadBalancer, v0.20.0 and v0.21.0.
bool wants_load_balancer(const ServiceSpec& service, Release release);

/// Must the load balancer go before the object may?
/// Source: kubernetes/cloud-provider controllers/service/controller.go, needsCleanup, v0.19.0 to v0.36.6.
bool needs_cleanup(const ServiceSpec& service);

/// Does this update of a service queue it for a sync? Neither labels nor status count, nor do internalTrafficPolicy,
/// trafficDistribution, allocateLoadBalancerNodePorts, publishNotReadyAddresses or the order of IP families.
/// Source: kubernetes/cloud-provider controllers/service/controller.go, needsUpdate, v0.19.0 to v0.36.6: appProtocol from
/// 1.23.14, 1.24.8, 1.25.4 and 1.26.0; the number of IP families from 1.28.0.
bool needs_update(const ServiceSpec& before, const ServiceSpec& after, Release release);

/// What ServiceController takes: equal revisions where nothing that needs_update compares has changed.
ServiceFacts facts_of(const ServiceSpec& service, Release release);

}  // namespace lbsim::policy
#pragma GCC visibility pop
