// SPDX-License-Identifier: Apache-2.0
// SYN outcomes and the earliest loss of a path.
#include "models/traffic/path.hpp"

#include <algorithm>
#include <span>

#include "lbsim/core/check.hpp"

namespace lbsim::traffic {

using history::PodAnswer;
using scenario::LossCause;

namespace {

LossCause cause_of(history::CutKind kind) {
    switch (kind) {
        case history::CutKind::removed:
        case history::CutKind::rehashed:
        case history::CutKind::owner_moved: return LossCause::target_removed;
        case history::CutKind::unhealthy:
        case history::CutKind::owner_failed: return LossCause::target_unhealthy;
        case history::CutKind::drain_over: return LossCause::drain_timeout;
    }
    LBSIM_CHECK(false, "a kind of cut has no cause");
}

/// The earlier loss; of two at one instant the one whose cause comes first.
const Loss& earlier(const Loss& a, const Loss& b) {
    if (a.t != b.t) return a.t < b.t ? a : b;
    return a.cause <= b.cause ? a : b;
}

/// The first of `cuts` after `t`.
Loss next_of(std::span<const history::Cut> cuts, Time t) {
    const auto next = std::upper_bound(cuts.begin(), cuts.end(), t, [](Time x, const history::Cut& c) { return x < c.t; });
    if (next == cuts.end()) return {};
    return {.t = next->t, .cause = cause_of(next->kind), .event = next->event};
}

}  // namespace

Path::Path(const history::History& history, const history::TargetTimeline& targets,
           const history::Forwarding& forwarding)
    : history_(&history), targets_(&targets), forwarding_(&forwarding), hops_(targets.slots) {
    endpoint_range_ = forwarding.draw_range();
    for (const history::Membership& m : targets.memberships) {
        for (const history::Admission& a : m.admissions) {
            hops_[m.slot].push_back({.from = a.from, .to = a.to, .node = m.node});
        }
    }
}

NodeId Path::hop_at(std::uint32_t slot, Time t) const {
    const std::vector<HopSpan>& spans = hops_[slot];
    const auto after =
        std::upper_bound(spans.begin(), spans.end(), t, [](Time x, const HopSpan& span) { return x < span.from; });
    if (after == spans.begin()) return {};
    const HopSpan& span = *std::prev(after);
    return t < span.to ? span.node : NodeId{};
}

NodeId Path::pick_hop(const ConnectionDraws& draws, std::uint32_t syn, Time t) const {
    for (std::uint32_t j = 0; j < pick_draws; ++j) {
        const NodeId node = hop_at(index_among(draws.hop(syn, j), targets_->slots), t);
        if (node.is_valid()) return node;
    }
    std::vector<NodeId> members;
    for (std::uint32_t slot = 0; slot < targets_->slots; ++slot) {
        const NodeId node = hop_at(slot, t);
        if (node.is_valid()) members.push_back(node);
    }
    LBSIM_CHECK(!members.empty(), "a load balancer that is not empty has a target");
    return members[index_among(draws.hop(syn, pick_draws), static_cast<std::uint32_t>(members.size()))];
}

PodId Path::pick_endpoint(const history::ForwardingView& view, const ConnectionDraws& draws, std::uint32_t syn, Time t,
                          std::uint32_t usable) const {
    for (std::uint32_t j = 0; j < pick_draws; ++j) {
        const PodId pod = view.at(index_among(draws.endpoint(syn, j), endpoint_range_), t);
        if (pod.is_valid()) return pod;
    }
    return view.nth(index_among(draws.endpoint(syn, pick_draws), usable), t);
}

SynOutcome Path::send_syn(const ConnectionDraws& draws, std::uint32_t syn, Time t) const {
    const auto empty = std::upper_bound(targets_->empty.begin(), targets_->empty.end(), t,
                                        [](Time x, const history::EmptyChange& c) { return x < c.t; });
    const history::EmptyChange& now = *std::prev(empty);
    if (now.is_empty) return {.kind = SynOutcome::Kind::blackholed, .hop = {}, .endpoint = {}, .event = now.event};

    const NodeId hop = pick_hop(draws, syn, t);
    const history::NodeHistory& node = history_->nodes[hop.index()];
    const history::MachineSpan* life = history::machine_at(node, t);
    if (life == nullptr || t >= life->off) {
        return {.kind = SynOutcome::Kind::blackholed,
                .hop = hop,
                .endpoint = {},
                .event = life == nullptr ? EventId{} : life->off_event};
    }
    const history::ForwardingView& view = forwarding_->view(hop, t);
    const std::uint32_t usable = view.count_at(t).usable;
    if (usable == 0) {
        const history::Forwarding::Nothing nothing = forwarding_->nothing(hop, t);
        const bool drops = nothing.verdict == policy::ForwardingVerdict::drop;
        return {.kind = drops ? SynOutcome::Kind::blackholed : SynOutcome::Kind::rejected,
                .hop = hop,
                .endpoint = {},
                .event = nothing.event};
    }
    const PodId pod = pick_endpoint(view, draws, syn, t, usable);
    const PodAnswer answer = history::pod_answer(*history_, pod, t);
    const SynOutcome::Kind kind = answer.kind == PodAnswer::Kind::accepts   ? SynOutcome::Kind::established
                                  : answer.kind == PodAnswer::Kind::refuses ? SynOutcome::Kind::refused
                                                                            : SynOutcome::Kind::blackholed;
    return {.kind = kind, .hop = hop, .endpoint = pod, .event = answer.event};
}

Loss Path::cut_after(NodeId hop, Time t) const {
    const Loss own = next_of(targets_->cuts.of(hop), t);
    const Loss common = next_of(targets_->cuts.of_all(), t);
    // Of two that are alike the one that was made first.
    if (own.t == common.t && own.cause == common.cause) return own.event < common.event ? own : common;
    return earlier(own, common);
}

Loss Path::power_loss_after(NodeId node, Time t) const {
    const history::MachineSpan* life = history::machine_at(history_->nodes[node.index()], t);
    return {.t = life->off, .cause = LossCause::vm_off, .event = life->off_event};
}

Loss Path::exit_after(PodId pod, Time t) const {
    const std::vector<history::ServingSpan>& spans = history_->pods[pod.index()].serving;
    const auto after = std::upper_bound(spans.begin(), spans.end(), t,
                                        [](Time x, const history::ServingSpan& span) { return x < span.from; });
    const history::ServingSpan& span = *std::prev(after);
    return {.t = span.to, .cause = LossCause::pod_killed, .event = span.end_event};
}

Loss Path::loss_after(NodeId hop, PodId endpoint, Time t) const {
    const Loss hop_power = power_loss_after(hop, t);
    const Loss endpoint_power = power_loss_after(history_->pods[endpoint.index()].node, t);
    const Loss cut = cut_after(hop, t);
    const Loss exit = exit_after(endpoint, t);
    return earlier(earlier(hop_power, endpoint_power), earlier(cut, exit));
}

}  // namespace lbsim::traffic
