// SPDX-License-Identifier: Apache-2.0
// What tells the variants of the service controller apart, as data: predicates, triggers, engine, comparison.
#pragma once

#include <cstdint>
#include <string_view>

#include "lbsim/policy/node_facts.hpp"
#include "lbsim/policy/release.hpp"
#include "lbsim/policy/traffic_policy.hpp"

namespace lbsim::policy {

/// How a node's readiness counts in a predicate.
enum class ReadyRule : std::uint8_t {
    ignored,
    any_condition_none_not_ready,  ///< A to C: some condition exists and no Ready condition is other than True
    is_true,                       ///< D on: the condition Ready exists and is True
};

/// Which nodes belong in a load balancer; labels that exclude a node are read in every variant.
/// Source: kubernetes/cloud-provider controllers/service/controller.go, getNodeConditionPredicate (up to 1.25),
/// getNodePredicatesForService and the predicate lists (1.26 on).
struct NodePredicate {
    ReadyRule ready = ReadyRule::ignored;
    bool reads_autoscaler_taint = true;
    bool reads_deletion = false;
    bool needs_provider_id = false;
    friend bool operator==(const NodePredicate&, const NodePredicate&) = default;
};

/// Which change of providerID triggers.
enum class ProviderIdTrigger : std::uint8_t { none, set_or_unset, any_change };

/// Which update of a node starts a pass.
/// Source: kubernetes/cloud-provider controllers/service/controller.go, shouldSyncNode (up to 1.25),
/// shouldSyncUpdatedNode (1.26 on).
struct UpdateTrigger {
    bool legacy = false;            ///< A to C: cordon, any label, status of Ready; nothing else is looked at
    bool reads_eligibility = false; ///< membership in the Cluster set, its parts taken together
    ProviderIdTrigger provider_id = ProviderIdTrigger::none;
};

/// Which machinery turns triggers into calls.
enum class NodeEngineKind : std::uint8_t {
    in_handler,   ///< A: every event runs a pass of its own, one after another, inside the watch handler
    token,        ///< B to D: a channel of one token, a full flag and a retry set
    snapshot,     ///< E to L: a node queue, one list per pass, one global list of last synced nodes
    per_service,  ///< M on: a node queue, list and last synced nodes per service
};

/// A variant under the user's gates.
struct VariantRules {
    NodeEngineKind engine{};
    NodePredicate cluster;
    NodePredicate local;
    UpdateTrigger trigger;
    bool compares_provider_ids = false;
    bool skips_unchanged = true;              ///< not up to C: a full pass updates every service
    bool retries_captured_spec = false;       ///< a retry uses the service as it was when the pass began
    bool reads_master_label = false;          ///< gate LegacyNodeRoleBehavior (1.19, 1.20)
    bool reads_exclusion_label = true;        ///< gate ServiceNodeExclusion (may be off in 1.19, 1.20)
    bool parses_label_value = false;          ///< 1.34 on: an exclusion label that says false does not exclude
    bool has_retry_error = false;             ///< 1.28 on
    bool ignores_elsewhere_on_deletion = true; ///< 1.23.7, 1.24.1 and later
    const NodePredicate& predicate(TrafficPolicy policy) const {
        return policy == TrafficPolicy::cluster ? cluster : local;
    }
};

/// The letter of the variant at a release; empty where it is not modelled.
std::string_view find_variant_letter(Release release);

/// Pre: the release is modelled.
VariantRules variant_rules(Release release, const FeatureGates& gates);

/// Does the node satisfy the predicate of this policy?
bool is_desired_target(const NodeFacts& node, TrafficPolicy policy, const VariantRules& rules);
/// Does the update start a pass?
bool update_triggers_sync(const NodeFacts& before, const NodeFacts& after, const VariantRules& rules);

}  // namespace lbsim::policy
