// SPDX-License-Identifier: Apache-2.0
// Those who change nodes: rolling upgrades and removals as straight-line actors, power, single writes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lbsim/policy/eviction.hpp"
#include "models/cloud/cloud.hpp"
#include "models/cluster/machines.hpp"
#include "models/cluster/pods.hpp"

namespace lbsim::controllers {

/// Starts operations on nodes. Each runs as actors of its own until it is done or the run ends.
class NodeOperations {
public:
    NodeOperations(cluster::Journal& journal, cluster::ApiServer& api, cluster::Machines& machines, cluster::Pods& pods,
                   cloud::Cloud& cloud, const scenario::Scenario& scenario);

    /// kubectl drain: cordons all nodes, then empties them one after the other; machines and objects stay. One that is
    /// given up stays cordoned, and the next is tried.
    /// Source: kubernetes/kubectl v0.36.0 pkg/cmd/drain/drain.go, RunDrain; pkg/drain/drain.go.
    void drain(const scenario::Drain& verb, std::vector<NodeId> nodes, EventId why);
    /// Nodes of a pool in index order, max_surge + max_unavailable at once, batch by batch.
    void rolling_upgrade(const scenario::RollingUpgrade& verb, EventId why);
    /// `count` machines join `pool` after `boot_time`.
    void add_nodes(std::uint32_t pool, std::uint32_t count, Duration boot_time, Duration ready_after, EventId why);
    /// The machine loses power now.
    void vm_off(NodeId node, cluster::InstanceState instance, EventId why);
    /// A notice, what its handler does, graceful node shutdown, and the power goes.
    void preempt(const scenario::SpotPreemption& verb, NodeId node, EventId why);
    /// Off when the kubelet lets it go, back `down` later.
    void reboot(NodeId node, Duration down, EventId why);

    /// Every machine of the zone loses power now, and those that had it are back at `end`.
    void zone_outage(std::uint32_t zone, Time end, EventId why);

    /// An actor of its own, after those that were started before it.
    void spawn(std::string name, engine::Step step, std::function<void()> body);
    /// How a node is emptied.
    struct DrainOrder {
        policy::DrainPatience patience;
        std::optional<Duration> longest_grace;  ///< cuts the grace period of its pods short
        std::optional<Duration> exactly;        ///< it is over after this, whatever its pods do; absent: when they are gone
    };
    struct DrainEnd {
        bool is_drained = false;
        EventId event;  ///< node_drained or node_drain_failed
    };
    /// Evicts the node's pods and waits until they are gone. Blocks the calling actor.
    DrainEnd empty_node(NodeId node, const DrainOrder& order, EventId why);
    /// The cloud has been told to delete the node's machine: the guest has the pool's vm_off_delay to shut down, and is off
    /// at the time returned.
    Time deleted_in_cloud(NodeId node, EventId why);

    std::uint32_t pool_named(const std::string& name) const;
    /// A node of `pool` that stands at the start.
    NodeId add_initial_node(std::uint32_t pool);

    // One API write each, recorded; a write that changes nothing is not recorded.
    void taint(NodeId node, const cluster::Taint& taint, EventId why);
    void untaint(NodeId node, const std::string& key, const std::string& effect, EventId why);
    void cordon(NodeId node, bool cordoned, EventId why);
    void label(NodeId node, const std::string& key, const std::string& value, bool present, EventId why);
    void delete_object(NodeId node, EventId why);

private:
    struct Upgrade {
        explicit Upgrade(engine::Engine& engine) : next_batch(engine) {}
        scenario::RollingUpgrade verb;
        std::uint32_t pool = 0;
        std::vector<NodeId> nodes;   ///< still to do, from `next`
        std::size_t next = 0;
        std::size_t batch = 0;       ///< nodes of a batch
        std::size_t batch_end = 0;   ///< of the batch under way
        std::size_t done = 0;
        std::uint32_t lanes_left = 0;
        std::size_t retiring = 0;
        engine::Signal next_batch;
        EventId why;
    };
    void upgrade_lane(Upgrade& upgrade);
    void upgrade_in_place(const Upgrade& upgrade, NodeId node);
    void surge(Upgrade& upgrade, NodeId node);
    void retire(Upgrade& upgrade, NodeId node);
    bool evict_all(const DrainOrder& order, EventId start, const std::vector<PodId>& pods);
    void note_refusal(PodId pod, EventId start);
    /// As kubectl drain without a time-out, which never gives up; returns the event node_drained.
    EventId drain_for_ever(NodeId node, EventId why);
    void node_done(Upgrade& upgrade);
    void finish_if_done(Upgrade& upgrade);
    void wait_until_ready(NodeId node);
    NodeId boot(std::uint32_t pool, Duration boot_time, Duration ready_after, std::optional<policy::Release> release,
                EventId why);
    /// Tells the guest that the power will go; returns how long its kubelet holds it back.
    Duration shut_down(NodeId node, EventId why);
    Time restart(NodeId node, Duration down, EventId off_why, EventId on_why);
    void register_at(Time t, NodeId node, Duration ready_after, EventId why);
    Time power_back_at(NodeId node) const;
    void power_off_at(Time t, NodeId node, cluster::InstanceState instance, EventId why);
    void power_on_at(Time t, NodeId node, EventId why);

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    cluster::Machines* machines_;
    cluster::Pods* pods_;
    cloud::Cloud* cloud_;
    const scenario::Scenario* scenario_;
    std::vector<std::uint32_t> next_index_;   ///< by pool: names continue the pool
    std::vector<std::unique_ptr<Upgrade>> upgrades_;
    std::vector<Time> zone_up_at_;            ///< by zone: the end of its last outage
    engine::Signal node_written_;
    std::uint32_t actors_ = 0;                ///< object index of the next actor: first started acts first
};

}  // namespace lbsim::controllers
