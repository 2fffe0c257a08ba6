// SPDX-License-Identifier: Apache-2.0
// The loop of the reference data plane and what it integrates between instants.
#include "models/traffic/reference/replay.hpp"

#include <deque>
#include <optional>

#include "models/traffic/reference/live_balancer.hpp"
#include "models/traffic/reference/live_clients.hpp"
#include "models/traffic/reference/live_cluster.hpp"

namespace lbsim::traffic::reference {

namespace {

class Replay {
public:
    Replay(const history::History& history, const scenario::Scenario& scenario, std::uint32_t replication, Duration bin)
        : history_(history),
          scenario_(scenario),
          plane_(Tally(scenario.duration, bin), history.events),
          agenda_(history.end),
          cluster_(history, scenario),
          clients_(history, scenario, replication, cluster_, balancers_, agenda_, plane_) {
        plane_.healthy_targets.assign(plane_.tally.bin_count(), 0);
        for (const history::NamedNode& named : history.named_nodes) {
            plane_.last_admission[named.node];
            plane_.tally.follow(named.node);
        }
        for (std::uint32_t s = 0; s < scenario.services.size(); ++s) {
            balancers_.emplace_back(history, scenario, ServiceId{s}, replication, cluster_, agenda_, plane_,
                                    [this](ServiceId service, NodeId node, scenario::LossCause cause, EventId event) {
                                        clients_.cut(service, node, cause, event);
                                    });
        }
    }

    DataPlane run() {
        cluster_.start(agenda_);
        for (LiveBalancer& balancer : balancers_) balancer.start();
        clients_.start();
        post_desired();
        measure();
        while (!agenda_.is_empty()) {
            if (agenda_.top().t != now_) pass_time(agenda_.top().t);
            if (clients_.has_dying() && agenda_.top().rank >= rank_attempt) {
                clients_.bury(now_);
                continue;  // the buried may have put something before it
            }
            const Item item = agenda_.pop();
            if (item.rank >= rank_probe) settle_answers();
            handle(item);
        }
        pass_time(history_.end);
        clients_.finish();
        for (auto& [node, last] : plane_.last_admission) last.open_at_end = is_admitted_anywhere(node);
        plane_.desync = desync_;
        return std::move(plane_);
    }

private:
    void handle(const Item& item) {
        switch (item.what) {
            case What::connection_end: clients_.connection_end(item); return;
            case What::open_arrival: clients_.open_arrival(item); return;
            case What::attempt: clients_.attempt(item); return;
            case What::retransmission: clients_.retransmission(item); return;
            case What::machine_on: cluster_.machine_on(item); break;
            case What::machine_off: {
                const NodeId node{static_cast<std::uint32_t>(item.a)};
                cluster_.machine_off(item);
                clients_.machine_off(node, cluster_.node(node).off_event);
                break;
            }
            case What::serving_start: cluster_.serving_start(item); break;
            case What::serving_end: {
                cluster_.serving_end(item);
                const history::ServingSpan& span = history_.pods[item.a].serving[item.b];
                clients_.pod_stopped(PodId{static_cast<std::uint32_t>(item.a)}, span.end_event);
                break;
            }
            case What::healthz: cluster_.healthz(item); break;
            case What::view: cluster_.view(item); break;
            case What::desired: desired_[item.a] = members_of(item); break;
            case What::wanted: wanted_[item.a] = item.b != 0; break;
            case What::lb_set: balancers_[item.a].set_changed(item); break;
            case What::lb_due: balancers_[item.a].due(item); break;
            case What::probe_timeouts: balancers_[item.a].probe_timeouts(item); break;
            case What::probe_tick:
                balancers_[item.a].probe_tick(item);
                if (plane_.targets.size() == targets_seen_) return;
                break;
        }
        is_dirty_ = true;
        answers_are_settled_ = false;
        targets_seen_ = plane_.targets.size();
    }

    void settle_answers() {
        if (answers_are_settled_) return;
        answers_are_settled_ = true;
        for (LiveBalancer& balancer : balancers_) balancer.settle_answers(now_);
    }

