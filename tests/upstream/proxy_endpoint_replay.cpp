// SPDX-License-Identifier: Apache-2.0
// Replays of one endpoint's way: its conditions from a pod, and its place in the cache where a slice lists it twice.
#include <algorithm>

#include "proxy_trace.hpp"

namespace lbsim::upstream {

using namespace policy;

namespace {
char letter_of(const std::optional<bool>& condition) {
    if (!condition) return '-';
    return *condition ? 'T' : 'F';
}

std::string marks_of(const EndpointConditions& conditions) {
    return {letter_of(conditions.ready), letter_of(conditions.serving), letter_of(conditions.terminating)};
}

PodFacts pod_of(const JsonValue& pod) {
    const std::string phase = text_at(pod, "phase");
    PodFacts facts;
    facts.has_ip = !truth_at(pod, "no_ip");
    facts.is_ready = text_at(pod, "ready") == "True";
    facts.is_deleting = truth_at(pod, "deleting");
    if (phase == "Succeeded") facts.phase = PodPhase::succeeded;
    if (phase == "Failed") facts.phase = PodPhase::failed;
    return facts;
}

/// The endpoint that stays of the two, in the letters of the record.
std::string kept_of(const KubeProxyRules& rules, const std::vector<SliceEndpoint>& listed) {
    const std::vector<ProxyEndpoint> cached = cached_endpoints(rules, listed);
    return cached.size() == 1 ? letters_of(cached.front().view) : std::to_string(cached.size()) + " endpoints";
}
}  // namespace

std::string letters_of(const EndpointView& view) {
    return std::string(view.ready ? "R" : "") + (view.serving ? "S" : "") + (view.terminating ? "T" : "") +
           (view.is_local ? "L" : "");
}

EndpointConditions conditions_of(const JsonValue& endpoint) {
    const std::string text = endpoint.find("conditions") == nullptr ? "TTF" : text_at(endpoint, "conditions");
    const auto at = [&](std::size_t i) { return text.at(i) == '-' ? std::nullopt : std::optional<bool>{text[i] == 'T'}; };
    return {.ready = at(0), .serving = at(1), .terminating = at(2)};
}

Difference replay_pod_endpoint(Release release, const TraceCase& c) {
    const std::vector<JsonValue>& recorded = items_at(c.out, "conditions");
    std::size_t n = 0;
    for (const JsonValue& pod : items_at(c.in, "pods")) {
        const auto not_ready = truth_at(pod, "publish_not_ready") ? NotReadyAddresses::published
                                                                  : NotReadyAddresses::withheld;
        const auto conditions = endpoint_conditions(release, {}, pod_of(pod), not_ready);
        const std::string marks = conditions ? marks_of(*conditions) : "";
        if (marks != recorded.at(n).text) return "pod " + std::to_string(n) + ": " + marks;
        ++n;
    }
    return n == recorded.size() ? "" : "another number of pods";
}

/// Both orders of the two slices must give what upstream may give, and everything that it may give.
Difference replay_duplicate(Release release, const TraceCase& c) {
    std::vector<SliceEndpoint> listed;
    for (const JsonValue& endpoint : items_at(c.in, "endpoints")) {
        SliceEndpoint slice;
        slice.ip = "10.0.0.1";
        slice.port = 80;
        slice.conditions = conditions_of(endpoint);
        slice.is_local = text_at(endpoint, "node") == "n0";
        listed.push_back(slice);
    }
    const KubeProxyRules rules = kube_proxy_rules(release, {});
    std::vector<std::string> kept{kept_of(rules, listed)};
    std::reverse(listed.begin(), listed.end());
    kept.push_back(kept_of(rules, listed));
    std::sort(kept.begin(), kept.end());
    kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
    std::vector<std::string> recorded = texts_at(c.out, "kept_any_of");
    std::sort(recorded.begin(), recorded.end());
    return kept == recorded ? "" : "kept " + kept.front();
}

}  // namespace lbsim::upstream
