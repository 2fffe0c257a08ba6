// SPDX-License-Identifier: Apache-2.0
// Walks a load balancer through its memberships and health verdicts in order of time.
#pragma once

#include <cstdint>
#include <queue>
#include <tuple>
#include <vector>

#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "models/cloud/prober.hpp"

namespace lbsim::cloud {

/// Should every target of a load balancer get new connections, healthy or not?
bool uses_all_targets(const scenario::AllUnhealthyPolicy& policy, std::uint32_t passing, std::uint32_t targets);

/// Applies on_unhealthy, on_remove and all_unhealthy to what happens to the targets of one load balancer.
/// Order within a step of a microsecond: ends of drains, leaving, entering, verdicts; each by node.
class TargetSweep {
public:
    TargetSweep(const history::History& history, const scenario::LoadBalancer& lb, ServiceId service,
                std::uint32_t first_event);

    /// The verdicts of membership `index`, in order of time.
    void add(std::size_t index, bool starts_passing, const std::vector<VerdictFlip>& flips);
    history::TargetTimeline run(std::vector<history::Membership> memberships, std::uint32_t initial);

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
        std::uint64_t generation = 0;  ///< of drain_over: does nothing where the drain was called off
        EventId event;
        friend bool operator>(const Happening& a, const Happening& b) {
            return std::tie(a.t, a.step, a.kind, a.node) > std::tie(b.t, b.step, b.kind, b.node);
        }
    };
    struct Target {                    ///< by node
        history::TargetState state = history::TargetState::out;
        bool in_set = false;
        bool passing = false;
        bool admitted = false;
        std::uint32_t membership = 0;
        std::uint32_t place = 0;       ///< in members_ while in the set
        std::uint64_t drain = 0;       ///< generation
    };
    void start(std::uint32_t initial);
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
    const scenario::LoadBalancer& lb_;
    ServiceId service_;
    history::TargetTimeline timeline_;
    std::priority_queue<Happening, std::vector<Happening>, std::greater<>> agenda_;
    std::vector<Target> targets_;
    std::vector<bool> starts_passing_;  ///< by membership
    std::vector<std::uint32_t> members_;  ///< nodes in the set, unordered; visited only to settle all alike
    std::uint32_t passing_ = 0;
    std::uint32_t admitted_ = 0;
    bool open_ = false;
    Time open_since_{};
};

}  // namespace lbsim::cloud
