// SPDX-License-Identifier: Apache-2.0
// Variant A: every event of a node, and the tick, runs a whole pass before the watch handler takes its next event.
// Source: kubernetes/cloud-provider controllers/service/controller.go v0.19.0 and v0.20.0, nodeSyncLoop,
// updateLoadBalancerHosts.
// Simplifies: passes that wait for the lock of the one under way get it in the order of their events.
#include <deque>

#include "lbsim/core/check.hpp"
#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

namespace {
class InHandlerEngine final : public NodeEngine {
public:
    InHandlerEngine(ControllerState& state, Time first_tick) : state_(state), next_tick_(first_tick) {}

    void start_in_sync() override { known_ = fingerprint(state_.current(TrafficPolicy::cluster)); }

    void triggered(NodeKey, std::uint64_t cause) override { waiting_.push_back({cause, false}); }

    void ticked(Time, std::uint64_t cause) override {
        waiting_.push_back({cause, true});
        next_tick_.reset();
    }
    /// The period is counted from the end of the tick's own pass.
    std::optional<Time> next_tick() const override { return next_tick_; }

    bool has_pending() const override { return !waiting_.empty(); }
    std::size_t queue_length() const override { return waiting_.size(); }

    PassPlan begin(std::uint64_t pass) override {
        LBSIM_CHECK(!waiting_.empty(), "a node pass begins without an event");
        running_ = waiting_.front();
        waiting_.pop_front();
        nodes_ = state_.current(TrafficPolicy::cluster);
        PassPlan plan;
        plan.cause = running_.cause;
        if (fingerprint(nodes_) == known_) {
            plan.pieces = retry_.pieces(state_, pass);
        } else {
            plan.pieces = cached_pieces(state_, [](TrafficPolicy) { return true; });
            order_pieces(plan.pieces, state_.pass_order, pass);
        }
        return plan;
    }

    /// The list taken at the start of the pass, however old it is by now.
    std::optional<NodeSetRef> turn(const PassPiece&) override { return nodes_; }

    void finish(Time now, std::span<const PassPiece> failed, std::uint64_t) override {
        known_ = fingerprint(nodes_);
        retry_.assign(failed);
        if (running_.is_tick) next_tick_ = now + node_sync_period;
    }

    void ensure_started(ServiceKey, const NodeSetRef&) override {}
    void participation_changed(ServiceKey, bool) override {}

private:
    struct Event {
        std::uint64_t cause = 0;
        bool is_tick = false;
    };

    Fingerprint fingerprint(const NodeSetRef& nodes) const { return state_.compared(nodes); }

    ControllerState& state_;
    std::optional<Time> next_tick_;
    std::deque<Event> waiting_;
    Event running_;
    NodeSetRef nodes_;
    Fingerprint known_;
    RetrySet retry_;
};
}  // namespace

std::unique_ptr<NodeEngine> make_in_handler_engine(ControllerState& state) {
    return std::make_unique<InHandlerEngine>(state, state.first_tick);
}

}  // namespace lbsim::policy
