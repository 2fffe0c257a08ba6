// SPDX-License-Identifier: Apache-2.0
// The rules of each kube-proxy release, column by column, and where gates change them.
#include "lbsim/policy/kube_proxy.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
KubeProxyRules rules_of(int minor, const FeatureGates& gates = {}) { return kube_proxy_rules({minor, 16}, gates); }

/// Minors from 1.19 to 1.36 at which `field` is another than at the minor before; 1.19 is not listed.
template <class Field>
std::vector<int> changes_of(Field KubeProxyRules::*field) {
    std::vector<int> minors;
    for (int minor = 20; minor <= 36; ++minor) {
        if (rules_of(minor).*field != rules_of(minor - 1).*field) minors.push_back(minor);
    }
    return minors;
}
using Minors = std::vector<int>;
}  // namespace

TEST_CASE("kube-proxy rules: each rule changes at the minors that its column says") {
    CHECK(changes_of(&KubeProxyRules::late_sync) == Minors{25, 29});
    CHECK(changes_of(&KubeProxyRules::eligibility) == Minors{30, 34});
    CHECK(changes_of(&KubeProxyRules::health_body) == Minors{28, 33});
    CHECK(changes_of(&KubeProxyRules::has_livez) == Minors{28});
    CHECK(changes_of(&KubeProxyRules::service_port_reads_proxy_health) == Minors{27});
    CHECK(changes_of(&KubeProxyRules::service_port_has_weight) == Minors{28});
    CHECK(changes_of(&KubeProxyRules::service_port_cuts_connections) == Minors{27});
    CHECK(changes_of(&KubeProxyRules::service_port_obeys_addresses) == Minors{23});
    CHECK(changes_of(&KubeProxyRules::service_port_names_any_address) == Minors{28});
    CHECK(changes_of(&KubeProxyRules::service_port_per_family) == Minors{36});
    CHECK(changes_of(&KubeProxyRules::caches_only_ready) == Minors{21});
    CHECK(changes_of(&KubeProxyRules::categorizes_endpoints) == Minors{24});
    CHECK(changes_of(&KubeProxyRules::skips_empty_endpoints) == Minors{34});
    CHECK(changes_of(&KubeProxyRules::duplicates) == Minors{22, 36});
    CHECK(changes_of(&KubeProxyRules::terminating_fallback) == Minors{26});
    CHECK(changes_of(&KubeProxyRules::external_ips_have_policy) == Minors{29});
    CHECK(changes_of(&KubeProxyRules::heeds_internal_policy) == Minors{22});
    CHECK(changes_of(&KubeProxyRules::heeds_topology_keys).empty());
    CHECK(changes_of(&KubeProxyRules::zone_hints) == Minors{24, 27, 31});
    CHECK(changes_of(&KubeProxyRules::caches_zone_hints) == Minors{24});
    CHECK(changes_of(&KubeProxyRules::hints_of_unready_count) == Minors{23});
    CHECK(changes_of(&KubeProxyRules::hints_need_zone) == Minors{33});
    CHECK(changes_of(&KubeProxyRules::heeds_node_hints) == Minors{34});
    CHECK(changes_of(&KubeProxyRules::ipvs_local_falls_to_cluster) == Minors{24});
    CHECK(changes_of(&KubeProxyRules::health_timeout).empty());
}

TEST_CASE("kube-proxy rules: 1.19 has none of what came later and 1.36 is what the fields default to") {
    KubeProxyRules oldest;
    oldest.late_sync = LateSync::newest_change;
    oldest.eligibility = EligibilityFeed::none;
    oldest.health_body = ProxyHealthBody::times;
    oldest.has_livez = false;
    oldest.service_port_reads_proxy_health = false;
    oldest.service_port_has_weight = false;
    oldest.service_port_cuts_connections = false;
    oldest.service_port_obeys_addresses = false;
    oldest.service_port_names_any_address = false;
    oldest.service_port_per_family = false;
    oldest.caches_only_ready = true;
    oldest.categorizes_endpoints = false;
    oldest.skips_empty_endpoints = false;
    oldest.duplicates = DuplicateEndpoints::by_ip_local_wins;
    oldest.terminating_fallback = TerminatingFallback::none;
    oldest.external_ips_have_policy = false;
    oldest.heeds_internal_policy = false;
    oldest.zone_hints = ZoneHints::never;
    oldest.caches_zone_hints = false;
    oldest.hints_of_unready_count = true;
    oldest.hints_need_zone = true;
    oldest.heeds_node_hints = false;
    oldest.ipvs_local_falls_to_cluster = false;
    CHECK(rules_of(19) == oldest);
    CHECK(rules_of(36) == KubeProxyRules{});
    CHECK(KubeProxyRules{}.health_timeout == 60s);
}

