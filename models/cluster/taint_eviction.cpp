// SPDX-License-Identifier: Apache-2.0
// Deadlines of pods on nodes with NoExecute taints.
#include "models/cluster/taint_eviction.hpp"

#include <algorithm>
#include <set>

namespace lbsim::cluster {

using engine::Step;

TaintEviction::TaintEviction(Journal& journal, ApiServer& api, Pods& pods, const scenario::Scenario& scenario,
                             std::uint32_t replication)
    : journal_(&journal),
      api_(&api),
      pods_(&pods),
      line_{.key = StreamKey(scenario.seed, replication, "watch_latency", "taint_eviction")} {}

void TaintEviction::node_written(NodeId node, EventId why) {
    const NodeObject& object = api_->node(node);
    const auto before = written_.find(node);
    if (before == written_.end() && object.taints.empty()) return;
    Taints taints;
    for (const Taint& taint : object.taints) {
        if (taint.effect == "NoExecute") taints.push_back({.key = taint.key, .value = taint.value});
    }
    if (before == written_.end() ? taints.empty() : taints == before->second) return;
    if (taints.empty()) {
        written_.erase(node);
    } else {
        written_[node] = taints;
    }
    // Deadlines outlive a deleted Node object; upstream only forgets the object's taints.
    if (!object.exists) return;
    api_->deliver(api_->latency().next_delivery(line_, journal_->now()), Step::watch_delivery, node.value,
                  [this, node, taints, why] { deliver(node, taints, why); });
}

void TaintEviction::deliver(NodeId node, const Taints& taints, EventId why) {
    std::set<Time> dues;
    for (const PodId pod : pods_->pods_on(node)) {
        const auto known = deadlines_.find(pod);
        const auto before = known == deadlines_.end() ? std::nullopt : std::optional(known->second.eviction);
        const auto after = policy::eviction_step(before, taints, pods_->tolerations(pod), journal_->now());
        if (!after) {
            if (before) deadlines_.erase(known);
            continue;
        }
        if (after == before) continue;
        deadlines_[pod] = {*after, why};
        dues.insert(after->due);
    }
    for (const Time due : dues) {
        if (due <= journal_->now()) {
            delete_due(node);
        } else {
            journal_->later(due, Step::watch_delivery, node.value, [this, node] {
                api_->when_up(Step::watch_delivery, node.value, [this, node] { delete_due(node); });
            });
        }
    }
}

void TaintEviction::delete_due(NodeId node) {
    const std::vector<PodId> pods = pods_->pods_on(node);
    for (const PodId pod : pods) {
        const auto deadline = deadlines_.find(pod);
        if (deadline == deadlines_.end() || deadline->second.eviction.due > journal_->now()) continue;
        const EventId why = deadline->second.why;
        deadlines_.erase(deadline);
        pods_->delete_pod(pod, why);
    }
}

}  // namespace lbsim::cluster
