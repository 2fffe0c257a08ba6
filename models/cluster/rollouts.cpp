// SPDX-License-Identifier: Apache-2.0
// The controllers of workloads: replicas kept, rollouts step by step, scaling.
#include <algorithm>
#include <map>

#include "lbsim/core/check.hpp"
#include "models/cluster/pods.hpp"

namespace lbsim::cluster {

using history::EventKind;
using policy::ReplicaSetFacts;
using scenario::WorkloadKind;

bool Pods::is_available(const Pod& pod) const {
    return policy::is_available(pod.is_ready, pod.ready_since, workload(pod.service).min_ready, journal_->now());
}

/// Order of pods that nothing else tells apart; the same pod has the same one in every variant.
std::uint64_t Pods::uid_of(PodId id) const {
    const history::PodHistory& pod = journal_->history().pods[id.index()];
    const StreamKey key(scenario_->seed, replication_, "pod_uid", scenario_->services[pod.service.index()].name);
    return key.word(pod.number);
}

// ---- Deployments ---------------------------------------------------------------------------------------------------

Pods::ReplicaSet* Pods::find_set(ServiceId service, std::uint32_t revision) {
    for (ReplicaSet& set : controllers_[service.index()].sets) {
        if (set.revision == revision) return &set;
    }
    return nullptr;  // a DaemonSet
}

/// The ReplicaSet controller makes up for pods that are being deleted, at the write that takes them away.
void Pods::keep_replicas(ServiceId service, std::uint32_t revision, EventId why) {
    for (;;) {
        const ReplicaSet* set = find_set(service, revision);
        if (set == nullptr || set->active >= set->replicas) return;
        place(create(service, revision, why), why);
    }
}

std::vector<ReplicaSetFacts> Pods::facts_of(ServiceId service) const {
    const Controller& controller = controllers_[service.index()];
    std::map<std::uint32_t, std::uint32_t> available;
    for (const PodId id : by_service_[service.index()]) {
        const Pod& pod = pods_[id.index()];
        if (!pod.is_terminating && is_available(pod)) ++available[pod.revision];
    }
    std::vector<ReplicaSetFacts> facts;
    for (const ReplicaSet& set : controller.sets) facts.push_back({set.replicas, available[set.revision]});
    return facts;
}

/// Pods of a ReplicaSet in the order in which it would delete them.
std::vector<PodId> Pods::scale_down_order(ServiceId service, std::uint32_t revision) const {
    std::map<NodeId, std::uint32_t> on_node;
    std::vector<PodId> pods;
    for (const PodId id : by_service_[service.index()]) {
        const Pod& pod = pods_[id.index()];
        if (pod.is_terminating) continue;
        ++on_node[pod.node];
        if (pod.revision == revision) pods.push_back(id);
    }
    std::vector<policy::ScaleDownPod> candidates;
    for (const PodId id : pods) {
        const Pod& pod = pods_[id.index()];
        candidates.push_back({.is_assigned = pod.node.is_valid(),
                              .is_pending = journal_->history().pods[id.index()].serving.empty(),
                              .is_ready = pod.is_ready,
                              .neighbours = on_node[pod.node],
                              .ready_since = pod.ready_since,
                              .created = pod.created,
                              .uid = uid_of(id)});
    }
    std::vector<PodId> order;
    for (const std::size_t i : policy::victims_first(scenario_->cluster.kubelet, candidates, journal_->now()))
        order.push_back(pods[i]);
    return order;
}

/// Gives the ReplicaSets these sizes; each creates or deletes pods at once.
void Pods::resize(ServiceId service, const std::vector<std::uint32_t>& sizes, EventId why) {
    std::vector<ReplicaSet>& sets = controllers_[service.index()].sets;
    for (std::size_t i = 0; i < sizes.size(); ++i) sets[i].replicas = sizes[i];
    std::vector<std::uint32_t> revisions;
    for (const ReplicaSet& set : sets) revisions.push_back(set.revision);
    for (const std::uint32_t revision : revisions) {
        keep_replicas(service, revision, why);
        const ReplicaSet* set = find_set(service, revision);
        if (set->active <= set->replicas) continue;
        std::vector<PodId> victims = scale_down_order(service, revision);
        victims.resize(set->active - set->replicas);
        for (const PodId id : victims) terminate(id, why);
    }
}

policy::RollingUpdate Pods::update_of(ServiceId service) const {
    const scenario::Workload& w = workload(service);
    return policy::deployment_update(controllers_[service.index()].replicas, w.max_surge, w.max_unavailable);
}

/// One write of the Deployment controller; false where it has nothing to do.
bool Pods::advance_deployment(ServiceId service) {
    Controller& controller = controllers_[service.index()];
    const std::vector<ReplicaSetFacts> facts = facts_of(service);
    const std::vector<std::uint32_t> sizes = policy::rollout_step(update_of(service), facts);
    const bool is_change = !std::equal(facts.begin(), facts.end(), sizes.begin(),
                                       [](const ReplicaSetFacts& set, std::uint32_t size) { return set.replicas == size; });
    if (is_change) {
        resize(service, sizes, controller.rollout);
        return true;
    }
    if (policy::is_rolled_out(update_of(service), facts)) finish_rollout(service);
    return false;
}

void Pods::scale(ServiceId service, std::uint32_t replicas, EventId why) {
    Controller& controller = controllers_[service.index()];
    if (controller.replicas == replicas) {
        journal_->record(EventKind::verb_without_effect, {.service = service}, why, "it has so many replicas already");
        return;
    }
    const policy::RollingUpdate before = update_of(service);
    const EventId event =
        journal_->record(EventKind::workload_scaled, {.service = service}, why,
                         std::to_string(controller.replicas) + " to " + std::to_string(replicas));
    controller.replicas = replicas;
    const std::vector<std::uint32_t> sizes =
        policy::scaled_sets(update_of(service), before.replicas + before.max_surge, facts_of(service));
    // A rollout under way goes on when all sets have their new sizes, not in between.
    controller.is_at_work = true;
    resize(service, sizes, event);
    controller.is_at_work = false;
    changed(service);
}

/// A pod without a node ends where nobody runs it.
void Pods::discard(PodId id, EventId why) {
    Pod& pod = pods_[id.index()];
    pending_.erase(id);
    const EventId event = journal_->record(EventKind::pod_exited, {.service = pod.service, .pod = id}, why);
    pod.exists = false;
    pod.is_terminating = true;
    by_service_[pod.service.index()].erase(id);
    free_slots_[pod.service.index()].insert(pod.slot);
    if (ReplicaSet* set = find_set(pod.service, pod.revision)) {
        --set->active;
        keep_replicas(pod.service, pod.revision, event);
    }
    changed(pod.service);
}

// ---- DaemonSets ----------------------------------------------------------------------------------------------------

/// One round of the DaemonSet controller; false where it has nothing to do.
bool Pods::advance_daemon_set(ServiceId service) {
    const Controller& controller = controllers_[service.index()];
    struct OnNode {
        PodId old_pod, new_pod;
    };
    std::map<NodeId, OnNode> pods;
    for (std::size_t n = 0; n < api_->node_count(); ++n) {
        if (may_run_daemon(service, NodeId{n})) pods[NodeId{n}] = {};
    }
    for (const PodId id : by_service_[service.index()]) {
        const Pod& pod = pods_[id.index()];
        // A node that would take no new pod keeps the one it has, and that one is updated as well.
        if (pod.is_terminating || !api_->node(pod.node).exists || !may_run_on(service, pod.node)) continue;
        OnNode& on_node = pods[pod.node];
        (pod.revision == controller.revision ? on_node.new_pod : on_node.old_pod) = id;
    }
    const auto availability = [this](PodId id) {
        return id.is_valid() ? std::optional(is_available(pods_[id.index()])) : std::nullopt;
    };
    std::vector<NodeId> nodes;
    std::vector<policy::DaemonNode> facts;
    for (const auto& [node, on_node] : pods) {
        nodes.push_back(node);
        facts.push_back({.old_available = availability(on_node.old_pod), .new_available = availability(on_node.new_pod)});
    }
    const scenario::Workload& w = workload(service);
    const policy::RollingUpdate update =
        policy::daemon_set_update(static_cast<std::uint32_t>(nodes.size()), w.max_surge, w.max_unavailable);
    const policy::DaemonStep step = policy::daemon_rollout_step(update, facts);
    const EventId why = controller.rollout;
    for (const std::size_t i : step.create_new) bind(create(service, controller.revision, why), nodes[i], why);
    for (const std::size_t i : step.delete_old) terminate(pods[nodes[i]].old_pod, why);
    const bool is_done = std::all_of(facts.begin(), facts.end(), [](const policy::DaemonNode& node) {
        return !node.old_available && node.new_available.value_or(false);
    });
    if (is_done) finish_rollout(service);
    return !step.create_new.empty() || !step.delete_old.empty();
}

// ---- rollouts ------------------------------------------------------------------------------------------------------

void Pods::roll_out(ServiceId service, EventId why) {
    Controller& controller = controllers_[service.index()];
    controller.rollout = journal_->record(EventKind::rollout_started, {.service = service}, why);
    ++controller.revision;
    rolling_.insert(service);
    if (workload(service).kind == WorkloadKind::deployment) {
        controller.sets.push_back({.revision = controller.revision});
    }
    changed(service);
}

void Pods::finish_rollout(ServiceId service) {
    Controller& controller = controllers_[service.index()];
    journal_->record(EventKind::rollout_finished, {.service = service}, controller.rollout);
    controller.rollout = {};
    rolling_.erase(service);
    std::erase_if(controller.sets, [](const ReplicaSet& set) { return set.replicas == 0 && set.active == 0; });
    if (workload(service).kind == WorkloadKind::deployment && controller.sets.empty()) {
        controller.sets.push_back({.revision = controller.revision});
    }
}

/// Something that the workload's controller looks at has changed. It goes on until it has nothing to do; while the API
/// server is down it can do nothing.
void Pods::changed(ServiceId service) {
    Controller& controller = controllers_[service.index()];
    if (!controller.rollout.is_valid()) return;
    if (api_->is_down()) {
        api_->when_up(engine::Step::pod_exit, service.value, [this, service] { changed(service); });
        return;
    }
    if (controller.is_at_work) {
        controller.looks_again = true;
        return;
    }
    controller.is_at_work = true;
    do {
        controller.looks_again = false;
        const bool is_daemon_set = workload(service).kind == WorkloadKind::daemon_set;
        while (controller.rollout.is_valid() &&
               (is_daemon_set ? advance_daemon_set(service) : advance_deployment(service))) {
        }
    } while (controller.looks_again);
    controller.is_at_work = false;
}

}  // namespace lbsim::cluster
