// SPDX-License-Identifier: Apache-2.0
// Overlap of admissions with the stretches in which a node is silent.
#include "models/cloud/blackhole.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace lbsim::cloud {

namespace {

struct Span {
    Time from{};
    Time to = never;
};

Duration overlap(const std::vector<Span>& spans, Time from, Time to) {
    Duration sum{};
    for (const Span& span : spans) {
        const Time a = std::max(span.from, from);
        const Time b = std::min(span.to, to);
        if (a < b) sum += b - a;
    }
    return sum;
}

class Silence {
public:
    Silence(const history::History& history, const history::Forwarding& forwarding)
        : history_(history), forwarding_(forwarding) {}

    /// Stretches in which SYNs sent to `node` get no answer; ascending, disjoint.
    std::vector<Span> of(NodeId node) {
        std::vector<Span> spans;
        Time off_since = history::before_start;
        for (const history::MachineSpan& life : history_.nodes[node.index()].machine) {
            if (life.on > off_since) spans.push_back({.from = off_since, .to = life.on});
            for (const Span& span : of_view(node, life.on)) {
                const Span within{.from = std::max(span.from, life.on), .to = std::min(span.to, life.off)};
                if (within.from < within.to) spans.push_back(within);
            }
            off_since = life.off;
        }
        if (off_since != never) spans.push_back({.from = off_since, .to = never});
        return spans;
    }

private:
    /// Stretches in which the rules of this view lead nowhere that answers.
    const std::vector<Span>& of_view(NodeId node, Time t) {
        // One view may serve many nodes; what they do with an empty one may still differ, but where all are alike.
        const history::ForwardingView* view = &forwarding_.view(node, t);
        const auto [found, is_new] = by_view_.try_emplace(
            forwarding_.is_uniform() ? std::tuple(view, NodeId{}, time_zero) : std::tuple(view, node, t));
        if (is_new) found->second = compute(*view, node, t);
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

    const history::History& history_;
    const history::Forwarding& forwarding_;
    /// By view and, where nodes differ, node and the life of its machine.
    std::map<std::tuple<const history::ForwardingView*, NodeId, Time>, std::vector<Span>> by_view_;
};

}  // namespace

Duration blackhole_time(const history::History& history, const history::TargetTimeline& targets,
                        const history::Forwarding& forwarding) {
    Silence silence(history, forwarding);
    std::map<NodeId, std::vector<Span>> by_node;
    Duration sum{};
    for (const history::Membership& m : targets.memberships) {
        if (m.admissions.empty()) continue;
        const auto [found, is_new] = by_node.try_emplace(m.node);
        if (is_new) found->second = silence.of(m.node);
        for (const history::Admission& a : m.admissions) {
            sum += overlap(found->second, std::max(a.from, time_zero), std::min(a.to, history.end));
        }
    }
    return sum;
}

}  // namespace lbsim::cloud
