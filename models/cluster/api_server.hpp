// SPDX-License-Identifier: Apache-2.0
// The API server's Node objects: writes, and watches that hear of each write one latency later.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/rng.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/engine/engine.hpp"
#include "lbsim/engine/step.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/policy/node_facts.hpp"
#include "lbsim/scenario/sampling.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "models/cluster/gaps.hpp"

namespace lbsim::cluster {

/// What every model needs of the running world: the clock, events to come and events to record.
class Journal {
public:
    Journal(engine::Engine& engine, history::History& history)
        : engine_(&engine), history_(&history), recorder_(history) {}

    EventId record(history::EventKind kind, history::Recorder::Objects objects, EventId cause,
                   std::string_view detail = {}) {
        return recorder_.record(now(), rank(), kind, objects, cause, detail);
    }
    /// The step under which a row written now is filed.
    std::uint8_t step() { return recorder_.step_at(now(), rank()); }
    Time now() const { return engine_->now(); }
    /// Does `action` at (t, step, object), outside any actor; nothing where t is never. It must not block.
    void later(Time t, engine::Step step, std::uint32_t object, std::function<void()> action);
    engine::Engine& engine() { return *engine_; }
    history::History& history() { return *history_; }

private:
    std::uint8_t rank() const { return engine_->current_order().rank; }
    static void act(void* self, std::uint64_t action);

    engine::Engine* engine_;
    history::History* history_;
    history::Recorder recorder_;
    std::deque<std::function<void()>> actions_;
    std::vector<std::uint64_t> free_actions_;
};

/// How long watch events take. One watcher's deliveries never overtake each other.
class WatchLatency {
public:
    explicit WatchLatency(const scenario::Distribution& distribution) : sampler_(distribution) {}

    /// Deliveries of one watch connection.
    struct Line {
        StreamKey key;
        std::uint64_t count = 0;
        Time last{};
    };
    Time next_delivery(Line& line, Time written) const;
    bool is_fixed() const { return sampler_.distribution().is_fixed(); }
    /// Pre: is_fixed().
    Duration fixed() const { return sampler_.distribution().a; }
    /// Of a wait that has no line of its own. Simplifies: a random latency counts as none there.
    Duration fixed_or_zero() const { return is_fixed() ? fixed() : Duration{0}; }

private:
    scenario::Sampler sampler_;
};

struct Taint {
    std::string key;
    std::string value;
    std::string effect;
};

/// ToBeDeletedByClusterAutoscaler:NoSchedule.
Taint autoscaler_taint();

/// The parts of a Node object that some rule reads.
struct NodeObject {
    bool exists = false;
    policy::NodeFacts facts;  ///< kept in step with the fields below by ApiServer
    policy::ConditionStatus ready = policy::ConditionStatus::absent;
    bool unschedulable = false;
    std::map<std::string, std::string> labels;
    std::vector<Taint> taints;
    std::uint32_t provider_id = 0;

    /// With an empty effect: of any effect.
    bool has_taint(std::string_view key, std::string_view effect = {}) const;
    /// Key and effect name a taint; one that is there gets the new value.
    void set_taint(const Taint& taint);
    /// Takes away the taint of this key and effect; of every effect where `effect` is empty.
    void remove_taint(std::string_view key, std::string_view effect = {});
    /// May the scheduler place a pod without tolerations here?
    bool accepts_pods() const;
};

/// One write to a Node object, as its watchers see it.
struct NodeChange {
    Time t{};
    NodeId node;
    std::optional<policy::NodeFacts> before;  ///< empty: the object was created
    std::optional<policy::NodeFacts> after;   ///< empty: it was deleted
    EventId why;
};

/// Node objects by NodeId; an id lives on after its object.
class ApiServer {
public:
    using Deliver = std::function<void(const NodeChange&)>;

    ApiServer(Journal& journal, const scenario::Scenario& scenario, std::uint32_t replication);

    /// Makes room for a node that has no object yet.
    NodeId add_node(std::string name);
    std::optional<NodeId> find_node(const std::string& name) const;
    std::size_t node_count() const { return nodes_.size(); }
    const NodeObject& node(NodeId id) const { return nodes_[id.index()]; }
    const std::string& name(NodeId id) const { return journal_->history().nodes[id.index()].name; }

    /// Writes the object of `id`; a write that changes no fact is heard by nobody. `exists` may be changed too.
    void write(NodeId id, EventId why, const std::function<void(NodeObject&)>& change);

    /// The object as it stands at the start of the run; every watcher knows it already.
    void start_with(NodeId id, const std::function<void(NodeObject&)>& change);

    /// Calls `deliver` for every write, one watch latency later. Order: equal times by node, then by write.
    void watch(const std::string& watcher, Deliver deliver);
    /// As watch, but each node is watched by a watcher of its own (its kube-proxy).
    void watch_own(const std::string& watcher, Deliver deliver);
    /// Calls `observe` within every write.
    void observe(Deliver observe) { observers_.push_back(std::move(observe)); }
    /// What a new watcher's first list shows at `t`: the facts after all writes that a watch would have delivered by then.
    std::optional<policy::NodeFacts> listed(NodeId id, Time t) const;

    const WatchLatency& latency() const { return latency_; }

    /// Nobody reads, writes or watches before `until`. Whoever overlaps an earlier outage makes it longer.
    void go_down(Time until);
    bool is_down() const { return journal_->now() < up_at(); }
    const Gaps& outages() const { return outages_; }
    /// The end of the last outage, known while it lasts.
    Time up_at() const { return outages_.all().empty() ? history::before_start : outages_.all().back().to; }
    /// Does `action` now, or when the server is back.
    void when_up(engine::Step step, std::uint32_t object, std::function<void()> action);
    /// Does `action` at t as a watch's delivery; one that the outage meets comes one latency after it.
    void deliver(Time t, engine::Step step, std::uint32_t object, std::function<void()> action);
    /// Blocks the calling actor until the server answers.
    void wait_until_up() const;
    /// When what was written at `t` is delivered, as far as outages up to now are known. Pre: the latency is fixed.
    Time delivered_at(Time written) const;
    /// The last instant whose writes are delivered by `now`. Pre: the latency is fixed.
    Time visible_until(Time now) const;

private:
    struct Watch {
        std::string watcher;
        bool own = false;
        Deliver deliver;
        WatchLatency::Line line;                ///< of a watcher of all nodes
        std::vector<WatchLatency::Line> lines;  ///< by node, of own watchers
    };
    void dispatch(const NodeChange& change);
    void deliver_at(Time t, Time due, engine::Step step, std::uint32_t object, std::function<void()> action);
    Time after_outages(Time t, Duration latency) const;
    std::string name_key(NodeId id) const;

    Journal* journal_;
    std::uint64_t seed_;
    std::uint32_t replication_;
    WatchLatency latency_;
    Gaps outages_;
    std::vector<NodeObject> nodes_;
    std::map<std::string, NodeId> by_name_;
    std::deque<NodeChange> changes_;
    std::vector<std::vector<std::uint64_t>> changes_of_;  ///< by node: indices into changes_
    std::deque<Watch> watches_;
    std::vector<Deliver> observers_;
};

}  // namespace lbsim::cluster
