// SPDX-License-Identifier: Apache-2.0
// Machines and their kubelets: power, registration, Ready, and who is told when either changes.
#pragma once

#include <functional>
#include <vector>

#include "lbsim/policy/node_health.hpp"
#include "lbsim/policy/node_shutdown.hpp"
#include "models/cluster/api_server.hpp"

namespace lbsim::cluster {

/// What the cloud says of a node's machine when asked.
enum class InstanceState : std::uint8_t { running, stopped, gone };

using policy::not_ready_taint_key;
using policy::unreachable_taint_key;
inline constexpr std::string_view shutdown_taint_key = "node.cloudprovider.kubernetes.io/shutdown";

/// Kubelets renew their lease every 10 s.
/// Source: kubernetes/component-helpers v0.36 apimachinery/lease/controller.go (40 s x 0.25).
inline constexpr Duration lease_period = 10s;

/// A machine and the kubelet on it.
struct Machine {
    std::uint32_t pool = 0;
    std::uint32_t zone = 0;      ///< index into Cluster::zones
    bool is_on = false;
    bool is_shutting_down = false;  ///< gracefully: the kubelet reports Ready=False until the power goes
    InstanceState instance = InstanceState::running;
    policy::Release kube_proxy;
    Duration lease_phase{};
    std::uint32_t cut_off = 0;   ///< windows in which its kubelet can write nothing
    bool awaits_registration = false;  ///< its kubelet started without being able to register
    Time ready_from{};           ///< the kubelet reports Ready=True from here on
    Time held_until{};           ///< set_ready holds the condition against everybody until here
    EventId silent_since;        ///< what stopped the kubelet
    EventId ready_cause;         ///< what makes the kubelet report Ready next: registration, return, or being written off
};

/// Machines by NodeId.
class Machines {
public:
    using PowerObserver = std::function<void(NodeId, bool is_on, EventId why)>;
    /// What a write of Ready says of the node's pods.
    enum class PodMarks : std::uint8_t { left, not_ready };
    using ReadyObserver = std::function<void(NodeId, policy::ConditionStatus status, PodMarks marks, EventId why)>;

    Machines(Journal& journal, ApiServer& api, const scenario::Scenario& scenario, std::uint32_t replication);

    /// A machine of `pool` under this name: no power, no Node object yet.
    NodeId add(std::uint32_t pool, std::string name);
    /// The node is in place since long ago: on, registered, Ready.
    void start_in_place(NodeId id);
    /// Power on and register; Ready after `ready_after`.
    void boot_and_register(NodeId id, Duration ready_after, EventId why);
    void power_off(NodeId id, InstanceState instance, EventId why);
    /// In which order its kubelet would end its pods; empty without graceful node shutdown.
    std::vector<policy::ShutdownGroup> shutdown_groups(NodeId id) const;
    /// The guest is told that the power will go: the kubelet reports Ready=False at once, where it can, and ends its pods.
    /// Returns the event node_shutdown_started, none where the machine has no graceful shutdown, is off or at it already.
    EventId begin_shutdown(NodeId id, EventId why);
    /// Back after a reboot: empty conntrack, Ready at the kubelet's first status.
    void power_on_again(NodeId id, EventId why);

    /// The kubelet's status loop runs: registers where it could not before, and reports Ready=True unless held or not yet
    /// ready.
    void report(NodeId id);
    /// Can the kubelet write its lease and status?
    bool speaks(NodeId id) const {
        return machines_[id.index()].is_on && machines_[id.index()].cut_off == 0 && !api_->is_down();
    }
    /// The kubelet's writes fail from here on; windows that overlap add up.
    void cut_off(NodeId id, EventId why);
    void reconnect(NodeId id, EventId why);
    /// The API server goes or comes back: what stopped the kubelet's writes, and what makes it report next.
    void fell_silent(NodeId id, EventId why);
    void is_heard_again(NodeId id, EventId why);
    /// Writes the condition Ready and the NoSchedule taint that goes with it; false where it is so already.
    bool set_ready_condition(NodeId id, policy::ConditionStatus status, EventId why, PodMarks marks = PodMarks::left);
    void hold_ready(NodeId id, Time until) { machines_[id.index()].held_until = until; }
    bool is_held(NodeId id) const { return journal_->now() < machines_[id.index()].held_until; }

    const Machine& machine(NodeId id) const { return machines_[id.index()]; }
    Machine& machine(NodeId id) { return machines_[id.index()]; }
    bool is_on(NodeId id) const { return machines_[id.index()].is_on; }
    void observe_power(PowerObserver observe) { power_observers_.push_back(std::move(observe)); }
    void observe_ready(ReadyObserver observe) { ready_observers_.push_back(std::move(observe)); }

private:
    void switch_on(NodeId id, EventId why);
    EventId register_node(NodeId id, EventId why);
    void report_ready(NodeId id);

    Journal* journal_;
    ApiServer* api_;
    const scenario::Scenario* scenario_;
    std::uint32_t replication_;
    std::vector<Machine> machines_;
    std::vector<std::size_t> added_;  ///< by pool: machines so far, who take its zones in turn
    std::vector<PowerObserver> power_observers_;
    std::vector<ReadyObserver> ready_observers_;
};

}  // namespace lbsim::cluster
