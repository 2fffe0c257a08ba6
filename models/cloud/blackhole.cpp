// SPDX-License-Identifier: Apache-2.0
// Overlap of admissions with the stretches in which a node is silent.
#include "models/cloud/blackhole.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace lbsim::cloud {

namespace {

struct Span {
    Time from{};
    Time to = never;
};

Duration overlap(Time from, Time to, Time other_from, Time other_to) {
    const Time a = std::max(from, other_from);
    const Time b = std::min(to, other_to);
    return a < b ? b - a : Duration{};
}

}  // namespace

class BlackHoles::Silence {
public:
    Silence(const BlackHoles& all, const history::Forwarding& forwarding)
        : all_(all), history_(all.history_), forwarding_(forwarding) {}

    /// How long SYNs sent to `node` in [from, to) get no answer. Pre: to is not never.
    Duration within(NodeId node, Time from, Time to) {
        Duration sum{};
        Time off_since = history::before_start;
        for (std::uint32_t i = all_.first_[node.index()]; i < all_.first_[node.index() + 1]; ++i) {
            const Life& life = all_.lives_[i];
            if (off_since >= to) return sum;
            sum += overlap(from, to, off_since, life.on);
            off_since = life.off;
            if (life.off <= from || life.on >= to) continue;
            for (const Span& span : of_view(node, life.on)) {
                sum += overlap(std::max(from, life.on), std::min(to, life.off), span.from, span.to);
            }
        }
        return sum + overlap(from, to, off_since, never);
    }

private:
    /// Stretches in which the rules of this view lead nowhere that answers.
    const std::vector<Span>& of_view(NodeId node, Time t) {
        // One view may serve many nodes; what they do with an empty one may still differ, but where all are alike.
        if (forwarding_.is_uniform()) {
            if (!uniform_) uniform_ = compute(forwarding_.uniform_view(), node, t);
            return *uniform_;
        }
        const auto [found, is_new] = by_life_.try_emplace({node, t});
        if (is_new) found->second = compute(forwarding_.view(node, t), node, t);
        return found->second;
    }

    std::vector<Span> compute(const history::ForwardingView& view, NodeId node, Time t) const {
        // +1 / -1 for usable endpoints and for those among them whose machine is on.
        struct Step {
            Time t{};
            int usable = 0;
            int answering = 0;
        };
        std::vector<Step> steps;
        for (const auto& slot : view.slots()) {
            for (const history::ForwardingView::Span& span : slot) {
                steps.push_back({.t = span.from, .usable = 1, .answering = 0});
                if (span.to != never) steps.push_back({.t = span.to, .usable = -1, .answering = 0});
                const NodeId host = history_.pods[span.pod.index()].node;
                for (const history::MachineSpan& life : history_.nodes[host.index()].machine) {
                    const Time from = std::max(span.from, life.on);
                    const Time to = std::min(span.to, life.off);
                    if (from >= to) continue;
                    steps.push_back({.t = from, .usable = 0, .answering = 1});
                    if (to != never) steps.push_back({.t = to, .usable = 0, .answering = -1});
                }
            }
        }
        // What an empty set does with a SYN (drop or reject) may change with endpoints elsewhere.
        for (const Time change : forwarding_.fallback_instants(node, t)) steps.push_back({.t = change});
        steps.push_back({.t = history::before_start});
        std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.t < b.t; });
        std::vector<Span> spans;
        int usable = 0;
        int answering = 0;
        bool silent = false;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            usable += steps[i].usable;
            answering += steps[i].answering;
            if (i + 1 < steps.size() && steps[i + 1].t == steps[i].t) continue;
            const bool now = usable == 0 ? forwarding_.verdict_when_empty(node, t, steps[i].t) ==
                                               policy::ForwardingVerdict::drop
                                         : answering == 0;
            if (now == silent) continue;
            silent = now;
            if (now) {
                spans.push_back({.from = steps[i].t, .to = never});
            } else {
                spans.back().to = steps[i].t;
            }
        }
        return spans;
    }

    const BlackHoles& all_;
    const history::History& history_;
    const history::Forwarding& forwarding_;
    std::optional<std::vector<Span>> uniform_;
    std::map<std::pair<NodeId, Time>, std::vector<Span>> by_life_;  ///< where nodes differ: by node and life of its machine
};

BlackHoles::BlackHoles(const history::History& history) : history_(history) {
    first_.reserve(history.nodes.size() + 1);
    for (const history::NodeHistory& node : history.nodes) {
        first_.push_back(static_cast<std::uint32_t>(lives_.size()));
        for (const history::MachineSpan& life : node.machine) lives_.push_back({.on = life.on, .off = life.off});
    }
    first_.push_back(static_cast<std::uint32_t>(lives_.size()));
}

Duration BlackHoles::of(const history::TargetTimeline& targets, const history::Forwarding& forwarding) const {
    Silence silence(*this, forwarding);
    Duration sum{};
    for (const history::Membership& m : targets.memberships) {
        for (const history::Admission& a : m.admissions) {
            sum += silence.within(m.node, std::max(a.from, time_zero), std::min(a.to, history_.end));
        }
    }
    return sum;
}

}  // namespace lbsim::cloud
