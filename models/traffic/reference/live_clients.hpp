// SPDX-License-Identifier: Apache-2.0
// Connections as live objects: each SYN, end and loss happens at its own instant.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "lbsim/scenario/sampling.hpp"
#include "models/traffic/data_plane.hpp"
#include "models/traffic/reference/live_balancer.hpp"

namespace lbsim::traffic::reference {

/// All clients of a run.
class LiveClients {
public:
    LiveClients(const history::History& history, const scenario::Scenario& scenario, std::uint32_t replication,
                const LiveCluster& cluster, std::deque<LiveBalancer>& balancers, Agenda& agenda, DataPlane& plane);

    /// Connections that are open before the run, and the first arrivals.
    void start();
    void open_arrival(const Item& item);
    void attempt(const Item& item);
    void retransmission(const Item& item);
    void connection_end(const Item& item);
    void machine_off(NodeId node, EventId event);
    void pod_stopped(PodId pod, EventId event);
    void cut(ServiceId service, NodeId node, scenario::LossCause cause, EventId event);
    /// Every cause of this instant has spoken: those it killed are lost.
    void bury(Time t);
    bool has_dying() const { return !dying_.empty(); }
    /// The run is over.
    void finish();

private:
    struct Connection {
        std::uint32_t traffic = 0;
        std::uint64_t slot = 0;
        std::uint64_t k = 0;
        Time first_syn{};
        std::uint32_t syns = 0;
        NodeId hop;
        PodId pod;
        EventId failure;           ///< why the last SYN was not answered
        std::uint64_t life = 0;    ///< generation: a pooled object lives more than once
        std::size_t place = 0;     ///< in its service's list while established
        bool is_established = false;
        bool is_dying = false;
        scenario::LossCause cause{};
        EventId cause_event;
    };
    /// Of one traffic entry.
    struct Stream {
        StreamKey key;             ///< arrivals or population
        StreamKey initial;
        scenario::Sampler lifetime;
        scenario::Sampler reconnect;
        std::uint64_t gap_q32 = 0;
        std::uint64_t sum = 0;
        std::uint64_t next = 0;
        std::uint64_t initial_count = 0;
    };
    std::uint32_t take(std::uint32_t traffic, std::uint64_t slot, std::uint64_t k, Time first_syn);
    void release(std::uint32_t id);
    ConnectionDraws draws_of(const Connection& c) const;
    bool resume(std::uint32_t traffic, std::uint64_t slot, bool is_open_loop);
    void send_syn(std::uint32_t id, Time t);
    void establish(std::uint32_t id, Time t, Duration life);
    void lose(const Connection& c, Time t, scenario::LossCause cause, EventId event);
    void fail(std::uint32_t id, Time t, scenario::LossCause cause, EventId event);
    void kill(std::uint32_t id, scenario::LossCause cause, EventId event);
    void ended(const Connection& c, Time t);
    void unlist(Connection& c);
    void post_next_arrival(std::uint32_t traffic);
    void reconnect(const Connection& c, Time t, bool failed);
    void used(const Connection& c, Time until);

    const history::History& history_;
    const scenario::Scenario& scenario_;
    std::uint32_t replication_;
    const LiveCluster& cluster_;
    std::deque<LiveBalancer>& balancers_;
    Agenda& agenda_;
    DataPlane& plane_;
    std::vector<Stream> streams_;
    std::deque<Connection> connections_;
    std::vector<std::uint32_t> free_;
    std::vector<std::vector<std::uint32_t>> established_;  ///< by service
    std::vector<std::uint32_t> dying_;
    std::uint64_t connecting_ = 0;
};

}  // namespace lbsim::traffic::reference
