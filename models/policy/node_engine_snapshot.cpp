// SPDX-License-Identifier: Apache-2.0
// Variants E to L: a queue of node names, one node list per pass and one global list of last synced nodes.
// Source: kubernetes/cloud-provider controllers/service/controller.go v0.26.0 and v0.28.4, processNextNodeItem,
// syncNodes, nodeSyncService.
#include "lbsim/core/check.hpp"
#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

namespace {
class SnapshotEngine final : public NodeEngine {
public:
    explicit SnapshotEngine(ControllerState& state) : state_(state) {}

    void start_in_sync() override { last_ = list_nodes(state_); }
    void triggered(NodeKey node, std::uint64_t cause) override { node_queue_.add(node, cause); }
    void ticked(Time, std::uint64_t) override {}
    std::optional<Time> next_tick() const override { return std::nullopt; }
    bool has_pending() const override { return !node_queue_.empty(); }
    std::size_t queue_length() const override { return node_queue_.size(); }

    PassPlan begin(std::uint64_t pass) override {
        const auto item = node_queue_.get();
        LBSIM_CHECK(item, "a node pass begins with an empty queue");
        pass_ = pass;
        key_ = item->key;
        nodes_ = list_nodes(state_);
        PassPlan plan;
        plan.cause = item->tag;
        const bool cluster_differs = differs(TrafficPolicy::cluster);
        const bool local_differs = differs(TrafficPolicy::local);
        if (cluster_differs || local_differs) {
            plan.pieces = cached_pieces(state_, [&](TrafficPolicy policy) {
                return policy == TrafficPolicy::cluster ? cluster_differs : local_differs;
            });
            order_pieces(plan.pieces, state_.pass_order, pass);
        }
        return plan;
    }

    /// The list taken at the start of the pass, however old it is by now.
    std::optional<NodeSetRef> turn(const PassPiece& piece) override { return nodes_.of(piece.policy); }

    void finish(Time, std::span<const PassPiece> failed, std::uint64_t cause) override {
        last_ = nodes_;
        queue_failed(state_, failed, pass_, cause);
        node_queue_.forget(key_);
        node_queue_.done(key_);
    }

    void ensure_started(ServiceKey, const NodeSetRef&) override {}
    void participation_changed(ServiceKey, bool) override {}

private:
    bool differs(TrafficPolicy policy) const {
        return state_.compared(last_.of(policy)) != state_.compared(nodes_.of(policy));
    }

    ControllerState& state_;
    WorkQueue node_queue_;
    NodeKey key_ = 0;         ///< of the pass under way
    std::uint64_t pass_ = 0;  ///< its number
    NodeList nodes_;
    NodeList last_;
};
}  // namespace

std::unique_ptr<NodeEngine> make_snapshot_engine(ControllerState& state) {
    return std::make_unique<SnapshotEngine>(state);
}

}  // namespace lbsim::policy