TEST_CASE("kube-proxy rules: unready endpoints counted at the first patches of 1.22 only") {
    CHECK(kube_proxy_rules({22, 0}, {}).unready_count_as_endpoints);
    CHECK(kube_proxy_rules({22, 3}, {}).unready_count_as_endpoints);
    CHECK_FALSE(kube_proxy_rules({22, 4}, {}).unready_count_as_endpoints);
    CHECK_FALSE(kube_proxy_rules({23, 0}, {}).unready_count_as_endpoints);
    CHECK_FALSE(kube_proxy_rules({21, 3}, {}).unready_count_as_endpoints);
}

TEST_CASE("kube-proxy rules: gates count where they can be set") {
    const FeatureGates drain_on{{"KubeProxyDrainingTerminatingNodes", true}};
    const FeatureGates drain_off{{"KubeProxyDrainingTerminatingNodes", false}};
    CHECK(rules_of(27, drain_on).eligibility == EligibilityFeed::none);
    CHECK(rules_of(28, drain_on).eligibility == EligibilityFeed::pushed);
    CHECK(rules_of(30, drain_off).eligibility == EligibilityFeed::none);
    CHECK(rules_of(31, drain_off).eligibility == EligibilityFeed::pushed);
    const FeatureGates terminating_on{{"ProxyTerminatingEndpoints", true}};
    const FeatureGates terminating_off{{"ProxyTerminatingEndpoints", false}};
    CHECK(rules_of(21, terminating_on).terminating_fallback == TerminatingFallback::none);
    CHECK(rules_of(22, terminating_on).terminating_fallback == TerminatingFallback::local_only);
    CHECK(rules_of(23, terminating_on).terminating_fallback == TerminatingFallback::local_only);
    CHECK(rules_of(24, terminating_on).terminating_fallback == TerminatingFallback::every_policy);
    CHECK(rules_of(27, terminating_off).terminating_fallback == TerminatingFallback::none);
    CHECK(rules_of(28, terminating_off).terminating_fallback == TerminatingFallback::every_policy);
}

TEST_CASE("kube-proxy rules: the gates of topology count where they can be set") {
    const FeatureGates hints_on{{"TopologyAwareHints", true}};
    CHECK(rules_of(20, hints_on).zone_hints == ZoneHints::never);
    CHECK(rules_of(21, hints_on).zone_hints == ZoneHints::if_annotated_auto);
    CHECK(rules_of(23, hints_on).zone_hints == ZoneHints::if_annotated_auto);
    const FeatureGates hints_off{{"TopologyAwareHints", false}};
    CHECK(rules_of(29, hints_off).zone_hints == ZoneHints::never);
    // The proxier would heed hints for trafficDistribution, but the cache keeps none without this gate.
    CHECK(rules_of(31, hints_off).zone_hints == ZoneHints::always);
    CHECK_FALSE(rules_of(31, hints_off).caches_zone_hints);
    CHECK(rules_of(33, hints_off).caches_zone_hints);
    CHECK(rules_of(30, {{"ServiceTrafficDistribution", true}}).zone_hints == ZoneHints::always);
    CHECK(rules_of(31, {{"ServiceTrafficDistribution", false}}).zone_hints == ZoneHints::if_annotated);
    CHECK(rules_of(33, {{"PreferSameTrafficDistribution", true}}).heeds_node_hints);
    CHECK_FALSE(rules_of(34, {{"PreferSameTrafficDistribution", false}}).heeds_node_hints);
    CHECK(rules_of(35, {{"PreferSameTrafficDistribution", false}}).heeds_node_hints);
    const FeatureGates keys{{"ServiceTopology", true}};
    for (const int minor : {19, 20, 21}) CHECK(rules_of(minor, keys).heeds_topology_keys);
    CHECK_FALSE(rules_of(22, keys).heeds_topology_keys);
    CHECK_FALSE(rules_of(21, {{"ServiceTopology", true}, {"EndpointSliceProxying", false}}).heeds_topology_keys);
    CHECK_FALSE(rules_of(21, {{"TopologyAwareHints", true}, {"EndpointSliceProxying", false}}).zone_hints ==
                ZoneHints::if_annotated_auto);
    CHECK(rules_of(21, {{"ServiceInternalTrafficPolicy", true}}).heeds_internal_policy);
    CHECK_FALSE(rules_of(25, {{"ServiceInternalTrafficPolicy", false}}).heeds_internal_policy);
}
