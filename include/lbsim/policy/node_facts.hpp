// SPDX-License-Identifier: Apache-2.0
// What the policies know of a node: a small value made from the Node object.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Status of a node condition; `absent` where the node has no condition of that type.
enum class ConditionStatus : std::uint8_t { absent, is_true, is_false, unknown };

/// The label node.kubernetes.io/exclude-from-external-load-balancers and how its value parses.
/// Source: kubernetes/cloud-provider v0.36.0 controllers/service/controller.go (value parsed from 1.34 on).
enum class ExclusionLabel : std::uint8_t { absent, parses_as_false, excludes };

/// Classifies the label's value, nullopt where the label is absent: only 0, f, F, false, False and FALSE parse as
/// false.
/// Source: kubernetes/cloud-provider v0.36.0 controllers/service/controller.go, nodeIncludedPredicate
/// (strconv.ParseBool).
ExclusionLabel exclusion_label_of(std::optional<std::string_view> value);

/// The taint that the cluster autoscaler puts on a node it removes.
/// Source: kubernetes/autoscaler cluster-autoscaler/utils/taints/taints.go, 1.36.0; kubernetes/cloud-provider v0.36.0
/// controllers/service/controller.go (ToBeDeletedTaint).
inline constexpr std::string_view autoscaler_taint_key = "ToBeDeletedByClusterAutoscaler";
/// The label that takes a node out of every load balancer.
/// Source: kubernetes/cloud-provider v0.36.0 controllers/service/controller.go, nodeIncludedPredicate; KEP-1143.
inline constexpr std::string_view exclusion_label_key = "node.kubernetes.io/exclude-from-external-load-balancers";
/// The label that took a control-plane node out of every load balancer up to 1.20.
/// Source: kubernetes/cloud-provider v0.19.0 and v0.20.0 controllers/service/controller.go, getNodeConditionPredicate
/// (gate LegacyNodeRoleBehavior); KEP-1143.
inline constexpr std::string_view master_label_key = "node-role.kubernetes.io/master";

/// What load-balancer policies read of a Node object.
struct NodeFacts {
    ConditionStatus ready = ConditionStatus::absent;  ///< status of the condition Ready
    bool has_conditions = false;                      ///< at least one condition of any type
    bool autoscaler_tainted = false;                  ///< has a taint with autoscaler_taint_key, any effect
    bool is_deleting = false;                         ///< metadata.deletionTimestamp is set
    bool unschedulable = false;                       ///< spec.unschedulable (cordon)
    ExclusionLabel exclusion = ExclusionLabel::absent;
    bool has_master_label = false;                    ///< has the label master_label_key, any value
    std::uint32_t provider_id = 0;                    ///< identity of spec.providerID; 0 = unset
    std::uint64_t labels_digest = 0;                  ///< digest of all labels; equal labels give equal digests
    friend bool operator==(const NodeFacts&, const NodeFacts&) = default;
};

}  // namespace lbsim::policy
#pragma GCC visibility pop
