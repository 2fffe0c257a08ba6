// SPDX-License-Identifier: Apache-2.0
// Variants M to O: a queue of node names; nodes are listed and remembered for each service on its own.
// Source: kubernetes/cloud-provider controllers/service/controller.go v0.29.0 and v0.36.0, processNextNodeItem,
// nodeSyncService, storeLastSyncedNodes; kubernetes/kubernetes PR 121091.
#include <map>

#include "lbsim/core/check.hpp"
#include "models/policy/node_engine.hpp"

namespace lbsim::policy {

namespace {
class PerServiceEngine final : public NodeEngine {
public:
    explicit PerServiceEngine(ControllerState& state) : state_(state) {
        // One predicate for both policies lets a fingerprint stand for "the stored nodes, filtered again": a change of
        // a service's policy filters them to the same set.
        LBSIM_CHECK(state.shares_log, "a variant that remembers nodes per service has one predicate");
    }

    void start_in_sync() override {
        for (std::size_t i = 0; i < state_.cache.size(); ++i) {
            if (state_.cache[i]) remember(static_cast<ServiceKey>(i), listed_now());
        }
    }

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
        PassPlan plan;
        plan.cause = item->tag;
        // A pass in which every service has the present set takes no time, so no turn can see another one.
        if (holders(listed_now()) == participants_) return plan;
        plan.pieces = cached_pieces(state_, [](TrafficPolicy) { return true; });
        order_pieces(plan.pieces, state_.pass_order, pass);
        return plan;
    }

    std::optional<NodeSetRef> turn(const PassPiece& piece) override {
        const NodeSetRef nodes = state_.current(piece.policy);
        const Fingerprint listed = state_.compared(nodes);
        if (last_of(piece.service) == listed) return std::nullopt;
        // Stored before the call and kept if it fails: only the Ensure queued for the failure repairs it.
        remember(piece.service, listed);
        return nodes;
    }

    void finish(Time, std::span<const PassPiece> failed, std::uint64_t cause) override {
        queue_failed(state_, failed, pass_, cause);
        node_queue_.forget(key_);
        node_queue_.done(key_);
    }

    void ensure_started(ServiceKey service, const NodeSetRef& nodes) override {
        remember(service, state_.compared(nodes));
    }

    void participation_changed(ServiceKey service, bool participates) override {
        Service& s = service_at(service);
        s.participates = participates;
        if (participates) {
            ++participants_;
            ++holders_[s.last];
        } else {
            --participants_;
            drop_holder(s.last);
        }
    }

private:
    struct Service {
        Fingerprint last;  ///< of the last synced nodes; they outlive the service, as upstream never deletes them
        bool participates = false;
    };

    Fingerprint listed_now() const { return state_.compared(state_.current(TrafficPolicy::cluster)); }

    Service& service_at(ServiceKey service) {
        if (service >= services_.size()) services_.resize(static_cast<std::size_t>(service) + 1);
        return services_[service];
    }
    Fingerprint last_of(ServiceKey service) const {
        return service < services_.size() ? services_[service].last : Fingerprint{};
    }

    void remember(ServiceKey service, const Fingerprint& nodes) {
        Service& s = service_at(service);
        if (s.last == nodes) return;
        if (s.participates) {
            drop_holder(s.last);
            ++holders_[nodes];
        }
        s.last = nodes;
    }

    void drop_holder(const Fingerprint& nodes) {
        const auto found = holders_.find(nodes);
        LBSIM_CHECK(found != holders_.end(), "a service holds a node set that nobody counted");
        if (--found->second == 0) holders_.erase(found);
    }
    std::uint32_t holders(const Fingerprint& nodes) const {
        const auto found = holders_.find(nodes);
        return found == holders_.end() ? 0 : found->second;
    }

    ControllerState& state_;
    WorkQueue node_queue_;
    NodeKey key_ = 0;         ///< of the pass under way
    std::uint64_t pass_ = 0;  ///< its number
    std::vector<Service> services_;
    std::uint32_t participants_ = 0;
    std::map<Fingerprint, std::uint32_t> holders_;  ///< participants by the fingerprint of their last synced nodes
};
}  // namespace

std::unique_ptr<NodeEngine> make_per_service_engine(ControllerState& state) {
    return std::make_unique<PerServiceEngine>(state);
}

}  // namespace lbsim::policy
