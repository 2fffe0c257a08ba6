// SPDX-License-Identifier: Apache-2.0
// Walks a load balancer through its memberships and health verdicts in order of time.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "lbsim/scenario/target_draws.hpp"
#include "models/cloud/merged_agenda.hpp"
#include "models/cloud/prober.hpp"
#include "models/cloud/slot_table.hpp"

namespace lbsim::cloud {

/// Should every target of a load balancer get new connections, healthy or not?
bool uses_all_targets(const scenario::AllUnhealthyPolicy& policy, std::uint32_t passing, std::uint32_t targets);

/// What was drawn for one membership.
struct TargetTimes {
    Time registered{};            ///< from here on the data plane knows the target
    Duration first_probe_after{};
    Duration lag_after_remove{};
};

/// Applies the knobs of a load balancer to what happens to its targets.
/// Order within a step of a microsecond: ends of drains, ends of lags, registrations, leaving and entering, change by
/// change of the set, verdicts; each by node.
class TargetSweep {
public:
    /// Fills `timeline`, whose memberships and first event are there already, and starts anew with each load balancer.
    TargetSweep(const history::History& history, history::TargetTimeline& timeline)
        : history_(history), timeline_(timeline) {}

    /// `times`: by membership; empty where all are zero. Pre: what is given lives until run has returned.
    void start(const scenario::LoadBalancer& lb, ServiceId service, const scenario::TargetDraws& draws,
               const StreamKey& ranks, const std::vector<TargetTimes>& times);
    /// The verdicts of the next membership, in order of time.
    void add(bool starts_passing, const std::vector<VerdictFlip>& flips);
    /// Pre: the verdicts of every membership are there.
    void run();

private:
    enum class Kind : std::uint8_t { drain_over, lag_over, registered, leave, enter, verdict };
    struct Happening {
        Time t{};
        std::uint8_t step = 0;
        Kind kind{};
        NodeId node;
        std::uint32_t membership = 0;
        bool passing = false;          ///< of verdict
        bool by_removal = false;       ///< of drain_over and lag_over
        bool cuts = false;             ///< of lag_over: flows let in during the lag end with it
        std::uint32_t generation = 0;  ///< of drain_over and lag_over: does nothing where it was called off
        EventId event;
        bool changes_set() const { return kind == Kind::leave || kind == Kind::enter; }
        friend bool operator<(const Happening& a, const Happening& b) {
            if (a.t != b.t) return a.t < b.t;
            if (a.step != b.step) return a.step < b.step;
            if (!a.changes_set() || !b.changes_set()) return std::tie(a.kind, a.node) < std::tie(b.kind, b.node);
            // Changes of the set come one after the other, also within one step.
            return std::tie(a.event, a.kind, a.node) < std::tie(b.event, b.kind, b.node);
        }
        friend bool operator>(const Happening& a, const Happening& b) { return b < a; }
    };
    struct Target {                    ///< by node
        history::TargetState state = history::TargetState::out;
        bool in_set = false;
        bool is_known = false;         ///< in the set and registered
        bool verdict = false;          ///< what the probers say
        bool passing = false;          ///< known, and the probers say so
        bool lags = false;             ///< gets new connections though it failed or left
        bool admitted = false;
        bool serves = false;           ///< of a rehashing load balancer: was admitted at the last look
        std::uint32_t membership = 0;
        std::uint32_t place = 0;       ///< in members_ while known
        std::uint32_t failures = 0;    ///< turns from passing to failing
        std::uint32_t drain = 0;       ///< generation of drains and lags
        std::uint32_t rank = 0;        ///< of a load balancer with one owner, while known
    };

    /// What is known beforehand comes nearly in order of time within each of these.
    enum Lane : std::uint8_t { entering, leaving, failing, passing_again, lanes };
    void put_in_place();
    void handle(const Happening& h);
    void join(const Happening& h);
    void know(NodeId node);
    void forget(NodeId node);
    void set_passing(NodeId node, bool passing);
    void enter(const Happening& h);
    void registered(const Happening& h);
    void leave(const Happening& h);
    void verdict(const Happening& h);
    void drain_over(const Happening& h);
    void lag_over(const Happening& h);
    void set_state(const Happening& h, history::TargetState to);
    void apply(const Happening& h, const scenario::ConnectionPolicy& knob, bool by_removal);
    void drain(const Happening& h, Duration length, bool by_removal);
    void lag(const Happening& h, Duration length, bool by_removal);

    // target_admission.cpp
    void cut(const Happening& h, NodeId node, history::CutKind kind);
    void admit(NodeId node, bool wanted, Time t);
    void refresh(NodeId node, Time t);
    bool settle_open(Time t);
    bool may_own(NodeId node) const;
    bool ranks_before(NodeId a, NodeId b) const;
    void move_owner(const Happening& h, bool has_turned);
    void rehash(const Happening& h);
    void settle(const Happening& h);
    NodeId first_owner() const;

    bool has_one_owner() const { return lb_->admission == scenario::Admission::single_owner; }

    const history::History& history_;
    history::TargetTimeline& timeline_;
    const scenario::LoadBalancer* lb_ = nullptr;
    ServiceId service_;
    const scenario::TargetDraws* draws_ = nullptr;
    const StreamKey* ranks_ = nullptr;
    const std::vector<TargetTimes>* times_ = nullptr;  ///< by membership, or empty
    MergedAgenda<Happening, lanes> agenda_;
    std::vector<Target> targets_;
    std::vector<bool> starts_passing_;    ///< by membership
    std::vector<std::uint32_t> members_;  ///< known nodes, unordered; visited only to settle all alike
    SlotTable slots_;
    std::uint32_t passing_ = 0;
    std::uint32_t admitted_ = 0;
    bool open_ = false;
    Time open_since_{};
    NodeId owner_;
    std::vector<NodeId> touched_;         ///< of a rehashing one: admitted or not since the last look
    std::uint32_t serving_ = 0;           ///< same: how many were admitted at the last look
};

}  // namespace lbsim::cloud
