// SPDX-License-Identifier: Apache-2.0
// Replays of the endpoint cache with CategorizeEndpoints, and of the sync runner.
#include <algorithm>

#include "proxy_trace.hpp"

namespace lbsim::upstream {

using namespace policy;

namespace {
/// The node that the traced kube-proxy runs on.
constexpr const char* own_node = "n0";

/// The gates that a case may set; those that it names are on, the others off, if it names any list at all.
FeatureGates gates_of(const JsonValue& in) {
    FeatureGates gates;
    if (in.find("gates_on") == nullptr) return gates;
    for (const char* gate : {"PreferSameTrafficDistribution", "ProxyTerminatingEndpoints", "ServiceInternalTrafficPolicy",
                             "ServiceTrafficDistribution", "TopologyAwareHints"}) {
        gates[gate] = false;
    }
    for (const std::string& gate : texts_at(in, "gates_on")) gates[gate] = true;
    return gates;
}

ServiceType type_of(const std::string& text) {
    if (text == "LoadBalancer") return ServiceType::load_balancer;
    return text == "NodePort" ? ServiceType::node_port : ServiceType::cluster_ip;
}

ServiceRouting service_of(const KubeProxyRules& rules, Release release, const JsonValue& in) {
    const JsonValue* service = in.find("service");
    const bool has_ips = truth_at(*service, "external_ip");
    const auto wanted = truth_at(*service, "external_local") ? TrafficPolicy::local : TrafficPolicy::cluster;
    std::optional<std::string> annotation;
    if (service->find("annotation") != nullptr) annotation = text_at(*service, "annotation");
    const bool is_mode = release.minor >= 27;
    return {.external = external_policy(rules, wanted, type_of(text_at(*service, "type")),
                                        has_ips ? ExternalIps::some : ExternalIps::none),
            .internal = truth_at(*service, "internal_local") ? TrafficPolicy::local : TrafficPolicy::cluster,
            .is_external = truth_at(*service, "node_port") || truth_at(*service, "lb_ip") || has_ips,
            .hints_annotation = hints_annotation(rules, is_mode ? std::nullopt : annotation,
                                                 is_mode ? annotation : std::nullopt),
            .topology_keys = {}};
}

/// "T--": ready, serving, terminating; - is absent. Without a text: TTF.
EndpointConditions conditions_of(const JsonValue& endpoint) {
    const std::string text = endpoint.find("conditions") == nullptr ? "TTF" : text_at(endpoint, "conditions");
    const auto at = [&](std::size_t i) { return text.at(i) == '-' ? std::nullopt : std::optional<bool>{text[i] == 'T'}; };
    return {.ready = at(0), .serving = at(1), .terminating = at(2)};
}

std::vector<SliceEndpoint> endpoints_of(const JsonValue& in) {
    std::vector<SliceEndpoint> listed;
    for (const JsonValue& endpoint : items_at(in, "endpoints")) {
        listed.push_back({.ip = "10.0.0." + std::to_string(listed.size() + 1),
                          .port = 80,
                          .conditions = conditions_of(endpoint),
                          .is_local = text_at(endpoint, "node") == own_node,
                          .zone_hints = texts_at(endpoint, "zones"),
                          .node_hints = texts_at(endpoint, "nodes"),
                          .topology = {}});
    }
    return listed;
}

std::string letters_of(const EndpointView& view) {
    return std::string(view.ready ? "R" : "") + (view.serving ? "S" : "") + (view.terminating ? "T" : "") +
           (view.is_local ? "L" : "");
}

std::vector<std::int64_t> wide(const std::vector<std::uint32_t>& list) { return {list.begin(), list.end()}; }

/// An absent list is nil: upstream's Cluster list is nil where it is not used, its Local list also where it is empty.
bool is_same(const std::optional<std::vector<std::uint32_t>>& list, const JsonValue& out, const char* key) {
    if (out.find(key) == nullptr) return !list || (list->empty() && std::string(key) == "local");
    return list && wide(*list) == numbers_at(out, key);
}

/// Calls from outside, in order of time; of one instant requests first.
struct RunnerEvent {
    std::int64_t t_us;
    std::optional<std::int64_t> retry_after_us;  ///< nullopt: a request
};

std::vector<RunnerEvent> events_of(const JsonValue& in) {
    std::vector<RunnerEvent> events;
    for (const std::int64_t t_us : numbers_at(in, "run_at_us")) events.push_back({t_us, std::nullopt});
    for (const JsonValue& retry : items_at(in, "retry_at")) {
        events.push_back({number_at(retry, "t_us"), number_at(retry, "retry_after_us")});
    }
    std::stable_sort(events.begin(), events.end(),
                     [](const RunnerEvent& a, const RunnerEvent& b) { return a.t_us < b.t_us; });
    return events;
}

SyncRunnerSettings settings_of(Release release, const JsonValue& in) {
    SyncRunnerSettings settings;
    settings.spacing = release.minor >= 34 ? RunSpacing::interval : RunSpacing::token_bucket;
    settings.min_interval = Duration{number_at(in, "min_us")};
    settings.max_interval = Duration{number_at(in, "max_us")};
    settings.retry_interval.reset();
    if (settings.spacing == RunSpacing::interval) settings.retry_interval = Duration{number_at(in, "retry_us")};
    settings.bursts = static_cast<std::uint32_t>(number_at(in, "burst", 1));
    settings.ticks = text_at(in, "timers") == "buffered" ? TimerTicks::kept : TimerTicks::dropped;
    return settings;
}

/// Plays the script and lists the starts of runs up to `end`.
std::vector<std::int64_t> starts_of(Release release, const JsonValue& in) {
    SyncRunner runner(settings_of(release, in), time_zero);
    const std::vector<RunnerEvent> events = events_of(in);
    const Time end = at_us(number_at(in, "end_us"));
    std::vector<std::int64_t> starts;
    std::size_t next = 0;
    const auto deliver_before = [&](Time t) {
        for (; next < events.size() && at_us(events[next].t_us) < t; ++next) {
            const Time now = at_us(events[next].t_us);
            if (runner.next_start() < now) return;
            if (events[next].retry_after_us) {
                runner.retry_requested(now, Duration{*events[next].retry_after_us});
            } else {
                runner.run_requested(now);
            }
            if (runner.next_start() == now) {
                ++next;
                return;
            }
        }
    };
    for (;;) {
        deliver_before(never);
        const Time start = runner.next_start();
        if (start > end) return starts;
        starts.push_back(us_of(start));
        runner.run_started(start);
        const JsonValue* run =
            starts.size() <= items_at(in, "runs").size() ? &items_at(in, "runs")[starts.size() - 1] : nullptr;
        const Time finish = start + Duration{run == nullptr ? 0 : number_at(*run, "takes_us")};
        deliver_before(finish);
        const std::int64_t retry_us = run == nullptr ? 0 : number_at(*run, "retry_after_us");
        if (retry_us != 0) runner.retry_requested(finish, Duration{retry_us});
        const bool fails = run != nullptr && truth_at(*run, "fails");
        runner.run_finished(finish, fails ? SyncResult::failed : SyncResult::written);
    }
}

std::string shown(const std::vector<std::int64_t>& list) {
    std::string text;
    for (const std::int64_t n : list) text += (text.empty() ? "" : " ") + std::to_string(n);
    return text;
}
}  // namespace

Difference replay_categorize(Release release, const TraceCase& c) {
    const KubeProxyRules rules = kube_proxy_rules(release, gates_of(c.in));
    const ServiceRouting service = service_of(rules, release, c.in);
    const ProxyNode node{.name = own_node, .zone = text_at(c.in, "zone"), .labels = {}};
    const std::vector<ProxyEndpoint> cached = cached_endpoints(rules, endpoints_of(c.in));
    std::vector<std::string> letters;
    for (const ProxyEndpoint& endpoint : cached) letters.push_back(letters_of(endpoint.view));
    if (letters != texts_at(c.out, "endpoints")) return "cached endpoints";
    const EndpointLists lists = categorize_endpoints(rules, service, node, cached);
    if (!is_same(lists.cluster, c.out, "cluster")) return "the Cluster list";
    if (!is_same(lists.local, c.out, "local")) return "the Local list";
    if (wide(lists.reachable) != numbers_at(c.out, "all")) return "the list of all";
    if (lists.has_any != truth_at(c.out, "has_any")) return "has_any";
    // Which lists are used is told apart from their being empty, unless the release skips empty endpoints.
    const std::string uses = std::string(lists.cluster ? "C" : "") + (lists.local ? "L" : "");
    if (!cached.empty() && uses != text_at(c.out, "uses")) return "used lists " + uses;
    return local_ready_count(cached) == number_at(c.out, "local_ready") ? "" : "local_ready";
}

Difference replay_runner(Release release, const TraceCase& c) {
    const std::vector<std::int64_t> starts = starts_of(release, c.in);
    if (c.out.find("starts_us_any_of") == nullptr) {
        return starts == numbers_at(c.out, "starts_us") ? "" : "starts " + shown(starts);
    }
    for (const JsonValue& possible : items_at(c.out, "starts_us_any_of")) {
        std::vector<std::int64_t> list;
        for (const JsonValue& item : possible.items) list.push_back(number_of(&item));
        if (starts == list) return "";
    }
    return "none of the possible starts: " + shown(starts);
}

}  // namespace lbsim::upstream
