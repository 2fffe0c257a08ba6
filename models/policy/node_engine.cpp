// SPDX-License-Identifier: Apache-2.0
// The random order of a pass and the choice of engine.
#include "models/policy/node_engine.hpp"

#include <algorithm>
#include <utility>

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

void shuffle_pieces(std::vector<PassPiece>& pieces, const StreamKey& pass_order, std::uint64_t pass) {
    // One block of the generator serves four neighbouring services; draw and place share a word, so that a sort of
    // integers does it and equal draws fall back on the order of the keys.
    std::vector<std::uint64_t> drawn;
    drawn.reserve(pieces.size());
    Words words{};
    std::optional<std::uint32_t> drawn_lane;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const ServiceKey service = pieces[i].service;
        LBSIM_CHECK(i == 0 || pieces[i - 1].service < service, "pieces come in the order of their keys");
        if (drawn_lane != service / 4) {
            drawn_lane = service / 4;
            words = pass_order.block(pass, *drawn_lane);
        }
        drawn.push_back((static_cast<std::uint64_t>(words[service % 4]) << 32) | i);
    }
    std::sort(drawn.begin(), drawn.end());
    std::vector<PassPiece> shuffled;
    shuffled.reserve(pieces.size());
    for (const std::uint64_t d : drawn) shuffled.push_back(pieces[d & 0xffffffffU]);
    pieces = std::move(shuffled);
}

std::unique_ptr<NodeEngine> make_node_engine(ControllerState& state) {
    switch (state.rules.engine) {
        case NodeEngineKind::token: return make_token_engine(state);
        case NodeEngineKind::snapshot: return make_snapshot_engine(state);
        case NodeEngineKind::per_service: return make_per_service_engine(state);
    }
    check_failed(__FILE__, __LINE__, "state.rules.engine", "a variant names no engine");
}

}  // namespace lbsim::policy
