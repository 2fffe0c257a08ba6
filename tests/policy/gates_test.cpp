// SPDX-License-Identifier: Apache-2.0
// Stages and defaults of every known gate, minor by minor, as pkg/features has them.
#include <map>
#include <sstream>
#include <string>

#include "lbsim/policy/release.hpp"
#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
/// "a20- b22+ s26+ x28+": from which minor the gate is alpha, beta, stable or gone (x), and its default.
std::string history_of(std::string_view gate) {
    std::ostringstream text;
    GateState before;
    for (int minor = 19; minor <= 37; ++minor) {
        const GateState now = gate_state(gate, {minor, 0});
        const bool is_new = now.stage != before.stage || now.default_value != before.default_value;
        if (is_new) {
            text << "-absx"[static_cast<std::size_t>(now.stage)] << minor << (now.default_value ? "+ " : "- ");
        }
        before = now;
    }
    return text.str();
}
}  // namespace

TEST_CASE("gates: each gate has the stages of pkg/features from 1.19 to 1.36") {
    const std::map<std::string_view, std::string> expected{
        {"CloudControllerManagerWatchBasedRoutesReconciliation", "a35- "},
        {"EndpointSliceProxying", "b19+ s22+ x25+ "},
        {"EndpointSliceTerminatingCondition", "a20- b22+ s26+ x28+ "},
        {"GracefulNodeShutdown", "a20- b21+ "},
        {"GracefulNodeShutdownBasedOnPodPriority", "a23- b24+ "},
        {"KubeProxyDrainingTerminatingNodes", "a28- b30+ s31+ x33+ "},
        {"LegacyNodeRoleBehavior", "b19+ s21- x22- "},
        {"LoadBalancerIPMode", "a29- b30+ s32+ x35+ "},
        {"MinimizeIPTablesRestore", "a26- b27+ s28+ x30+ "},
        {"MixedProtocolLBService", "a20- b24+ s26+ x28+ "},
        {"NFTablesProxyMode", "a29- b31+ s33+ "},
        {"NodeDisruptionExclusion", "b19+ s21+ x22+ "},
        {"PreferSameTrafficDistribution", "a33- b34+ s35+ "},
        {"ProxyTerminatingEndpoints", "a22- b26+ s28+ x30+ "},
        {"SeparateTaintEvictionController", "b29+ s34+ "},
        {"ServiceInternalTrafficPolicy", "a21- b22+ s26+ x28+ "},
        {"ServiceLBNodePortControl", "a20- b22+ s24+ x26+ "},
        {"ServiceLoadBalancerClass", "a21- b22+ s24+ x26+ "},
        {"ServiceLoadBalancerFinalizer", "s19+ x20+ "},
        {"ServiceNodeExclusion", "b19+ s21+ x22+ "},
        {"ServiceTopology", "a19- x22- "},
        {"ServiceTrafficDistribution", "a30- b31+ s33+ x36+ "},
        {"StableLoadBalancerNodeSet", "b27+ s30+ x32+ "},
        {"TopologyAwareHints", "a21- b23- b24+ s33+ x36+ "},
    };
    CHECK(known_gates().size() == expected.size());
    for (const std::string_view gate : known_gates()) {
        CAPTURE(std::string(gate));
        REQUIRE(expected.contains(gate));
        CHECK(history_of(gate) == expected.at(gate));
    }
}

TEST_CASE("gates: a setting counts only where the gate can be set") {
    const FeatureGates off{{"StableLoadBalancerNodeSet", false}};
    const FeatureGates on{{"StableLoadBalancerNodeSet", true}};
    CHECK_FALSE(gate_value("StableLoadBalancerNodeSet", {26, 15}, on));   // not there yet
    CHECK_FALSE(gate_value("StableLoadBalancerNodeSet", {29, 0}, off));   // beta: taken
    CHECK(gate_value("StableLoadBalancerNodeSet", {29, 0}, {}));
    CHECK(gate_value("StableLoadBalancerNodeSet", {30, 0}, off));         // locked
    CHECK(gate_value("StableLoadBalancerNodeSet", {32, 0}, off));         // gone, and always on
    CHECK_FALSE(gate_value("LegacyNodeRoleBehavior", {22, 0}, {{"LegacyNodeRoleBehavior", true}}));  // gone, always off
    const FeatureGates drain{{"KubeProxyDrainingTerminatingNodes", true}};
    CHECK(gate_value("KubeProxyDrainingTerminatingNodes", {28, 0}, drain));  // alpha: taken
    CHECK_FALSE(gate_value("KubeProxyDrainingTerminatingNodes", {28, 0}, on));
}

TEST_CASE("gates: a scenario may set those that act in a run, and each has an owner") {
    CHECK(modelled_gates().size() == 5);
    CHECK(gate_owner("StableLoadBalancerNodeSet") == Component::service_controller);
    CHECK(gate_owner("KubeProxyDrainingTerminatingNodes") == Component::kube_proxy);
    CHECK(gate_owner("ProxyTerminatingEndpoints") == Component::kube_proxy);
    CHECK(gate_owner("EndpointSliceTerminatingCondition") == Component::kubelet);
}
