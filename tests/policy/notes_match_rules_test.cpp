// SPDX-License-Identifier: Apache-2.0
// Holds the notes on the service controller to its rules: none changes without its note, no note claims what none does.
#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "controller_driver.hpp"
#include "lbsim/policy/service_spec.hpp"
#include "models/policy/variant_rules.hpp"
#include "notes_check.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
NodeFacts with(void (*change)(NodeFacts&)) {
    NodeFacts node = healthy_node(1);
    change(node);
    return node;
}
void not_ready(NodeFacts& n) { n.ready = ConditionStatus::is_false; }
void no_ready_condition(NodeFacts& n) { n.ready = ConditionStatus::absent; }
void no_condition(NodeFacts& n) { n.ready = ConditionStatus::absent, n.has_conditions = false; }
void tainted(NodeFacts& n) { n.autoscaler_tainted = true; }
void deleting(NodeFacts& n) { n.is_deleting = true; }
void excluded_by_false(NodeFacts& n) { n.exclusion = ExclusionLabel::parses_as_false; }
void cordoned(NodeFacts& n) { n.unschedulable = true; }
void relabelled(NodeFacts& n) { ++n.labels_digest; }
void nameless(NodeFacts& n) { n.provider_id = 0; }
void master(NodeFacts& n) { n.has_master_label = true; }
void renamed(NodeFacts& n) { n.provider_id += 100; }

bool is_in(void (*change)(NodeFacts&), TrafficPolicy policy, Release release) {
    return is_desired_target(with(change), policy, release, {});
}
bool leaves(void (*change)(NodeFacts&), TrafficPolicy policy, Release release) {
    return is_desired_target(healthy_node(1), policy, release, {}) && !is_in(change, policy, release);
}
bool triggers(void (*change)(NodeFacts&), Release release) {
    return update_triggers_sync(healthy_node(1), with(change), release, {});
}
bool has_engine(NodeEngineKind engine, Release release) { return variant_rules(release, {}).engine == engine; }

constexpr auto cluster = TrafficPolicy::cluster;

std::map<std::string, Question> set_questions() {
    const auto missing_ready_counts = [](Release r) {
        return is_in(no_ready_condition, cluster, r) && !is_in(no_condition, cluster, r);
    };
    return {
        {"service_controller.ready_in_cluster_set", [](Release r) { return leaves(not_ready, cluster, r); }},
        {"service_controller.ready_in_local_set", [](Release r) { return leaves(not_ready, TrafficPolicy::local, r); }},
        {"service_controller.missing_ready_counts_as_ready", missing_ready_counts},
        {"service_controller.legacy_master_label", [](Release r) { return leaves(master, cluster, r); }},
        {"service_controller.autoscaler_taint_leaves", [](Release r) { return leaves(tainted, cluster, r); }},
        {"service_controller.deleting_node_leaves", [](Release r) { return leaves(deleting, cluster, r); }},
        {"service_controller.provider_id_needed", [](Release r) { return leaves(nameless, cluster, r); }},
        {"service_controller.exclusion_value_counts", [](Release r) { return is_in(excluded_by_false, cluster, r); }},
    };
}

std::map<std::string, Question> trigger_questions() {
    return {
        {"service_controller.readiness_triggers", [](Release r) { return triggers(not_ready, r); }},
        {"service_controller.cordon_triggers", [](Release r) { return triggers(cordoned, r); }},
        {"service_controller.any_label_triggers", [](Release r) { return triggers(relabelled, r); }},
        {"service_controller.autoscaler_taint_triggers", [](Release r) { return triggers(tainted, r); }},
        {"service_controller.new_provider_id_triggers", [](Release r) { return triggers(nameless, r); }},
        {"service_controller.changed_provider_id_triggers", [](Release r) { return triggers(renamed, r); }},
    };
}

bool works_through_token_and_compares(Release r) {
    return has_engine(NodeEngineKind::token, r) && variant_rules(r, {}).skips_unchanged;
}
/// Every engine but the plain token and the one per service lists the nodes once per pass.
bool lists_once(Release r) {
    return has_engine(NodeEngineKind::in_handler, r) || has_engine(NodeEngineKind::snapshot, r) ||
           works_through_token_and_compares(r);
}

std::map<std::string, Question> pass_questions() {
    const auto has_tick = [](Release r) {
        return ServiceController(controller_options(to_string(r))).next_tick().has_value();
    };
    const auto does_nothing = [](Release r) {
        return triggers(renamed, r) && !variant_rules(r, {}).compares_provider_ids;
    };
    const auto calls_all = [](Release r) {
        return has_engine(NodeEngineKind::token, r) && !variant_rules(r, {}).skips_unchanged;
    };
    const auto has_node_queue = [](Release r) {
        return has_engine(NodeEngineKind::snapshot, r) || has_engine(NodeEngineKind::per_service, r);
    };
    return {
        {"service_controller.periodic_tick", has_tick},
        {"service_controller.serial_passes", [](Release r) { return has_engine(NodeEngineKind::in_handler, r); }},
        {"service_controller.token_passes", calls_all},
        {"service_controller.lost_updates", works_through_token_and_compares},
        {"service_controller.queued_passes", [](Release r) { return has_engine(NodeEngineKind::snapshot, r); }},
        {"service_controller.passes_per_service", [](Release r) { return has_engine(NodeEngineKind::per_service, r); }},
        {"service_controller.failed_update_is_ensured", has_node_queue},
        {"service_controller.stale_snapshot", lists_once},
        {"service_controller.provider_ids_compared", [](Release r) { return variant_rules(r, {}).compares_provider_ids; }},
        {"service_controller.provider_id_pass_does_nothing", does_nothing},
    };
}

