// SPDX-License-Identifier: Apache-2.0
// The feature gates that touch load balancers, with their stages by minor release.
// Where a gate's own KEP and the code disagree the code stands: kubernetes/kubernetes pkg/features/kube_features.go,
// read at the last patch of each minor from 1.19 to 1.36.
#include <algorithm>
#include <array>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/release.hpp"

namespace lbsim::policy {

namespace {
/// From this minor on, until the next row of the same gate, the gate stands so.
struct StageRow {
    int since_minor = 0;
    GateStage stage = GateStage::absent;
    bool default_value = false;
};

/// Can a scenario set it, because some rule that acts in a run reads it?
enum class Use : std::uint8_t { in_runs, in_library };

/// A gate and its stages, oldest first; before the first row the gate is absent. Unused rows have minor 0.
struct Gate {
    std::string_view name;
    Component owner;
    Use use;
    std::array<StageRow, 5> stages;
};

constexpr StageRow alpha(int minor) { return {minor, GateStage::alpha, false}; }
constexpr StageRow beta_off(int minor) { return {minor, GateStage::beta, false}; }
constexpr StageRow beta(int minor) { return {minor, GateStage::beta, true}; }
constexpr StageRow stable(int minor) { return {minor, GateStage::stable_locked, true}; }
constexpr StageRow gone(int minor) { return {minor, GateStage::removed, true}; }

constexpr auto controller = Component::service_controller;
constexpr auto proxy = Component::kube_proxy;
constexpr auto kubelet = Component::kubelet;

constexpr std::array gates{
    // Source: KEP-3836 kep.yaml; kubernetes/kubernetes pkg/features, 1.28 to 1.33 (from 1.33 the code asks no gate).
    Gate{"KubeProxyDrainingTerminatingNodes", proxy, Use::in_runs, {alpha(28), beta(30), stable(31), gone(33)}},
    // Source: KEP-1669 kep.yaml; kubernetes/kubernetes pkg/features; removed by PR 122134 (1.30).
    Gate{"ProxyTerminatingEndpoints", proxy, Use::in_runs, {alpha(22), beta(26), stable(28), gone(30)}},
    // Source: KEP-3458 kep.yaml; kubernetes/controller-manager v0.27.0 to v0.32.0 pkg/features/kube_features.go.
    Gate{"StableLoadBalancerNodeSet", controller, Use::in_runs, {beta(27), stable(30), gone(32)}},
    // Source: KEP-5237 kep.yaml; kubernetes/cloud-provider v0.35.6 and v0.36.2 controllers/route/route_controller.go.
    Gate{"CloudControllerManagerWatchBasedRoutesReconciliation", controller, Use::in_library, {alpha(35)}},
    // Source: KEP-1672 kep.yaml; kubernetes/kubernetes pkg/features, 1.20 to 1.28.
    Gate{"EndpointSliceTerminatingCondition", kubelet, Use::in_library, {alpha(20), beta(22), stable(26), gone(28)}},
    // Source: KEP-752 kep.yaml; kubernetes/kubernetes pkg/features, 1.19 to 1.25 (the Linux proxy's gate).
    Gate{"EndpointSliceProxying", proxy, Use::in_library, {beta(19), stable(22), gone(25)}},
    // Source: KEP-2000 kep.yaml; kubernetes/kubernetes pkg/features, 1.20 to 1.36.
    Gate{"GracefulNodeShutdown", kubelet, Use::in_library, {alpha(20), beta(21)}},
    // Source: KEP-2712 kep.yaml; kubernetes/kubernetes pkg/features, 1.23 to 1.36.
    Gate{"GracefulNodeShutdownBasedOnPodPriority", kubelet, Use::in_library, {alpha(23), beta(24)}},
    // Source: KEP-1143 kep.yaml; kubernetes/kubernetes pkg/features, 1.19 to 1.21; kubernetes/cloud-provider v0.19.0.
    // Locked at 1.21, and to false: labels of node roles no longer exclude.
    Gate{"LegacyNodeRoleBehavior", controller, Use::in_runs,
         {beta(19), StageRow{21, GateStage::stable_locked, false}, StageRow{22, GateStage::removed, false}}},
    // Source: KEP-1860 kep.yaml; kubernetes/kubernetes pkg/features, 1.29 to 1.35.
    Gate{"LoadBalancerIPMode", proxy, Use::in_library, {alpha(29), beta(30), stable(32), gone(35)}},
    // Source: KEP-3453 kep.yaml; kubernetes/kubernetes pkg/features, 1.26 to 1.30.
    Gate{"MinimizeIPTablesRestore", proxy, Use::in_library, {alpha(26), beta(27), stable(28), gone(30)}},
    // Source: KEP-1435 kep.yaml; kubernetes/kubernetes pkg/features, 1.20 to 1.28. The API server's gate.
    Gate{"MixedProtocolLBService", controller, Use::in_library, {alpha(20), beta(24), stable(26), gone(28)}},
    // Source: KEP-3866 kep.yaml; kubernetes/kubernetes pkg/features, 1.29 to 1.36.
    Gate{"NFTablesProxyMode", proxy, Use::in_library, {alpha(29), beta(31), stable(33)}},
    // Source: KEP-1143 kep.yaml; kubernetes/kubernetes pkg/features, 1.19 to 1.21.
    Gate{"NodeDisruptionExclusion", kubelet, Use::in_library, {beta(19), stable(21), gone(22)}},
    // Source: KEP-3015 kep.yaml; kubernetes/kubernetes pkg/features, 1.33 to 1.36.
    Gate{"PreferSameTrafficDistribution", proxy, Use::in_library, {alpha(33), beta(34), stable(35)}},
    // Source: KEP-3902 kep.yaml; kubernetes/kubernetes pkg/features, 1.29 to 1.36. At 1.33 it is called deprecated,
    // which can be set like beta; at 1.34 it became stable after all.
    Gate{"SeparateTaintEvictionController", kubelet, Use::in_library, {beta(29), stable(34)}},
    // Source: KEP-2086 kep.yaml; kubernetes/kubernetes pkg/features, 1.21 to 1.28.
    Gate{"ServiceInternalTrafficPolicy", proxy, Use::in_library, {alpha(21), beta(22), stable(26), gone(28)}},
    // Source: KEP-1864 kep.yaml; kubernetes/kubernetes pkg/features, 1.20 to 1.26. The API server's gate.
    Gate{"ServiceLBNodePortControl", controller, Use::in_library, {alpha(20), beta(22), stable(24), gone(26)}},
    // Source: KEP-1959 kep.yaml; kubernetes/kubernetes pkg/features, 1.21 to 1.26; kubernetes/cloud-provider v0.21.0
    // heeds the class whatever the API server's gate.
    Gate{"ServiceLoadBalancerClass", controller, Use::in_library, {alpha(21), beta(22), stable(24), gone(26)}},
    // Source: KEP-980 kep.yaml; kubernetes/kubernetes pkg/features, 1.19 and 1.20.
    Gate{"ServiceLoadBalancerFinalizer", controller, Use::in_library, {stable(19), gone(20)}},
    // Source: KEP-1143 kep.yaml; kubernetes/kubernetes pkg/features, 1.19 to 1.21; kubernetes/cloud-provider v0.19.0.
    Gate{"ServiceNodeExclusion", controller, Use::in_runs, {beta(19), stable(21), gone(22)}},
    // Source: KEP-536 kep.yaml; kubernetes/kubernetes pkg/features, 1.19 to 1.21. It never left alpha.
    Gate{"ServiceTopology", proxy, Use::in_library, {alpha(19), StageRow{22, GateStage::removed, false}}},
    // Source: KEP-4444 kep.yaml; kubernetes/kubernetes pkg/features, 1.30 to 1.36.
    Gate{"ServiceTrafficDistribution", proxy, Use::in_library, {alpha(30), beta(31), stable(33), gone(36)}},
    // Source: KEP-2433 kep.yaml; kubernetes/kubernetes pkg/features, 1.21 to 1.36.
    Gate{"TopologyAwareHints", proxy, Use::in_library, {alpha(21), beta_off(23), beta(24), stable(33), gone(36)}},
};

const Gate& gate_named(std::string_view name) {
    const auto* found =
        std::find_if(gates.begin(), gates.end(), [name](const Gate& gate) { return gate.name == name; });
    LBSIM_CHECK(found != gates.end(), "no rule knows the gate " + std::string(name));
    return *found;
}

/// The names whose gates pass, in the order of the table.
template <class Predicate>
std::vector<std::string_view> names_where(Predicate passes) {
    std::vector<std::string_view> names;
    for (const Gate& gate : gates) {
        if (passes(gate)) names.push_back(gate.name);
    }
    return names;
}
}  // namespace

std::span<const std::string_view> modelled_gates() {
    static const auto names = names_where([](const Gate& gate) { return gate.use == Use::in_runs; });
    return names;
}

std::span<const std::string_view> known_gates() {
    static const auto names = names_where([](const Gate&) { return true; });
    return names;
}

Component gate_owner(std::string_view gate) { return gate_named(gate).owner; }

GateState gate_state(std::string_view gate, Release release) {
    GateState state;
    for (const StageRow& row : gate_named(gate).stages) {
        if (row.since_minor != 0 && row.since_minor <= release.minor) state = {row.stage, row.default_value};
    }
    return state;
}

bool gate_value(std::string_view gate, Release release, const FeatureGates& user_gates) {
    const GateState state = gate_state(gate, release);
    const bool can_be_set = state.stage == GateStage::alpha || state.stage == GateStage::beta;
    const auto set = user_gates.find(gate);
    return can_be_set && set != user_gates.end() ? set->second : state.default_value;
}

}  // namespace lbsim::policy
