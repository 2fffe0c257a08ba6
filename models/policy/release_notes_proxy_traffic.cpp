// SPDX-License-Identifier: Apache-2.0
// Notes on kube-proxy: which endpoints get traffic, and how rules are written.
#include <array>

#include "models/policy/release_note_tables.hpp"

namespace lbsim::policy {

namespace {
constexpr auto area = NoteArea::kube_proxy;
constexpr auto rule = NoteKind::rule;

// Source of all: kubernetes/kubernetes pkg/proxy, pkg/util/async, pkg/features/kube_features.go, 1.19 to 1.36.
constexpr std::array notes{
    ReleaseNote{
        "kube_proxy.terminating_fallback", area, rule,
        {from(26)},
        "Where no endpoint is ready, traffic goes to those that terminate and still serve.",
        "Where no endpoint is ready, traffic is dropped or refused, though a terminating pod would still serve.",
        "Between the end of the last local pod and the load balancer's notice, connections were lost. The gate "
        "ProxyTerminatingEndpoints has it from 1.22, off.",
        "KEP-1669"},
    ReleaseNote{
        "kube_proxy.slices_tell_terminating", area, rule,
        {from(22)},
        "EndpointSlices name terminating pods, and whether they still serve.",
        "A pod vanishes from its EndpointSlice when it starts to terminate.",
        "", "KEP-1672"},
    ReleaseNote{
        "kube_proxy.unready_count_as_endpoints", area, NoteKind::defect,
        {patches(22, 0, 3)},
        "A service whose endpoints are all unready counts as having some: its traffic is not refused.",
        "A service without usable endpoints refuses traffic.",
        "", "PR 106030"},
    ReleaseNote{
        "kube_proxy.internal_traffic_policy", area, rule,
        {from(22)},
        "internalTrafficPolicy: Local keeps traffic from inside the cluster on its node.",
        "Traffic from inside the cluster goes to every endpoint.",
        "", "KEP-2086"},
    ReleaseNote{
        "kube_proxy.zone_hints", area, rule,
        {from(24)},
        "Zone hints keep traffic in its zone, where the service's annotation asks for it.",
        "Zone hints are not heeded.",
        "Traffic across zones costs money and time.",
        "KEP-2433"},
    ReleaseNote{
        "kube_proxy.traffic_distribution", area, rule,
        {from(31)},
        "trafficDistribution keeps traffic in its zone without an annotation.",
        "There is no trafficDistribution.",
        "", "KEP-4444"},
    ReleaseNote{
        "kube_proxy.same_node", area, rule,
        {from(34)},
        "trafficDistribution can prefer the same node.",
        "trafficDistribution knows zones only.",
        "", "KEP-3015"},
    ReleaseNote{
        "kube_proxy.ip_mode", area, rule,
        {from(30)},
        "A load balancer with ipMode Proxy gets traffic from inside the cluster, too.",
        "Traffic from inside the cluster to a load balancer's address never leaves the node.",
        "Load balancers that add PROXY protocol or TLS were bypassed.",
        "KEP-1860"},
    ReleaseNote{
        "kube_proxy.drop_by_filter", area, rule,
        {from(25)},
        "eTP:Local without a local endpoint: a rule of the filter table drops the packet.",
        "eTP:Local without a local endpoint: a mark of the nat table has the packet dropped.",
        "", "kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.24 and 1.25"},
    ReleaseNote{
        "kube_proxy.large_cluster_mode", area, rule,
        {from(25)},
        "With more than 1000 endpoints rules are written without comments, and stale ones are cleaned up seldom.",
        "Rules are written the same way whatever their number.",
        "Writing all rules took seconds in large clusters.",
        "kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.25"},
    ReleaseNote{
        "kube_proxy.label_changes_are_scheduled", area, rule,
        {from(25)},
        "A changed label of its node schedules a sync.",
        "A changed label of its node syncs all rules at once and holds up what comes after.",
        "", "kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.24 and 1.25"},
    ReleaseNote{
        "kube_proxy.partial_sync", area, rule,
        {from(27)},
        "A sync rewrites the rules of changed services only.",
        "Every sync rewrites all rules.",
        "In large clusters a sync took longer than changes were apart.",
        "KEP-3453"},
    ReleaseNote{
        "kube_proxy.hourly_full_sync", area, rule,
        {from(33)},
        "All rules are rewritten when the last time was an hour ago (from 1.36 not in large clusters).",
        "All rules are rewritten at start, after a failure and when somebody else has flushed them.",
        "", "kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.33 and 1.36"},
    ReleaseNote{
        "kube_proxy.no_burst", area, rule,
        {from(34)},
        "Two changes within a second cost two syncs, the second a second after the first has ended.",
        "The second change within a second is written at once, from a bucket of two; the third waits.",
        "A simple minimum distance is easier to reason about than a token bucket.",
        "kubernetes/kubernetes pkg/proxy/runner/bounded_frequency_runner.go, 1.34"},
    ReleaseNote{
        "kube_proxy.nftables", area, rule,
        {from(31)},
        "The nftables mode can be chosen without a gate (stable from 1.33).",
        "The nftables mode is behind a gate or not there.",
        "iptables does not scale with the number of services.",
        "KEP-3866"},
    ReleaseNote{
        "kube_proxy.ipvs_local_falls_to_cluster", area, rule,
        {from(24)},
        "IPVS, eTP:Local without a local endpoint: traffic goes to endpoints elsewhere, whose answers to outside clients "
        "are lost.",
        "IPVS, eTP:Local without a local endpoint: the kernel refuses.",
        "", "PR 97081"},
    ReleaseNote{
        "kube_proxy.ipvs_deprecated", area, rule,
        {from(35)},
        "IPVS mode is deprecated.",
        "IPVS mode is supported.",
        "nftables does what it was for.",
        "KEP-5495"},
    ReleaseNote{
        "kube_proxy.conntrack_reconciler", area, rule,
        {from(32)},
        "UDP: connection entries that lead to no serving endpoint of their service are removed after a sync.",
        "UDP: the connection entries of each removed endpoint are removed after a sync.",
        "Removing by endpoint missed entries.",
        "kubernetes/kubernetes pkg/proxy/conntrack/cleanup.go, 1.31 and 1.32"},
    ReleaseNote{
        "kube_proxy.no_local_endpoints_metric", area, rule,
        {from(24)},
        "kubeproxy_sync_proxy_rules_no_local_endpoints_total counts services whose traffic this node drops.",
        "Nobody counts services whose traffic a node drops.",
        "", "KEP-1669"},
};
}  // namespace

std::span<const ReleaseNote> proxy_traffic_notes() { return notes; }

}  // namespace lbsim::policy
