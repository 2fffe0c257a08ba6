// SPDX-License-Identifier: Apache-2.0
// Notes on kube-proxy: what its health ports answer.
#include <array>

#include "models/policy/release_note_tables.hpp"

namespace lbsim::policy {

namespace {
constexpr auto area = NoteArea::kube_proxy;
constexpr auto rule = NoteKind::rule;
constexpr auto defect = NoteKind::defect;

// Source of all: kubernetes/kubernetes pkg/proxy/healthcheck, cmd/kube-proxy/app/server.go, pkg/proxy/node.go, 1.19 to
// 1.36.
constexpr std::array notes{
    ReleaseNote{
        "kube_proxy.late_sync_hides", area, defect,
        {until_minor(oldest, 24)},
        "/healthz: every further change of a service or endpoint restarts the clock, so in a busy cluster a proxy whose "
        "rules are frozen stays at 200 for ever.",
        "/healthz: a proxy is late when the oldest change it has not written is 60 s old.",
        "The age of the newest waiting change was measured instead of the oldest.",
        "issue 105742, PR 109483"},
    ReleaseNote{
        "kube_proxy.health_per_family", area, rule,
        {from(29)},
        "/healthz: IPv4 and IPv6 are judged apart.",
        "/healthz: one record for both IP families, so a write of IPv4 rules hides a stuck IPv6.",
        "A dual-stack proxy is two proxies.",
        "PR 118146"},
    ReleaseNote{
        "kube_proxy.livez", area, rule,
        {from(28)},
        "/livez says whether the proxy works, whatever becomes of its node.",
        "There is no /livez.",
        "A liveness probe on /healthz would restart a proxy that is only draining.",
        "KEP-3836"},
    ReleaseNote{
        "kube_proxy.healthz_reads_node", area, rule,
        {from(30)},
        "/healthz turns 503 when the autoscaler taints the node or its object gets a deletionTimestamp: load balancers "
        "send no new connections, those that are there go on.",
        "/healthz says 200 until the machine is off, even while the autoscaler is removing the node.",
        "Load balancers with eTP:Cluster had no sign that a node was about to go. The gate "
        "KubeProxyDrainingTerminatingNodes has it from 1.28, off.",
        "KEP-3836"},
    ReleaseNote{
        "kube_proxy.healthz_tells_eligibility", area, rule,
        {from(28)},
        "The body of /healthz has nodeEligible; kubeproxy_proxy_healthz_total and kubeproxy_proxy_livez_total count the "
        "answers.",
        "The body of /healthz has times only, and nobody counts the answers.",
        "To tell a node that drains from a proxy that is stuck.",
        "KEP-3836"},
    ReleaseNote{
        "kube_proxy.healthz_json", area, rule,
        {from(33)},
        "The body of /healthz and /livez says for each IP family whether it is healthy.",
        "The body of /healthz has one state for all families.",
        "", "kubernetes/kubernetes pkg/proxy/healthcheck/proxy_health.go, 1.33"},
    ReleaseNote{
        "kube_proxy.eligibility_is_pulled", area, rule,
        {from(34)},
        "/healthz reads the last Node object when it is asked, and says 503 as long as there is none.",
        "/healthz takes the node as eligible until the first event about it.",
        "", "kubernetes/kubernetes pkg/proxy/node.go, 1.34"},
    ReleaseNote{
        "kube_proxy.health_timeout_of_all_modes", area, rule,
        {from(31)},
        "\"Late\" is twice the syncPeriod of the configuration in every mode (60 s by default).",
        "\"Late\" is twice iptables.syncPeriod, even in IPVS and nftables mode (60 s by default).",
        "", "kubernetes/kubernetes cmd/kube-proxy/app/server.go, 1.30 and 1.31"},
    ReleaseNote{
        "kube_proxy.node_port_reads_proxy_health", area, rule,
        {from(27)},
        "healthCheckNodePort: 503 while the proxy is late, whatever endpoints the node has.",
        "healthCheckNodePort: 200 wherever there is a ready local endpoint, even behind a proxy that is stuck.",
        "Pods on a node with a dead proxy drew traffic that never reached them.",
        "PR 111661"},
    ReleaseNote{
        "kube_proxy.kept_alive_empty_200", area, defect,
        {until_minor(oldest, 26)},
        "healthCheckNodePort: when the service goes, a probe connection that is kept alive stays open and gets an empty "
        "200.",
        "healthCheckNodePort: when the service goes, the port closes with its connections.",
        "Only the listener was closed.",
        "kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go, 1.26 and 1.27"},
    ReleaseNote{
        "kube_proxy.weight_header", area, rule,
        {from(28)},
        "healthCheckNodePort: the header X-Load-Balancing-Endpoint-Weight has the number of ready local endpoints.",
        "healthCheckNodePort: the number of ready local endpoints is in the body only.",
        "A load balancer can share traffic by it.",
        "kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go, 1.27 and 1.28"},
    ReleaseNote{
        "kube_proxy.node_port_addresses", area, rule,
        {from(23)},
        "healthCheckNodePort: listens on the addresses of --nodeport-addresses.",
        "healthCheckNodePort: listens on all addresses.",
        "", "kubernetes/kubernetes pkg/proxy/healthcheck/service_health.go, 1.22 and 1.23"},
    ReleaseNote{
        "kube_proxy.health_port_is_accepted", area, rule,
        {from(21)},
        "healthCheckNodePort: iptables mode lets the port through the node's firewall rules.",
        "healthCheckNodePort: the node's firewall may block it.",
        "", "kubernetes/kubernetes pkg/proxy/iptables/proxier.go, 1.21"},
    ReleaseNote{
        "kube_proxy.one_family_opens_health_port", area, defect,
        {until_minor(oldest, 35)},
        "healthCheckNodePort, dual-stack: both families open the same port, the second fails with noise, and the first "
        "answers for both.",
        "healthCheckNodePort, dual-stack: each family has a socket of its own.",
        "Both listened on the wildcard address.",
        "issue 114702, PR 137370"},
};
}  // namespace

std::span<const ReleaseNote> proxy_health_notes() { return notes; }

}  // namespace lbsim::policy
