// SPDX-License-Identifier: Apache-2.0
// The tables of service controller variants and the two questions they answer.
#include "models/policy/variant_rules.hpp"

#include <algorithm>
#include <array>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/service_controller.hpp"

namespace lbsim::policy {

namespace {
/// Which patch releases follow which variant.
/// Source: blobs of controllers/service/controller.go over every release tag of kubernetes/cloud-provider.
struct VariantRange {
    int minor;
    int first_patch;
    int last_patch;
    std::string_view letter;
};
constexpr int no_end = 1 << 20;
constexpr std::array variant_ranges{
    VariantRange{19, 0, no_end, "A"},  VariantRange{20, 0, no_end, "A"},   VariantRange{21, 0, 6, "B"},
    VariantRange{21, 7, no_end, "C"},  VariantRange{22, 0, 3, "B"},        VariantRange{22, 4, no_end, "C"},
    VariantRange{23, 0, no_end, "C"},  VariantRange{24, 0, no_end, "C"},   VariantRange{25, 0, 2, "D"},
    VariantRange{25, 3, no_end, "C"},  VariantRange{26, 0, 4, "E"},        VariantRange{26, 5, 10, "F"},
    VariantRange{26, 11, no_end, "G"}, VariantRange{27, 0, 1, "H"},        VariantRange{27, 2, 7, "I"},
    VariantRange{27, 8, no_end, "J"},  VariantRange{28, 0, 3, "K"},        VariantRange{28, 4, no_end, "L"},
    VariantRange{29, 0, no_end, "M"},  VariantRange{30, 0, no_end, "M"},   VariantRange{31, 0, no_end, "M"},
    VariantRange{32, 0, no_end, "N"},  VariantRange{33, 0, no_end, "N"},   VariantRange{34, 0, no_end, "O"},
    VariantRange{35, 0, no_end, "O"},  VariantRange{36, 0, no_end, "O"}};

/// The rules of a variant with the gate StableLoadBalancerNodeSet off (or not yet there).
struct VariantRow {
    std::string_view letter;
    NodeEngineKind engine;
    NodePredicate cluster;
    NodePredicate local;
    UpdateTrigger trigger;
    bool compares_provider_ids;
};

constexpr NodePredicate old_ready_any_taint{ReadyRule::any_condition_none_not_ready, false, false, false};
constexpr NodePredicate old_ready{ReadyRule::any_condition_none_not_ready, true, false, false};
constexpr NodePredicate ready{ReadyRule::is_true, true, false, false};
constexpr NodePredicate ready_with_id{ReadyRule::is_true, true, false, true};
constexpr NodePredicate any_state{ReadyRule::ignored, true, false, false};
constexpr NodePredicate any_state_with_id{ReadyRule::ignored, true, false, true};
constexpr UpdateTrigger by_legacy_fields{true, false, ProviderIdTrigger::none};
constexpr UpdateTrigger by_eligibility{false, true, ProviderIdTrigger::none};
constexpr UpdateTrigger by_eligibility_or_id_set{false, true, ProviderIdTrigger::set_or_unset};
constexpr UpdateTrigger by_eligibility_or_id{false, true, ProviderIdTrigger::any_change};
constexpr auto in_handler = NodeEngineKind::in_handler;
constexpr auto token = NodeEngineKind::token;
constexpr auto snapshot = NodeEngineKind::snapshot;
constexpr auto per_service = NodeEngineKind::per_service;

constexpr std::array<VariantRow, 15> variant_rows{{
    {"A", in_handler, old_ready_any_taint, old_ready_any_taint, by_legacy_fields, false},
    {"B", token, old_ready_any_taint, old_ready_any_taint, by_legacy_fields, false},
    {"C", token, old_ready, old_ready, by_legacy_fields, false},
    {"D", token, ready, any_state, by_eligibility, false},
    {"E", snapshot, ready, any_state, by_eligibility, false},
    {"F", snapshot, ready_with_id, any_state_with_id, by_eligibility_or_id_set, false},
    {"G", snapshot, ready_with_id, ready_with_id, by_eligibility_or_id_set, true},
    {"H", snapshot, ready, any_state, by_eligibility, false},
    {"I", snapshot, ready_with_id, any_state_with_id, by_eligibility_or_id_set, false},
    {"J", snapshot, ready_with_id, ready_with_id, by_eligibility_or_id_set, true},
    {"K", snapshot, ready, any_state, by_eligibility_or_id, false},
    {"L", snapshot, ready, ready, by_eligibility_or_id, true},
    {"M", per_service, ready, ready, by_eligibility_or_id, true},
    // The gate is gone, so these rules are always read with it on.
    {"N", per_service, ready, ready, by_eligibility_or_id, true},
    {"O", per_service, ready, ready, by_eligibility_or_id, true},
}};

/// A retry reads the service from the cache again from 1.22.12, 1.23.9 and 1.24.0 on; 1.21 never did.
/// Source: kubernetes/cloud-provider controllers/service/controller.go, type of servicesToUpdate, by release tag.
bool retries_captured_spec(Release release) {
    return release.minor <= 21 || (release.minor == 22 && release.patch < 12) ||
           (release.minor == 23 && release.patch < 9);
}

/// Source: kubernetes/cloud-provider controllers/service/controller.go, syncLoadBalancerIfNeeded, by release tag.
bool ignores_elsewhere_on_deletion(Release release) {
    if (release.minor == 23) return release.patch >= 7;
    return release >= Release{24, 1};
}

bool is_included(const NodeFacts& node, const VariantRules& rules) {
    if (rules.reads_master_label && node.has_master_label) return false;
    if (!rules.reads_exclusion_label) return true;
    if (rules.parses_label_value) return node.exclusion != ExclusionLabel::excludes;
    return node.exclusion == ExclusionLabel::absent;
}

bool satisfies(const NodeFacts& node, ReadyRule rule) {
    switch (rule) {
        case ReadyRule::ignored: return true;
        case ReadyRule::any_condition_none_not_ready:
            // A Ready condition is a condition, whatever `has_conditions` was left at.
            if (node.ready == ConditionStatus::absent) return node.has_conditions;
            return node.ready == ConditionStatus::is_true;
        case ReadyRule::is_true: return node.ready == ConditionStatus::is_true;
    }
    return false;
}

bool provider_id_triggers(std::uint32_t before, std::uint32_t after, ProviderIdTrigger rule) {
    switch (rule) {
        case ProviderIdTrigger::none: return false;
        case ProviderIdTrigger::set_or_unset: return (before == 0) != (after == 0);
        case ProviderIdTrigger::any_change: return before != after;
    }
    return false;
}
}  // namespace

std::string_view find_variant_letter(Release release) {
    const auto found = std::find_if(variant_ranges.begin(), variant_ranges.end(), [release](const VariantRange& range) {
        return range.minor == release.minor && range.first_patch <= release.patch && release.patch <= range.last_patch;
    });
    return found == variant_ranges.end() ? std::string_view{} : found->letter;
}

VariantRules variant_rules(Release release, const FeatureGates& gates) {
    const std::string_view letter = service_controller_variant(release);
    const auto row = std::find_if(variant_rows.begin(), variant_rows.end(),
                                  [letter](const VariantRow& candidate) { return candidate.letter == letter; });
    LBSIM_CHECK(row != variant_rows.end(), "variant " + std::string(letter) + " has no rules");
    VariantRules rules;
    rules.engine = row->engine;
    rules.cluster = row->cluster;
    rules.local = row->local;
    rules.trigger = row->trigger;
    rules.compares_provider_ids = row->compares_provider_ids;
    rules.parses_label_value = release.minor >= 34;
    rules.has_retry_error = release.minor >= 28;
    rules.ignores_elsewhere_on_deletion = ignores_elsewhere_on_deletion(release);
    rules.skips_unchanged = letter >= "D";
    rules.retries_captured_spec = retries_captured_spec(release);
    rules.reads_master_label = gate_value("LegacyNodeRoleBehavior", release, gates);
    rules.reads_exclusion_label = gate_value("ServiceNodeExclusion", release, gates);
    if (gate_value("StableLoadBalancerNodeSet", release, gates)) {
        // The stable set drops readiness and takes up deletion; whether a providerID is needed stays as it was.
        const NodePredicate stable{ReadyRule::ignored, true, true, row->cluster.needs_provider_id};
        rules.cluster = stable;
        rules.local = stable;
        rules.trigger.reads_eligibility = false;
    }
    return rules;
}

bool is_desired_target(const NodeFacts& node, TrafficPolicy policy, const VariantRules& rules) {
    const NodePredicate& predicate = rules.predicate(policy);
    return is_included(node, rules) && !(predicate.reads_autoscaler_taint && node.autoscaler_tainted) &&
           satisfies(node, predicate.ready) &&
           !(predicate.reads_deletion && node.is_deleting) &&
           !(predicate.needs_provider_id && node.provider_id == 0);
}

bool update_triggers_sync(const NodeFacts& before, const NodeFacts& after, const VariantRules& rules) {
    const UpdateTrigger& trigger = rules.trigger;
    if (trigger.legacy) {
        return before.unschedulable != after.unschedulable || before.labels_digest != after.labels_digest ||
               before.exclusion != after.exclusion || before.ready != after.ready;
    }
    // A node that lacks the providerID that F, G, I and J ask for is no more eligible when it turns Ready.
    const auto is_eligible = [&](const NodeFacts& node) { return is_desired_target(node, TrafficPolicy::cluster, rules); };
    return is_included(before, rules) != is_included(after, rules) ||
           (trigger.reads_eligibility && is_eligible(before) != is_eligible(after)) ||
           provider_id_triggers(before.provider_id, after.provider_id, trigger.provider_id);
}

bool honours_load_balancer_class(Release release) { return release.minor >= 21; }

bool is_desired_target(const NodeFacts& node, TrafficPolicy policy, Release release, const FeatureGates& gates) {
    return is_desired_target(node, policy, variant_rules(release, gates));
}

bool update_triggers_sync(const NodeFacts& before, const NodeFacts& after, Release release,
                          const FeatureGates& gates) {
    return update_triggers_sync(before, after, variant_rules(release, gates));
}

}  // namespace lbsim::policy
