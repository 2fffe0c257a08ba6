// SPDX-License-Identifier: Apache-2.0
// How a variant turns node events into passes over the services: one interface, one implementation per engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "lbsim/core/time.hpp"
#include "models/policy/controller_state.hpp"

namespace lbsim::policy {

/// A service's place in a pass, with what the pass captured of it.
struct PassPiece {
    ServiceKey service = 0;
    TrafficPolicy policy = TrafficPolicy::cluster;
};

/// A pass as it begins: why, and which services it may have to touch, in its random order.
struct PassPlan {
    std::uint64_t cause = 0;
    std::vector<PassPiece> pieces;
};

/// One list of all nodes, as each policy's predicate filters it.
struct NodeList {
    NodeSetRef cluster{TrafficPolicy::cluster, 0};
    NodeSetRef local{TrafficPolicy::local, 0};
    const NodeSetRef& of(TrafficPolicy policy) const { return policy == TrafficPolicy::cluster ? cluster : local; }
};
/// The list that the node lister would give now.
inline NodeList list_nodes(const ControllerState& state) {
    return {state.current(TrafficPolicy::cluster), state.current(TrafficPolicy::local)};
}

/// Period of the tick of releases up to 1.25.
/// Source: kubernetes/cloud-provider v0.19.0 to v0.25.3 controllers/service/controller.go, nodeSyncPeriod.
inline constexpr Duration node_sync_period = 100s;

/// Decides when a pass is due, what each service's turn does and what is remembered of it.
class NodeEngine {
public:
    virtual ~NodeEngine() = default;

    /// Remembers the caches' present content as synced.
    virtual void start_in_sync() = 0;
    /// A node event that starts a pass arrived; the caches hold it already.
    virtual void triggered(NodeKey node, std::uint64_t cause) = 0;
    /// The 100 s tick; only of variants whose next_tick is set.
    virtual void ticked(Time now, std::uint64_t cause) = 0;
    /// When the next tick is due; nothing where the variant has none or the last one is still at work.
    virtual std::optional<Time> next_tick() const = 0;
    virtual bool has_pending() const = 0;
    /// Entries of the node queue; 0 where there is none.
    virtual std::size_t queue_length() const = 0;

    /// Takes what is pending; `pass` is its number. Pre: has_pending() and no pass under way.
    virtual PassPlan begin(std::uint64_t pass) = 0;
    /// A service's turn: the set to push, or nothing where it is skipped.
    virtual std::optional<NodeSetRef> turn(const PassPiece& piece) = 0;
    /// The pass is over; `failed` in the order of their failures, as the pass captured them.
    virtual void finish(Time now, std::span<const PassPiece> failed, std::uint64_t cause) = 0;

    /// A service worker is about to ensure this load balancer with these nodes.
    virtual void ensure_started(ServiceKey service, const NodeSetRef& nodes) = 0;
    /// A service began or ceased to take part in passes: cached, and wanting a load balancer.
    virtual void participation_changed(ServiceKey service, bool participates) = 0;
};

/// The cached services that want a load balancer, ascending, where `accepts` takes their policy.
template <class Accept>
std::vector<PassPiece> cached_pieces(const ControllerState& state, Accept accepts) {
    std::vector<PassPiece> pieces;
    for (std::size_t i = 0; i < state.cache.size(); ++i) {
        const auto& facts = state.cache[i];
        if (!facts || !facts->wants_load_balancer || !accepts(facts->external_traffic_policy)) continue;
        pieces.push_back({static_cast<ServiceKey>(i), facts->external_traffic_policy});
    }
    return pieces;
}

/// The services whose update failed, for a later pass of the variants without a retry queue.
class RetrySet {
public:
    void assign(std::span<const PassPiece> failed);
    void clear() { failed_.clear(); }
    /// Their pieces in the order of pass number `pass`. A release that captures them keeps a list in the order of their
    /// failures; the others keep a set of keys, which Go ranges over at random, and read each from the cache again.
    std::vector<PassPiece> pieces(const ControllerState& state, std::uint64_t pass) const;

private:
    std::vector<PassPiece> failed_;
};

/// Puts pieces in the pass's order. Pre: pieces are in ascending order of their services.
void order_pieces(std::vector<PassPiece>& pieces, const PassOrder& pass_order, std::uint64_t pass);

/// Puts the services whose update failed into the service queue, without any delay, in the pass's order.
void queue_failed(ControllerState& state, std::span<const PassPiece> failed, std::uint64_t pass, std::uint64_t cause);

/// The engine of this variant. Pre: `state` outlives it.
std::unique_ptr<NodeEngine> make_node_engine(ControllerState& state);

std::unique_ptr<NodeEngine> make_in_handler_engine(ControllerState& state);
std::unique_ptr<NodeEngine> make_token_engine(ControllerState& state);
std::unique_ptr<NodeEngine> make_snapshot_engine(ControllerState& state);
std::unique_ptr<NodeEngine> make_per_service_engine(ControllerState& state);

}  // namespace lbsim::policy
