// SPDX-License-Identifier: Apache-2.0
// Which rules a kube-proxy of a given release follows under the user's gates.
#pragma once

#include <cstdint>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/release.hpp"
#include "lbsim/policy/traffic_policy.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// How kube-proxy programs the kernel. nftables exists from 1.29 on.
enum class ProxyMode : std::uint8_t { iptables, ipvs, nftables };

/// An IP family; a dual-stack kube-proxy runs one proxier for each.
enum class IpFamily : std::uint8_t { ipv4, ipv6 };

/// spec.type of a Service.
enum class ServiceType : std::uint8_t { cluster_ip, node_port, load_balancer, external_name };

/// Which queued change makes a proxier late when it has waited too long.
enum class LateSync : std::uint8_t {
    newest_change,            ///< up to 1.24
    oldest_change,            ///< 1.25 to 1.28, one record for both families
    oldest_change_per_family  ///< 1.29 on
};

/// How the health server knows whether its node is eligible for new traffic.
enum class EligibilityFeed : std::uint8_t {
    none,    ///< it does not: every node is eligible
    pushed,  ///< events write a flag that starts as eligible
    pulled   ///< reads the last Node object when it is asked; without one the node is not eligible
};

/// Form of the body of /healthz and /livez.
enum class ProxyHealthBody : std::uint8_t {
    times,                  ///< up to 1.27
    times_and_eligibility,  ///< 1.28 to 1.32
    json                    ///< 1.33 on
};

/// Which traffic falls back to endpoints that terminate and still serve where no ready one is left.
enum class TerminatingFallback : std::uint8_t { none, local_only, every_policy };

/// When zone hints of endpoints are heeded.
enum class ZoneHints : std::uint8_t {
    never,
    if_annotated_auto,  ///< the Service's annotation is Auto or auto
    if_annotated,       ///< 1.27 on: the annotation is anything but empty, Disabled and disabled
    always              ///< with trafficDistribution: the hints alone decide
};

/// What makes two endpoints of one service port the same, and which of them stays.
enum class DuplicateEndpoints : std::uint8_t {
    by_ip_local_wins,          ///< up to 1.21
    by_address_local_wins,     ///< 1.22 to 1.35: IP and port
    by_address_running_wins    ///< 1.36 on: one that is not terminating
};

/// Rules of a kube-proxy at a release under the user's gates, worked out once.
/// Source: kubernetes/kubernetes pkg/proxy, by minor (spec of each field beside it).
struct KubeProxyRules {
    LateSync late_sync = LateSync::oldest_change_per_family;          ///< PR 109483 (1.25), PR 118146 (1.29)
    EligibilityFeed eligibility = EligibilityFeed::pulled;            ///< KEP-3836; pulled from 1.34 on
    ProxyHealthBody health_body = ProxyHealthBody::json;
    bool has_livez = true;                                            ///< 1.28 on
    bool service_port_reads_proxy_health = true;                      ///< 1.27 on, PR 111661
    bool service_port_has_weight = true;                              ///< 1.28 on: header with the count
    bool service_port_cuts_connections = true;                        ///< 1.27 on: a removed port ends kept ones
    bool service_port_obeys_addresses = true;                         ///< 1.23 on: --nodeport-addresses
    bool service_port_names_any_address = true;                       ///< 1.28 on: 0.0.0.0 rather than no address
    bool service_port_per_family = true;                              ///< 1.36 on, PR 137370
    bool caches_only_ready = false;                                   ///< up to 1.20
    bool categorizes_endpoints = true;                                ///< 1.24 on: lists per policy
    bool skips_empty_endpoints = true;                                ///< 1.34 on: no endpoints, no lists
    bool unready_count_as_endpoints = false;                          ///< 1.22.0 to 1.22.3, PR 106030
    DuplicateEndpoints duplicates = DuplicateEndpoints::by_address_running_wins;
    TerminatingFallback terminating_fallback = TerminatingFallback::every_policy;  ///< KEP-1669
    bool external_ips_have_policy = true;                             ///< 1.29 on: also of a ClusterIP service
    bool heeds_internal_policy = true;                                ///< gate ServiceInternalTrafficPolicy
    bool heeds_topology_keys = false;                                 ///< gate ServiceTopology, 1.19 to 1.21
    ZoneHints zone_hints = ZoneHints::always;
    bool caches_zone_hints = true;                                    ///< gate TopologyAwareHints up to 1.32
    bool hints_of_unready_count = false;                              ///< 1.21, 1.22; PR 106507 (1.23)
    bool hints_need_zone = false;                                     ///< up to 1.32: a node without zone has no mode
    bool heeds_node_hints = true;                                     ///< gate PreferSameTrafficDistribution
    bool ipvs_local_falls_to_cluster = true;                          ///< 1.24 on, PR 97081
    Duration health_timeout = 60s;                                    ///< 2 x syncPeriod
    friend bool operator==(const KubeProxyRules&, const KubeProxyRules&) = default;
};

/// The rules of this release under the user's gates.
/// Source: kubernetes/kubernetes pkg/proxy, 1.19 to 1.36: healthcheck/, topology.go, endpointslicecache.go,
/// serviceport.go (service.go up to 1.27), ipvs/proxier.go; cmd/kube-proxy/app/server.go (2 x syncPeriod).
KubeProxyRules kube_proxy_rules(Release release, const FeatureGates& gates);

/// Does traffic under this external policy fall back to terminating endpoints?
/// Source: kubernetes/kubernetes pkg/proxy/topology.go 1.24 on; pkg/proxy/iptables/proxier.go 1.22, 1.23; KEP-1669.
constexpr bool falls_back_to_terminating(const KubeProxyRules& rules, TrafficPolicy policy) {
    return rules.terminating_fallback == TerminatingFallback::every_policy ||
           (rules.terminating_fallback == TerminatingFallback::local_only && policy == TrafficPolicy::local);
}

}  // namespace lbsim::policy
#pragma GCC visibility pop
