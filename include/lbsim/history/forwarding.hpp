// SPDX-License-Identifier: Apache-2.0
// What a new external connection finds on a node: the endpoints its kube-proxy forwards to, at any instant.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "lbsim/history/history.hpp"
#include "lbsim/policy/endpoint_selection.hpp"

namespace lbsim::history {

/// The endpoints that one kube-proxy (or all that are alike) forwards to, slot by slot over time.
class ForwardingView {
public:
    /// `usable` endpoints from `t` on; `event` is what made it so.
    struct Count {
        Time t{};
        std::uint32_t usable = 0;
        EventId event;
    };

    std::uint32_t slot_count() const { return static_cast<std::uint32_t>(slots_.size()); }
    /// The endpoint in a slot at `t`; none where that slot holds no usable one. Cost: O(log changes of the slot).
    PodId at(std::uint32_t slot, Time t) const;
    const Count& count_at(Time t) const;
    /// The n-th usable endpoint in slot order. Pre: n < count_at(t).usable. Cost: O(slots).
    PodId nth(std::uint32_t n, Time t) const;
    /// Instants at which the view changes.
    const std::vector<Count>& counts() const { return counts_; }
    struct Span {
        Time from{};
        Time to = never;
        PodId pod;
    };
    const std::vector<std::vector<Span>>& slots() const { return slots_; }

private:
    friend class ForwardingBuilder;
    std::vector<std::vector<Span>> slots_;
    std::vector<Count> counts_;
};

/// How a pod answers a SYN that reaches its address.
struct PodAnswer {
    enum class Kind : std::uint8_t { accepts, refuses, silent };
    Kind kind{};
    EventId event;  ///< what stopped it accepting
};
PodAnswer pod_answer(const History& history, PodId pod, Time t);

/// Whether some kube-proxy of a run falls back to terminating endpoints, and whether some does not.
/// Cost: O(lives of machines); for all services together.
class ProxyClasses {
public:
    explicit ProxyClasses(const History& history);
    /// Shape: 0: a kube-proxy that does not; 1: one that does.
    const std::array<bool, 2>& used(policy::TrafficPolicy policy) const { return used_[index_of(policy)]; }

private:
    std::array<std::array<bool, 2>, 2> used_{};  ///< by TrafficPolicy
};

/// The forwarding decisions of all nodes for one service. Views are shared where the proxies hold the same rules.
/// Source: policy::external_forwarding, of which this is the incremental form.
class Forwarding {
public:
    Forwarding(const History& history, ServiceId service, policy::TrafficPolicy policy)
        : Forwarding(history, ProxyClasses(history), service, policy) {}
    /// Cost: O(endpoint changes) where all proxies hold the same rules, else O(nodes) more.
    Forwarding(const History& history, const ProxyClasses& proxies, ServiceId service, policy::TrafficPolicy policy);

    /// The view of the kube-proxy that runs on `node` at `t`. Pre: the node's machine has been on at or before `t`.
    const ForwardingView& view(NodeId node, Time t) const;
    /// What becomes of a connection that finds no usable endpoint.
    struct Nothing {
        policy::ForwardingVerdict verdict{};
        EventId event;
    };
    Nothing nothing(NodeId node, Time t) const;
    /// Verdict of the rules that `node` has in the life it leads at `life`, were they empty at `t`.
    policy::ForwardingVerdict verdict_when_empty(NodeId node, Time life, Time t) const;
    /// Instants at which verdict_when_empty may change.
    std::vector<Time> fallback_instants(NodeId node, Time life) const;
    /// Range of the draws that pick an endpoint's slot.
    std::uint32_t draw_range() const { return draw_range_; }
    /// True where every node has the same view at every instant.
    bool is_uniform() const { return uniform_; }
    /// Pre: is_uniform().
    const ForwardingView& uniform_view() const { return *views_.front(); }

private:
    struct AnyChange {
        Time t{};
        bool any = false;
    };
    std::size_t class_of(NodeId node, Time t) const;
    std::size_t class_of(const MachineSpan& life) const;

    const History* history_;
    policy::TrafficPolicy policy_;
    bool uniform_ = false;
    std::uint32_t draw_range_ = 0;
    std::vector<std::unique_ptr<ForwardingView>> views_;
    std::unique_ptr<ForwardingView> nothing_here_;               ///< of a node without any usable endpoint, ever
    std::array<std::vector<const ForwardingView*>, 2> by_node_;  ///< by fallback class and node; unused where uniform
    /// By class and node (one row where views are shared): does that proxy know usable endpoints anywhere?
    std::array<std::vector<std::vector<AnyChange>>, 2> any_;
};

}  // namespace lbsim::history
