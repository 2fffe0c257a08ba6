// SPDX-License-Identifier: Apache-2.0
// Holds the notes on releases to the rules: no rule changes without its note, and no note claims what no rule does.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "controller_driver.hpp"
#include "lbsim/policy/autoscaler.hpp"
#include "lbsim/policy/eviction.hpp"
#include "lbsim/policy/kube_proxy.hpp"
#include "lbsim/policy/node_lifecycle.hpp"
#include "lbsim/policy/node_shutdown.hpp"
#include "lbsim/policy/release_notes.hpp"
#include "modelled_releases.hpp"
#include "models/policy/variant_rules.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
/// Asks the library whether what a note says is so at a release.
using Question = std::function<bool(Release)>;

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

std::map<std::string, Question> pass_questions() {
    const auto has_tick = [](Release r) {
        return ServiceController({r, {}, 1, StreamKey(1, 0, "pass-order")}).has_periodic_tick();
    };
    const auto does_nothing = [](Release r) {
        return triggers(renamed, r) && !variant_rules(r, {}).compares_provider_ids;
    };
    return {
        {"service_controller.periodic_tick", has_tick},
        {"service_controller.token_passes", [](Release r) { return has_engine(NodeEngineKind::token, r); }},
        {"service_controller.queued_passes", [](Release r) { return has_engine(NodeEngineKind::snapshot, r); }},
        {"service_controller.passes_per_service", [](Release r) { return has_engine(NodeEngineKind::per_service, r); }},
        {"service_controller.provider_ids_compared", [](Release r) { return variant_rules(r, {}).compares_provider_ids; }},
        {"service_controller.provider_id_pass_does_nothing", does_nothing},
        {"service_controller.retry_error", [](Release r) { return variant_rules(r, {}).has_retry_error; }},
        {"service_controller.elsewhere_on_deletion",
         [](Release r) { return variant_rules(r, {}).ignores_elsewhere_on_deletion; }},
    };
}

/// Two changes wait, 40 s apart: is the proxy still called healthy when the older is a minute old?
bool newest_change_counts(Release r) {
    ProxySyncHealth health(kube_proxy_rules(r, {}));
    health.rules_written(at_us(0));
    health.change_queued(at_us(10'000'000));
    health.change_queued(at_us(50'000'000));
    return health.is_healthy(at_us(70'000'000));
}
bool falls_back(Release r) {
    const std::vector<EndpointView> terminating{{.serving = true, .terminating = true}};
    return !external_forwarding(kube_proxy_rules(r, {}), cluster, terminating).endpoints.empty();
}

std::map<std::string, Question> proxy_questions() {
    const auto rules = [](Release r) { return kube_proxy_rules(r, {}); };
    return {
        {"kube_proxy.late_sync_hides", newest_change_counts},
        {"kube_proxy.terminating_fallback", falls_back},
        {"kube_proxy.livez", [rules](Release r) { return livez_status(rules(r), true).has_value(); }},
        {"kube_proxy.healthz_reads_node", [rules](Release r) { return healthz_status(rules(r), true, false) == 503; }},
        {"kube_proxy.eligibility_is_pulled", [rules](Release r) { return rules(r).eligibility_is_pulled; }},
        {"kube_proxy.node_port_reads_proxy_health",
         [rules](Release r) { return service_health_status(rules(r), 1, false) == 503; }},
    };
}

std::map<std::string, Question> node_questions() {
    return {
        {"node_lifecycle.grace_period_50", [](Release r) { return node_monitor_grace_period(r) == 50s; }},
        {"node_lifecycle.status_report_is_spread", [](Release r) { return heartbeat_times(r).status_report_is_spread; }},
        {"node_lifecycle.separate_eviction",
         [](Release r) { return taint_evictor(r) == TaintEvictor::separate_controller; }},
        {"node_lifecycle.out_of_service",
         [](Release r) { return collects_terminating_pod(r, ConditionStatus::unknown, true); }},
        {"node_lifecycle.graceful_shutdown", [](Release r) { return shutdown_ability(r).is_possible; }},
        {"node_lifecycle.shutdown_goes_on_early", [](Release r) { return shutdown_ability(r).goes_on_early; }},
        {"node_lifecycle.shutdown_by_priority", [](Release r) { return shutdown_ability(r).reads_priorities; }},
        {"node_lifecycle.shutdown_waits_for_volumes", [](Release r) { return shutdown_ability(r).waits_for_volumes; }},
        {"autoscaler.delay_after_taint", [](Release r) { return autoscaler_defaults(r).delay_after_taint == 5s; }},
        {"autoscaler.cordons", [](Release r) { return autoscaler_defaults(r).cordons; }},
        {"autoscaler.parallel_drain", [](Release r) { return autoscaler_defaults(r).can_drain_in_parallel; }},
        {"autoscaler.adaptive_delay", [](Release r) { return autoscaler_defaults(r).can_adapt_delay; }},
    };
}

