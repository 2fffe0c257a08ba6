// SPDX-License-Identifier: Apache-2.0
// Verbs of the timeline, one function each.
#include "models/controllers/timeline.hpp"

#include <algorithm>

namespace lbsim::controllers {

using engine::Step;
using history::EventKind;
using policy::ConditionStatus;

namespace {
bool needs_api_server(const scenario::Verb& verb) {
    using namespace scenario;
    return std::holds_alternative<SetReady>(verb) || std::holds_alternative<SetTaint>(verb) ||
           std::holds_alternative<SetLabel>(verb) || std::holds_alternative<SetCordon>(verb) ||
           std::holds_alternative<DeleteNodeObject>(verb) || std::holds_alternative<Drain>(verb) ||
           std::holds_alternative<Rollout>(verb) || std::holds_alternative<Scale>(verb) ||
           std::holds_alternative<AutoscalerScaleDown>(verb) || std::holds_alternative<scenario::RollingUpgrade>(verb) ||
           std::holds_alternative<CreateService>(verb) || std::holds_alternative<DeleteService>(verb);
}
}  // namespace

Timeline::Timeline(const TimelineActors& actors, const scenario::Scenario& scenario, std::uint32_t replication)
    : journal_(&actors.journal),
      api_(&actors.api),
      machines_(&actors.machines),
      pods_(&actors.pods),
      lifecycle_(&actors.lifecycle),
      operations_(&actors.operations),
      autoscaler_(&actors.autoscaler),
      service_controller_(&actors.service_controller),
      cloud_(&actors.cloud),
      proxies_(&actors.proxies),
      scenario_(&scenario),
      replication_(replication) {}

void Timeline::start() {
    const Time end = time_zero + scenario_->duration;
    for (std::size_t line = 0; line < scenario_->timeline.size(); ++line) {
        const scenario::TimelineEntry& entry = scenario_->timeline[line];
        Time t = time_zero + entry.at;
        if (!entry.repeat) {
            post(line, t);
            continue;
        }
        const scenario::Repeat& repeat = *entry.repeat;
        const StreamKey key(scenario_->seed, replication_, "timeline_repeat", std::to_string(line));
        const scenario::Sampler gap(scenario::Distribution{
            .kind = repeat.mean_every ? scenario::Distribution::Kind::exponential : scenario::Distribution::Kind::fixed,
            .a = repeat.mean_every.value_or(repeat.every),
            .b = {},
            .shape = 0.0,
            .samples = {}});
        for (std::uint64_t k = 0; t < end && (repeat.times == 0 || k < repeat.times); ++k) {
            post(line, t);
            t = saturating_add(t, gap.draw_life(key.word(k)));
        }
    }
}

void Timeline::post(std::size_t line, Time t) {
    journal_->later(t, Step::timeline_verb, static_cast<std::uint32_t>(line), [this, line] { act(line); });
}

/// What is done to objects waits for the API server; whoever typed it tries until it works.
void Timeline::act(std::size_t line) {
    if (needs_api_server(scenario_->timeline[line].what)) {
        api_->when_up(Step::timeline_verb, static_cast<std::uint32_t>(line), [this, line] { do_line(line); });
    } else {
        do_line(line);
    }
}

void Timeline::do_line(std::size_t line) {
    const scenario::TimelineEntry& entry = scenario_->timeline[line];
    const EventId why =
        journal_->record(EventKind::timeline, {}, {}, "timeline[" + std::to_string(line) + "] " + entry.verb);
    std::visit([&](const auto& verb) { perform(verb, why); }, entry.what);
}

/// The nodes of these names; a name that no node has by now is noted. Each node counts as named from its first verb on.
std::vector<NodeId> Timeline::resolve(const std::vector<std::string>& names, EventId why, Needs needs) {
    std::vector<NodeId> nodes;
    for (const std::string& name : names) {
        const std::optional<NodeId> node = api_->find_node(name);
        if (!node || (needs == Needs::object && !api_->node(*node).exists)) {
            journal_->record(EventKind::verb_without_effect, {.node = node.value_or(NodeId{})}, why,
                             (needs == Needs::object ? "no Node object named " : "no machine named ") + name);
            continue;
        }
        nodes.push_back(*node);
        std::vector<history::NamedNode>& named = journal_->history().named_nodes;
        const bool known = std::any_of(named.begin(), named.end(), [&](const auto& n) { return n.node == *node; });
        if (!known) named.push_back({.node = *node, .first_verb = journal_->now(), .verb = why});
    }
    return nodes;
}

void Timeline::perform(const scenario::SetReady& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why)) {
        if (holds_.size() <= node.index()) holds_.resize(node.index() + 1, 0);
        const std::uint64_t hold = ++holds_[node.index()];
        const Time until = verb.hold ? saturating_add(journal_->now(), *verb.hold) : never;
        machines_->hold_ready(node, until);
        using enum cluster::Machines::PodMarks;
        // As the node lifecycle controller would: only the step from True to Unknown marks pods.
        const bool marks = verb.status == ConditionStatus::unknown && api_->node(node).ready == ConditionStatus::is_true;
        machines_->set_ready_condition(node, verb.status, why, marks ? not_ready : left);
        journal_->later(until, Step::timeline_verb, node.value, [=, this] {
            api_->when_up(Step::timeline_verb, node.value, [=, this] { release_ready(node, hold, why); });
        });
    }
}

