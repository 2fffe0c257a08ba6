// SPDX-License-Identifier: Apache-2.0
// The way of a connection through load balancer, node and endpoint, looked up in the history at any instant.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/history/forwarding.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"
#include "lbsim/scenario/result.hpp"
#include "models/traffic/draws.hpp"

namespace lbsim::traffic {

/// What became of one SYN.
struct SynOutcome {
    enum class Kind : std::uint8_t { established, refused, blackholed, rejected };
    Kind kind{};
    NodeId hop;     ///< none: no target to pick
    PodId endpoint; ///< none: it never got that far
    EventId event;  ///< of a failure: what stopped the picked hop or endpoint answering
};

/// The earliest end that something puts to an established connection.
struct Loss {
    Time t = never;
    scenario::LossCause cause = scenario::LossCause::vm_off;
    EventId event;
};

/// Look-ups for the connections of one service. Pre: everything it refers to outlives it.
class Path {
public:
    Path(const history::History& history, const history::TargetTimeline& targets, const history::Forwarding& forwarding);

    /// Sends SYN number `syn` of a connection at `t`. Cost: O(log changes).
    SynOutcome send_syn(const ConnectionDraws& draws, std::uint32_t syn, Time t) const;
    /// What ends a connection established at `t` through `hop` to `endpoint`. Equal times: the first cause counts.
    Loss loss_after(NodeId hop, PodId endpoint, Time t) const;

    /// The target in a slot that may get a new connection at `t`; none where there is none.
    NodeId hop_at(std::uint32_t slot, Time t) const;
    /// The first cut of a target's flows after `t`.
    Loss cut_after(NodeId hop, Time t) const;
    /// When the machine that runs at `t` goes off. Pre: it is on at `t`.
    Loss power_loss_after(NodeId node, Time t) const;
    /// When the pod that accepts at `t` stops. Pre: it accepts at `t`.
    Loss exit_after(PodId pod, Time t) const;

    struct HopSpan {
        Time from{};
        Time to = never;
        NodeId node;
    };
    const std::vector<std::vector<HopSpan>>& hops() const { return hops_; }
    std::uint32_t hop_range() const { return targets_->slots; }
    std::uint32_t endpoint_range() const { return endpoint_range_; }
    const history::History& history() const { return *history_; }
    const history::Forwarding& forwarding() const { return *forwarding_; }
    const history::TargetTimeline& targets() const { return *targets_; }

private:
    NodeId pick_hop(const ConnectionDraws& draws, std::uint32_t syn, Time t) const;
    PodId pick_endpoint(const history::ForwardingView& view, const ConnectionDraws& draws, std::uint32_t syn, Time t,
                        std::uint32_t usable) const;

    const history::History* history_;
    const history::TargetTimeline* targets_;
    const history::Forwarding* forwarding_;
    std::uint32_t endpoint_range_ = 0;
    std::vector<std::vector<HopSpan>> hops_;  ///< by slot; ascending, disjoint
};

}  // namespace lbsim::traffic
