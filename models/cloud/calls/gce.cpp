// SPDX-License-Identifier: Apache-2.0
// Calls of Google Cloud: in-tree network and internal load balancers, and ingress-gce.
// Source: kubernetes/cloud-provider-gcp 4e245312 providers/gce; kubernetes/ingress-gce acbcf5d6 pkg/l4, pkg/neg,
// pkg/instancegroups.
#include "models/cloud/calls/call_plan.hpp"

#include <algorithm>

namespace lbsim::cloud {

using scenario::CallClass;
using scenario::CallSequence;

namespace {

/// GCE creates and deletes by operations that are waited for.
constexpr PlannedCall creates(std::string_view operation) { return starts(operation, CallClass::write); }
constexpr PlannedCall deletes(std::string_view operation) { return starts(operation, CallClass::removal); }

/// Z lists, GetTargetPool before and after, and an operation for each thousand nodes.
CallPlan target_pool_update(const scenario::CloudApi& api, const SyncFacts& facts) {
    return {reads("Instances.List", facts.zones), reads("TargetPools.Get"),
            starts("TargetPools.AddInstance", CallClass::membership, portions(facts.added, api.batch)),
            starts("TargetPools.RemoveInstance", CallClass::membership, portions(facts.removed, api.batch)),
            reads("TargetPools.Get")};
}

/// Reads of each service; the groups are shared, so only who meets a difference changes them.
CallPlan instance_group_update(const SyncFacts& facts) {
    return {reads("InstanceGroups.Get", facts.zones), reads("InstanceGroups.ListInstances", facts.zones),
            starts("InstanceGroups.AddInstances", CallClass::membership, facts.zones_added_to),
            starts("InstanceGroups.RemoveInstances", CallClass::membership, facts.zones_removed_from),
            reads("RegionBackendServices.Get")};
}

/// The format's rule until part 4: Z lists for each service, and the groups changed by the first that meets a difference.
CallPlan shared_groups_update(const SyncFacts& facts) {
    return {reads("InstanceGroups.ListInstances", facts.zones),
            starts("InstanceGroups.AddInstances", CallClass::membership, facts.zones_added_to),
            starts("InstanceGroups.RemoveInstances", CallClass::membership, facts.zones_removed_from)};
}

/// Z lists for each service; attach and detach where its own subset changed, 500 endpoints a call and zone.
/// Simplifies: the changed nodes spread evenly over the changed zones.
CallPlan neg_update(const scenario::CloudApi& api, const SyncFacts& facts) {
    const auto calls = [&](std::uint32_t nodes, std::uint32_t zones) {
        return zones == 0 ? 0 : zones * portions(portions(nodes, zones), api.batch);
    };
    return {reads("NetworkEndpointGroups.ListNetworkEndpoints", facts.zones),
            starts("NetworkEndpointGroups.AttachNetworkEndpoints", CallClass::membership,
                   calls(facts.added, facts.zones_added_to)),
            starts("NetworkEndpointGroups.DetachNetworkEndpoints", CallClass::membership,
                   calls(facts.removed, facts.zones_removed_from))};
}

CallPlan update_of(const scenario::CloudApi& api, const SyncFacts& facts) {
    switch (api.sequence) {
        case CallSequence::gce_target_pool: return target_pool_update(api, facts);
        case CallSequence::gce_instance_group: return instance_group_update(facts);
        case CallSequence::gce_shared_groups: return shared_groups_update(facts);
        case CallSequence::gce_neg_vm_ip: return neg_update(api, facts);
        default: return {};  // pods behind a network endpoint group: a node change costs nothing
    }
}

/// Reads that find a load balancer as it should be.
CallPlan ensure_reads(CallSequence sequence) {
    if (sequence == CallSequence::gce_target_pool) {
        return {reads("ForwardingRules.Get", 2), reads("Firewalls.Get"), reads("HttpHealthChecks.Get")};
    }
    if (sequence == CallSequence::gce_instance_group) {
        return {reads("ForwardingRules.Get"), reads("HealthChecks.Get"), reads("Firewalls.Get", 2)};
    }
    return {reads("HealthChecks.Get"), reads("Firewalls.Get", 2), reads("ForwardingRules.Get"),
            reads("BackendServices.Get"), reads("Addresses.Get")};
}

CallPlan create_target_pool(const scenario::CloudApi& api, const SyncFacts& facts) {
    const std::uint32_t at_once = api.create_batch == 0 ? facts.nodes : std::min(facts.nodes, api.create_batch);
    return {reads("ForwardingRules.Get", 2), reads("Instances.List", facts.zones), creates("Addresses.Insert"),
            reads("Addresses.Get"), reads("Firewalls.Get"), creates("Firewalls.Insert"), reads("HttpHealthChecks.Get"),
            creates("HttpHealthChecks.Insert"), creates("Firewalls.Insert (health check)"),
            creates("TargetPools.Insert"),
            starts("TargetPools.AddInstance", CallClass::membership, portions(facts.nodes - at_once, api.batch)),
            creates("ForwardingRules.Insert"), deletes("Addresses.Delete")};
}

/// The steady reads, one creation of each thing, and the targets.
CallPlan create_backend_service(const scenario::CloudApi& api, const SyncFacts& facts) {
    CallPlan plan = ensure_reads(api.sequence);
    for (const std::string_view thing : {"HealthChecks.Insert", "Firewalls.Insert (health check)", "BackendServices.Insert",
                                         "ForwardingRules.Insert", "Firewalls.Insert"}) {
        plan.push_back(creates(thing));
    }
    for (const PlannedCall& call : update_of(api, facts)) plan.push_back(call);
    return plan;
}

}  // namespace

/// Simplifies: what an Ensure finds is as it should be, so it only reads; the instance groups are never deleted.
CallPlan plan_gce(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts) {
    const bool is_target_pool = api.sequence == CallSequence::gce_target_pool;
    switch (kind) {
        case SyncKind::get: return {reads("ForwardingRules.Get")};
        case SyncKind::update: return update_of(api, facts);
        case SyncKind::ensure: {
            CallPlan plan = ensure_reads(api.sequence);
            for (const PlannedCall& call : update_of(api, facts)) plan.push_back(call);
            return plan;
        }
        case SyncKind::create:
            return is_target_pool ? create_target_pool(api, facts) : create_backend_service(api, facts);
        case SyncKind::remove:
            if (is_target_pool) {
                return {deletes("Firewalls.Delete"), deletes("Addresses.Delete"), deletes("ForwardingRules.Delete"),
                        deletes("TargetPools.Delete"), deletes("HttpHealthChecks.Delete"),
                        deletes("Firewalls.Delete (health check)")};
            }
            return {deletes("ForwardingRules.Delete"), deletes("Firewalls.Delete"), deletes("BackendServices.Delete"),
                    deletes("HealthChecks.Delete"), deletes("Firewalls.Delete (health check)")};
    }
    return {};
}

}  // namespace lbsim::cloud
