// SPDX-License-Identifier: Apache-2.0
// Life of a pod from creation to exit, and the endpoint writes that go with it.
#include "models/cluster/pods.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/node_lifecycle.hpp"

namespace lbsim::cluster {

using engine::Step;
using history::EventKind;
using policy::ConditionStatus;

namespace {
/// Since when the pods of the start are Ready, so that minReadySeconds of any length (up to 68 years) are over.
constexpr Time long_ready = at_us(-4'000'000'000'000'000);
}  // namespace

Pods::Pods(Journal& journal, ApiServer& api, Machines& machines, const scenario::Scenario& scenario,
           std::uint32_t replication)
    : journal_(&journal),
      api_(&api),
      machines_(&machines),
      scenario_(&scenario),
      replication_(replication),
      orphan_phase_(Duration{index_among(StreamKey(scenario.seed, replication, "pod_gc_phase").word(0),
                                         static_cast<std::uint32_t>(policy::pod_collection_period.count()))}),
      by_service_(scenario.services.size()),
      controllers_(scenario.services.size()),
      free_slots_(scenario.services.size()),
      next_slot_(scenario.services.size(), 0),
      next_number_(scenario.services.size(), 0),
      allowed_(scenario.services.size()),
      pod_gone_(journal.engine()) {
    for (const scenario::Service& service : scenario.services) {
        const bool is_daemon = service.workload.kind == scenario::WorkloadKind::daemon_set;
        const std::optional<Duration> seconds = is_daemon ? std::nullopt : std::optional(service.workload.toleration);
        tolerations_.push_back({{std::string(not_ready_taint_key), std::nullopt, seconds},
                                {std::string(unreachable_taint_key), std::nullopt, seconds}});
    }
}

const scenario::Workload& Pods::workload(ServiceId service) const {
    return scenario_->services[service.index()].workload;
}

void Pods::start() {
    by_node_.resize(api_->node_count());
    for (std::size_t n = 0; n < api_->node_count(); ++n) update_eligibility(NodeId{n});
    for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
        const ServiceId service{s};
        const scenario::Workload& w = workload(service);
        controllers_[s].replicas = w.replicas;
        if (w.kind == scenario::WorkloadKind::deployment) controllers_[s].sets.push_back({.replicas = w.replicas});
        for (const std::string& name : w.nodes) allowed_[s].push_back(*api_->find_node(name));
        const std::size_t places = allowed_[s].empty() ? api_->node_count() : allowed_[s].size();
        const std::size_t count = w.kind == scenario::WorkloadKind::daemon_set ? places : w.replicas;
        for (std::size_t r = 0; r < count; ++r) {
            // Replica r of service s starts on node (s * replicas + r) mod N; a DaemonSet has one on each.
            const std::size_t at = w.kind == scenario::WorkloadKind::daemon_set ? r : (s * w.replicas + r) % places;
            const PodId id = create(service, 0, {});
            bind(id, allowed_[s].empty() ? NodeId{at} : allowed_[s][at], {});
            Pod& pod = pods_[id.index()];
            pod.is_ready = true;
            pod.ready_since = long_ready;
            pod.is_accepting = true;
            journal_->history().pods[id.index()].serving.push_back(
                {.from = history::before_start, .to = never, .end_event = {}});
            write_endpoint(id, {});
            journal_->history().services[s].endpoints.back().t = history::before_start;
        }
        history::ServiceHistory& h = journal_->history().services[s];
        h.initial_endpoints = static_cast<std::uint32_t>(h.endpoints.size());
    }
}

PodId Pods::create(ServiceId service, std::uint32_t revision, EventId why) {
    const PodId id{pods_.size()};
    std::set<std::uint32_t>& free = free_slots_[service.index()];
    std::uint32_t slot = 0;
    if (free.empty()) {
        slot = next_slot_[service.index()]++;
    } else {
        slot = *free.begin();
        free.erase(free.begin());
    }
    pods_.push_back({});
    pods_.back().service = service;
    pods_.back().slot = slot;
    pods_.back().revision = revision;
    pods_.back().created = why.is_valid() ? journal_->now() : long_ready;
    if (ReplicaSet* set = find_set(service, revision)) ++set->active;
    by_service_[service.index()].insert(by_service_[service.index()].end(), id);
    journal_->history().pods.push_back({.service = service,
                                        .node = {},
                                        .number = next_number_[service.index()]++,
                                        .slot = slot,
                                        .serving = {}});
    if (why.is_valid()) journal_->record(EventKind::pod_created, {.service = service, .pod = id}, why);
    return id;
}

void Pods::bind(PodId id, NodeId node, EventId why) {
    Pod& pod = pods_[id.index()];
    pod.node = node;
    journal_->history().pods[id.index()].node = node;
    by_node_[node.index()].pods.push_back(id);
    rank_node(node, +1);
    if (why.is_valid()) start_container(id, why);
}

/// Keeps accepting_ in order when a node gains or loses a pod that is already in its list.
void Pods::rank_node(NodeId node, int change) {
    const NodePods& here = by_node_[node.index()];
    if (!here.accepts) return;
    const auto count = static_cast<std::uint32_t>(here.pods.size());
    accepting_.erase({static_cast<std::uint32_t>(static_cast<int>(count) - change), node.value});
    accepting_.insert({count, node.value});
}

void Pods::update_eligibility(NodeId node) {
    NodePods& here = by_node_[node.index()];
    const bool accepts = api_->node(node).accepts_pods();
    if (accepts == here.accepts) return;
    here.accepts = accepts;
    const std::pair entry{static_cast<std::uint32_t>(here.pods.size()), node.value};
    if (accepts) {
        accepting_.insert(entry);
    } else {
        accepting_.erase(entry);
    }
}

bool Pods::may_run_on(ServiceId service, NodeId node) const {
    const std::vector<NodeId>& nodes = allowed_[service.index()];
    return nodes.empty() || std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

/// The accepting node with the fewest pods, lowest index first; none where no node accepts pods.
NodeId Pods::choose_node(ServiceId service) const {
    for (const auto& [count, node] : accepting_) {
        if (may_run_on(service, NodeId{node})) return NodeId{node};
    }
    return {};
}

void Pods::place_pending() {
    if (pending_.empty()) return;
    // One that is Ready at once may let its Deployment take another one away.
    const std::vector<PodId> waiting(pending_.begin(), pending_.end());
    for (const PodId id : waiting) {
        const NodeId node = choose_node(pods_[id.index()].service);
        if (!node.is_valid() || pending_.erase(id) == 0) continue;
        bind(id, node, pods_[id.index()].cause);
    }
}

void Pods::start_container(PodId id, EventId why) {
    Pod& pod = pods_[id.index()];
    ++pod.start;
    const Duration start_time = workload(pod.service).start_time;
    if (!machines_->is_on(pod.node)) return;  // it starts with the machine
    if (start_time == Duration{0}) {
        started(id, why);
        return;
    }
    journal_->later(saturating_add(journal_->now(), start_time), Step::pod_exit, id.value,
                    [this, id, why, start = pod.start] {
                        const Pod& p = pods_[id.index()];
                        if (p.exists && p.start == start && !p.is_terminating) started(id, why);
                    });
}

void Pods::started(PodId id, EventId why) {
    Pod& pod = pods_[id.index()];
    pod.is_accepting = true;
    journal_->history().pods[id.index()].serving.push_back({.from = journal_->now(), .to = never, .end_event = {}});
    api_->when_up(Step::pod_exit, id.value, [this, id, why, start = pod.start] {
        if (pods_[id.index()].start == start && pods_[id.index()].is_accepting) set_ready(id, true, why);
    });
}

void Pods::set_ready(PodId id, bool ready, EventId why) {
    Pod& pod = pods_[id.index()];
    if (!pod.exists || pod.is_ready == ready) return;
    pod.is_ready = ready;
    if (ready) pod.ready_since = journal_->now();
    const EventId event = journal_->record(ready ? EventKind::pod_ready : EventKind::pod_not_ready,
                                           {.node = pod.node, .service = pod.service, .pod = id}, why);
    write_endpoint(id, event);
    const ServiceId service = pod.service;
    if (const Duration min_ready = workload(service).min_ready; ready && min_ready > Duration{0}) {
        journal_->later(saturating_add(journal_->now(), min_ready), Step::pod_exit, id.value,
                        [this, service] { changed(service); });
    }
    changed(service);
}

void Pods::write_endpoint(PodId id, EventId why) {
    const Pod& pod = pods_[id.index()];
    // Source: kubernetes/endpointslice v0.36 utils.go podToEndpoint: serving = Ready, ready = serving and not terminating.
    journal_->history().services[pod.service.index()].endpoints.push_back({.t = journal_->now(),
                                                                           .pod = id,
                                                                           .present = pod.exists,
                                                                           .ready = pod.is_ready && !pod.is_terminating,
                                                                           .serving = pod.is_ready,
                                                                           .terminating = pod.is_terminating,
                                                                           .cause = why});
    if (observer_) observer_(pod.service);
}

void Pods::terminate(PodId id, EventId why, std::optional<Duration> longest_grace) {
    Pod& pod = pods_[id.index()];
    if (!pod.exists || pod.is_terminating) return;
    if (!pod.node.is_valid()) return discard(id, why);
    pod.is_terminating = true;
    const scenario::Workload& w = workload(pod.service);
    const EventId event =
        journal_->record(EventKind::pod_terminating, {.node = pod.node, .service = pod.service, .pod = id}, why);
    pod.cause = event;
    write_endpoint(id, event);
    const ServiceId service = pod.service;
    if (w.kind == scenario::WorkloadKind::daemon_set) by_node_[pod.node.index()].lacks_daemons = true;
    if (ReplicaSet* set = find_set(service, pod.revision)) {
        --set->active;
        keep_replicas(service, set->revision, event);
    }
    changed(service);
    if (!machines_->is_on(pods_[id.index()].node)) return;  // no kubelet to act on it
    const Duration grace = std::min(w.termination_grace_period, longest_grace.value_or(w.termination_grace_period));
    const policy::PodTermination steps = policy::pod_termination(w.pre_stop, grace);
    const Duration life = w.on_sigterm == scenario::OnSigterm::exit_now ? steps.sigterm : steps.sigkill;
    journal_->later(saturating_add(journal_->now(), life), Step::pod_exit, id.value, [this, id, event] {
        const Pod& p = pods_[id.index()];
        if (p.exists && machines_->is_on(p.node)) remove(id, event);
    });
}

void Pods::stop_accepting(PodId id, Time at, EventId why) {
    Pod& pod = pods_[id.index()];
    ++pod.start;
    if (!pod.is_accepting) return;
    pod.is_accepting = false;
    history::ServingSpan& span = journal_->history().pods[id.index()].serving.back();
    span.to = at;
    span.end_event = why;
}

/// The pod's process has ended and its object goes.
void Pods::remove(PodId id, EventId why) {
    Pod& pod = pods_[id.index()];
    if (pod.has_exited) return;
    pod.has_exited = true;
    const EventId event =
        journal_->record(EventKind::pod_exited, {.node = pod.node, .service = pod.service, .pod = id}, why);
    stop_accepting(id, journal_->now(), event);
    api_->when_up(Step::pod_exit, id.value, [this, id, event] { forget(id, event); });
}

void Pods::forget(PodId id, EventId event) {
    Pod& pod = pods_[id.index()];
    pod.exists = false;
    by_service_[pod.service.index()].erase(id);
    NodePods& here = by_node_[pod.node.index()];
    std::erase(here.pods, id);
    rank_node(pod.node, -1);
    write_endpoint(id, event);
    free_slots_[pod.service.index()].insert(pod.slot);
    restore_daemons(pod.node, event);
    pod_gone_.notify_all();
    changed(pods_[id.index()].service);
}

void Pods::place(PodId id, EventId why) {
    pods_[id.index()].cause = why;
    const NodeId node = choose_node(pods_[id.index()].service);
    if (node.is_valid()) {
        bind(id, node, why);
    } else {
        pending_.insert(id);
    }
}

}  // namespace lbsim::cluster