void Timeline::release_ready(NodeId node, std::uint64_t hold, EventId why) {
    if (holds_[node.index()] != hold) return;  // a later set_ready holds it now
    machines_->hold_ready(node, journal_->now());
    const bool is_going = machines_->machine(node).is_shutting_down;
    machines_->set_ready_condition(node, is_going ? ConditionStatus::is_false : ConditionStatus::is_true, why);
    lifecycle_->recheck(node);
}

void Timeline::perform(const scenario::SetTaint& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why)) {
        if (verb.present) {
            operations_->taint(node, {.key = verb.key, .value = verb.value, .effect = verb.effect}, why);
        } else {
            operations_->untaint(node, verb.key, verb.effect, why);
        }
    }
}

void Timeline::perform(const scenario::SetLabel& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why)) {
        operations_->label(node, verb.key, verb.value, verb.present, why);
    }
}

void Timeline::perform(const scenario::SetCordon& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why)) operations_->cordon(node, verb.cordoned, why);
}

void Timeline::perform(const scenario::AddNodes& verb, EventId why) {
    const std::uint32_t pool = operations_->pool_named(verb.pool);
    operations_->add_nodes(pool, verb.count, verb.boot_time.value_or(scenario_->cluster.node_pools[pool].boot_time),
                           verb.ready_after, why);
}

void Timeline::perform(const scenario::DeleteNodeObject& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why)) operations_->delete_object(node, why);
}

void Timeline::perform(const scenario::VmOff& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why, Needs::machine)) {
        operations_->vm_off(node, verb.gone ? cluster::InstanceState::gone : cluster::InstanceState::stopped, why);
    }
}

void Timeline::perform(const scenario::Reboot& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why, Needs::machine)) operations_->reboot(node, verb.down, why);
}

void Timeline::perform(const scenario::Drain& verb, EventId why) {
    operations_->drain(verb, resolve(verb.nodes, why), why);
}

void Timeline::perform(const scenario::SpotPreemption& verb, EventId why) {
    for (const NodeId node : resolve(verb.nodes, why, Needs::machine)) operations_->preempt(verb, node, why);
}

void Timeline::perform(const scenario::Rollout& verb, EventId why) {
    pods_->roll_out(service_named(verb.service), why);
}

void Timeline::perform(const scenario::Scale& verb, EventId why) {
    pods_->scale(service_named(verb.service), verb.replicas, why);
}

