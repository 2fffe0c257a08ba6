// SPDX-License-Identifier: Apache-2.0
// The node lifecycle controller's NoExecute taints: queued per zone, handed out at the rate that the zone's state allows.
#pragma once

#include <functional>
#include <set>
#include <vector>

#include "lbsim/policy/zone_disruption.hpp"
#include "models/cluster/machines.hpp"

namespace lbsim::cluster {

/// What each pass of the controller does after it has judged silence: taints queued, swapped or lifted, zones judged.
/// A pass in which nothing changed since the last does nothing.
/// Source: kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go, 1.19 to 1.36
/// (processTaintBaseEviction, doNoExecuteTaintingPass, handleDisruption).
/// Simplifies: writes of taints never fail.
class NoExecuteTaints {
public:
    /// `phase`: of the controller's passes; its looks at the queues begin at the same instant.
    NoExecuteTaints(Journal& journal, ApiServer& api, Machines& machines, const scenario::Scenario& scenario,
                    Duration phase);

    /// The initial nodes are in place: every zone's state is known.
    void start();
    /// The controller's copy of the node is now this.
    void seen(NodeId node, const std::optional<policy::NodeFacts>& facts, EventId why);
    /// This pass has written Ready=Unknown; its own copy shows that later.
    void turned_unknown(NodeId node);
    /// Somebody else has changed the node's taints.
    void taints_written(NodeId node);
    /// Has anything changed since the last pass?
    bool has_work() const { return has_work_; }
    /// Whether every node's silence counts from now on.
    enum class Silence : std::uint8_t { goes_on, starts_anew };
    Silence pass();

private:
    /// What the controller knows of a node.
    struct Copy {
        policy::ConditionStatus ready = policy::ConditionStatus::absent;    ///< as its watch shows it
        policy::ConditionStatus current = policy::ConditionStatus::absent;  ///< and after its own step to Unknown
        bool counts = false;  ///< for its zone
        EventId why;
    };
    struct Zone {
        policy::ZoneCount count;
        policy::ZoneState state = policy::ZoneState::initial;
        policy::ZoneTaintQueue queue;
    };
    Copy& copy(NodeId node);
    Zone& zone_of(NodeId node) { return zones_[machines_->machine(node).zone]; }
    void count(NodeId node, int change);
    void set_current(NodeId node, policy::ConditionStatus status, bool counts);
    policy::NoExecuteTaints taints_of(NodeId node) const;
    void act_on(NodeId node);
    Silence judge_zones();
    void set_taint(NodeId node, std::string_view key);
    void lift(NodeId node);
    void plan_look();
    void look();

    Journal* journal_;
    ApiServer* api_;
    Machines* machines_;
    Duration phase_;
    std::vector<Zone> zones_;
    std::vector<Copy> copies_;    ///< by node
    std::set<NodeId> concerned_;  ///< nodes that are not Ready, or carry one of the taints
    bool has_work_ = false;
    bool is_writing_ = false;     ///< this object itself writes taints
    Time next_look_ = never;
};

}  // namespace lbsim::cluster
