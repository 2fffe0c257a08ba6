// SPDX-License-Identifier: Apache-2.0
// Chooses the family of a provider.
#include "models/cloud/calls/call_plan.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::cloud {

using scenario::CallClass;
using scenario::CallSequence;

namespace {

/// The neutral cloud: every sync is one call of the same name.
CallPlan plan_single(SyncKind kind) {
    switch (kind) {
        case SyncKind::create:
        case SyncKind::ensure: return {changes("EnsureLoadBalancer", CallClass::write)};
        case SyncKind::update: return {changes("UpdateLoadBalancer", CallClass::membership)};
        case SyncKind::get: return {reads("GetLoadBalancer")};
        case SyncKind::remove: return {changes("EnsureLoadBalancerDeleted", CallClass::removal)};
    }
    LBSIM_CHECK(false, "a kind of sync has no call");
}

CallPlan all_calls(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts) {
    switch (api.sequence) {
        case CallSequence::single: return plan_single(kind);
        case CallSequence::none: return {};
        case CallSequence::aws_clb: return plan_aws_clb(kind, facts);
        case CallSequence::aws_nlb: return plan_aws_nlb(api, kind, facts);
        case CallSequence::aws_target_groups:
        case CallSequence::aws_ip_targets: return plan_aws_target_groups(api, kind, facts);
        case CallSequence::gce_target_pool:
        case CallSequence::gce_instance_group:
        case CallSequence::gce_shared_groups:
        case CallSequence::gce_neg_vm_ip:
        case CallSequence::gce_neg_pods: return plan_gce(api, kind, facts);
        case CallSequence::azure_nic:
        case CallSequence::azure_ip: return plan_azure(api, kind, facts);
        case CallSequence::octavia: return plan_octavia(kind, facts);
        case CallSequence::digitalocean: return plan_digitalocean(kind);
        case CallSequence::hetzner: return plan_hetzner(kind, facts);
    }
    LBSIM_CHECK(false, "a call sequence has no plan");
}

}  // namespace

CallPlan plan_calls(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts) {
    CallPlan plan = all_calls(api, kind, facts);
    std::erase_if(plan, [](const PlannedCall& call) { return call.count == 0; });
    return plan;
}

std::string_view poll_operation(CallSequence sequence) {
    switch (sequence) {
        case CallSequence::gce_target_pool:
        case CallSequence::gce_instance_group:
        case CallSequence::gce_shared_groups:
        case CallSequence::gce_neg_vm_ip:
        case CallSequence::gce_neg_pods: return "Operations.Get";
        case CallSequence::azure_nic:
        case CallSequence::azure_ip: return "AsyncOperation.Get";
        case CallSequence::octavia: return "GetLoadBalancer";
        case CallSequence::hetzner: return "Actions.Get";
        default: return "GetOperation";
    }
}

bool depends_on_changes(CallSequence sequence) {
    switch (sequence) {
        case CallSequence::single:
        case CallSequence::none:
        case CallSequence::aws_ip_targets:
        case CallSequence::gce_neg_pods:
        case CallSequence::digitalocean: return false;
        default: return true;
    }
}

bool counts_running(CallSequence sequence) { return sequence == CallSequence::azure_nic; }

bool shares_targets(CallSequence sequence) {
    return sequence == CallSequence::gce_instance_group || sequence == CallSequence::gce_shared_groups ||
           sequence == CallSequence::azure_nic || sequence == CallSequence::azure_ip;
}

}  // namespace lbsim::cloud
