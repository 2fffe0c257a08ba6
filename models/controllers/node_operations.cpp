// SPDX-License-Identifier: Apache-2.0
// Upgrades, power and single writes to nodes.
#include "models/controllers/node_operations.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/autoscaler.hpp"

namespace lbsim::controllers {

using cluster::InstanceState;
using engine::rank_of;
using engine::Step;
using history::EventKind;
using policy::ConditionStatus;

namespace {
constexpr std::string_view upgrader = "node-upgrade";
/// Source: gardener/machine-controller-manager PR 1054 (ShortRetry).
constexpr Duration gardener_taint_to_deletion = 5s;
}  // namespace

NodeOperations::NodeOperations(cluster::Journal& journal, cluster::ApiServer& api, cluster::Machines& machines,
                               cluster::Pods& pods, cloud::Cloud& cloud, const scenario::Scenario& scenario)
    : journal_(&journal),
      api_(&api),
      machines_(&machines),
      pods_(&pods),
      cloud_(&cloud),
      scenario_(&scenario),
      next_index_(scenario.cluster.node_pools.size(), 0),
      zone_up_at_(scenario.cluster.zones.size(), history::before_start),
      node_written_(journal.engine()) {
    api_->observe([this](const cluster::NodeChange&) { node_written_.notify_all(); });
}

std::uint32_t NodeOperations::pool_named(const std::string& name) const {
    const std::vector<scenario::NodePool>& pools = scenario_->cluster.node_pools;
    for (std::uint32_t p = 0; p < pools.size(); ++p) {
        if (pools[p].name == name) return p;
    }
    LBSIM_CHECK(false, "the reader lets no unknown pool pass: " + name);
}

NodeId NodeOperations::add_initial_node(std::uint32_t pool) {
    const std::string name =
        scenario_->cluster.node_pools[pool].name + "-" + std::to_string(next_index_[pool]++);
    const NodeId id = machines_->add(pool, name);
    machines_->start_in_place(id);
    return id;
}

// ---- single writes -------------------------------------------------------------------------------------------------

void NodeOperations::taint(NodeId node, const cluster::Taint& taint, EventId why) {
    if (!api_->node(node).exists || api_->node(node).has_taint(taint.key, taint.effect)) return;
    const EventId event = journal_->record(EventKind::node_tainted, {.node = node}, why, taint.key);
    api_->write(node, event, [&](cluster::NodeObject& object) { object.set_taint(taint); });
}

void NodeOperations::untaint(NodeId node, const std::string& key, const std::string& effect, EventId why) {
    if (!api_->node(node).exists || !api_->node(node).has_taint(key, effect)) return;
    const EventId event = journal_->record(EventKind::node_untainted, {.node = node}, why, key);
    api_->write(node, event, [&](cluster::NodeObject& object) { object.remove_taint(key, effect); });
}

void NodeOperations::cordon(NodeId node, bool cordoned, EventId why) {
    if (!api_->node(node).exists || api_->node(node).unschedulable == cordoned) return;
    const EventId event =
        journal_->record(cordoned ? EventKind::node_cordoned : EventKind::node_uncordoned, {.node = node}, why);
    api_->write(node, event, [&](cluster::NodeObject& object) { object.unschedulable = cordoned; });
}

void NodeOperations::label(NodeId node, const std::string& key, const std::string& value, bool present, EventId why) {
    if (!api_->node(node).exists) return;
    const auto found = api_->node(node).labels.find(key);
    const bool has = found != api_->node(node).labels.end();
    if (present ? has && found->second == value : !has) return;
    const EventId event = journal_->record(present ? EventKind::node_labelled : EventKind::node_unlabelled,
                                           {.node = node}, why, present ? key + "=" + value : key);
    api_->write(node, event, [&](cluster::NodeObject& object) {
        if (present) {
            object.labels[key] = value;
        } else {
            object.labels.erase(key);
        }
    });
}

void NodeOperations::delete_object(NodeId node, EventId why) {
    if (!api_->node(node).exists) return;
    const EventId event = journal_->record(EventKind::node_deleted, {.node = node}, why);
    api_->write(node, event, [](cluster::NodeObject& object) { object = cluster::NodeObject{}; });
}

// ---- power ---------------------------------------------------------------------------------------------------------

/// Power changes happen in their own step of the microsecond, whoever asked for them.
void NodeOperations::power_off_at(Time t, NodeId node, InstanceState instance, EventId why) {
    // Where it is now, it comes after this step of the microsecond, even if this step has filed nothing: a lease that was
    // renewed in it counts.
    journal_->step();
    journal_->later(t, Step::vm_power, node.value, [=, this] { machines_->power_off(node, instance, why); });
}

/// A machine that is to come on during an outage of its zone comes on when the zone is back.
void NodeOperations::power_on_at(Time t, NodeId node, EventId why) {
    journal_->later(t, Step::vm_power, node.value, [=, this] {
        if (journal_->now() < power_back_at(node)) {
            power_on_at(power_back_at(node), node, why);
        } else {
            machines_->power_on_again(node, why);
        }
    });
}

Time NodeOperations::power_back_at(NodeId node) const { return zone_up_at_[machines_->machine(node).zone]; }

void NodeOperations::zone_outage(std::uint32_t zone, Time end, EventId why) {
    const std::string& name = scenario_->cluster.zones[zone];
    const EventId down = journal_->record(EventKind::zone_down, {}, why, name);
    zone_up_at_[zone] = std::max(zone_up_at_[zone], end);
    for (std::size_t n = 0; n < api_->node_count(); ++n) {
        const NodeId node{n};
        if (machines_->machine(node).zone != zone || !machines_->is_on(node)) continue;
        power_off_at(journal_->now(), node, InstanceState::stopped, down);
        power_on_at(zone_up_at_[zone], node, down);
    }
    journal_->later(end, Step::timeline_verb, 0, [this, zone, down, name] {
        if (journal_->now() >= zone_up_at_[zone]) journal_->record(EventKind::zone_up, {}, down, name);
    });
}

void NodeOperations::vm_off(NodeId node, InstanceState instance, EventId why) {
    power_off_at(journal_->now(), node, instance, why);
}

Duration NodeOperations::shut_down(NodeId node, EventId why) {
    const EventId started = machines_->begin_shutdown(node, why);
    return started.is_valid() ? pods_->shut_down(node, started) : Duration{0};
}

Time NodeOperations::deleted_in_cloud(NodeId node, EventId why) {
    const Duration delay = scenario_->cluster.node_pools[machines_->machine(node).pool].vm_off_delay;
    if (delay > Duration{0}) shut_down(node, why);
    const Time off = saturating_add(journal_->now(), delay);
    power_off_at(off, node, InstanceState::gone, why);
    return off;
}

void NodeOperations::reboot(NodeId node, Duration down, EventId why) {
    const bool is_off = !machines_->is_on(node);
    if (is_off || machines_->machine(node).is_shutting_down) {
        journal_->record(EventKind::verb_without_effect, {.node = node}, why,
                         is_off ? "the machine is off" : "the machine is shutting down");
        return;
    }
    restart(node, down, why, why);
}

/// Off when the kubelet lets go, on again `down` later; returns when that is.
Time NodeOperations::restart(NodeId node, Duration down, EventId off_why, EventId on_why) {
    const Duration held = shut_down(node, off_why);
    const Time off = saturating_add(journal_->now(), held);
    if (held == Duration{0}) {
        power_off_at(off, node, InstanceState::running, off_why);
    } else {
        // A pod that ends in this instant has been waited for: the kubelet still says so.
        journal_->later(off, Step::pod_exit, std::numeric_limits<std::uint32_t>::max(),
                        [=, this] { power_off_at(off, node, InstanceState::running, off_why); });
    }
    power_on_at(saturating_add(off, down), node, on_why);
    return saturating_add(off, down);
}

void NodeOperations::add_nodes(std::uint32_t pool, std::uint32_t count, Duration boot_time, Duration ready_after,
                               EventId why) {
    for (std::uint32_t i = 0; i < count; ++i) boot(pool, boot_time, ready_after, {}, why);
}

/// Orders a machine; it registers after boot_time. Its name is the pool's next one.
NodeId NodeOperations::boot(std::uint32_t pool, Duration boot_time, Duration ready_after,
                            std::optional<policy::Release> release, EventId why) {
    const std::string name = scenario_->cluster.node_pools[pool].name + "-" + std::to_string(next_index_[pool]++);
    const NodeId node = machines_->add(pool, name);
    if (release) machines_->machine(node).kube_proxy = *release;
    register_at(saturating_add(journal_->now(), boot_time), node, ready_after, why);
    return node;
}

void NodeOperations::register_at(Time t, NodeId node, Duration ready_after, EventId why) {
    journal_->later(t, Step::vm_power, node.value, [=, this] {
        if (journal_->now() < power_back_at(node)) {
            register_at(power_back_at(node), node, ready_after, why);
        } else {
            machines_->boot_and_register(node, ready_after, why);
        }
    });
}

void NodeOperations::spawn(std::string name, Step step, std::function<void()> body) {
    journal_->engine().spawn(std::move(name), {rank_of(step), actors_++}, std::move(body), engine::Ground::background);
}

// ---- rolling upgrade -----------------------------------------------------------------------------------------------

void NodeOperations::rolling_upgrade(const scenario::RollingUpgrade& verb, EventId why) {
    upgrades_.push_back(std::make_unique<Upgrade>(journal_->engine()));
    Upgrade& upgrade = *upgrades_.back();
    upgrade.verb = verb;
    upgrade.pool = pool_named(verb.pool);
    upgrade.why = journal_->record(EventKind::upgrade_started, {}, why, verb.pool);
    for (std::size_t n = 0; n < api_->node_count(); ++n) {
        const NodeId node{n};
        if (machines_->machine(node).pool == upgrade.pool && api_->node(node).exists) upgrade.nodes.push_back(node);
    }
    upgrade.batch = verb.batch.value_or(std::max<std::size_t>(upgrade.nodes.size(), 1));
    upgrade.batch_end = std::min(upgrade.batch, upgrade.nodes.size());
    upgrade.lanes_left = verb.max_surge + verb.max_unavailable;
    const std::uint32_t lanes = upgrade.lanes_left;
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
        spawn("upgrade lane " + std::to_string(lane), Step::upgrade_or_drain, [this, &upgrade] { upgrade_lane(upgrade); });
    }
}

