// SPDX-License-Identifier: Apache-2.0
// Connecting, living and ending.
#include "models/traffic/client.hpp"

namespace lbsim::traffic {

using scenario::LossCause;

Client::Client(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic)
    : path_(&path),
      tally_(&tally),
      traffic_(&scenario.traffic[traffic]),
      lifetime_(scenario.traffic[traffic].lifetime) {}

std::optional<Ending> Client::resume(const ConnectionDraws& draws, const ConnectionName& name,
                                     const scenario::StationaryLife& life) {
    const SynOutcome syn = path_->send_syn(draws, 0, history::before_start);
    if (syn.kind != SynOutcome::Kind::established) return std::nullopt;
    tally_->initial();
    const Time first_syn = time_zero - life.age;
    return live(syn, name, first_syn, history::before_start, life.residual + (time_zero - history::before_start));
}

Ending Client::connect(const ConnectionDraws& draws, const ConnectionName& name, Time t, bool is_reconnect) {
    tally_->attempted(t, is_reconnect);
    SynOutcome syn;
    for (std::uint32_t n = 0;; ++n) {
        const Duration waited = syn_offset(n);
        // At connect_timeout the client gives up; a retransmission due then is not sent.
        if (n > 0 && waited >= traffic_->connect_timeout) break;
        const Time sent = saturating_add(t, waited);
        if (sent >= path_->history().end) {
            tally_->connecting_at_end();
            return {.kind = Ending::Kind::connecting_at_end, .t = sent};
        }
        syn = path_->send_syn(draws, n, sent);
        if (syn.kind == SynOutcome::Kind::established) {
            tally_->established(sent);
            return live(syn, name, t, sent, lifetime_.draw_life(draws.base()[life_word]));
        }
        if (syn.kind != SynOutcome::Kind::blackholed) return fail(syn, name, t, sent);
    }
    return fail(syn, name, t, saturating_add(t, traffic_->connect_timeout));
}

Ending Client::live(const SynOutcome& syn, const ConnectionName& name, Time first_syn, Time established,
                    Duration life) {
    const Loss loss = path_->loss_after(syn.hop, syn.endpoint, established);
    const Time natural = saturating_add(established, life);
    const Time end = std::min(natural, loss.t);
    tally_->used(syn.hop, end);
    tally_->used(path_->history().pods[syn.endpoint.index()].node, end);
    if (end >= path_->history().end) {
        tally_->open_at_end();
        return {.kind = Ending::Kind::open_at_end, .t = end};
    }
    if (natural <= loss.t) {
        tally_->completed(natural);
        return {.kind = Ending::Kind::completed, .t = natural};
    }
    tally_->lost({.t = loss.t,
                  .traffic = name.traffic,
                  .slot = name.slot,
                  .k = name.k,
                  .first_hop = syn.hop,
                  .endpoint = syn.endpoint,
                  .cause = loss.cause,
                  .cause_event = loss.event,
                  .age = loss.t - first_syn});
    return {.kind = Ending::Kind::lost, .t = loss.t};
}

Ending Client::fail(const SynOutcome& syn, const ConnectionName& name, Time first_syn, Time t) {
    if (t >= path_->history().end) {
        tally_->connecting_at_end();
        return {.kind = Ending::Kind::connecting_at_end, .t = t};
    }
    const LossCause cause = syn.kind == SynOutcome::Kind::refused      ? LossCause::refused
                            : syn.kind == SynOutcome::Kind::blackholed ? LossCause::blackholed
                                                                       : LossCause::rejected;
    tally_->lost({.t = t,
                  .traffic = name.traffic,
                  .slot = name.slot,
                  .k = name.k,
                  .first_hop = syn.hop,
                  .endpoint = syn.endpoint,
                  .cause = cause,
                  .cause_event = syn.event,
                  .age = t - first_syn});
    return {.kind = Ending::Kind::failed, .t = t};
}

}  // namespace lbsim::traffic
