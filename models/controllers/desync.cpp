// SPDX-License-Identifier: Apache-2.0
// Comparison of desired and actual node sets by fingerprint.
#include "models/controllers/desync.hpp"

namespace lbsim::controllers {

using history::EventKind;
using history::index_of;
using policy::TrafficPolicy;

Desync::Desync(cluster::Journal& journal, cluster::ApiServer& api, const policy::ServiceController& controller,
               const scenario::Scenario& scenario)
    : journal_(&journal), api_(&api), controller_(&controller), scenario_(&scenario), desynced_(scenario.services.size(), false) {}

void Desync::start() {
    const scenario::Cluster& cluster = scenario_->cluster;
    for (const TrafficPolicy policy : {TrafficPolicy::cluster, TrafficPolicy::local}) {
        policy::NodeSetLog& log = journal_->history().desired_sets[index_of(policy)];
        for (std::size_t n = 0; n < api_->node_count(); ++n) {
            const NodeId id{n};
            const policy::NodeFacts& facts = api_->node(id).facts;
            log.put(id.value, policy::is_desired_target(facts, policy, cluster.service_controller, cluster.feature_gates),
                    facts.provider_id);
        }
        journal_->history().desired[index_of(policy)].push_back(
            {.t = history::before_start, .step = 0, .version = log.version(), .event = {}});
    }
    // At the start every load balancer has its whole set, but for one that takes fewer.
    for (std::size_t s = 0; s < scenario_->services.size(); ++s) compare(ServiceId{s}, {});
    api_->observe([this](const cluster::NodeChange& change) { node_written(change); });
}

void Desync::node_written(const cluster::NodeChange& change) {
    const scenario::Cluster& cluster = scenario_->cluster;
    for (const TrafficPolicy policy : {TrafficPolicy::cluster, TrafficPolicy::local}) {
        policy::NodeSetLog& log = journal_->history().desired_sets[index_of(policy)];
        const policy::NodeSetLog::Version before = log.version();
        const bool wanted = change.after && policy::is_desired_target(*change.after, policy, cluster.service_controller,
                                                                      cluster.feature_gates);
        log.put(change.node.value, wanted, change.after ? change.after->provider_id : 0);
        if (log.version() == before) continue;
        journal_->history().desired[index_of(policy)].push_back({.t = journal_->now(),
                                                                 .step = journal_->step(),
                                                                 .version = log.version(),
                                                                 .event = change.why});
        for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
            if (scenario_->services[s].external_traffic_policy == policy) compare(ServiceId{s}, change.why);
        }
    }
}

void Desync::load_balancer_set(ServiceId service) {
    compare(service, journal_->history().services[service.index()].sets.back().event);
}

void Desync::compare(ServiceId service, EventId why) {
    history::History& history = journal_->history();
    const history::LbSetChange& set = history.services[service.index()].sets.back();
    const policy::NodeSetLog& desired =
        history.desired_sets[index_of(scenario_->services[service.index()].external_traffic_policy)];
    const scenario::TargetLimit& limit = scenario_->services[service.index()].load_balancer.limit;
    // What a subset leaves out is left out on purpose.
    const bool is_cut_short =
        limit.kind == scenario::TargetLimit::Kind::truncate && desired.size(desired.version()) > limit.most;
    const bool differs = is_cut_short || controller_->node_sets(set.policy).names(set.version) !=
                                             desired.names(desired.version());
    if (differs == desynced_[service.index()]) return;
    desynced_[service.index()] = differs;
    const EventId event =
        journal_->record(differs ? EventKind::lb_desynced : EventKind::lb_in_sync, {.service = service}, why);
    history.desync.push_back(
        {.t = journal_->now(), .step = journal_->step(), .service = service, .is_desynced = differs, .event = event});
}

}  // namespace lbsim::controllers
