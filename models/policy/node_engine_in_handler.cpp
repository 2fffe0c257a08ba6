// SPDX-License-Identifier: Apache-2.0
// Variant A: every event of a node, and the tick, runs a whole pass before the watch handler takes its next event.
// Source: kubernetes/cloud-provider controllers/service/controller.go v0.19.0 and v0.20.0, nodeSyncLoop,
// updateLoadBalancerHosts; Go's sync/mutex.go (normal mode and starvation mode).
#include <deque>
#include <optional>
#include <utility>

#include "lbsim/core/check.hpp"
#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

namespace {
class InHandlerEngine final : public NodeEngine {
public:
    InHandlerEngine(ControllerState& state, Time first_tick) : state_(state), next_tick_(first_tick) {}

    void start_in_sync() override { known_ = fingerprint(state_.current(TrafficPolicy::cluster)); }

    void triggered(NodeKey, std::uint64_t cause) override { events_.push_back(cause); }

    void ticked(Time, std::uint64_t cause) override {
        tick_ = cause;
        has_tick_lost_ = false;
        next_tick_.reset();
    }
    /// The period is counted from the end of the tick's own pass.
    std::optional<Time> next_tick() const override { return next_tick_; }

    bool has_pending() const override { return tick_ || !events_.empty(); }
    std::size_t queue_length() const override { return events_.size() + (tick_ ? 1 : 0); }

    PassPlan begin(std::uint64_t pass) override {
        nodes_ = state_.current(TrafficPolicy::cluster);
        PassPlan plan;
        plan.cause = take_lock();
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
        if (is_tick_running_) next_tick_ = now + node_sync_period;
    }

    void ensure_started(ServiceKey, const NodeSetRef&) override {}
    void participation_changed(ServiceKey, bool) override {}

private:
    /// Who gets the lock; its cause. The handler is running when it gives the lock back, so with a further event at hand
    /// it takes it again before the waiting tick has woken; the tick, having lost, is handed the lock the next time.
    std::uint64_t take_lock() {
        LBSIM_CHECK(has_pending(), "a node pass begins without an event");
        is_tick_running_ = tick_ && (events_.empty() || has_tick_lost_);
        if (is_tick_running_) return *std::exchange(tick_, std::nullopt);
        has_tick_lost_ = tick_.has_value();
        const std::uint64_t cause = events_.front();
        events_.pop_front();
        return cause;
    }

    Fingerprint fingerprint(const NodeSetRef& nodes) const { return state_.compared(nodes); }

    ControllerState& state_;
    std::optional<Time> next_tick_;
    std::deque<std::uint64_t> events_;    ///< causes of the handler's events
    std::optional<std::uint64_t> tick_;   ///< cause of the tick that waits
    bool has_tick_lost_ = false;          ///< the lock, once, since it began to wait
    bool is_tick_running_ = false;
    NodeSetRef nodes_;
    Fingerprint known_;
    RetrySet retry_;
};
}  // namespace

std::unique_ptr<NodeEngine> make_in_handler_engine(ControllerState& state) {
    return std::make_unique<InHandlerEngine>(state, state.first_tick);
}

}  // namespace lbsim::policy
