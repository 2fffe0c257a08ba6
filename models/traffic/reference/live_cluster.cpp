// SPDX-License-Identifier: Apache-2.0
// Replay of machine, pod and rule changes.
#include "models/traffic/reference/live_cluster.hpp"

namespace lbsim::traffic::reference {

LiveCluster::LiveCluster(const history::History& history, const scenario::Scenario& scenario)
    : history_(&history),
      scenario_(&scenario),
      nodes_(history.nodes.size()),
      pods_(history.pods.size()),
      rules_(history.services.size()) {}

void LiveCluster::start(Agenda& agenda) {
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
        const history::NodeHistory& log = history_->nodes[n];
        for (std::uint64_t i = 0; i < log.machine.size(); ++i) {
            if (log.machine[i].on == history::before_start) {
                nodes_[n].is_on = true;
                nodes_[n].rules = log.machine[i].proxy;
            } else {
                agenda.post(log.machine[i].on, rank_machine, n, What::machine_on, n, i);
            }
            agenda.post(log.machine[i].off, rank_machine, n, What::machine_off, n, i);
        }
        for (std::uint64_t i = 0; i < log.healthz.size(); ++i) {
            agenda.post(log.healthz[i].t, rank_watch, n, What::healthz, n, i);
        }
    }
    for (std::uint32_t p = 0; p < pods_.size(); ++p) {
        const std::vector<history::ServingSpan>& spans = history_->pods[p].serving;
        for (std::uint64_t i = 0; i < spans.size(); ++i) {
            if (spans[i].from == history::before_start) {
                pods_[p].accepts = true;
            } else {
                agenda.post(spans[i].from, rank_pod, p, What::serving_start, p, i);
            }
            agenda.post(spans[i].to, rank_pod, p, What::serving_end, p, i);
        }
    }
    for (std::uint32_t s = 0; s < rules_.size(); ++s) {
        const history::ServiceHistory& log = history_->services[s];
        rules_[s].resize(nodes_.size());
        for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
            if (history_->views_are_shared) {
                learn(ServiceId{s}, NodeId{n}, log.view.front().version, {});
                continue;
            }
            // A view of its own per node; one that starts with the run knows all.
            if (n >= log.node_view.size()) continue;
            for (std::uint64_t i = 0; i < log.node_view[n].size(); ++i) {
                const history::ViewChange& row = log.node_view[n][i];
                if (row.t == history::before_start) {
                    learn(ServiceId{s}, NodeId{n}, row.version, {});
                } else {
                    agenda.post(row.t, rank_rules, n, What::view, (std::uint64_t{s} << 32) | n, i);
                }
            }
        }
        if (!history_->views_are_shared) continue;
        for (std::uint64_t i = 1; i < log.view.size(); ++i) {
            for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
                agenda.post(log.view[i].t, rank_rules, n, What::view, (std::uint64_t{s} << 32) | n, i);
            }
        }
    }
}

void LiveCluster::machine_on(const Item& item) {
    LiveNode& node = nodes_[item.a];
    const history::MachineSpan& row = history_->nodes[item.a].machine[item.b];
    node.is_on = true;
    node.healthz_ok = true;
    node.rules = row.proxy;
    node.on_event = row.on_event;
    node.powered = item.t;
}

void LiveCluster::machine_off(const Item& item) {
    LiveNode& node = nodes_[item.a];
    node.is_on = false;
    node.off_event = history_->nodes[item.a].machine[item.b].off_event;
    node.powered = item.t;
}

void LiveCluster::serving_start(const Item& item) { pods_[item.a].accepts = true; }

void LiveCluster::serving_end(const Item& item) {
    pods_[item.a].accepts = false;
    pods_[item.a].stop_event = history_->pods[item.a].serving[item.b].end_event;
}

void LiveCluster::healthz(const Item& item) {
    const history::HealthzChange& row = history_->nodes[item.a].healthz[item.b];
    nodes_[item.a].healthz_ok = row.ok;
    nodes_[item.a].healthz_event = row.event;
}

void LiveCluster::view(const Item& item) {
    const ServiceId service{static_cast<std::uint32_t>(item.a >> 32)};
    const NodeId node{static_cast<std::uint32_t>(item.a)};
    const history::ServiceHistory& log = history_->services[service.index()];
    const history::ViewChange& row = history_->views_are_shared ? log.view[item.b] : log.node_view[node.index()][item.b];
    learn(service, node, row.version, row.event);
}

PodReply LiveCluster::reply(PodId pod) const {
    if (pods_[pod.index()].accepts) return PodReply::accepts;
    return nodes_[node_of(pod).index()].is_on ? PodReply::refuses : PodReply::silent;
}

EventId LiveCluster::stopper(PodId pod) const {
    switch (reply(pod)) {
        case PodReply::accepts: return {};
        case PodReply::refuses: return pods_[pod.index()].stop_event;
        case PodReply::silent: return nodes_[node_of(pod).index()].off_event;
    }
    return {};
}

const LiveRules::Usable& LiveCluster::usable(ServiceId service, NodeId node) const {
    const bool fallback = policy::falls_back_to_terminating(
        nodes_[node.index()].rules, scenario_->services[service.index()].external_traffic_policy);
    return rules(service, node).usable[fallback ? 1 : 0];
}

std::uint32_t LiveCluster::local_ready(ServiceId service, NodeId node) const {
    std::uint32_t count = 0;
    for (const history::EndpointChange& e : rules(service, node).endpoints) {
        if (e.present && e.ready && e.pod.is_valid() && node_of(e.pod) == node) ++count;
    }
    return count;
}

/// The node's kube-proxy writes rules for the first `version` endpoint changes.
void LiveCluster::learn(ServiceId service, NodeId node, std::uint32_t version, EventId event) {
    LiveRules& rules = rules_[service.index()][node.index()];
    const history::ServiceHistory& log = history_->services[service.index()];
    for (; rules.version < version; ++rules.version) {
        const history::EndpointChange& change = log.endpoints[rules.version];
        const std::uint32_t slot = history_->pods[change.pod.index()].slot;
        while (rules.endpoints.size() <= slot) rules.endpoints.push_back({.t = {}, .pod = {}, .present = false, .cause = {}});
        rules.endpoints[slot] = change;
    }
    rules.synced = event;
    std::vector<policy::EndpointView> views;
    std::vector<PodId> pods;
    for (const history::EndpointChange& e : rules.endpoints) {
        if (!e.present) continue;
        views.push_back({.ready = e.ready,
                         .serving = e.serving,
                         .terminating = e.terminating,
                         .is_local = node_of(e.pod) == node});
        pods.push_back(e.pod);
    }
    for (const bool fallback : {false, true}) {
        policy::KubeProxyRules proxy;
        proxy.terminating_fallback =
            fallback ? policy::TerminatingFallback::every_policy : policy::TerminatingFallback::none;
        const policy::ForwardingDecision decision = policy::external_forwarding(
            proxy, scenario_->services[service.index()].external_traffic_policy, views);
        LiveRules::Usable& usable = rules.usable[fallback ? 1 : 0];
        const std::size_t before = usable.pods.size();
        usable.pods.clear();
        for (const std::uint32_t i : decision.endpoints) usable.pods.push_back(pods[i]);
        usable.verdict = decision.verdict;
        if (usable.pods.size() != before) usable.event = event;
    }
}

}  // namespace lbsim::traffic::reference
