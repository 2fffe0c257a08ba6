// SPDX-License-Identifier: Apache-2.0
// How pods are made to leave a node: the Eviction API with its disruption budgets, plain deletion, and the wait.
#include <algorithm>

#include "models/cluster/pods.hpp"

namespace lbsim::cluster {

using policy::EvictionAnswer;

std::vector<PodId> Pods::evictable(NodeId node) const {
    std::vector<PodId> leaving;
    for (const PodId id : by_node_[node.index()].pods) {
        if (workload(pods_[id.index()].service).kind == scenario::WorkloadKind::deployment) leaving.push_back(id);
    }
    return leaving;
}

std::optional<policy::BudgetStatus> Pods::budget(ServiceId service) const {
    const scenario::Workload& w = workload(service);
    if (!w.pdb_min_available) return std::nullopt;
    const std::set<PodId>& pods = by_service_[service.index()];
    const auto healthy = std::count_if(pods.begin(), pods.end(), [this](PodId id) {
        return pods_[id.index()].is_ready && !pods_[id.index()].is_terminating;
    });
    return policy::budget_status(*w.pdb_min_available, controllers_[service.index()].replicas, static_cast<std::uint32_t>(healthy));
}

EvictionAnswer Pods::evict(PodId id, EventId why, std::optional<Duration> longest_grace) {
    const Pod& pod = pods_[id.index()];
    if (!pod.exists) return EvictionAnswer::pod_is_gone;
    const policy::EvictedPod seen{.is_ready = pod.is_ready,
                                  .is_pending = journal_->history().pods[id.index()].serving.empty(),
                                  .is_deleting = pod.is_terminating};
    const EvictionAnswer answer = policy::answer_eviction(seen, budget(pod.service));
    if (answer == EvictionAnswer::accepted) terminate(id, why, longest_grace);
    return answer;
}

bool Pods::wait_until_gone(std::span<const PodId> pods, Time end) {
    for (const PodId id : pods) {
        while (pods_[id.index()].exists) {
            if (pod_gone_.wait_until(end)) continue;
            return std::none_of(pods.begin(), pods.end(), [this](PodId p) { return pods_[p.index()].exists; });
        }
    }
    return true;
}

}  // namespace lbsim::cluster
