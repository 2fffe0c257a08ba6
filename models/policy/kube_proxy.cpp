// SPDX-License-Identifier: Apache-2.0
// kube-proxy's health answers and endpoint choice, by minor release and gates.
#include "lbsim/policy/kube_proxy.hpp"

namespace lbsim::policy {

namespace {
constexpr int ok_status = 200;
constexpr int unavailable_status = 503;

int status_of(bool is_ok) { return is_ok ? ok_status : unavailable_status; }

/// Indices of the endpoints that pass, ascending.
template <class Predicate>
std::vector<std::uint32_t> indices_where(std::span<const EndpointView> endpoints, Predicate passes) {
    std::vector<std::uint32_t> result;
    for (std::uint32_t i = 0; i < endpoints.size(); ++i) {
        if (passes(endpoints[i])) result.push_back(i);
    }
    return result;
}

bool is_fallback(const EndpointView& endpoint) { return endpoint.serving && endpoint.terminating; }

/// The ready endpoints in scope, or, where there are none and the release falls back, the serving terminating ones.
template <class Scope>
std::vector<std::uint32_t> usable_endpoints(const KubeProxyRules& rules, std::span<const EndpointView> endpoints,
                                            Scope in_scope) {
    auto found = indices_where(endpoints, [&](const EndpointView& e) { return e.ready && in_scope(e); });
    if (found.empty() && rules.terminating_fallback) {
        found = indices_where(endpoints, [&](const EndpointView& e) { return is_fallback(e) && in_scope(e); });
    }
    return found;
}
}  // namespace

KubeProxyRules kube_proxy_rules(Release release, const FeatureGates& gates) {
    KubeProxyRules rules;
    rules.late_sync_counts_from_oldest = release.minor >= 25;
    rules.has_livez = release.minor >= 28;
    rules.healthz_reads_node_eligibility = gate_value("KubeProxyDrainingTerminatingNodes", release, gates);
    rules.terminating_fallback = gate_value("ProxyTerminatingEndpoints", release, gates);
    rules.service_port_reads_proxy_health = release.minor >= 27;
    rules.eligibility_is_pulled = release.minor >= 34;
    return rules;
}

bool is_node_eligible(const NodeFacts& node) { return !node.is_deleting && !node.autoscaler_tainted; }

void ProxySyncHealth::change_queued(Time now) {
    last_queued_ = now;
    if (!oldest_queued_) oldest_queued_ = now;
}

void ProxySyncHealth::rules_written(Time now) {
    last_written_ = now;
    // A write covers every change queued before it. Order of calls, not the instants, decides: a simulated write may
    // end in the microsecond of the change it covers, which upstream's comparison of clock readings never meets.
    last_queued_.reset();
    oldest_queued_.reset();
}

bool ProxySyncHealth::is_healthy(Time now) const { return now < unhealthy_from(); }

Time ProxySyncHealth::unhealthy_from() const {
    const std::optional<Time>& since = rules_.late_sync_counts_from_oldest ? oldest_queued_ : last_queued_;
    // Before the first write nothing is judged, and that write covers whatever was queued by then.
    if (!last_written_ || !since) return never;
    return saturating_add(*since, rules_.health_timeout);
}

int healthz_status(const KubeProxyRules& rules, bool sync_is_healthy, bool node_is_eligible) {
    return status_of(sync_is_healthy && (node_is_eligible || !rules.healthz_reads_node_eligibility));
}

std::optional<int> livez_status(const KubeProxyRules& rules, bool sync_is_healthy) {
    if (!rules.has_livez) return std::nullopt;
    return status_of(sync_is_healthy);
}

int service_health_status(const KubeProxyRules& rules, std::uint32_t local_ready_endpoints, bool sync_is_healthy) {
    return status_of(local_ready_endpoints > 0 && (sync_is_healthy || !rules.service_port_reads_proxy_health));
}

ForwardingDecision external_forwarding(const KubeProxyRules& rules, TrafficPolicy policy,
                                       std::span<const EndpointView> endpoints) {
    const auto anywhere = [](const EndpointView&) { return true; };
    const auto here = [](const EndpointView& e) { return e.is_local; };
    ForwardingDecision decision;
    decision.endpoints = policy == TrafficPolicy::cluster ? usable_endpoints(rules, endpoints, anywhere)
                                                          : usable_endpoints(rules, endpoints, here);
    if (!decision.endpoints.empty()) {
        decision.verdict = ForwardingVerdict::forward;
    } else if (policy == TrafficPolicy::local && !usable_endpoints(rules, endpoints, anywhere).empty()) {
        // Only this node has none: the packet is dropped, so that the client tries again rather than gives up.
        decision.verdict = ForwardingVerdict::drop;
    }
    return decision;
}

}  // namespace lbsim::policy
