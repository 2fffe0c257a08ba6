// SPDX-License-Identifier: Apache-2.0
// SYNs, ends and losses, one event each.
#include "models/traffic/reference/live_clients.hpp"

#include <algorithm>

namespace lbsim::traffic::reference {

using scenario::LossCause;

LiveClients::LiveClients(const history::History& history, const scenario::Scenario& scenario,
                         std::uint32_t replication, const LiveCluster& cluster, std::deque<LiveBalancer>& balancers,
                         Agenda& agenda, DataPlane& plane)
    : history_(history),
      scenario_(scenario),
      replication_(replication),
      cluster_(cluster),
      balancers_(balancers),
      agenda_(agenda),
      plane_(plane),
      established_(scenario.services.size()) {}

void LiveClients::start() {
    for (std::uint32_t t = 0; t < scenario_.traffic.size(); ++t) {
        const scenario::Traffic& entry = scenario_.traffic[t];
        Stream stream;
        stream.lifetime = scenario::Sampler(entry.lifetime);
        stream.reconnect = scenario::Sampler(entry.reconnect.after);
        if (entry.kind == scenario::TrafficKind::population) {
            stream.key = traffic_stream(scenario_, entry, replication_, "population");
            stream.initial = stream.key;
            streams_.push_back(std::move(stream));
            for (std::uint64_t slot = 0; slot < entry.connections; ++slot) {
                // Where nothing was there to be connected to, the slot tries at time 0.
                if (!resume(t, slot, false)) agenda_.post(time_zero, rank_attempt, t, What::attempt, t, slot << 20);
            }
            continue;
        }
        stream.key = traffic_stream(scenario_, entry, replication_, "open");
        stream.initial = traffic_stream(scenario_, entry, replication_, "open_initial");
        const StreamKey count = traffic_stream(scenario_, entry, replication_, "open_initial_count");
        streams_.push_back(std::move(stream));
        if (entry.arrivals_per_second <= 0.0) continue;
        streams_[t].gap_q32 = mean_gap_q32(entry.arrivals_per_second);
        streams_[t].initial_count =
            scenario::draw_poisson(entry.arrivals_per_second * streams_[t].lifetime.mean_us() * 1e-6, count, 0);
        for (std::uint64_t j = 0; j < streams_[t].initial_count; ++j) resume(t, j, true);
        post_next_arrival(t);
    }
}

// ---- pool ------------------------------------------------------------------------------------------------------------

std::uint32_t LiveClients::take(std::uint32_t traffic, std::uint64_t slot, std::uint64_t k, Time first_syn) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(connections_.size()));
        connections_.emplace_back();
    }
    const std::uint32_t id = free_.back();
    free_.pop_back();
    Connection& c = connections_[id];
    const std::uint64_t life = c.life + 1;
    c = Connection{};
    c.traffic = traffic;
    c.slot = slot;
    c.k = k;
    c.first_syn = first_syn;
    c.life = life;
    return id;
}

void LiveClients::release(std::uint32_t id) {
    ++connections_[id].life;
    free_.push_back(id);
}

ConnectionDraws LiveClients::draws_of(const Connection& c) const {
    const Stream& stream = streams_[c.traffic];
    if (scenario_.traffic[c.traffic].kind == scenario::TrafficKind::population) {
        return ConnectionDraws(stream.key, c.slot, static_cast<std::uint32_t>(c.k));
    }
    if (c.slot < stream.initial_count) return ConnectionDraws(stream.initial, c.slot, 0);
    return ConnectionDraws(stream.key, c.slot - stream.initial_count, 0);
}

// ---- connecting ------------------------------------------------------------------------------------------------------

/// A connection that is open at time 0; false where nothing answers.
bool LiveClients::resume(std::uint32_t traffic, std::uint64_t slot, bool is_open_loop) {
    const Stream& stream = streams_[traffic];
    const ConnectionDraws draws(is_open_loop ? stream.initial : stream.key, slot, 0);
    const scenario::StationaryLife life = stream.lifetime.draw_stationary(draws.stationary());
    const std::uint32_t id = take(traffic, slot, 0, time_zero - life.age);
    send_syn(id, history::before_start);
    Connection& c = connections_[id];
    if (!c.is_established) {
        release(id);
        return false;
    }
    plane_.tally.initial();
    agenda_.post(time_zero + life.residual, rank_connection_end, 0, What::connection_end, id, c.life);
    return true;
}

