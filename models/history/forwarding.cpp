// SPDX-License-Identifier: Apache-2.0
// Replays endpoint writes through the views of kube-proxies into spans per slot.
#include "lbsim/history/forwarding.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"

namespace lbsim::history {

namespace {

template <class Row>
const Row& last_at_or_before(const std::vector<Row>& rows, Time t) {
    const auto after = std::upper_bound(rows.begin(), rows.end(), t, [](Time x, const Row& row) { return x < row.t; });
    LBSIM_CHECK(after != rows.begin(), "a timeline covers the whole run");
    return *std::prev(after);
}

}  // namespace

PodId ForwardingView::at(std::uint32_t slot, Time t) const {
    if (slot >= slots_.size()) return {};
    const std::vector<Span>& spans = slots_[slot];
    const auto after =
        std::upper_bound(spans.begin(), spans.end(), t, [](Time x, const Span& span) { return x < span.from; });
    if (after == spans.begin()) return {};
    const Span& span = *std::prev(after);
    return t < span.to ? span.pod : PodId{};
}

const ForwardingView::Count& ForwardingView::count_at(Time t) const { return last_at_or_before(counts_, t); }

PodId ForwardingView::nth(std::uint32_t n, Time t) const {
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
        const PodId pod = at(slot, t);
        if (pod.is_valid() && n-- == 0) return pod;
    }
    LBSIM_CHECK(false, "fewer usable endpoints than counted");
}

PodAnswer pod_answer(const History& history, PodId pod, Time t) {
    const PodHistory& p = history.pods[pod.index()];
    const auto after = std::upper_bound(p.serving.begin(), p.serving.end(), t,
                                        [](Time x, const ServingSpan& span) { return x < span.from; });
    const ServingSpan* span = after == p.serving.begin() ? nullptr : &*std::prev(after);
    if (span != nullptr && t < span->to) return {.kind = PodAnswer::Kind::accepts, .event = {}};
    const NodeHistory& node = history.nodes[p.node.index()];
    if (!is_machine_on(node, t)) {
        const MachineSpan* life = machine_at(node, t);
        return {.kind = PodAnswer::Kind::silent, .event = life == nullptr ? EventId{} : life->off_event};
    }
    return {.kind = PodAnswer::Kind::refuses, .event = span == nullptr ? EventId{} : span->end_event};
}

/// Turns endpoint states, version by version, into one view.
class ForwardingBuilder {
public:
    ForwardingBuilder(const History& history, const ServiceHistory& service, bool fallback)
        : history_(&history), service_(&service), fallback_(fallback) {}

    /// Only endpoints of this node count.
    void restrict_to(NodeId node) { only_ = node; }

    /// Brings the view to `version` at `t`.
    void advance(Time t, std::uint32_t version, EventId event) {
        const bool used_terminating = uses_terminating();
        std::vector<std::uint32_t> touched;
        for (; version_ < version; ++version_) {
            const EndpointChange& change = service_->endpoints[version_];
            const PodHistory& pod = history_->pods[change.pod.index()];
            if (only_.is_valid() && pod.node != only_) continue;
            if (state_.size() <= pod.slot) state_.resize(pod.slot + 1);
            count(state_[pod.slot], -1);
            state_[pod.slot] = {.pod = change.pod,
                                .ready = change.present && change.ready,
                                .leaving = change.present && change.serving && change.terminating};
            count(state_[pod.slot], +1);
            touched.push_back(pod.slot);
        }
        if (uses_terminating() != used_terminating) {
            touched.clear();
            for (std::uint32_t slot = 0; slot < state_.size(); ++slot) touched.push_back(slot);
        }
        for (const std::uint32_t slot : touched) set(slot, t);
        const std::uint32_t before = view_->counts_.empty() ? 0 : view_->counts_.back().usable;
        if (before != usable_) {
            view_->counts_.push_back({.t = t, .usable = usable_, .event = event});
        }
    }

    /// Is there any endpoint that some policy would use?
    bool any() const { return ready_ > 0 || (fallback_ && leaving_ > 0); }
    /// The finished view; it starts at time 0, empty where no rules were written then.
    std::unique_ptr<ForwardingView> take() {
        std::vector<ForwardingView::Count>& counts = view_->counts_;
        if (counts.empty() || counts.front().t > before_start) {
            counts.insert(counts.begin(), {.t = before_start, .usable = 0, .event = {}});
        }
        return std::move(view_);
    }

private:
    struct State {
        PodId pod{};
        bool ready = false;
        bool leaving = false;  ///< serving and terminating
    };
    bool uses_terminating() const { return fallback_ && ready_ == 0; }
    void count(const State& s, int by) {
        if (s.ready) ready_ = static_cast<std::uint32_t>(static_cast<int>(ready_) + by);
        if (s.leaving) leaving_ = static_cast<std::uint32_t>(static_cast<int>(leaving_) + by);
    }
    void set(std::uint32_t slot, Time t) {
        const State& s = state_[slot];
        const PodId wanted = (uses_terminating() ? s.leaving : s.ready) ? s.pod : PodId{};
        std::vector<std::vector<ForwardingView::Span>>& slots = view_->slots_;
        if (slots.size() <= slot) slots.resize(slot + 1);
        std::vector<ForwardingView::Span>& spans = slots[slot];
        const PodId now = !spans.empty() && spans.back().to == never ? spans.back().pod : PodId{};
        if (now == wanted) return;
        if (now.is_valid()) {
            spans.back().to = t;
            if (spans.back().from == t) spans.pop_back();
            --usable_;
        }
        if (wanted.is_valid()) {
            spans.push_back({.from = t, .to = never, .pod = wanted});
            ++usable_;
        }
    }