void Timeline::perform(const scenario::AutoscalerScaleDown& verb, EventId why) {
    autoscaler_->scale_down(verb, resolve(verb.nodes, why), why);
}

void Timeline::perform(const scenario::RollingUpgrade& verb, EventId why) { operations_->rolling_upgrade(verb, why); }

void Timeline::perform(const scenario::CloudApiFault& verb, EventId why) {
    cloud_->warn_of_unknown_calls(verb.fault, why);
    const EventId started = journal_->record(EventKind::cloud_fault_started, {}, why);
    const std::uint64_t window = cloud_->faults().begin(verb.fault);
    const Time end = verb.lasts ? saturating_add(journal_->now(), *verb.lasts) : never;
    journal_->later(end, Step::timeline_verb, 0, [this, window, started] {
        cloud_->faults().end(window);
        journal_->record(EventKind::cloud_fault_ended, {}, started);
    });
}

void Timeline::perform(const scenario::ServiceControllerRestart& verb, EventId why) {
    service_controller_->restart(verb.gap, why);
}

ServiceId Timeline::service_named(const std::string& name) const {
    const auto found = std::find_if(scenario_->services.begin(), scenario_->services.end(),
                                    [&](const scenario::Service& service) { return service.name == name; });
    return ServiceId{static_cast<std::size_t>(found - scenario_->services.begin())};
}

void Timeline::perform(const scenario::CreateService& verb, EventId why) {
    for (const std::string& name : verb.services) service_controller_->create_service(service_named(name), why);
}

void Timeline::perform(const scenario::DeleteService& verb, EventId why) {
    for (const std::string& name : verb.services) service_controller_->delete_service(service_named(name), why);
}

// ---- outages -------------------------------------------------------------------------------------------------------

void Timeline::perform(const scenario::KubeletsCannotRenew& verb, EventId why) {
    using enum cluster::NodeLifecycle::FirstWord;
    const Time end = end_of(verb.lasts);
    for (const NodeId node : resolve(verb.nodes, why, Needs::machine)) {
        const EventId event = journal_->record(EventKind::kubelet_cut_off, {.node = node}, why);
        machines_->cut_off(node, event);
        lifecycle_->speech_changed(node, next_loop);
        if (verb.stops_watches) proxies_->stop_watches(node, end);
        journal_->later(end, Step::timeline_verb, node.value, [this, node, event] {
            machines_->reconnect(node, journal_->record(EventKind::kubelet_reconnected, {.node = node}, event));
            lifecycle_->speech_changed(node, next_loop);
        });
    }
}

void Timeline::perform(const scenario::ApiServerOutage& verb, EventId why) {
    const bool was_down = api_->is_down();
    if (!was_down) {
        api_outage_ = journal_->record(EventKind::api_server_down, {}, why);
        for (std::size_t n = 0; n < api_->node_count(); ++n) machines_->fell_silent(NodeId{n}, api_outage_);
    }
    api_->go_down(end_of(verb.lasts));
    for (std::size_t n = 0; n < api_->node_count() && !was_down; ++n) {
        lifecycle_->speech_changed(NodeId{n}, cluster::NodeLifecycle::FirstWord::next_loop);
    }
    journal_->later(api_->up_at(), Step::timeline_verb, 0, [this] { api_server_back(); });
}

void Timeline::api_server_back() {
    if (api_->is_down() || !api_outage_.is_valid()) return;  // another outage made this one longer, or has ended with it
    const EventId back = journal_->record(EventKind::api_server_up, {}, api_outage_);
    api_outage_ = {};
    for (std::size_t n = 0; n < api_->node_count(); ++n) {
        machines_->is_heard_again(NodeId{n}, back);
        lifecycle_->speech_changed(NodeId{n}, cluster::NodeLifecycle::FirstWord::next_loop);
    }
}

void Timeline::perform(const scenario::ZoneOutage& verb, EventId why) {
    operations_->zone_outage(verb.zone, end_of(verb.lasts), why);
}

}  // namespace lbsim::controllers
