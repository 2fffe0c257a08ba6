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
        if (wanted_[s]) hold(ServiceId{s}, names_held_by(ServiceId{s}));
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
    std::sort(turned.begin(), turned.end());
    for (const ServiceId service : turned) turn(service, names_held_by(service) != names, why);
}

void Desync::service_wanted(ServiceId service, bool is_wanted, EventId why) {
    if (wanted_[service.index()] == is_wanted) return;
    wanted_[service.index()] = is_wanted;
    journal_->history().services[service.index()].wanted.push_back(
        {.t = journal_->now(), .step = journal_->step(), .is_wanted = is_wanted});
    const policy::Fingerprint names = names_held_by(service);
    if (is_wanted) {
        hold(service, names);
    } else {
        drop(service);
    }
    if (names != desired_[policy_of(service)]) turn(service, is_wanted, why);
}

void Desync::load_balancer_set(ServiceId service) {
    if (!wanted_[service.index()]) return;
    const policy::Fingerprint names = names_held_by(service);
    const std::size_t policy = policy_of(service);
    const policy::Fingerprint& desired = desired_[policy];
    Place& place = places_[service.index()];
    if (place.holders->first == names) return;
    const bool was_desynced = place.holders->first != desired;
    drop(service);
    hold(service, names);
    const bool is_desynced = names != desired;
    if (is_desynced != was_desynced) {
        turn(service, is_desynced, journal_->history().services[service.index()].sets.back().event);
    }
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

void Desync::turn(ServiceId service, bool is_desynced, EventId why) {
    journal_->record(is_desynced ? EventKind::lb_desynced : EventKind::lb_in_sync, {.service = service}, why);
    journal_->history().desync.turn(journal_->now(), service, is_desynced);
}

std::size_t Desync::policy_of(ServiceId service) const {
    return index_of(scenario_->services[service.index()].external_traffic_policy);
}

policy::Fingerprint Desync::names_held_by(ServiceId service) const {
    const history::LbSetChange& set = journal_->history().services[service.index()].sets.back();
    return controller_->node_sets(set.policy).names(set.version);
}

}  // namespace lbsim::controllers
