// SPDX-License-Identifier: Apache-2.0
// The feature gates that modelled rules read, with their stages by minor release.
#include <algorithm>
#include <array>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/release.hpp"

namespace lbsim::policy {

namespace {
/// From this minor on, until the next row of the same gate, the gate stands so.
struct StageRow {
    int since_minor;
    GateStage stage;
    bool default_value;
};

/// A gate and its stages, oldest first; before the first row the gate is absent.
struct Gate {
    std::string_view name;
    Component owner;
    std::array<StageRow, 4> stages;
    std::size_t stage_count;
};

constexpr std::array<Gate, 5> gates{{
    // Source: KEP-3836 kep.yaml; kubernetes/kubernetes pkg/features, 1.28 to 1.33 (from 1.33 the code asks no gate).
    {"KubeProxyDrainingTerminatingNodes",
     Component::kube_proxy,
     {{{28, GateStage::alpha, false},
       {30, GateStage::beta, true},
       {31, GateStage::stable_locked, true},
       {33, GateStage::removed, true}}},
     4},
    // Source: KEP-1143; kubernetes/kubernetes pkg/features/kube_features.go 1.19 to 1.21; removed by 1.22.
    {"LegacyNodeRoleBehavior",
     Component::service_controller,
     {{{19, GateStage::beta, true}, {21, GateStage::stable_locked, false}, {22, GateStage::removed, false}}},
     3},
    // Source: KEP-1669 kep.yaml; kubernetes/kubernetes pkg/features; removed by PR 122134 (1.30).
    {"ProxyTerminatingEndpoints",
     Component::kube_proxy,
     {{{22, GateStage::alpha, false},
       {26, GateStage::beta, true},
       {28, GateStage::stable_locked, true},
       {30, GateStage::removed, true}}},
     4},
    // Source: KEP-1143; kubernetes/kubernetes pkg/features/kube_features.go 1.19 to 1.21; removed by 1.22.
    {"ServiceNodeExclusion",
     Component::service_controller,
     {{{19, GateStage::beta, true}, {21, GateStage::stable_locked, true}, {22, GateStage::removed, true}}},
     3},
    // Source: KEP-3458 kep.yaml; kubernetes/controller-manager v0.27.0 to v0.32.0 pkg/features/kube_features.go.
    {"StableLoadBalancerNodeSet",
     Component::service_controller,
     {{{27, GateStage::beta, true}, {30, GateStage::stable_locked, true}, {32, GateStage::removed, true}}},
     3},
}};

const Gate& gate_named(std::string_view name) {
    const auto found = std::find_if(gates.begin(), gates.end(), [name](const Gate& gate) { return gate.name == name; });
    LBSIM_CHECK(found != gates.end(), "no modelled rule reads the gate " + std::string(name));
    return *found;
}
}  // namespace

std::span<const std::string_view> modelled_gates() {
    static constexpr std::array<std::string_view, 5> names{gates[0].name, gates[1].name, gates[2].name, gates[3].name,
                                                          gates[4].name};
    return names;
}

Component gate_owner(std::string_view gate) { return gate_named(gate).owner; }

GateState gate_state(std::string_view gate, Release release) {
    const Gate& known = gate_named(gate);
    GateState state;
    for (std::size_t i = 0; i < known.stage_count && known.stages[i].since_minor <= release.minor; ++i) {
        state = {known.stages[i].stage, known.stages[i].default_value};
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
