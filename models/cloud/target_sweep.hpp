// SPDX-License-Identifier: Apache-2.0
// Walks a load balancer through its memberships and health verdicts in order of time.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "models/cloud/merged_agenda.hpp"
#include "models/cloud/prober.hpp"

namespace lbsim::cloud {

/// Should every target of a load balancer get new connections, healthy or not?
bool uses_all_targets(const scenario::AllUnhealthyPolicy& policy, std::uint32_t passing, std::uint32_t targets);

/// Applies on_unhealthy, on_remove and all_unhealthy to what happens to the targets of one load balancer.
/// Order within a step of a microsecond: ends of drains, leaving, entering, verdicts; each by node.
class TargetSweep {
public:
    /// Fills `timeline`, whose memberships and first event are there already. Starts anew with each load balancer.
    TargetSweep(const history::History& history, history::TargetTimeline& timeline)
        : history_(history), timeline_(timeline) {}

    void start(const scenario::LoadBalancer& lb, ServiceId service);
    /// The verdicts of the next membership, in order of time.
    void add(bool starts_passing, const std::vector<VerdictFlip>& flips);
    /// Pre: the verdicts of every membership are there.
    void run();

private:
    enum class Kind : std::uint8_t { drain_over, leave, enter, verdict };
    struct Happening {
        Time t{};
        std::uint8_t step = 0;
        Kind kind{};
        NodeId node;
        std::uint32_t membership = 0;
        bool passing = false;          ///< of verdict
        bool by_removal = false;       ///< of drain_over
        std::uint32_t generation = 0;  ///< of drain_over: does nothing where the drain was called off
        EventId event;
        friend bool operator<(const Happening& a, const Happening& b) {
            if (a.t != b.t) return a.t < b.t;
            return std::tie(a.step, a.kind, a.node) < std::tie(b.step, b.kind, b.node);
        }
        friend bool operator>(const Happening& a, const Happening& b) { return b < a; }
    };
    struct Target {                    ///< by node
        history::TargetState state = history::TargetState::out;
        bool in_set = false;
        bool passing = false;
        bool admitted = false;
        std::uint32_t membership = 0;
        std::uint32_t place = 0;       ///< in members_ while in the set
        std::uint32_t drain = 0;       ///< generation
    };
    /// Entries come nearly in order of time within each of these.
    enum Lane : std::uint8_t { entering, leaving, failing, passing_again, lanes };
    void put_in_place();
    void handle(const Happening& h);
    void join(NodeId node, std::uint32_t membership);
    void enter(const Happening& h);
    void leave(const Happening& h);
    void verdict(const Happening& h);
    void drain_over(const Happening& h);
    void set_state(const Happening& h, history::TargetState to);
    void cut(const Happening& h, history::CutKind kind);
    void drain(const Happening& h, Duration length, bool by_removal);
    void settle(Time t, EventId event);
    void admit(Target& target, bool wanted, Time t);
    void refresh(NodeId node, Time t);

    const history::History& history_;
    history::TargetTimeline& timeline_;
    const scenario::LoadBalancer* lb_ = nullptr;
    ServiceId service_;
    MergedAgenda<Happening, lanes> agenda_;
    std::vector<Target> targets_;
    std::vector<bool> starts_passing_;  ///< by membership
    std::vector<std::uint32_t> members_;  ///< nodes in the set, unordered; visited only to settle all alike
    std::uint32_t passing_ = 0;
    std::uint32_t admitted_ = 0;
    bool open_ = false;
    Time open_since_{};
};

}  // namespace lbsim::cloud
