// SPDX-License-Identifier: Apache-2.0
// What a kube-proxy of a given release answers on its health ports and which endpoints it forwards to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/node_facts.hpp"
#include "lbsim/policy/release.hpp"
#include "lbsim/policy/traffic_policy.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Rules of a kube-proxy at a release under the user's gates, worked out once.
/// Source: kubernetes/kubernetes pkg/proxy, by minor (spec of each field beside it).
struct KubeProxyRules {
    bool late_sync_counts_from_oldest = true;    ///< 1.25 on: age of the oldest queued change, before: of the newest
    bool healthz_reads_node_eligibility = true;  ///< KEP-3836 (gate KubeProxyDrainingTerminatingNodes)
    bool has_livez = true;                       ///< 1.28 on
    bool terminating_fallback = true;            ///< KEP-1669 (gate ProxyTerminatingEndpoints)
    bool service_port_reads_proxy_health = true; ///< 1.27 on
    bool eligibility_is_pulled = false;          ///< 1.34 on: no Node object answers 503
    Duration health_timeout = 60s;               ///< 2 x syncPeriod
    friend bool operator==(const KubeProxyRules&, const KubeProxyRules&) = default;
};

/// The rules of this release under the user's gates.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck and pkg/proxy/topology.go, 1.24 to 1.36; PR 109483 (1.25.0),
/// PR 111661 (1.27.0), KEP-3836, KEP-1669.
/// Simplifies: one IP family, so the families that 1.29 and later judge apart are one.
KubeProxyRules kube_proxy_rules(Release release, const FeatureGates& gates);

/// Is the node eligible for new load-balancer traffic as /healthz sees it? Cordon, readiness and other taints do not
/// count. Where rules.eligibility_is_pulled and no Node object is known, the caller answers false without asking.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go 1.28, proxy_health.go 1.34 to 1.36; KEP-3836.
bool is_node_eligible(const NodeFacts& node);

/// Health of the rule sync loop: fed with queued changes and successful writes, asked at any later instant. Too old is
/// an age of health_timeout or more; before the first write everything is healthy.
/// Known weakness up to 1.24: every further change moves the age on, so a steady stream hides a dead loop for ever.
/// Order: of a change and a write at one instant, the order of the calls decides whether the write covers the change.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go, 1.24, 1.26, 1.28, 1.29, 1.36; issue 105742.
class ProxySyncHealth {
public:
    explicit ProxySyncHealth(const KubeProxyRules& rules) : rules_(rules) {}
    /// The loop was told of a service or endpoint change.
    void change_queued(Time now);
    /// The rules were written; also called once when the loop starts.
    void rules_written(Time now);
    /// Pre: now is not before the last event.
    bool is_healthy(Time now) const;
    /// The instant from which is_healthy turns false if nothing more happens; never if it stays true.
    Time unhealthy_from() const;

private:
    KubeProxyRules rules_;
    std::optional<Time> last_queued_;
    std::optional<Time> oldest_queued_;
    std::optional<Time> last_written_;
};

/// HTTP status of /healthz: 200 or 503.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go 1.24 to 1.32, proxy_health.go 1.33 to 1.36.
int healthz_status(const KubeProxyRules& rules, bool sync_is_healthy, bool node_is_eligible);
/// HTTP status of /livez; nullopt where the release has none.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go, 1.28 on; KEP-3836.
std::optional<int> livez_status(const KubeProxyRules& rules, bool sync_is_healthy);
/// HTTP status of the service's healthCheckNodePort: 200 or 503. The count is of distinct ready local addresses, so
/// terminating endpoints never count; the node's eligibility is never looked at.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go, 1.26 and 1.36; PR 111661.
int service_health_status(const KubeProxyRules& rules, std::uint32_t local_ready_endpoints, bool sync_is_healthy);

/// An endpoint as kube-proxy sees it.
/// Source: kubernetes/kubernetes pkg/proxy/endpointslicecache.go, 1.36; KEP-1672.
struct EndpointView {
    bool ready = false;
    bool serving = false;
    bool terminating = false;
    bool is_local = false;  ///< on this kube-proxy's node
};

/// What a new external connection finds on a node: an endpoint, silence (the client times out) or a refusal.
/// Source: kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.25 and 1.36.
enum class ForwardingVerdict : std::uint8_t { forward, drop, reject };

/// The endpoints (indices into the input, ascending) that a new external connection may be sent to, or why there are
/// none.
/// Source: kubernetes/kubernetes pkg/proxy/topology.go CategorizeEndpoints; 4.2 and 4.4 of the modelled rules.
struct ForwardingDecision {
    ForwardingVerdict verdict = ForwardingVerdict::reject;
    std::vector<std::uint32_t> endpoints;
};
/// Simplifies: no topology hints; kube-proxy in iptables or nftables mode.
ForwardingDecision external_forwarding(const KubeProxyRules& rules, TrafficPolicy policy,
                                       std::span<const EndpointView> endpoints);

}  // namespace lbsim::policy
#pragma GCC visibility pop