void NodeOperations::upgrade_lane(Upgrade& upgrade) {
    while (upgrade.next < upgrade.nodes.size()) {
        if (upgrade.next == upgrade.batch_end) {
            upgrade.next_batch.wait();
            continue;
        }
        const NodeId node = upgrade.nodes[upgrade.next++];
        if (!api_->node(node).exists) {
            node_done(upgrade);  // somebody else deleted it
        } else if (upgrade.verb.mode == scenario::UpgradeMode::in_place) {
            upgrade_in_place(upgrade, node);
            node_done(upgrade);
        } else {
            surge(upgrade, node);
        }
    }
    --upgrade.lanes_left;
    finish_if_done(upgrade);
}

/// When all nodes of a batch are done, the next one begins `soak` later.
void NodeOperations::node_done(Upgrade& upgrade) {
    if (++upgrade.done < upgrade.batch_end || upgrade.batch_end == upgrade.nodes.size()) return;
    journal_->later(saturating_add(journal_->now(), upgrade.verb.soak), Step::upgrade_or_drain, 0, [&upgrade] {
        upgrade.batch_end = std::min(upgrade.batch_end + upgrade.batch, upgrade.nodes.size());
        upgrade.next_batch.notify_all();
    });
}

void NodeOperations::upgrade_in_place(const Upgrade& upgrade, NodeId node) {
    const EventId why = upgrade.why;
    api_->wait_until_up();
    cordon(node, true, why);
    if (upgrade.verb.taint_first) taint(node, cluster::autoscaler_taint(), why);
    const EventId drained = drain_for_ever(node, why);
    const Duration down =
        upgrade.verb.reboot_time.value_or(scenario_->cluster.node_pools[machines_->machine(node).pool].boot_time);
    if (upgrade.verb.to_release) machines_->machine(node).kube_proxy = *upgrade.verb.to_release;
    journal_->engine().sleep_until(restart(node, down, drained, why));
    wait_until_ready(node);
    api_->wait_until_up();
    cordon(node, false, why);
    untaint(node, std::string(policy::autoscaler_taint_key), {}, why);
}

