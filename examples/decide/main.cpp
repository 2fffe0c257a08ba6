// SPDX-License-Identifier: Apache-2.0
// What two Kubernetes releases decide about the same three nodes: who is in the load balancer, what does /healthz say?
#include <cstdio>
#include <iterator>
#include <string>

#include <lbsim/policy/kube_proxy.hpp>
#include <lbsim/policy/release.hpp>
#include <lbsim/policy/service_controller.hpp>

namespace policy = lbsim::policy;

namespace {
/// A node that every release sends traffic to.
policy::NodeFacts healthy_node(std::uint32_t provider_id) {
    policy::NodeFacts node;
    node.ready = policy::ConditionStatus::is_true;
    node.has_conditions = true;
    node.provider_id = provider_id;
    return node;
}

/// Prints the answers of one release; returns whether it knows the release.
bool decide(const char* text) {
    const auto parsed = policy::parse_release(text);
    if (!parsed.release) return false;
    const policy::FeatureGates gates;  // none is set by hand, so each has the release's default
    const policy::KubeProxyRules proxy = policy::kube_proxy_rules(*parsed.release, gates);

    policy::NodeFacts nodes[] = {healthy_node(1), healthy_node(2), healthy_node(3)};
    nodes[1].ready = policy::ConditionStatus::unknown;  // its kubelet went silent
    nodes[2].autoscaler_tainted = true;                 // it will be removed soon

    std::printf("%s\n  in the load balancer:", policy::to_string(*parsed.release).c_str());
    for (std::size_t i = 0; i < std::size(nodes); ++i) {
        if (policy::is_desired_target(nodes[i], policy::TrafficPolicy::cluster, *parsed.release, gates)) {
            std::printf(" node-%zu", i);
        }
    }
    std::printf("\n  /healthz:");
    for (std::size_t i = 0; i < std::size(nodes); ++i) {
        const int status = policy::healthz_status(proxy, true, policy::is_node_eligible(nodes[i]));
        std::printf(" node-%zu %d", i, status);
    }
    policy::NodeFacts before = nodes[1];
    before.ready = policy::ConditionStatus::is_true;
    const bool triggers = policy::update_triggers_sync(before, nodes[1], *parsed.release, gates);
    std::printf("\n  node-1 losing Ready updates the load balancers: %s\n", triggers ? "yes" : "no");
    return true;
}
}  // namespace

int main() { return decide("1.26") && decide("1.30") ? 0 : 1; }