    /// From now_ to `t` nothing changes: integrate.
    void pass_time(Time t) {
        if (clients_.has_dying()) clients_.bury(now_);
        settle_answers();
        if (!agenda_.is_empty() && agenda_.top().t == now_) return;  // burying put something at this instant
        if (is_dirty_) measure();
        const Duration span = t - std::max(now_, time_zero);
        if (t > time_zero) {
            plane_.blackhole += span * static_cast<std::int64_t>(black_holes_);
            plane_.fail_open += span * static_cast<std::int64_t>(open_);
            desync_ += span * static_cast<std::int64_t>(desynced_);
        }
        for (; bin_ < plane_.healthy_targets.size(); ++bin_) {
            const Time bin_end = std::min(time_zero + plane_.tally.bin() * static_cast<std::int64_t>(bin_ + 1), history_.end);
            if (bin_end > t) break;
            plane_.healthy_targets[bin_] = passing_;
        }
        now_ = t;
    }

    /// What is integrated, counted afresh from the state at the end of an instant.
    void measure() {
        is_dirty_ = false;
        black_holes_ = 0;
        open_ = 0;
        passing_ = 0;
        desynced_ = 0;
        for (std::size_t s = 0; s < balancers_.size(); ++s) {
            const LiveBalancer& balancer = balancers_[s];
            black_holes_ += balancer.black_holes();
            open_ += balancer.uses_all() ? 1u : 0u;
            const std::uint32_t passing = balancer.passing();
            passing_ += passing;
            const auto policy = history::index_of(scenario_.services[s].external_traffic_policy);
            desynced_ += wanted_[s] && balancer.is_desynced(desired_[policy]) ? 1u : 0u;
            if (balancer.initial_targets() == 0) continue;
            const double share = static_cast<double>(passing) / static_cast<double>(balancer.initial_targets());
            plane_.capacity_min_share = std::min(plane_.capacity_min_share.value_or(share), share);
        }
        for (auto& [node, last] : plane_.last_admission) {
            const bool is_admitted = is_admitted_anywhere(node);
            if (was_admitted_[node] && !is_admitted) last.until = std::max(last.until, now_);
            was_admitted_[node] = is_admitted;
        }
    }

    bool is_admitted_anywhere(NodeId node) const {
        for (const LiveBalancer& balancer : balancers_) {
            if (balancer.is_admitted(node)) return true;
        }
        return false;
    }

    void post_desired() {
        for (std::uint64_t s = 0; s < history_.services.size(); ++s) {
            wanted_.push_back(scenario_.services[s].exists_at_start);
            for (const history::WantedChange& change : history_.services[s].wanted) {
                agenda_.post(change.t, change.step, 0, What::wanted, s, change.is_wanted ? 1 : 0);
            }
        }
        for (std::uint64_t policy = 0; policy < desired_.size(); ++policy) {
            const std::vector<history::DesiredChange>& log = history_.desired[policy];
            for (std::uint64_t i = 0; i < log.size(); ++i) {
                if (log[i].t == history::before_start) {
                    desired_[policy] = members_of({.a = policy, .b = i});
                } else {
                    agenda_.post(log[i].t, log[i].step, 0, What::desired, policy, i);
                }
            }
        }
    }

    std::set<NodeId> members_of(const Item& item) const {
        std::set<NodeId> nodes;
        for (const policy::NodeKey node : history_.desired_sets[item.a].members(history_.desired[item.a][item.b].version)) {
            nodes.insert(NodeId{node});
        }
        return nodes;
    }

    const history::History& history_;
    const scenario::Scenario& scenario_;
    DataPlane plane_;
    Agenda agenda_;
    LiveCluster cluster_;
    std::deque<LiveBalancer> balancers_;
    LiveClients clients_;
    Time now_ = history::before_start;
    bool is_dirty_ = false;
    bool answers_are_settled_ = true;
    std::uint64_t targets_seen_ = 0;
    std::uint64_t black_holes_ = 0;
    std::uint64_t open_ = 0;
    std::uint64_t passing_ = 0;
    std::uint64_t desynced_ = 0;
    Duration desync_{};
    std::size_t bin_ = 0;
    std::array<std::set<NodeId>, 2> desired_;
    std::vector<bool> wanted_;  ///< by service: it wants a load balancer
    std::map<NodeId, bool> was_admitted_;
};

}  // namespace

DataPlane replay(const history::History& history, const scenario::Scenario& scenario, std::uint32_t replication,
                 Duration bin) {
    return Replay(history, scenario, replication, bin).run();
}

}  // namespace lbsim::traffic::reference