void LiveClients::post_next_arrival(std::uint32_t traffic) {
    Stream& stream = streams_[traffic];
    const Words words = stream.key.block(stream.next);
    stream.sum += gap_of(words[gap_word]);
    agenda_.post(arrival_time(stream.sum, stream.gap_q32), rank_attempt, traffic, What::open_arrival, traffic, stream.next);
    ++stream.next;
}

void LiveClients::open_arrival(const Item& item) {
    const auto traffic = static_cast<std::uint32_t>(item.a);
    plane_.tally.attempted(item.t, false);
    send_syn(take(traffic, streams_[traffic].initial_count + item.b, 0, item.t), item.t);
    post_next_arrival(traffic);
}

/// A population slot connects. `item.b`: slot above, number of the attempt in the low 20 bits.
void LiveClients::attempt(const Item& item) {
    const auto traffic = static_cast<std::uint32_t>(item.a & 0xffffffffu);
    plane_.tally.attempted(item.t, (item.a >> 32) != 0);
    send_syn(take(traffic, item.b >> 20, item.b & 0xfffff, item.t), item.t);
}

void LiveClients::retransmission(const Item& item) {
    const auto id = static_cast<std::uint32_t>(item.a);
    Connection& c = connections_[id];
    if (c.life != item.b) return;
    --connecting_;
    const Duration timeout = scenario_.traffic[c.traffic].connect_timeout;
    if (item.t - c.first_syn >= timeout) {
        fail(id, item.t, LossCause::blackholed, c.failure);
    } else {
        send_syn(id, item.t);
    }
}

void LiveClients::send_syn(std::uint32_t id, Time t) {
    Connection& c = connections_[id];
    const scenario::Traffic& entry = scenario_.traffic[c.traffic];
    const LiveBalancer& balancer = balancers_[entry.service];
    const ConnectionDraws draws = draws_of(c);
    const std::uint32_t syn = c.syns++;
    const bool is_initial = t == history::before_start;
    c.pod = {};
    c.hop = balancer.pick(draws, syn);
    LossCause failure = LossCause::blackholed;
    if (!c.hop.is_valid()) {
        c.failure = balancer.empty_event();
    } else if (!cluster_.node(c.hop).is_on) {
        c.failure = cluster_.node(c.hop).off_event;
    } else {
        const LiveRules& rules = cluster_.rules(ServiceId{entry.service}, c.hop);
        const LiveRules::Usable& usable = cluster_.usable(ServiceId{entry.service}, c.hop);
        if (usable.pods.empty()) {
            c.failure = usable.event;
            failure = usable.verdict == policy::ForwardingVerdict::drop ? LossCause::blackholed : LossCause::rejected;
        } else {
            const std::uint32_t range = history::endpoint_draw_range(history_, ServiceId{entry.service});
            for (std::uint32_t j = 0; j < pick_draws && !c.pod.is_valid(); ++j) {
                const std::uint32_t slot = index_among(draws.endpoint(syn, j), range);
                if (slot >= rules.endpoints.size()) continue;
                const PodId pod = rules.endpoints[slot].pod;
                if (std::find(usable.pods.begin(), usable.pods.end(), pod) != usable.pods.end()) c.pod = pod;
            }
            if (!c.pod.is_valid()) {
                c.pod = usable.pods[index_among(draws.endpoint(syn, pick_draws), static_cast<std::uint32_t>(usable.pods.size()))];
            }
            if (cluster_.reply(c.pod) == PodReply::accepts) {
                if (!is_initial) plane_.tally.established(t);
                const Duration life = streams_[c.traffic].lifetime.draw_life(draws.base()[life_word]);
                establish(id, t, is_initial ? Duration{-1} : life);
                return;
            }
            c.failure = cluster_.stopper(c.pod);
            if (cluster_.reply(c.pod) == PodReply::refuses) failure = LossCause::refused;
        }
    }
    if (is_initial) return;
    if (failure != LossCause::blackholed) {
        fail(id, t, failure, c.failure);
        return;
    }
    ++connecting_;
    const Time next = saturating_add(c.first_syn, std::min(syn_offset(c.syns), entry.connect_timeout));
    agenda_.post(next, rank_attempt, c.traffic, What::retransmission, id, c.life);
}

/// `life` < 0: the caller knows when it ends.
void LiveClients::establish(std::uint32_t id, Time t, Duration life) {
    Connection& c = connections_[id];
    c.is_established = true;
    std::vector<std::uint32_t>& list = established_[scenario_.traffic[c.traffic].service];
    c.place = list.size();
    list.push_back(id);
    if (life >= Duration{0}) {
        agenda_.post(saturating_add(t, life), rank_connection_end, 0, What::connection_end, id, c.life);
    }
}