const ReleaseNote& note_named(const std::string& id) {
    const auto notes = release_notes();
    const auto found = std::find_if(notes.begin(), notes.end(), [&id](const ReleaseNote& n) { return n.id == id; });
    INFO("no note has the id " << id);
    REQUIRE(found != notes.end());
    return *found;
}

/// Each note is true at exactly the releases it names.
void check_answers(const std::map<std::string, Question>& questions) {
    for (const auto& [id, question] : questions) {
        const ReleaseNote& note = note_named(id);
        for (const Release release : every_modelled_release()) {
            CAPTURE(id, to_string(release));
            CHECK(question(release) == holds(note, release));
        }
    }
}

/// The notes among `ids` (all of the area where empty) that hold at a release.
std::set<std::string_view> held(NoteArea area, const std::map<std::string, Question>& among, Release release) {
    std::set<std::string_view> result;
    for (const ReleaseNote& note : release_notes()) {
        const bool counts = note.area == area && (among.empty() || among.contains(std::string(note.id)));
        if (counts && holds(note, release)) result.insert(note.id);
    }
    return result;
}

/// Releases of which the same notes hold behave the same, in everything that `fingerprint` sees.
template <class Fingerprint>
void check_notes_explain(NoteArea area, const std::map<std::string, Question>& among, Fingerprint fingerprint) {
    std::map<std::set<std::string_view>, std::pair<Release, decltype(fingerprint(Release{}))>> seen;
    for (const Release release : every_modelled_release()) {
        const auto now = fingerprint(release);
        const auto [entry, is_new] = seen.try_emplace(held(area, among, release), release, now);
        if (is_new) continue;
        const Release alike = entry->second.first;
        INFO(to_string(alike) << " and " << to_string(release) << " behave differently, and no note says so");
        const bool is_alike = entry->second.second == now;  // never printed: a fingerprint may have a million parts
        CHECK(is_alike);
    }
}

/// Every node that the facts can describe, with two providerIDs and two label sets.
std::vector<NodeFacts> every_node() {
    std::vector<NodeFacts> nodes;
    for (unsigned i = 0; i < 4u * 2 * 2 * 2 * 2 * 3 * 3 * 2; ++i) {
        unsigned rest = i;
        const auto pick = [&rest](unsigned n) {
            const unsigned digit = rest % n;
            rest /= n;
            return digit;
        };
        NodeFacts node;
        node.ready = static_cast<ConditionStatus>(pick(4));
        node.has_conditions = pick(2) == 1;
        node.autoscaler_tainted = pick(2) == 1;
        node.is_deleting = pick(2) == 1;
        node.unschedulable = pick(2) == 1;
        node.exclusion = static_cast<ExclusionLabel>(pick(3));
        node.provider_id = pick(3);
        node.labels_digest = pick(2);
        nodes.push_back(node);
    }
    return nodes;
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
        const VariantRules rules = variant_rules(release, {});
        std::vector<bool> answers;
        // Every pair would be a million; each node against every seventh is enough to see each field change.
        for (std::size_t a = 0; a < nodes.size(); ++a) {
            for (std::size_t b = a % 7; b < nodes.size(); b += 7) {
                answers.push_back(update_triggers_sync(nodes[a], nodes[b], rules));
            }
        }
        return answers;
    });
}

TEST_CASE("notes match rules: passes and retries") {
    check_answers(pass_questions());
    check_notes_explain(NoteArea::service_controller, {}, [](Release release) {
        const VariantRules rules = variant_rules(release, {});
        return std::tuple(rules.engine, rules.compares_provider_ids, rules.has_retry_error,
                          rules.ignores_elsewhere_on_deletion);
    });
}

TEST_CASE("notes match rules: kube-proxy") {
    check_answers(proxy_questions());
    check_notes_explain(NoteArea::kube_proxy, {}, [](Release release) { return kube_proxy_rules(release, {}); });
}

TEST_CASE("notes match rules: nodes and the autoscaler") {
    check_answers(node_questions());
    check_notes_explain(NoteArea::node_lifecycle, {}, [](Release release) {
        return std::tuple(node_monitor_grace_period(release), heartbeat_times(release).status_report_is_spread,
                          taint_evictor(release), collects_terminating_pod(release, ConditionStatus::unknown, true),
                          shutdown_ability(release));
    });
    check_notes_explain(NoteArea::autoscaler, {}, autoscaler_defaults);
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
