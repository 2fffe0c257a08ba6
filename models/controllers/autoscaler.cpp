// SPDX-License-Identifier: Apache-2.0
// Scans, batches and single removals of the cluster autoscaler.
#include "models/controllers/autoscaler.hpp"

#include <algorithm>
#include <string>

namespace lbsim::controllers {

using engine::Step;
using history::EventKind;

namespace {
constexpr std::string_view autoscaler = "cluster-autoscaler";

policy::AutoscalerDefaults rules_of(const scenario::AutoscalerScaleDown& verb, policy::Release release) {
    policy::AutoscalerDefaults rules = policy::autoscaler_defaults(release);
    rules.delay_after_taint = verb.delay_after_taint.value_or(rules.delay_after_taint);
    rules.cordons = verb.cordon.value_or(rules.cordons);
    rules.max_parallelism = verb.max_scale_down_parallelism.value_or(rules.max_parallelism);
    rules.max_drain_parallelism = verb.max_drain_parallelism.value_or(rules.max_drain_parallelism);
    rules.can_drain_in_parallel = verb.parallel_drain.value_or(rules.can_drain_in_parallel);
    rules.scan_interval = verb.scan_interval.value_or(rules.scan_interval);
    return rules;
}
}  // namespace

Autoscaler::Autoscaler(cluster::Journal& journal, cluster::ApiServer& api, cluster::Pods& pods, cloud::Cloud& cloud,
                       NodeOperations& operations, const scenario::Scenario& scenario)
    : journal_(&journal), api_(&api), pods_(&pods), cloud_(&cloud), operations_(&operations), scenario_(&scenario) {}

void Autoscaler::scale_down(const scenario::AutoscalerScaleDown& verb, std::vector<NodeId> nodes, EventId why) {
    orders_.push_back(std::make_unique<Order>(Order{.verb = verb,
                                                    .rules = rules_of(verb, scenario_->cluster.autoscaler),
                                                    .waiting = std::move(nodes),
                                                    .why = why}));
    operations_->spawn("cluster autoscaler", Step::autoscaler, [this, &order = *orders_.back()] { act(order); });
}

void Autoscaler::act(Order& order) {
    const Time first = journal_->now();
    while (!order.waiting.empty()) {
        api_->wait_until_up();
        scan(order);
        journal_->engine().sleep_until(first_tick_at_or_after(
            journal_->now() + Duration{1}, first.time_since_epoch(), order.rules.scan_interval));
    }
}

/// A node that has no pods by now is empty; one whose drain is given a length is drained in any case.
Autoscaler::Kind Autoscaler::kind_of(const Order& order, NodeId node) const {
    return order.verb.pod_drain || !pods_->evictable(node).empty() ? Kind::drained : Kind::empty;
}

void Autoscaler::scan(Order& order) {
    std::erase_if(order.waiting, [this](NodeId node) { return !api_->node(node).exists; });
    std::vector<NodeId> empty;
    std::vector<NodeId> drained;
    for (const NodeId node : order.waiting) (kind_of(order, node) == Kind::empty ? empty : drained).push_back(node);
    const policy::ScaleDownCount start = policy::scale_down_budget(
        order.rules,
        {.empty = static_cast<std::uint32_t>(empty.size()), .drained = static_cast<std::uint32_t>(drained.size())},
        under_way_);
    empty.resize(start.empty);
    drained.resize(start.drained);
    std::erase_if(order.waiting, [&](NodeId node) {
        return std::find(empty.begin(), empty.end(), node) != empty.end() ||
               std::find(drained.begin(), drained.end(), node) != drained.end();
    });
    if (start_batch(order, empty, Kind::empty)) {
        start_batch(order, drained, Kind::drained);
    } else {
        order.waiting.insert(order.waiting.begin(), drained.begin(), drained.end());
    }
}

/// False where a taint failed, so that none of the batch is removed.
bool Autoscaler::start_batch(const Order& order, const std::vector<NodeId>& batch, Kind kind) {
    if (!taint_batch(order, batch)) return false;
    for (const NodeId node : batch) {
        ++under_way(kind);
        operations_->spawn("scale-down of " + api_->name(node), Step::autoscaler, [this, &order, node, kind] {
            remove_node(order, node);
            --under_way(kind);
        });
    }
    return true;
}

/// Conflicting writes are tried again for five seconds; then every taint of the batch is taken back.
bool Autoscaler::taint_batch(const Order& order, const std::vector<NodeId>& batch) {
    const auto is_refused = [&order, this](NodeId node) {
        const std::vector<std::string>& names = order.verb.taint_fails_on;
        return std::find(names.begin(), names.end(), api_->name(node)) != names.end();
    };
    for (const NodeId node : batch) {
        if (is_refused(node)) continue;
        operations_->taint(node, cluster::autoscaler_taint(), order.why);
        if (order.rules.cordons) operations_->cordon(node, true, order.why);
    }
    const auto refused = std::find_if(batch.begin(), batch.end(), is_refused);
    if (refused == batch.end()) return true;
    journal_->engine().sleep_for(policy::taint_conflict_retry);
    api_->wait_until_up();
    const EventId failed = journal_->record(EventKind::node_scale_down_failed, {.node = *refused}, order.why,
                                            "the taint was not written");
    for (const NodeId node : batch) take_back(order, node, failed);
    return false;
}

void Autoscaler::remove_node(const Order& order, NodeId node) {
    journal_->engine().sleep_for(order.rules.delay_after_taint);
    const NodeOperations::DrainEnd drain = operations_->empty_node(node,
                                                                   {.patience = policy::autoscaler_patience(order.rules),
                                                                    .longest_grace = order.rules.max_graceful_termination,
                                                                    .exactly = order.verb.pod_drain},
                                                                   order.why);
    if (drain.is_drained && cloud_->try_delete_instance(node, autoscaler)) {
        operations_->deleted_in_cloud(node, drain.event);
        return;
    }
    api_->wait_until_up();
    const std::string_view what = drain.is_drained ? "DeleteNodes failed" : "it could not be emptied";
    take_back(order, node, journal_->record(EventKind::node_scale_down_failed, {.node = node}, drain.event, what));
}

void Autoscaler::take_back(const Order& order, NodeId node, EventId why) {
    operations_->untaint(node, std::string(policy::autoscaler_taint_key), "NoSchedule", why);
    if (order.rules.cordons) operations_->cordon(node, false, why);
}

}  // namespace lbsim::controllers
