// SPDX-License-Identifier: Apache-2.0
// The node lifecycle controller: nodes whose kubelet falls silent turn Unknown one grace period later.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "models/cluster/machines.hpp"
#include "models/cluster/no_execute_taints.hpp"

namespace lbsim::cluster {

/// How heartbeats are followed.
enum class HeartbeatMode : std::uint8_t {
    computed,  ///< only a silence is an event; the lease that was seen last is worked out
    stepped,   ///< every lease renewal and every pass is an event
};

/// Watches heartbeats (leases and status writes) and writes Ready=Unknown.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.25 to 1.36.
/// Simplifies: status heartbeats count only at registration and return; the kubelet's status loop runs with its lease.
class NodeLifecycle {
public:
    NodeLifecycle(Journal& journal, ApiServer& api, Machines& machines, const scenario::Scenario& scenario,
                  std::uint32_t replication, HeartbeatMode mode);

    /// How a kubelet begins to be heard: with the status that it writes when it starts, or at the next beat of its loops.
    enum class FirstWord : std::uint8_t { status_at_once, next_loop };
    /// Something that decides whether the node's kubelet can be heard has changed.
    void speech_changed(NodeId id, FirstWord first);
    /// Somebody else has written Ready: look at the node again with the next pass.
    void recheck(NodeId id);
    /// Starts the loops of the stepped mode. Call once, when the initial nodes are in place.
    void start();

    /// Computed mode is exact only while a living kubelet can never look silent; elsewhere leases are stepped.
    static HeartbeatMode mode_for(const scenario::Scenario& scenario, bool is_reference);

private:
    /// A time in which a kubelet could be heard.
    struct Voice {
        Time from{};
        Time to = never;
        std::uint8_t end_step = 0;
        FirstWord first{};
    };
    struct Seen {
        std::uint64_t heartbeats = 0;   ///< delivered to the controller
        std::uint64_t noticed = 0;      ///< of those, at the last pass
        Time probe{};                   ///< pass that noticed the last one
        Time last_renewal = at_us(-1);
        bool is_known = false;
        WatchLatency::Line line;
    };
    Duration grace() const;
    Time first_pass_at_or_after(Time t) const { return first_tick_at_or_after(t, phase_, period_); }
    Time next_lease(NodeId id, Time from) const;
    bool is_heard(NodeId id) const {
        return id.index() < voices_.size() && !voices_[id.index()].empty() && voices_[id.index()].back().to == never;
    }
    void begin_voice(NodeId id, FirstWord first);
    void end_voice(NodeId id);
    Time last_visible_heartbeat(NodeId id, Time now) const;
    Time unknown_at(NodeId id) const;
    void mark_unknown(NodeId id);
    void note_ready(NodeId id, const std::optional<policy::NodeFacts>& facts);
    Time heard_at(Time noticed) const { return std::max(noticed, silence_counts_from_); }

    void schedule_silence_check(NodeId id, Time at);
    void wake_pass();
    void computed_pass();
    void judge_taints();
    void check_silence(NodeId id);
    void schedule_report(NodeId id);
    Time next_loop(NodeId id) const;

    Seen& meet(NodeId id);
    void schedule_lease(NodeId id);
    void renew(NodeId id);
    void resume_leases(NodeId id);
    void deliver_heartbeat(NodeId id, Time written);
    void schedule_pass(Time at);
    void pass();

    Journal* journal_;
    ApiServer* api_;
    Machines* machines_;
    const scenario::Scenario* scenario_;
    std::uint32_t replication_;
    HeartbeatMode mode_;
    Duration period_;
    Duration phase_;
    std::vector<policy::ConditionStatus> ready_;  ///< by node: the controller's copy; absent: no such node
    NoExecuteTaints taints_;
    std::vector<std::vector<Voice>> voices_;  ///< by node
    Time silence_counts_from_ = Time::min();  ///< end of the last total disruption
    Time last_pass_ = history::before_start;
    std::vector<Seen> seen_;                   ///< of the stepped mode, by node
    std::map<Time, std::set<NodeId>> checks_;  ///< of the computed mode: passes that have something to look at
};

}  // namespace lbsim::cluster
