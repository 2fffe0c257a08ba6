// SPDX-License-Identifier: Apache-2.0
// Own-node watch and rule syncs of kube-proxies.
#include "models/proxy/kube_proxies.hpp"

#include <algorithm>
#include <variant>

#include "lbsim/policy/proxy_health.hpp"

namespace lbsim::proxy {

using engine::Step;
using history::EventKind;

namespace {
/// Does some verb keep single nodes from hearing what the others hear?
bool stops_watches(const scenario::Scenario& scenario) {
    return std::any_of(scenario.timeline.begin(), scenario.timeline.end(), [](const scenario::TimelineEntry& entry) {
        const auto* verb = std::get_if<scenario::KubeletsCannotRenew>(&entry.what);
        return verb != nullptr && verb->stops_watches;
    });
}
}  // namespace

KubeProxies::KubeProxies(cluster::Journal& journal, cluster::ApiServer& api, cluster::Machines& machines,
                         const scenario::Scenario& scenario, std::uint32_t replication)
    : journal_(&journal),
      api_(&api),
      machines_(&machines),
      scenario_(&scenario),
      replication_(replication),
      shared_(api.latency().is_fixed() && !stops_watches(scenario)),
      shared_sync_(scenario.services.size(), at_us(-1)) {}

void KubeProxies::start() {
    history::History& history = journal_->history();
    history.views_are_shared = shared_;
    for (history::ServiceHistory& service : history.services) {
        if (shared_) {
            service.view.push_back({.t = history::before_start, .version = service.initial_endpoints, .event = {}});
        }
    }
    if (shared_) history.view_latency = api_->latency().fixed() + scenario_->cluster.programming_latency;
    for (std::size_t n = 0; n < api_->node_count(); ++n) {
        proxy(NodeId{n});
        for (history::ServiceHistory& service : history.services) {
            if (!shared_) {
                service.node_view.resize(n + 1);
                service.node_view[n].push_back({.t = history::before_start, .version = service.initial_endpoints, .event = {}});
            }
        }
    }
    api_->watch_own("kube_proxy_node", [this](const cluster::NodeChange& change) { own_node_changed(change); });
}

KubeProxies::Proxy& KubeProxies::proxy(NodeId node) {
    while (proxies_.size() <= node.index()) {
        const NodeId next{proxies_.size()};
        Proxy p;
        p.node = next;
        p.endpoints.key = StreamKey(scenario_->seed, replication_, "kube_proxy_endpoints", api_->name(next));
        proxies_.push_back(p);
    }
    return proxies_[node.index()];
}

// ---- /healthz ------------------------------------------------------------------------------------------------------

void KubeProxies::own_node_changed(const cluster::NodeChange& change) {
    Proxy& p = proxy(change.node);
    if (!machines_->is_on(change.node)) return;
    if (const std::optional<Time> end = p.gaps.end_of_gap(journal_->now())) {
        api_->deliver(saturating_add(*end, api_->latency().fixed_or_zero()), Step::watch_delivery, change.node.value,
                      [this, &change] { own_node_changed(change); });
        return;
    }
    // A deletion re-evaluates the last object the proxy had; that changes nothing.
    if (change.after) judge(p, *change.after, change.why);
}

void KubeProxies::judge(Proxy& p, const policy::NodeFacts& facts, EventId why) {
    const policy::KubeProxyRules& rules = journal_->history().nodes[p.node.index()].machine.back().proxy;
    const bool ok = policy::healthz_status(rules, true, policy::is_node_eligible(facts)) == 200;
    if (ok == p.healthz_ok) return;
    p.healthz_ok = ok;
    const EventId event =
        journal_->record(ok ? EventKind::healthz_ok : EventKind::healthz_failing, {.node = p.node}, why);
    journal_->history().nodes[p.node.index()].healthz.push_back({.t = journal_->now(), .ok = ok, .event = event});
}

void KubeProxies::power_changed(NodeId node, bool is_on) {
    Proxy& p = proxy(node);
    history::History& history = journal_->history();
    if (!is_on) return;
    p.healthz_ok = true;
    list_own_node(p);
    if (shared_) return;
    const Time t = api_->latency().next_delivery(p.endpoints, journal_->now());
    for (std::size_t s = 0; s < history.services.size(); ++s) {
        history::ServiceHistory& service = history.services[s];
        if (service.node_view.size() <= node.index()) service.node_view.resize(node.index() + 1);
        post_view(p, t, ServiceId{s}, static_cast<std::uint32_t>(service.endpoints.size()));
    }
}

/// The informer's first list: one latency after the start it shows the node as it was written by then.
void KubeProxies::list_own_node(Proxy& p) {
    const Duration latency = api_->latency().fixed_or_zero();
    api_->deliver(saturating_add(journal_->now(), latency), Step::watch_delivery, p.node.value, [this, &p] {
        if (!machines_->is_on(p.node)) return;
        if (const std::optional<Time> end = p.gaps.end_of_gap(journal_->now())) {
            journal_->later(*end, Step::watch_delivery, p.node.value, [this, &p] { list_own_node(p); });
            return;
        }
        const std::optional<policy::NodeFacts> facts = api_->listed(p.node, journal_->now());
        if (facts) judge(p, *facts, journal_->history().nodes[p.node.index()].machine.back().on_event);
    });
}

// ---- endpoint views ------------------------------------------------------------------------------------------------

void KubeProxies::endpoints_changed(ServiceId service) {
    const history::ServiceHistory& h = journal_->history().services[service.index()];
    if (shared_) {
        const Time t = saturating_add(journal_->now(), journal_->history().view_latency);
        if (t == never || shared_sync_[service.index()] == t) return;
        shared_sync_[service.index()] = t;
        post_shared(service, t);
        return;
    }
    for (Proxy& p : proxies_) {
        if (!machines_->is_on(p.node)) continue;
        const Time t = api_->latency().next_delivery(p.endpoints, journal_->now());
        post_view(p, t, service, static_cast<std::uint32_t>(h.endpoints.size()));
    }
}

/// When the change that was to be in the rules at t is in them, if its delivery met a gap of its watch.
std::optional<Time> KubeProxies::held_up(Time t, const cluster::Gaps* own) const {
    const Duration to_write = scenario_->cluster.programming_latency;
    std::optional<Time> gap = api_->outages().end_of_gap(t - to_write);
    if (own != nullptr && own->end_of_gap(t - to_write)) gap = std::max(gap.value_or(t), *own->end_of_gap(t - to_write));
    if (!gap) return std::nullopt;
    return saturating_add(*gap, api_->latency().fixed_or_zero() + to_write);
}

void KubeProxies::post_shared(ServiceId service, Time t) {
    journal_->later(t, Step::rule_sync, service.value, [this, service, t] {
        if (const std::optional<Time> later = held_up(t, nullptr)) {
            post_shared(service, *later);
        } else {
            sync_shared(service);
        }
    });
}

void KubeProxies::sync_shared(ServiceId service) {
    history::ServiceHistory& h = journal_->history().services[service.index()];
    shared_sync_[service.index()] = at_us(-1);
    std::uint32_t version = h.view.back().version;
    while (version < h.endpoints.size() &&
           saturating_add(h.endpoints[version].t, journal_->history().view_latency) <= journal_->now()) {
        ++version;
    }
    if (version == h.view.back().version) return;
    const EventId event =
        journal_->record(EventKind::rules_synced, {.service = service}, h.endpoints[version - 1].cause, "all nodes");
    h.view.push_back({.t = journal_->now(), .version = version, .event = event});
}

void KubeProxies::post_view(Proxy& p, Time delivered, ServiceId service, std::uint32_t version) {
    const Time t = saturating_add(delivered, scenario_->cluster.programming_latency);
    journal_->later(t, Step::rule_sync, p.node.value, [this, &p, service, version, t] {
        if (!machines_->is_on(p.node)) return;
        if (const std::optional<Time> later = held_up(t, &p.gaps)) {
            post_view(p, *later - scenario_->cluster.programming_latency, service, version);
            return;
        }
        history::ServiceHistory& h = journal_->history().services[service.index()];
        std::vector<history::ViewChange>& view = h.node_view[p.node.index()];
        if (!view.empty() && view.back().version >= version) return;
        const EventId why = version == 0 ? EventId{} : h.endpoints[version - 1].cause;
        const EventId event = journal_->record(EventKind::rules_synced, {.node = p.node, .service = service}, why);
        view.push_back({.t = journal_->now(), .version = version, .event = event});
    });
}

}  // namespace lbsim::proxy
