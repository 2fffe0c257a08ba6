// SPDX-License-Identifier: Apache-2.0
// Populations: a fixed number of slots; each completed connection is replaced at once, a lost one as the scenario says.
#include <optional>

#include "models/traffic/client.hpp"
#include "models/traffic/traffic.hpp"

namespace lbsim::traffic {

namespace {

/// When the slot tries again after this ending, if it does.
struct Next {
    Time t{};
    bool is_reconnect = false;
};

std::optional<Next> next_attempt(const scenario::Traffic& traffic, const scenario::Sampler& delay,
                                 const ConnectionDraws& draws, const Ending& ending, Time first_syn) {
    switch (ending.kind) {
        case Ending::Kind::open_at_end:
        case Ending::Kind::connecting_at_end: return std::nullopt;
        case Ending::Kind::completed: return Next{.t = ending.t, .is_reconnect = false};
        case Ending::Kind::lost:
        case Ending::Kind::failed: break;
    }
    switch (traffic.reconnect.kind) {
        case scenario::Reconnect::Kind::no: return std::nullopt;
        case scenario::Reconnect::Kind::at_once: {
            // After a failed attempt the client waits until connect_timeout after its SYN: no storm of refusals.
            const Time t = ending.kind == Ending::Kind::failed
                               ? std::max(ending.t, saturating_add(first_syn, traffic.connect_timeout))
                               : ending.t;
            return Next{.t = t, .is_reconnect = true};
        }
        case scenario::Reconnect::Kind::after:
            return Next{.t = saturating_add(ending.t, std::max(delay.draw(draws.reconnect()), Duration{1})),
                        .is_reconnect = true};
    }
    return std::nullopt;
}

}  // namespace

void stream_population(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic,
                       std::uint32_t replication) {
    const scenario::Traffic& entry = scenario.traffic[traffic];
    const StreamKey key = traffic_stream(scenario, entry, replication, "population");
    const scenario::Sampler delay(entry.reconnect.after);
    Client client(path, tally, scenario, traffic);
    const Time end = path.history().end;
    for (std::uint64_t slot = 0; slot < entry.connections; ++slot) {
        std::uint32_t k = 0;
        ConnectionDraws draws(key, slot, k);
        Time first_syn = time_zero;
        std::optional<Ending> ending = client.resume(draws, {.traffic = traffic, .slot = slot, .k = k},
                                                     client.lifetime().draw_stationary(draws.stationary()));
        if (!ending) ending = client.connect(draws, {.traffic = traffic, .slot = slot, .k = k}, time_zero, false);
        for (;;) {
            const std::optional<Next> next = next_attempt(entry, delay, draws, *ending, first_syn);
            if (!next || next->t >= end) break;
            ++k;
            draws = ConnectionDraws(key, slot, k);
            first_syn = next->t;
            ending = client.connect(draws, {.traffic = traffic, .slot = slot, .k = k}, next->t, next->is_reconnect);
        }
    }
}

void stream(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic,
            std::uint32_t replication) {
    switch (scenario.traffic[traffic].kind) {
        case scenario::TrafficKind::open: stream_open_loop(path, tally, scenario, traffic, replication); break;
        case scenario::TrafficKind::population: stream_population(path, tally, scenario, traffic, replication); break;
    }
}

}  // namespace lbsim::traffic