    const History* history_;
    const ServiceHistory* service_;
    bool fallback_;
    NodeId only_;
    std::uint32_t version_ = 0;
    std::vector<State> state_;
    std::uint32_t ready_ = 0;
    std::uint32_t leaving_ = 0;
    std::uint32_t usable_ = 0;
    std::unique_ptr<ForwardingView> view_ = std::make_unique<ForwardingView>();
};

std::uint32_t endpoint_draw_range(const History& history, ServiceId service) {
    const ServiceHistory& s = history.services[service.index()];
    std::uint32_t most = 0;
    for (const EndpointChange& change : s.endpoints) most = std::max(most, history.pods[change.pod.index()].slot + 1);
    return draw_range(s.initial_endpoints, most);
}

ProxyClasses::ProxyClasses(const History& history) {
    for (const policy::TrafficPolicy policy : {policy::TrafficPolicy::cluster, policy::TrafficPolicy::local}) {
        for (const NodeHistory& node : history.nodes) {
            for (const MachineSpan& life : node.machine) {
                used_[index_of(policy)][policy::falls_back_to_terminating(life.proxy, policy) ? 1 : 0] = true;
            }
        }
    }
}

Forwarding::Forwarding(const History& history, const ProxyClasses& proxies, ServiceId service,
                       policy::TrafficPolicy policy)
    : history_(&history), policy_(policy) {
    const ServiceHistory& s = history.services[service.index()];
    const std::array<bool, 2>& used = proxies.used(policy);
    draw_range_ = endpoint_draw_range(history, service);
    nothing_here_ = ForwardingBuilder(history, s, false).take();
    const bool is_local = policy == policy::TrafficPolicy::local;
    uniform_ = history.views_are_shared && !is_local && !(used[0] && used[1]);
    std::vector<bool> hosts;
    if (!uniform_) {
        hosts.assign(history.nodes.size(), !history.views_are_shared);
        for (const EndpointChange& change : s.endpoints) {
            const NodeId node = history.pods[change.pod.index()].node;
            if (node.is_valid()) hosts[node.index()] = true;
        }
    }
    for (const std::size_t fallback : {std::size_t{0}, std::size_t{1}}) {
        if (!used[fallback]) continue;
        if (!uniform_) by_node_[fallback].assign(history.nodes.size(), nothing_here_.get());
        const auto build = [&](NodeId only, const std::vector<ViewChange>& timeline) {
            ForwardingBuilder builder(history, s, fallback == 1);
            if (only.is_valid()) builder.restrict_to(only);
            for (const ViewChange& change : timeline) {
                builder.advance(change.t, change.version, change.event);
            }
            views_.push_back(builder.take());
            return views_.back().get();
        };
        const auto follow_any = [&](const std::vector<ViewChange>& timeline) {
            ForwardingBuilder builder(history, s, fallback == 1);
            std::vector<AnyChange> changes{{.t = before_start, .any = false}};
            for (const ViewChange& change : timeline) {
                builder.advance(change.t, change.version, change.event);
                if (changes.back().any != builder.any()) changes.push_back({.t = change.t, .any = builder.any()});
            }
            any_[fallback].push_back(std::move(changes));
        };
        if (history.views_are_shared) {
            if (is_local) follow_any(s.view);
            const ForwardingView* all = is_local ? nullptr : build({}, s.view);
            if (uniform_) continue;
            for (std::size_t n = 0; n < history.nodes.size(); ++n) {
                if (!is_local) {
                    by_node_[fallback][n] = all;
                } else if (hosts[n]) {
                    by_node_[fallback][n] = build(NodeId{n}, s.view);
                }
            }
            continue;
        }
        for (std::size_t n = 0; n < s.node_view.size(); ++n) {
            if (is_local) follow_any(s.node_view[n]);
            by_node_[fallback][n] = build(is_local ? NodeId{n} : NodeId{}, s.node_view[n]);
        }
    }
}

std::size_t Forwarding::class_of(NodeId node, Time t) const {
    const MachineSpan* life = machine_at(history_->nodes[node.index()], t);
    LBSIM_CHECK(life != nullptr, "a node forwards only after its machine was on");
    return class_of(*life);
}

std::size_t Forwarding::class_of(const MachineSpan& life) const {
    return policy::falls_back_to_terminating(life.proxy, policy_) ? 1 : 0;
}

const ForwardingView& Forwarding::view(NodeId node, Time t) const {
    return uniform_ ? uniform_view() : *by_node_[class_of(node, t)][node.index()];
}

policy::ForwardingVerdict Forwarding::verdict_when_empty(NodeId node, Time life, Time t) const {
    if (policy_ == policy::TrafficPolicy::cluster) return policy::ForwardingVerdict::reject;
    const std::vector<std::vector<AnyChange>>& rows = any_[class_of(node, life)];
    const bool elsewhere = last_at_or_before(rows[history_->views_are_shared ? 0 : node.index()], t).any;
    return elsewhere ? policy::ForwardingVerdict::drop : policy::ForwardingVerdict::reject;
}

std::vector<Time> Forwarding::fallback_instants(NodeId node, Time life) const {
    std::vector<Time> instants;
    if (policy_ == policy::TrafficPolicy::cluster) return instants;
    const std::vector<std::vector<AnyChange>>& rows = any_[class_of(node, life)];
    for (const AnyChange& change : rows[history_->views_are_shared ? 0 : node.index()]) instants.push_back(change.t);
    return instants;
}

Forwarding::Nothing Forwarding::nothing(NodeId node, Time t) const {
    return {.verdict = verdict_when_empty(node, t, t), .event = view(node, t).count_at(t).event};
}

}  // namespace lbsim::history
