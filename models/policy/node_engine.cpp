// SPDX-License-Identifier: Apache-2.0
// The random order of a pass, the retry set and the choice of engine.
#include "models/policy/node_engine.hpp"

#include <algorithm>
#include <utility>

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

PassOrder random_pass_order(const StreamKey& key) {
    return [key](std::uint64_t pass, PassStage, std::vector<ServiceKey>& services) {
        // One block of the generator serves four neighbouring services; draw and service share a word, so that a sort
        // of integers does it and equal draws fall back on the order of the keys.
        std::vector<std::uint64_t> drawn;
        drawn.reserve(services.size());
        Words words{};
        std::optional<std::uint32_t> drawn_lane;
        for (const ServiceKey service : services) {
            if (drawn_lane != service / 4) {
                drawn_lane = service / 4;
                words = key.block(pass, *drawn_lane);
            }
            drawn.push_back((static_cast<std::uint64_t>(words[service % 4]) << 32) | service);
        }
        std::sort(drawn.begin(), drawn.end());
        for (std::size_t i = 0; i < drawn.size(); ++i) services[i] = static_cast<ServiceKey>(drawn[i] & 0xffffffffU);
    };
}

void order_pieces(std::vector<PassPiece>& pieces, const PassOrder& pass_order, std::uint64_t pass) {
    std::vector<ServiceKey> services;
    services.reserve(pieces.size());
    for (const PassPiece& piece : pieces) {
        LBSIM_CHECK(services.empty() || services.back() < piece.service, "pieces come in the order of their keys");
        services.push_back(piece.service);
    }
    pass_order(pass, PassStage::turns, services);
    LBSIM_CHECK(services.size() == pieces.size(), "a pass order neither drops nor adds services");
    std::vector<PassPiece> ordered;
    ordered.reserve(pieces.size());
    for (const ServiceKey service : services) {
        const auto found = std::lower_bound(pieces.begin(), pieces.end(), service,
                                            [](const PassPiece& piece, ServiceKey key) { return piece.service < key; });
        LBSIM_CHECK(found != pieces.end() && found->service == service, "a pass order names a service of another pass");
        ordered.push_back(*found);
    }
    pieces = std::move(ordered);
}

void queue_failed(ControllerState& state, std::span<const PassPiece> failed, std::uint64_t pass, std::uint64_t cause) {
    std::vector<ServiceKey> services;
    services.reserve(failed.size());
    for (const PassPiece& piece : failed) services.push_back(piece.service);
    std::sort(services.begin(), services.end());
    if (services.size() > 1) state.pass_order(pass, PassStage::retries, services);
    for (const ServiceKey service : services) state.service_queue.add(service, cause);
}

void RetrySet::assign(std::span<const PassPiece> failed) { failed_.assign(failed.begin(), failed.end()); }

std::vector<PassPiece> RetrySet::pieces(const ControllerState& state, std::uint64_t pass) const {
    if (state.rules.retries_captured_spec) return failed_;
    std::vector<PassPiece> pieces;
    for (const PassPiece& piece : failed_) {
        const auto& facts = state.cache[piece.service];
        if (facts && facts->wants_load_balancer) pieces.push_back({piece.service, facts->external_traffic_policy});
    }
    std::sort(pieces.begin(), pieces.end(),
              [](const PassPiece& a, const PassPiece& b) { return a.service < b.service; });
    order_pieces(pieces, state.pass_order, pass);
    return pieces;
}

std::unique_ptr<NodeEngine> make_node_engine(ControllerState& state) {
    switch (state.rules.engine) {
        case NodeEngineKind::in_handler: return make_in_handler_engine(state);
        case NodeEngineKind::token: return make_token_engine(state);
        case NodeEngineKind::snapshot: return make_snapshot_engine(state);
        case NodeEngineKind::per_service: return make_per_service_engine(state);
    }
    check_failed(__FILE__, __LINE__, "state.rules.engine", "a variant names no engine");
}

}  // namespace lbsim::policy