void LiveClients::lose(const Connection& c, Time t, LossCause cause, EventId event) {
    plane_.tally.lost({.t = t,
                       .traffic = c.traffic,
                       .slot = c.slot,
                       .k = c.k,
                       .first_hop = c.hop,
                       .endpoint = c.pod,
                       .cause = cause,
                       .cause_event = event,
                       .age = t - c.first_syn});
}

void LiveClients::fail(std::uint32_t id, Time t, LossCause cause, EventId event) {
    const Connection c = connections_[id];
    lose(c, t, cause, event);
    release(id);
    reconnect(c, t, true);
}

// ---- ending ----------------------------------------------------------------------------------------------------------

void LiveClients::unlist(Connection& c) {
    std::vector<std::uint32_t>& list = established_[scenario_.traffic[c.traffic].service];
    list[c.place] = list.back();
    connections_[list[c.place]].place = c.place;
    list.pop_back();
}

void LiveClients::used(const Connection& c, Time until) {
    plane_.tally.used(c.hop, until);
    plane_.tally.used(cluster_.node_of(c.pod), until);
}

void LiveClients::connection_end(const Item& item) {
    const auto id = static_cast<std::uint32_t>(item.a);
    if (connections_[id].life != item.b) return;
    const Connection c = connections_[id];
    plane_.tally.completed(item.t);
    used(c, item.t);
    unlist(connections_[id]);
    release(id);
    if (scenario_.traffic[c.traffic].kind == scenario::TrafficKind::population) {
        agenda_.post(item.t, rank_attempt, c.traffic, What::attempt, c.traffic, (c.slot << 20) | (c.k + 1));
    }
}

void LiveClients::kill(std::uint32_t id, LossCause cause, EventId event) {
    Connection& c = connections_[id];
    if (!c.is_dying) {
        c.is_dying = true;
        c.cause = cause;
        c.cause_event = event;
        dying_.push_back(id);
    } else if (cause < c.cause) {
        c.cause = cause;
        c.cause_event = event;
    }
}

void LiveClients::machine_off(NodeId node, EventId event) {
    for (const std::vector<std::uint32_t>& list : established_) {
        for (const std::uint32_t id : list) {
            const Connection& c = connections_[id];
            const bool is_hop = c.hop == node;
            if (!is_hop && cluster_.node_of(c.pod) != node) continue;
            // Hop and endpoint may go off together; the hop is named.
            if (is_hop && c.is_dying && c.cause == LossCause::vm_off) connections_[id].cause_event = event;
            kill(id, LossCause::vm_off, event);
        }
    }
}

void LiveClients::pod_stopped(PodId pod, EventId event) {
    for (const std::uint32_t id : established_[history_.pods[pod.index()].service.index()]) {
        if (connections_[id].pod == pod) kill(id, LossCause::pod_killed, event);
    }
}

void LiveClients::cut(ServiceId service, NodeId node, LossCause cause, EventId event) {
    for (const std::uint32_t id : established_[service.index()]) {
        if (connections_[id].hop == node) kill(id, cause, event);
    }
}

void LiveClients::bury(Time t) {
    std::vector<std::uint32_t> dying;
    dying.swap(dying_);
    for (const std::uint32_t id : dying) {
        const Connection c = connections_[id];
        lose(c, t, c.cause, c.cause_event);
        used(c, t);
        unlist(connections_[id]);
        release(id);
        reconnect(c, t, false);
    }
}

void LiveClients::reconnect(const Connection& c, Time t, bool failed) {
    const scenario::Traffic& entry = scenario_.traffic[c.traffic];
    if (entry.kind != scenario::TrafficKind::population) return;
    Time next = t;
    switch (entry.reconnect.kind) {
        case scenario::Reconnect::Kind::no: return;
        case scenario::Reconnect::Kind::at_once:
            if (failed) next = std::max(t, saturating_add(c.first_syn, entry.connect_timeout));
            break;
        case scenario::Reconnect::Kind::after:
            next = saturating_add(t, std::max(streams_[c.traffic].reconnect.draw(draws_of(c).reconnect()), Duration{1}));
            break;
    }
    agenda_.post(next, rank_attempt, c.traffic, What::attempt, (std::uint64_t{1} << 32) | c.traffic,
                 (c.slot << 20) | (c.k + 1));
}

void LiveClients::finish() {
    for (std::uint64_t i = 0; i < connecting_; ++i) plane_.tally.connecting_at_end();
    for (const std::vector<std::uint32_t>& list : established_) {
        plane_.tally.open_at_end(list.size());
        for (const std::uint32_t id : list) used(connections_[id], never);
    }
}

}  // namespace lbsim::traffic::reference
