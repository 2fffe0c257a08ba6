// SPDX-License-Identifier: Apache-2.0
// Variants B and C: a channel of one token, a flag that asks for a full pass, and a set of services to retry.
// Source: kubernetes/cloud-provider controllers/service/controller.go v0.25.3, triggerNodeSync, nodeSyncLoop,
// nodeSyncInternal, nodeSyncService.
#include <algorithm>
#include <utility>

#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

namespace {
class TokenEngine final : public NodeEngine {
public:
    explicit TokenEngine(ControllerState& state) : state_(state) {}

    void start_in_sync() override { known_ = names_now(); }

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

    void ticked(std::uint64_t cause) override { triggered(0, cause); }

    bool has_pending() const override { return has_token_; }
    std::size_t queue_length() const override { return 0; }

    PassPlan begin(std::uint64_t pass) override {
        has_token_ = false;
        PassPlan plan;
        plan.cause = is_full_ ? full_cause_ : token_cause_;
        if (std::exchange(is_full_, false)) {
            retry_.clear();
            plan.pieces = cached_pieces(state_, [](TrafficPolicy) { return true; });
        } else {
            plan.pieces = retry_pieces();
        }
        shuffle_pieces(plan.pieces, state_.pass_order, pass);
        return plan;
    }

    /// Every service is updated, whether its set changed or not, with the nodes listed at its own turn.
    std::optional<NodeSetRef> turn(const PassPiece& piece) override { return state_.current(piece.policy); }

    void finish(std::span<const ServiceKey> failed, std::uint64_t) override {
        retry_.assign(failed.begin(), failed.end());
        std::sort(retry_.begin(), retry_.end());
    }

    void ensure_started(ServiceKey, const NodeSetRef&) override {}
    void participation_changed(ServiceKey, bool) override {}

private:
    Fingerprint names_now() const { return state_.compared(state_.current(TrafficPolicy::cluster)); }

    /// The services that failed, with their spec read from the cache again (from 1.22.12, 1.23.9 and 1.24.0).
    std::vector<PassPiece> retry_pieces() const {
        std::vector<PassPiece> pieces;
        for (const ServiceKey service : retry_) {
            const auto& facts = state_.cache[service];
            if (facts && facts->wants_load_balancer) pieces.push_back({service, facts->external_traffic_policy});
        }
        return pieces;
    }

    ControllerState& state_;
    Fingerprint known_;
    bool is_full_ = false;
    bool has_token_ = false;
    std::uint64_t full_cause_ = 0;
    std::uint64_t token_cause_ = 0;
    std::vector<ServiceKey> retry_;
};
}  // namespace

std::unique_ptr<NodeEngine> make_token_engine(ControllerState& state) { return std::make_unique<TokenEngine>(state); }

}  // namespace lbsim::policy
