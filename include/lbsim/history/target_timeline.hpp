// SPDX-License-Identifier: Apache-2.0
// One load balancer over time as the data plane sees it: who may get new connections when, and what cuts old ones.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/history/event.hpp"

namespace lbsim::history {

/// All flows through `node` that were let in before `t` and still live then are lost.
struct Cut {
    Time t{};
    CutKind kind{};
    EventId event;  ///< connections_cut
};

/// The load balancer may send this target new connections in [from, to).
struct Admission {
    Time from{};
    Time to = never;
};

/// What one target of a load balancer goes through. A node that leaves the set and returns is a new membership.
struct Membership {
    NodeId node;
    std::uint32_t slot = 0;        ///< lowest slot free when it entered; its old one where it came back in its lag
    Time entered{};
    Time left = never;
    std::uint8_t entered_step = 0;
    std::uint8_t left_step = 0;
    EventId entered_event;         ///< lb_update or lb_ensure
    EventId left_event;
    std::vector<Admission> admissions;  ///< ascending, disjoint
};

/// From `t` on no target may get new connections (or one may again).
struct EmptyChange {
    Time t{};
    bool is_empty = false;
    EventId event;  ///< what took the last one away
};

/// From `t` on `passing` targets of the load balancer pass their health check.
struct PassingChange {
    Time t{};
    std::uint32_t passing = 0;
};

/// A load balancer from start to end.
struct TargetTimeline {
    std::uint32_t initial_targets = 0;
    std::vector<Membership> memberships;          ///< by (entered, slot)
    /// By node index; those without any are empty. Order: ascending; of one instant as the causes of losses.
    std::vector<std::vector<Cut>> cuts;
    std::vector<EmptyChange> empty;               ///< first entry at before_start
    std::vector<PassingChange> passing;           ///< first entry at before_start
    std::vector<TargetChange> changes;            ///< rows of targets.csv
    std::vector<Event> events;                    ///< connections_cut rows; Cut::event counts on from `first_event`
    std::uint32_t first_event = 0;
    std::uint32_t slots = 0;                      ///< range of the draws that pick a target's slot
    std::uint64_t probes = 0;
    Duration fail_open{};
};

}  // namespace lbsim::history
