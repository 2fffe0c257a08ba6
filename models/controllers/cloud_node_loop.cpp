// SPDX-License-Identifier: Apache-2.0
// Passes of the cloud node lifecycle controller.
#include "models/controllers/cloud_node_loop.hpp"

#include "lbsim/engine/step.hpp"

namespace lbsim::controllers {

using engine::rank_of;
using engine::Step;
using history::EventKind;
using policy::ConditionStatus;

CloudNodeLoop::CloudNodeLoop(cluster::Journal& journal, cluster::ApiServer& api, cloud::Cloud& cloud,
                             const scenario::Scenario& scenario, std::uint32_t replication)
    : journal_(&journal),
      api_(&api),
      cloud_(&cloud),
      period_(scenario.cluster.cloud_node_lifecycle.period),
      something_to_see_(journal.engine()) {
    const StreamKey key(scenario.seed, replication, "cloud_node_loop_phase");
    phase_ = scenario.cluster.cloud_node_lifecycle.phase.value_or(
        Duration{index_among(key.word(0), static_cast<std::uint32_t>(period_.count()))});
}

void CloudNodeLoop::start() {
    seen_.resize(api_->node_count());
    why_.resize(api_->node_count());
    has_shutdown_taint_.resize(api_->node_count());
    for (std::size_t n = 0; n < api_->node_count(); ++n) seen_[n] = api_->node(NodeId{n}).facts;
    api_->watch("cloud_node_loop", [this](const cluster::NodeChange& change) {
        const std::size_t n = change.node.index();
        if (seen_.size() <= n) {
            seen_.resize(n + 1);
            why_.resize(n + 1);
            has_shutdown_taint_.resize(n + 1);
        }
        if (needs_look(n)) --to_look_at_;
        seen_[n] = change.after;
        why_[n] = change.why;
        if (needs_look(n)) ++to_look_at_;
        if (to_look_at_ > 0) something_to_see_.notify_all();
    });
    journal_->engine().spawn("cloud node loop", {rank_of(Step::cloud_node_loop), 0}, [this] { loop(); },
                             engine::Ground::background);
}

/// Ready=True and no shutdown taint: the pass skips the node without a call.
bool CloudNodeLoop::needs_look(std::size_t node) const {
    return seen_[node] && (seen_[node]->ready != ConditionStatus::is_true || has_shutdown_taint_[node]);
}

void CloudNodeLoop::loop() {
    for (;;) {
        while (to_look_at_ == 0) something_to_see_.wait();
        journal_->engine().sleep_until(first_tick_at_or_after(journal_->now(), phase_, period_));
        for (std::size_t n = 0; n < seen_.size(); ++n) {
            if (needs_look(n)) look_at(NodeId{n});
        }
        journal_->engine().sleep_for(Duration{1});
    }
}

void CloudNodeLoop::look_at(NodeId node) {
    const std::size_t n = node.index();
    if (!api_->node(node).exists) return;  // deleted already; the watch has not said so yet
    const auto set_shutdown_taint = [&](bool present) {
        // While the API server is down the write fails, and the next round tries again.
        if (has_shutdown_taint_[n] == present || api_->is_down()) return;
        const bool needed = needs_look(n);
        has_shutdown_taint_[n] = present;
        if (needed && !needs_look(n)) --to_look_at_;
        const EventId event = journal_->record(present ? EventKind::node_tainted : EventKind::node_untainted,
                                               {.node = node}, why_[n], std::string(cluster::shutdown_taint_key));
        api_->write(node, event, [&](cluster::NodeObject& object) {
            object.remove_taint(cluster::shutdown_taint_key);
            if (present) {
                object.set_taint({.key = std::string(cluster::shutdown_taint_key), .value = "", .effect = "NoSchedule"});
            }
        });
    };
    if (seen_[n]->ready == ConditionStatus::is_true) {
        set_shutdown_taint(false);
        return;
    }
    const std::optional<cluster::InstanceState> instance = cloud_->instance_state(node);
    // No answer, nothing done: the next round asks again. Asking takes time, and the node may be gone by now.
    if (!instance || api_->is_down() || !api_->node(node).exists) return;
    switch (*instance) {
        case cluster::InstanceState::running: break;
        case cluster::InstanceState::stopped: set_shutdown_taint(true); break;
        case cluster::InstanceState::gone: {
            const EventId event = journal_->record(EventKind::node_deleted, {.node = node}, why_[n]);
            api_->write(node, event, [](cluster::NodeObject& object) { object = cluster::NodeObject{}; });
            break;
        }
    }
}

}  // namespace lbsim::controllers