bool updates(void (*change)(ServiceSpec&), Release release) {
    ServiceSpec before;
    before.ports.resize(1);
    ServiceSpec after = before;
    change(after);
    return needs_update(before, after, release);
}
void other_app_protocol(ServiceSpec& s) { s.ports[0].app_protocol = "h2c"; }
void dual_stack(ServiceSpec& s) { s.ip_family_count = 2; }

std::map<std::string, Question> service_questions() {
    return {
        {"service_controller.load_balancer_class", honours_load_balancer_class},
        {"service_controller.app_protocol_updates", [](Release r) { return updates(other_app_protocol, r); }},
        {"service_controller.family_count_updates", [](Release r) { return updates(dual_stack, r); }},
        {"service_controller.retry_reads_present_spec",
         [](Release r) { return !variant_rules(r, {}).retries_captured_spec; }},
        {"service_controller.retry_error", [](Release r) { return variant_rules(r, {}).has_retry_error; }},
        {"service_controller.elsewhere_on_deletion",
         [](Release r) { return variant_rules(r, {}).ignores_elsewhere_on_deletion; }},
    };
}

/// How many values each fact takes here: readiness, other conditions, taint, deletion, cordon, exclusion, providerID,
/// labels, role.
constexpr std::array<unsigned, 9> radices{4, 2, 2, 2, 2, 3, 3, 2, 2};

/// The node of this number; its digits in the radices above are its facts.
NodeFacts node_of(unsigned number) {
    std::array<unsigned, 9> digits{};
    for (std::size_t i = 0; i < radices.size(); ++i) {
        digits[i] = number % radices[i];
        number /= radices[i];
    }
    NodeFacts node;
    node.ready = static_cast<ConditionStatus>(digits[0]);
    node.has_conditions = digits[1] == 1;
    node.autoscaler_tainted = digits[2] == 1;
    node.is_deleting = digits[3] == 1;
    node.unschedulable = digits[4] == 1;
    node.exclusion = static_cast<ExclusionLabel>(digits[5]);
    node.provider_id = digits[6];
    node.labels_digest = digits[7];
    node.has_master_label = digits[8] == 1;
    return node;
}

std::vector<NodeFacts> every_node() {
    std::vector<NodeFacts> nodes;
    for (unsigned i = 0; i < 4u * 2 * 2 * 2 * 2 * 3 * 3 * 2 * 2; ++i) nodes.push_back(node_of(i));
    return nodes;
}

/// Calls visit(other) for each node that differs from `number` in one fact, the `first`-th or a later one.
template <class Visit>
void for_each_neighbour(unsigned number, std::size_t first, Visit visit) {
    unsigned weight = 1;
    for (std::size_t i = 0; i < radices.size(); ++i) {
        const unsigned digit = number / weight % radices[i];
        for (unsigned other = 0; i >= first && other < radices[i]; ++other) {
            if (other != digit) visit(number - digit * weight + other * weight, i);
        }
        weight *= radices[i];
    }
}

/// What starts a pass, over every change of one or two facts of every node.
std::vector<bool> trigger_fingerprint(const std::vector<NodeFacts>& nodes, const VariantRules& rules) {
    std::vector<bool> answers;
    for (unsigned a = 0; a < nodes.size(); ++a) {
        for_each_neighbour(a, 0, [&](unsigned b, std::size_t fact) {
            answers.push_back(update_triggers_sync(nodes[a], nodes[b], rules));
            for_each_neighbour(b, fact + 1, [&](unsigned c, std::size_t) {
                answers.push_back(update_triggers_sync(nodes[a], nodes[c], rules));
            });
        });
    }
    return answers;
}
}  // namespace

TEST_CASE("notes match rules: node sets") {
    check_answers(set_questions());
    const auto nodes = every_node();
    check_notes_explain(NoteArea::service_controller, set_questions(), [&nodes](Release release) {
        const VariantRules rules = variant_rules(release, {});
        std::vector<bool> answers;
        for (const NodeFacts& node : nodes) {
            answers.push_back(is_desired_target(node, TrafficPolicy::cluster, rules));
            answers.push_back(is_desired_target(node, TrafficPolicy::local, rules));
        }
        return answers;
    });
}

TEST_CASE("notes match rules: triggers") {
    check_answers(trigger_questions());
    // The exclusion label triggers where it counts, so its note belongs here, too.
    auto among = trigger_questions();
    among.merge(set_questions());
    const auto nodes = every_node();
    check_notes_explain(NoteArea::service_controller, among, [&nodes](Release release) {
        return trigger_fingerprint(nodes, variant_rules(release, {}));
    });
}

TEST_CASE("notes match rules: passes and services") {
    check_answers(pass_questions());
    check_answers(service_questions());
    check_notes_explain(NoteArea::service_controller, {}, [](Release release) {
        const VariantRules rules = variant_rules(release, {});
        return std::tuple(rules.engine, rules.compares_provider_ids, rules.skips_unchanged, rules.retries_captured_spec,
                          rules.has_retry_error, rules.ignores_elsewhere_on_deletion, honours_load_balancer_class(release));
    });
}

TEST_CASE("notes match rules: a variant has one set of notes on its sets and triggers") {
    auto among = trigger_questions();
    among.merge(set_questions());
    std::map<std::string, std::set<std::string_view>> by_letter;
    for (const Release release : every_modelled_release()) {
        CAPTURE(to_string(release));
        const auto now = held(NoteArea::service_controller, among, release);
        const auto [entry, is_new] = by_letter.try_emplace(std::string(service_controller_variant(release)), now);
        if (!is_new) CHECK(entry->second == now);
    }
}
