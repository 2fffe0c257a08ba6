// SPDX-License-Identifier: Apache-2.0
// One load balancer with its probers, as it stands at this instant.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "lbsim/policy/prober.hpp"
#include "lbsim/scenario/target_draws.hpp"
#include "models/traffic/data_plane.hpp"
#include "models/traffic/draws.hpp"
#include "models/traffic/reference/live_cluster.hpp"

namespace lbsim::traffic::reference {

/// How a probe ends; the order is "worst last".
enum class Answer : std::uint8_t { success, failure, silence, varies };

/// A load balancer's targets and what its probers think of them.
class LiveBalancer {
public:
    /// Flows through a target are cut now: (load balancer, node, cause, connections_cut event).
    using Cut = std::function<void(ServiceId, NodeId, scenario::LossCause, EventId)>;

    LiveBalancer(const history::History& history, const scenario::Scenario& scenario, ServiceId service,
                 std::uint32_t replication, const LiveCluster& cluster, Agenda& agenda, DataPlane& plane, Cut cut);

    void start();
    void set_changed(const Item& item);
    /// Ends of drains and lags and registrations that are due now.
    void due(const Item& item);
    void probe_timeouts(const Item& item);
    void probe_tick(const Item& item);
    /// The instant's changes of machines, pods and rules are over: what would a probe be answered from here on?
    void settle_answers(Time t);

    bool is_admitted(NodeId node) const;
    /// Picks a target for SYN number `syn` as a client's packet would meet it; none where there is none.
    NodeId pick(const ConnectionDraws& draws, std::uint32_t syn) const;
    EventId empty_event() const { return empty_event_; }
    std::uint32_t passing() const;
    std::uint32_t initial_targets() const { return initial_; }
    bool uses_all() const;
    /// Targets that may get new connections and answer no SYN.
    std::uint32_t black_holes() const;
    /// Is the set that it was given another one than this, or more than it takes?
    bool is_desynced(const std::set<NodeId>& desired) const;

private:
    struct Target {
        bool in_set = false;
        bool registered = false;
        bool verdict = false;         ///< what the probers say
        bool lags = false;            ///< gets new connections though it failed or left
        std::uint32_t slot = 0;
        std::uint32_t memberships = 0;
        std::uint32_t failures = 0;
        Time probed_from{};
        std::uint64_t membership = 0;
        std::uint64_t drain = 0;
        history::TargetState state = history::TargetState::out;
        std::vector<policy::ProbeState> probers;
    };
    struct Result {
        NodeId node;
        std::uint32_t prober = 0;
        std::uint64_t membership = 0;
        EventId event;
    };
    /// Something that was put off until a later instant. Order: what, then by node.
    struct Due {
        enum class Kind : std::uint8_t { drain_over, lag_over, registered };
        Kind kind{};
        NodeId node;
        std::uint64_t generation = 0;  ///< of the drain, or the membership
        bool by_removal = false;
        bool cuts = false;             ///< of lag_over
        EventId event;
        friend bool operator<(const Due& a, const Due& b) {
            return std::tie(a.kind, a.node, a.generation) < std::tie(b.kind, b.node, b.generation);
        }
    };
    /// Who gets new connections just now, if in the set.
    struct Now {
        bool all = false;
        NodeId owner;
    };
    struct Known {
        Answer answer = Answer::silence;
        EventId event;
    };
    void enter(NodeId node, const Item& item, EventId event, bool initial);
    void leave(NodeId node, const Item& item, EventId event);
    void judge(NodeId node, std::uint32_t prober, bool success, const Item& item, EventId event);
    void verdict(NodeId node, bool passing, const Item& item, EventId event);
    void turn(NodeId node, history::TargetState to, const Item& item);
    void cut(NodeId node, const Item& item, history::CutKind kind, scenario::LossCause cause, EventId event);
    void cut(const std::set<NodeId>& hops, NodeId node, const Item& item, history::CutKind kind, scenario::LossCause cause,
             EventId event);
    void knob(NodeId node, const Item& item, bool by_removal, EventId event);
    void lag(NodeId node, const Item& item, Duration length, bool by_removal, EventId event);
    void put_off(Time t, const Due& due);
    void due_at_once(Time t);
    void drain_over(const Due& due, const Item& item);
    void lag_over(const Due& due, const Item& item);
    std::uint32_t slots_needed() const;
    std::vector<policy::NodeKey> wanted(const history::LbSetChange& row) const;
    bool passes(NodeId node) const;
    Now now() const;
    bool gets_new(NodeId node, const Now& now) const;
    std::set<NodeId> admitted() const;
    void settle(const Item& item, EventId event, NodeId failed = {});
    void note_emptiness(Time t, EventId event);
    Known answer_now(NodeId node, Time t) const;
    Known node_port_answer(NodeId node) const;
    Answer drawn(NodeId node, std::uint32_t prober, Time t) const;

    const history::History& history_;
    const scenario::Service& spec_;
    ServiceId service_;
    const LiveCluster& cluster_;
    Agenda& agenda_;
    DataPlane& plane_;
    Cut cut_;
    StreamKey probe_stream_;
    std::vector<Duration> phases_;
    scenario::TargetDraws draws_;
    StreamKey ranks_;
    bool counts_probes_;
    std::uint32_t range_ = 0;
    std::uint32_t initial_ = 0;
    std::vector<Target> targets_;               ///< by node
    std::vector<Known> known_;                  ///< by node: what a probe is answered, and since which event
    std::set<NodeId> members_;
    std::set<NodeId> given_;                    ///< members, and those of the version that it did not take
    std::set<NodeId> serving_;                  ///< who got new connections after the last change
    NodeId owner_;                              ///< of a load balancer with one owner
    std::vector<NodeId> by_slot_;
    std::map<Time, std::vector<Result>> late_;  ///< time-outs by the instant they come due
    bool is_empty_ = false;
    Time empty_since_{};
    EventId empty_event_;
    Time filled_at_ = at_us(-2);
    EventId event_before_filling_;
    Time empty_before_filling_{};
    std::map<Time, std::set<Due>> due_;
};

}  // namespace lbsim::traffic::reference
