// SPDX-License-Identifier: Apache-2.0
// The rules of each kube-proxy release, each as a function of the minor, the patch and the gates that decide it.
#include "lbsim/policy/proxy_rules.hpp"

namespace lbsim::policy {

namespace {
LateSync late_sync_of(Release release) {
    if (release.minor >= 29) return LateSync::oldest_change_per_family;
    return release.minor >= 25 ? LateSync::oldest_change : LateSync::newest_change;
}

EligibilityFeed eligibility_of(Release release, const FeatureGates& gates) {
    if (!gate_value("KubeProxyDrainingTerminatingNodes", release, gates)) return EligibilityFeed::none;
    return release.minor >= 34 ? EligibilityFeed::pulled : EligibilityFeed::pushed;
}

ProxyHealthBody health_body_of(Release release) {
    if (release.minor >= 33) return ProxyHealthBody::json;
    return release.minor >= 28 ? ProxyHealthBody::times_and_eligibility : ProxyHealthBody::times;
}

DuplicateEndpoints duplicates_of(Release release) {
    if (release.minor >= 36) return DuplicateEndpoints::by_address_running_wins;
    return release.minor >= 22 ? DuplicateEndpoints::by_address_local_wins : DuplicateEndpoints::by_ip_local_wins;
}

TerminatingFallback terminating_fallback_of(Release release, const FeatureGates& gates) {
    if (!gate_value("ProxyTerminatingEndpoints", release, gates)) return TerminatingFallback::none;
    return release.minor >= 24 ? TerminatingFallback::every_policy : TerminatingFallback::local_only;
}

/// Up to 1.21 kube-proxy can still read Endpoints, which tell neither topology, nor hints, nor whose a slice's node is.
bool filters_slices(Release release, const FeatureGates& gates) {
    return release.minor >= 22 || gate_value("EndpointSliceProxying", release, gates);
}

ZoneHints zone_hints_of(Release release, const FeatureGates& gates) {
    if (!filters_slices(release, gates)) return ZoneHints::never;
    if (release.minor >= 33 || gate_value("ServiceTrafficDistribution", release, gates)) return ZoneHints::always;
    if (!gate_value("TopologyAwareHints", release, gates)) return ZoneHints::never;
    return release.minor >= 27 ? ZoneHints::if_annotated : ZoneHints::if_annotated_auto;
}

void set_service_port_rules(KubeProxyRules& rules, Release release) {
    rules.service_port_reads_proxy_health = release.minor >= 27;
    rules.service_port_has_weight = release.minor >= 28;
    rules.service_port_cuts_connections = release.minor >= 27;
    rules.service_port_obeys_addresses = release.minor >= 23;
    rules.service_port_names_any_address = release.minor >= 28;
    rules.service_port_per_family = release.minor >= 36;
}

void set_endpoint_rules(KubeProxyRules& rules, Release release, const FeatureGates& gates) {
    rules.caches_only_ready = release.minor <= 20;
    rules.categorizes_endpoints = release.minor >= 24;
    rules.skips_empty_endpoints = release.minor >= 34;
    rules.unready_count_as_endpoints = release.minor == 22 && release.patch <= 3;
    rules.duplicates = duplicates_of(release);
    rules.terminating_fallback = terminating_fallback_of(release, gates);
    rules.external_ips_have_policy = release.minor >= 29;
    rules.heeds_internal_policy =
        filters_slices(release, gates) && gate_value("ServiceInternalTrafficPolicy", release, gates);
    rules.heeds_topology_keys = release.minor <= 21 && filters_slices(release, gates) &&
                                gate_value("ServiceTopology", release, gates);
    rules.zone_hints = zone_hints_of(release, gates);
    rules.caches_zone_hints = release.minor >= 33 || gate_value("TopologyAwareHints", release, gates);
    rules.hints_of_unready_count = release.minor <= 22;
    rules.hints_need_zone = release.minor <= 32;
    rules.heeds_node_hints = gate_value("PreferSameTrafficDistribution", release, gates);
    rules.ipvs_local_falls_to_cluster = release.minor >= 24;
}
}  // namespace

KubeProxyRules kube_proxy_rules(Release release, const FeatureGates& gates) {
    KubeProxyRules rules;
    rules.late_sync = late_sync_of(release);
    rules.eligibility = eligibility_of(release, gates);
    rules.health_body = health_body_of(release);
    rules.has_livez = release.minor >= 28;
    set_service_port_rules(rules, release);
    set_endpoint_rules(rules, release, gates);
    return rules;
}

}  // namespace lbsim::policy
