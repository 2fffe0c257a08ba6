// SPDX-License-Identifier: Apache-2.0
// Variants B to D: a channel of one token, a flag that asks for a full pass, and a set of services to retry.
// Source: kubernetes/cloud-provider controllers/service/controller.go v0.21.0, v0.25.0 and v0.25.3, triggerNodeSync,
// nodeSyncLoop, nodeSyncInternal, nodeSyncService.
#include <utility>

#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

namespace {
class TokenEngine final : public NodeEngine {
public:
    TokenEngine(ControllerState& state, Time first_tick) : state_(state), next_tick_(first_tick) {}

    void start_in_sync() override {
        known_ = names_now();
        last_ = list_nodes(state_);
    }

    void triggered(NodeKey, std::uint64_t cause) override {
        const Fingerprint now = names_now();
        if (now != known_) {
            // The known set moves with the trigger, not with the pass: a set that returns before the pass begins has
            // still asked for a full one.
            known_ = now;
            is_full_ = true;
            full_cause_ = cause;
        }
        if (has_token_) return;  // a pass is pending anyway
        has_token_ = true;
        token_cause_ = cause;
    }

    void ticked(Time now, std::uint64_t cause) override {
        triggered(0, cause);
        next_tick_ = now + node_sync_period;
    }
    std::optional<Time> next_tick() const override { return next_tick_; }

    bool has_pending() const override { return has_token_; }
    std::size_t queue_length() const override { return 0; }

    PassPlan begin(std::uint64_t pass) override {
        has_token_ = false;
        nodes_ = list_nodes(state_);
        PassPlan plan;
        plan.cause = is_full_ ? full_cause_ : token_cause_;
        if (std::exchange(is_full_, false)) {
            retry_.clear();
            plan.pieces = cached_pieces(state_, [](TrafficPolicy) { return true; });
            order_pieces(plan.pieces, state_.pass_order, pass);
        } else {
            plan.pieces = retry_.pieces(state_, pass);
        }
        return plan;
    }

    /// B and C update every service, whether its set changed or not, with the nodes listed at its own turn. D compares
    /// the list of this pass with that of the last one.
    std::optional<NodeSetRef> turn(const PassPiece& piece) override {
        if (!state_.rules.skips_unchanged) return state_.current(piece.policy);
        const NodeSetRef& nodes = nodes_.of(piece.policy);
        if (state_.compared(last_.of(piece.policy)) == state_.compared(nodes)) return std::nullopt;
        return nodes;
    }

    void finish(Time, std::span<const PassPiece> failed, std::uint64_t) override {
        // Known defects of D: the list counts as synced although an update failed, so its retry finds nothing to do;
        // and after a pass that only retried, so the services it left out never learn of the change (issue 112793).
        last_ = nodes_;
        retry_.assign(failed);
    }

    void ensure_started(ServiceKey, const NodeSetRef&) override {}
    void participation_changed(ServiceKey, bool) override {}

private:
    Fingerprint names_now() const { return state_.compared(state_.current(TrafficPolicy::cluster)); }

    ControllerState& state_;
    Time next_tick_;
    Fingerprint known_;
    bool is_full_ = false;
    bool has_token_ = false;
    std::uint64_t full_cause_ = 0;
    std::uint64_t token_cause_ = 0;
    NodeList nodes_;  ///< listed at the start of the pass
    NodeList last_;   ///< of the pass before
    RetrySet retry_;
};
}  // namespace

std::unique_ptr<NodeEngine> make_token_engine(ControllerState& state) {
    return std::make_unique<TokenEngine>(state, state.first_tick);
}

}  // namespace lbsim::policy