/// The new node comes first; the slot is free when it is Ready, the old node retires meanwhile.
void NodeOperations::surge(Upgrade& upgrade, NodeId node) {
    const Duration boot_time = scenario_->cluster.node_pools[upgrade.pool].boot_time;
    const Time ready = saturating_add(journal_->now(), boot_time);
    const NodeId fresh = boot(upgrade.pool, boot_time, Duration{0}, upgrade.verb.to_release, upgrade.why);
    journal_->engine().sleep_until(ready);
    wait_until_ready(fresh);
    ++upgrade.retiring;
    spawn("retirement of " + api_->name(node), Step::upgrade_or_drain, [this, &upgrade, node] { retire(upgrade, node); });
}

void NodeOperations::retire(Upgrade& upgrade, NodeId node) {
    api_->wait_until_up();
    cordon(node, true, upgrade.why);
    if (upgrade.verb.taint_first) taint(node, cluster::autoscaler_taint(), upgrade.why);
    const EventId drained = drain_for_ever(node, upgrade.why);
    using enum scenario::MachineController;
    if (upgrade.verb.machine_controller == gardener) {
        taint(node, cluster::autoscaler_taint(), drained);
        journal_->engine().sleep_for(gardener_taint_to_deletion);
    }
    cloud_->delete_instance(node, upgrader);
    const Time off = deleted_in_cloud(node, drained);
    if (upgrade.verb.machine_controller != none) {
        journal_->later(off, Step::upgrade_or_drain, node.value, [this, node, drained] {
            api_->when_up(Step::upgrade_or_drain, node.value, [this, node, drained] { delete_object(node, drained); });
        });
    }
    --upgrade.retiring;
    node_done(upgrade);
    finish_if_done(upgrade);
}

void NodeOperations::finish_if_done(Upgrade& upgrade) {
    if (upgrade.lanes_left > 0 || upgrade.retiring > 0) return;
    journal_->record(EventKind::upgrade_finished, {}, upgrade.why, upgrade.verb.pool);
}

/// Looks again whenever a Node object is written.
void NodeOperations::wait_until_ready(NodeId node) {
    while (api_->node(node).exists && api_->node(node).ready != ConditionStatus::is_true) node_written_.wait();
}

}  // namespace lbsim::controllers
