// SPDX-License-Identifier: Apache-2.0
// Comparison of desired and actual node sets by fingerprint.
#include "models/controllers/desync.hpp"

#include <algorithm>

namespace lbsim::controllers {

using history::EventKind;
using history::index_of;
using policy::TrafficPolicy;

Desync::Desync(cluster::Journal& journal, cluster::ApiServer& api, const policy::ServiceController& controller,
               const scenario::Scenario& scenario)
    : journal_(&journal), api_(&api), controller_(&controller), scenario_(&scenario) {
    for (const scenario::Service& service : scenario.services) wanted_.push_back(service.exists_at_start);
}

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
        desired_[index_of(policy)] = log.names(log.version());
    }
    places_.resize(scenario_->services.size());
    for (std::size_t s = 0; s < scenario_->services.size(); ++s) {
        const ServiceId service{s};
        if (scenario_->services[s].load_balancer.limit.kind == scenario::TargetLimit::Kind::truncate) {
            truncated_.push_back(service);
        }
        if (!wanted_[s]) continue;
        hold(service, names_held_by(service));
        // At the start every load balancer has its whole set, but for one that takes fewer.
        compare(service, {});
    }
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
        desired_changed(policy, log.names(log.version()), change.why);
    }
}

void Desync::desired_changed(TrafficPolicy policy, const policy::Fingerprint& names, EventId why) {
    policy::Fingerprint& desired = desired_[index_of(policy)];
    if (desired == names) return;
    std::vector<ServiceId> turned;
    for (const policy::Fingerprint& content : {desired, names}) {
        const auto found = holders_[index_of(policy)].find(content);
        if (found != holders_[index_of(policy)].end()) {
            turned.insert(turned.end(), found->second.begin(), found->second.end());
        }
    }
    desired = names;
    // One that takes too few may hold any set: the desired one may have become small enough, or too large.
    for (const ServiceId service : truncated_) {
        if (policy_of(service) == index_of(policy)) turned.push_back(service);
    }
    std::sort(turned.begin(), turned.end());
    turned.erase(std::unique(turned.begin(), turned.end()), turned.end());
    for (const ServiceId service : turned) compare(service, why);
}

void Desync::service_wanted(ServiceId service, bool is_wanted, EventId why) {
    if (wanted_[service.index()] == is_wanted) return;
    wanted_[service.index()] = is_wanted;
    journal_->history().services[service.index()].wanted.push_back(
        {.t = journal_->now(), .step = journal_->step(), .is_wanted = is_wanted});
    if (is_wanted) {
        hold(service, names_held_by(service));
    } else {
        drop(service);
    }
    compare(service, why);
}

void Desync::load_balancer_set(ServiceId service) {
    if (!wanted_[service.index()]) return;
    const policy::Fingerprint names = names_held_by(service);
    if (places_[service.index()].holders->first != names) {
        drop(service);
        hold(service, names);
    }
    compare(service, journal_->history().services[service.index()].sets.back().event);
}

void Desync::compare(ServiceId service, EventId why) {
    const std::size_t policy = policy_of(service);
    const scenario::TargetLimit& limit = scenario_->services[service.index()].load_balancer.limit;
    // What a subset leaves out is left out on purpose.
    const policy::NodeSetLog& log = journal_->history().desired_sets[policy];
    const bool is_cut_short = limit.kind == scenario::TargetLimit::Kind::truncate && log.size(log.version()) > limit.most;
    const bool differs = wanted_[service.index()] &&
                         (is_cut_short || places_[service.index()].holders->first != desired_[policy]);
    history::DesyncLog& desync = journal_->history().desync;
    if (differs == desync.is_desynced(service)) return;
    journal_->record(differs ? EventKind::lb_desynced : EventKind::lb_in_sync, {.service = service}, why);
    desync.turn(journal_->now(), service, differs);
}

void Desync::hold(ServiceId service, const policy::Fingerprint& names) {
    const auto holders = holders_[policy_of(service)].try_emplace(names).first;
    places_[service.index()] = {.holders = holders, .at = static_cast<std::uint32_t>(holders->second.size())};
    holders->second.push_back(service);
}

void Desync::drop(ServiceId service) {
    const Place place = places_[service.index()];
    Holders& holders = place.holders->second;
    holders[place.at] = holders.back();
    places_[holders[place.at].index()].at = place.at;
    holders.pop_back();
    if (holders.empty()) holders_[policy_of(service)].erase(place.holders);
}

std::size_t Desync::policy_of(ServiceId service) const {
    return index_of(scenario_->services[service.index()].external_traffic_policy);
}

policy::Fingerprint Desync::names_held_by(ServiceId service) const {
    const history::LbSetChange& set = journal_->history().services[service.index()].sets.back();
    return controller_->node_sets(set.policy).names(set.version);
}

}  // namespace lbsim::controllers
