// SPDX-License-Identifier: Apache-2.0
// What decides the calls of a sync: its kind, and what differs between the targets there are and those wanted.
#include <algorithm>
#include <tuple>

#include "lbsim/core/check.hpp"
#include "lbsim/scenario/lb_members.hpp"
#include "models/cloud/cloud.hpp"

namespace lbsim::cloud {

using policy::CloudOperation;

namespace {

/// The AWS Load Balancer Controller keeps the health of targets this long.
/// Source: kubernetes-sigs/aws-load-balancer-controller 225f4456 pkg/targetgroupbinding.
constexpr Duration health_cache = 5min;

SyncKind kind_of(CloudOperation operation, bool exists) {
    switch (operation) {
        case CloudOperation::ensure_load_balancer: return exists ? SyncKind::ensure : SyncKind::create;
        case CloudOperation::update_load_balancer: return SyncKind::update;
        case CloudOperation::get_load_balancer: return SyncKind::get;
        case CloudOperation::ensure_load_balancer_deleted: return SyncKind::remove;
    }
    LBSIM_CHECK(false, "a cloud operation has no kind");
}

bool speaks_http(scenario::HealthCheckTarget target) {
    return target == scenario::HealthCheckTarget::proxy_healthz ||
           target == scenario::HealthCheckTarget::health_check_node_port;
}

}  // namespace

CallPlan Cloud::plan(Sync& sync, SyncKind& kind) {
    LoadBalancerState& state = states_[sync.service.index()];
    kind = kind_of(sync.call->operation, state.exists);
    if (spec(sync.service).update_latency) {
        scenario::CloudApi single;
        return plan_calls(single, kind, {});
    }
    const SyncFacts facts = facts_of(sync);
    if (shares(sync.service) && sets_nodes(kind) && facts.added + facts.removed > 0) {
        sync.changes_shared = true;
        claimed_[spec(sync.service).cloud] = sync.call->nodes;
    }
    CallPlan calls = plan_calls(sync.account->api(), kind, facts);
    const auto reads_health = [](const PlannedCall& call) { return call.operation == "DescribeTargetHealth"; };
    if (std::any_of(calls.begin(), calls.end(), reads_health)) state.health_read = journal_->now();
    return calls;
}

SyncFacts Cloud::facts_of(const Sync& sync) {
    const scenario::Service& service = scenario_->services[sync.service.index()];
    const history::LbSetChange& own = journal_->history().services[sync.service.index()].sets.back();
    const policy::NodeSetRef has = shares(sync.service) ? claimed_[service.load_balancer.cloud]
                                                        : policy::NodeSetRef{own.policy, own.version};
    const policy::NodeSetRef& wants = sync.call->nodes;
    const scenario::HealthCheckTarget target = service.load_balancer.health_check.target;
    SyncFacts facts{.ports = service.ports,
                    .nodes = scenario::lb_size(controller_->node_sets(wants.policy).size(wants.version),
                                               service.load_balancer.limit),
                    .zones = static_cast<std::uint32_t>(scenario_->cluster.zones.size()),
                    .http_check = speaks_http(target),
                    .has_check = target != scenario::HealthCheckTarget::none,
                    .has_fresh_health = journal_->now() < states_[sync.service.index()].health_read + health_cache};
    facts.is_last_service =
        sync.call->operation == CloudOperation::ensure_load_balancer_deleted &&
        std::count_if(states_.begin(), states_.end(), [](const auto& s) { return s.exists; }) <= 1;
    if (!depends_on_changes(sync.account->api().sequence)) return facts;
    const Difference& differs = difference(sync.service, has, wants);
    facts.added = differs.added;
    facts.removed = static_cast<std::uint32_t>(differs.removed.size());
    facts.zones_added_to = differs.zones_added_to;
    facts.zones_removed_from = differs.zones_removed_from;
    if (counts_running(sync.account->api().sequence)) {
        facts.removed_running = static_cast<std::uint32_t>(
            std::count_if(differs.removed.begin(), differs.removed.end(), [this](NodeId node) {
                return machines_->machine(node).instance != cluster::InstanceState::gone;
            }));
    }
    return facts;
}

const Cloud::Difference& Cloud::difference(ServiceId service, const policy::NodeSetRef& has, const policy::NodeSetRef& wants) {
    const scenario::TargetLimit& limit = spec(service).limit;
    const bool is_own = limit.kind == scenario::TargetLimit::Kind::subset;
    const bool is_cut = limit.kind == scenario::TargetLimit::Kind::truncate;
    Difference found{.subset_of = is_own ? service : ServiceId{},
                     .from = {&controller_->node_sets(has.policy), has.version},
                     .to = {&controller_->node_sets(wants.policy), wants.version},
                     .most = is_cut ? limit.most : 0,
                     .removed = {}};
    const auto question = [](const Difference& d) {
        return std::tuple(d.subset_of, d.from.log, d.from.version, d.to.log, d.to.version, d.most);
    };
    if (question(found) == question(last_difference_)) return last_difference_;
    std::vector<bool> added_to(scenario_->cluster.zones.size());
    std::vector<bool> removed_from(scenario_->cluster.zones.size());
    const auto visit = [&](policy::NodeKey key, bool entered) {
        const NodeId node{key};
        (entered ? added_to : removed_from)[machines_->machine(node).zone] = true;
        if (entered) {
            ++found.added;
        } else {
            found.removed.push_back(node);
        }
    };
    const StreamKey ranks = is_own ? scenario::rank_stream(*scenario_, service, replication_) : StreamKey{};
    changes_.for_each(service, limit, ranks, found.from, found.to, std::cref(visit));
    found.zones_added_to = static_cast<std::uint32_t>(std::count(added_to.begin(), added_to.end(), true));
    found.zones_removed_from = static_cast<std::uint32_t>(std::count(removed_from.begin(), removed_from.end(), true));
    return last_difference_ = std::move(found);
}

}  // namespace lbsim::cloud
