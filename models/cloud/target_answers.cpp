// SPDX-License-Identifier: Apache-2.0
// Probe answers from the change logs of machines, kube-proxies and endpoints.
#include "models/cloud/target_answers.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/service_health.hpp"
#include "lbsim/scenario/probe_draws.hpp"

namespace lbsim::cloud {

using scenario::HealthCheckTarget;

namespace {

/// Adds a change to the log that begins at row `first`, unless it changes nothing; of several at one instant the last
/// counts.
void put(std::vector<AnswerChange>& rows, const AnswerChange& change, std::size_t first = 0) {
    if (rows.size() > first && rows.back().t == change.t) rows.pop_back();
    if (rows.size() == first || rows.back().answer != change.answer) rows.push_back(change);
}

ProbeAnswer answer_of(int status) { return status == 200 ? ProbeAnswer::success : ProbeAnswer::failure; }

}  // namespace

TargetAnswers::TargetAnswers(const history::History& history, const scenario::Scenario& scenario, ServiceId service,
                             const history::Forwarding& forwarding, std::uint32_t replication)
    : history_(&history),
      scenario_(&scenario),
      service_(service),
      forwarding_(&forwarding),
      pick_(scenario::probe_stream(scenario, service, replication)) {
    const history::ServiceHistory& s = history.services[service.index()];
    switch (scenario.services[service.index()].load_balancer.health_check.target) {
        case HealthCheckTarget::proxy_healthz:
        case HealthCheckTarget::none: break;
        case HealthCheckTarget::health_check_node_port: {
            health_port_.resize(history.nodes.size());
            for (std::size_t n = 0; n < history.nodes.size(); ++n) health_port_[n] = of_service_health_port(NodeId{n});
            break;
        }
        case HealthCheckTarget::node_port:
        case HealthCheckTarget::all_node_ports: {
            std::vector<bool> is_endpoint(history.pods.size(), false);
            for (const history::EndpointChange& change : s.endpoints) is_endpoint[change.pod.index()] = true;
            for (std::size_t p = 0; p < history.pods.size(); ++p) {
                if (!is_endpoint[p]) continue;
                for (const history::ServingSpan& span : history.pods[p].serving) {
                    endpoint_instants_.push_back(span.from);
                    if (span.to != never) endpoint_instants_.push_back(span.to);
                }
                for (const history::MachineSpan& life : history.nodes[history.pods[p].node.index()].machine) {
                    endpoint_instants_.push_back(life.on);
                    if (life.off != never) endpoint_instants_.push_back(life.off);
                }
            }
            std::sort(endpoint_instants_.begin(), endpoint_instants_.end());
            endpoint_instants_.erase(std::unique(endpoint_instants_.begin(), endpoint_instants_.end()),
                                     endpoint_instants_.end());
            if (forwarding.is_uniform()) work_out_for_all();
            break;
        }
    }
}

void TargetAnswers::append(NodeId node, std::vector<AnswerChange>& rows) const {
    if (!while_on_.empty()) return append_node_port_like_all(node, rows);
    const std::vector<AnswerChange> log = of(node);
    rows.insert(rows.end(), log.begin(), log.end());
}

std::vector<AnswerChange> TargetAnswers::of(NodeId node) const {
    switch (scenario_->services[service_.index()].load_balancer.health_check.target) {
        case HealthCheckTarget::proxy_healthz: return power_and(node, of_healthz(node));
        case HealthCheckTarget::health_check_node_port: return power_and(node, health_port_[node.index()]);
        case HealthCheckTarget::node_port:
        case HealthCheckTarget::all_node_ports: return of_node_port(node);
        case HealthCheckTarget::none: return {{.t = history::before_start, .answer = ProbeAnswer::success, .event = {}}};
    }
    LBSIM_CHECK(false, "a health check target has no answers");
}

bool TargetAnswers::are_of_every_service() const {
    return scenario_->services[service_.index()].load_balancer.health_check.target == HealthCheckTarget::proxy_healthz;
}

/// A machine that is off is silent; while it is on, the log given here decides.
std::vector<AnswerChange> TargetAnswers::power_and(NodeId node, const std::vector<AnswerChange>& while_on) const {
    std::vector<AnswerChange> log{{.t = history::before_start, .answer = ProbeAnswer::silence, .event = {}}};
    for (const history::MachineSpan& life : history_->nodes[node.index()].machine) {
        auto change = std::upper_bound(while_on.begin(), while_on.end(), life.on,
                                       [](Time x, const AnswerChange& c) { return x < c.t; });
        const ProbeAnswer at_start = change == while_on.begin() ? ProbeAnswer::success : std::prev(change)->answer;
        put(log, {.t = life.on, .answer = at_start, .event = life.on_event});
        for (; change != while_on.end() && change->t < life.off; ++change) put(log, *change);
        if (life.off != never) put(log, {.t = life.off, .answer = ProbeAnswer::silence, .event = life.off_event});
    }
    return log;
}

std::vector<AnswerChange> TargetAnswers::of_healthz(NodeId node) const {
    const history::NodeHistory& h = history_->nodes[node.index()];
    std::vector<AnswerChange> log;
    for (const history::HealthzChange& change : h.healthz) {
        log.push_back({.t = change.t,
                       .answer = change.ok ? ProbeAnswer::success : ProbeAnswer::failure,
                       .event = change.event});
    }
    // A kube-proxy that starts says 200 until the first node event says otherwise.
    for (const history::MachineSpan& life : h.machine) {
        const auto at = std::lower_bound(log.begin(), log.end(), life.on,
                                         [](const AnswerChange& c, Time x) { return c.t < x; });
        if (at != log.end() && at->t == life.on) continue;
        log.insert(at, {.t = life.on, .answer = ProbeAnswer::success, .event = life.on_event});
    }
    return log;
}

/// The count of local ready endpoints changes with each rule sync.
std::vector<AnswerChange> TargetAnswers::of_service_health_port(NodeId node) const {
    const history::ServiceHistory& s = history_->services[service_.index()];
    const std::vector<history::MachineSpan>& lives = history_->nodes[node.index()].machine;
    if (lives.empty()) return {};
    const std::vector<history::ViewChange>& view =
        history_->views_are_shared ? s.view : s.node_view[node.index()];
    std::vector<AnswerChange> log;
    std::vector<PodId> ready;
    std::uint32_t version = 0;
    log.push_back({.t = history::before_start, .answer = ProbeAnswer::failure, .event = {}});
    for (const history::ViewChange& change : view) {
        for (; version < change.version; ++version) {
            const history::EndpointChange& endpoint = s.endpoints[version];
            if (history_->pods[endpoint.pod.index()].node != node) continue;
            std::erase(ready, endpoint.pod);
            if (endpoint.present && endpoint.ready) ready.push_back(endpoint.pod);
        }
        const int status = policy::service_health_status(lives.back().proxy, static_cast<std::uint32_t>(ready.size()), true);
        put(log, {.t = change.t, .answer = answer_of(status), .event = change.event});
    }
    return log;
}

// ---- node ports: the probe goes through the data path --------------------------------------------------------------

ProbeAnswer TargetAnswers::node_port_at(NodeId node, Time t, EventId& event) const {
    const history::NodeHistory& h = history_->nodes[node.index()];
    const history::MachineSpan* life = history::machine_at(h, t);
    if (life == nullptr || t >= life->off) {
        event = life == nullptr ? EventId{} : life->off_event;
        return ProbeAnswer::silence;
    }
    const history::ForwardingView& view = forwarding_->view(node, t);
    event = view.count_at(t).event;
    if (view.count_at(t).usable == 0) {
        const history::Forwarding::Nothing nothing = forwarding_->nothing(node, t);
        return nothing.verdict == policy::ForwardingVerdict::drop ? ProbeAnswer::silence : ProbeAnswer::failure;
    }
    return endpoints_at(view, t, event);
}

/// What the usable endpoints of a view answer. Pre: there is one.
ProbeAnswer TargetAnswers::endpoints_at(const history::ForwardingView& view, Time t, EventId& event) const {
    bool accepts = false;
    bool refuses = false;
    bool silent = false;
    for (std::uint32_t slot = 0; slot < view.slot_count(); ++slot) {
        const PodId pod = view.at(slot, t);
        if (!pod.is_valid()) continue;
        const history::PodAnswer answer = history::pod_answer(*history_, pod, t);
        if (answer.event.is_valid()) event = answer.event;
        accepts |= answer.kind == history::PodAnswer::Kind::accepts;
        refuses |= answer.kind == history::PodAnswer::Kind::refuses;
        silent |= answer.kind == history::PodAnswer::Kind::silent;
    }
    if (static_cast<int>(accepts) + static_cast<int>(refuses) + static_cast<int>(silent) > 1) return ProbeAnswer::varies;
    return accepts ? ProbeAnswer::success : refuses ? ProbeAnswer::failure : ProbeAnswer::silence;
}

/// Where every node has the same view, only power tells nodes apart: the rest is worked out once.
void TargetAnswers::work_out_for_all() {
    const history::ForwardingView& view = forwarding_->uniform_view();
    std::vector<Time> instants = endpoint_instants_;
    for (const history::ForwardingView::Count& count : view.counts()) instants.push_back(count.t);
    for (const auto& spans : view.slots()) {
        for (const history::ForwardingView::Span& span : spans) instants.push_back(span.from);
    }
    instants.push_back(history::before_start);
    std::sort(instants.begin(), instants.end());
    instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
    for (const Time t : instants) {
        const history::ForwardingView::Count& count = view.count_at(t);
        EventId event = count.event;
        // Without a usable endpoint a service that is open to every node rejects.
        const ProbeAnswer answer = count.usable == 0 ? ProbeAnswer::failure : endpoints_at(view, t, event);
        while_on_.push_back({.t = t, .answer = answer, .event = event});
    }
}

void TargetAnswers::append_node_port_like_all(NodeId node, std::vector<AnswerChange>& rows) const {
    const std::size_t first = rows.size();
    const auto add = [&](const AnswerChange& change) { put(rows, change, first); };
    add({.t = history::before_start, .answer = ProbeAnswer::silence, .event = {}});
    for (const history::MachineSpan& life : history_->nodes[node.index()].machine) {
        auto change = std::upper_bound(while_on_.begin(), while_on_.end(), life.on,
                                       [](Time x, const AnswerChange& c) { return x < c.t; });
        const AnswerChange& at_start = *std::prev(change);
        add({.t = life.on, .answer = at_start.answer, .event = at_start.event});
        for (; change != while_on_.end() && change->t < life.off; ++change) add(*change);
        if (life.off != never) add({.t = life.off, .answer = ProbeAnswer::silence, .event = life.off_event});
    }
}

std::vector<AnswerChange> TargetAnswers::of_node_port(NodeId node) const {
    std::vector<Time> instants = endpoint_instants_;
    for (const history::MachineSpan& life : history_->nodes[node.index()].machine) {
        instants.push_back(life.on);
        if (life.off != never) instants.push_back(life.off);
        for (const history::ForwardingView::Count& count : forwarding_->view(node, life.on).counts()) instants.push_back(count.t);
        for (const Time t : forwarding_->fallback_instants(node, life.on)) instants.push_back(t);
        for (const auto& spans : forwarding_->view(node, life.on).slots()) {
            for (const history::ForwardingView::Span& span : spans) instants.push_back(span.from);
        }
    }
    instants.push_back(history::before_start);
    std::sort(instants.begin(), instants.end());
    std::vector<AnswerChange> log;
    for (std::size_t i = 0; i < instants.size(); ++i) {
        if (i > 0 && instants[i] == instants[i - 1]) continue;
        EventId event;
        const ProbeAnswer answer = node_port_at(node, instants[i], event);
        // Which endpoints vary may change while the answer goes on varying.
        if (log.empty() || log.back().answer != answer) log.push_back({.t = instants[i], .answer = answer, .event = event});
    }
    return log;
}

ProbeAnswer TargetAnswers::draw(NodeId node, std::uint32_t prober, std::uint64_t probe, Time t) const {
    const scenario::Service& service = scenario_->services[service_.index()];
    const bool all_ports = service.load_balancer.health_check.target == HealthCheckTarget::all_node_ports;
    const std::uint32_t ports = all_ports ? service.ports : 1;
    const history::ForwardingView& view = forwarding_->view(node, t);
    const std::uint32_t usable = view.count_at(t).usable;
    ProbeAnswer worst = ProbeAnswer::success;
    for (std::uint32_t port = 0; port < ports; ++port) {
        const std::uint32_t word = scenario::probe_endpoint_word(pick_, node, prober, port, probe);
        const PodId pod = view.nth(index_among(word, usable), t);
        switch (history::pod_answer(*history_, pod, t).kind) {
            case history::PodAnswer::Kind::accepts: break;
            case history::PodAnswer::Kind::refuses: worst = std::max(worst, ProbeAnswer::failure); break;
            case history::PodAnswer::Kind::silent: worst = std::max(worst, ProbeAnswer::silence); break;
        }
    }
    return worst;
}

}  // namespace lbsim::cloud
