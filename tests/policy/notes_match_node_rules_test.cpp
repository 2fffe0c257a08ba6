// SPDX-License-Identifier: Apache-2.0
// Holds the notes on kube-proxy, nodes and the autoscaler to their rules.
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "lbsim/policy/autoscaler.hpp"
#include "lbsim/policy/eviction.hpp"
#include "lbsim/policy/endpoint_selection.hpp"
#include "lbsim/policy/node_lifecycle.hpp"
#include "lbsim/policy/node_shutdown.hpp"
#include "lbsim/policy/proxy_health.hpp"
#include "lbsim/policy/proxy_rules.hpp"
#include "lbsim/policy/service_health.hpp"
#include "notes_check.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr auto cluster = TrafficPolicy::cluster;

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
        {"kube_proxy.eligibility_is_pulled", [rules](Release r) { return rules(r).eligibility == EligibilityFeed::pulled; }},
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
}  // namespace

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
