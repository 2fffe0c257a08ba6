// SPDX-License-Identifier: Apache-2.0
// Calls of the Azure cloud provider: one load balancer and one backend pool for all services.
// Source: kubernetes-sigs/cloud-provider-azure 7b31c76c pkg/provider; site loadbalancer.md.
#include "models/cloud/calls/call_plan.hpp"

namespace lbsim::cloud {

using scenario::CallClass;
using scenario::CallSequence;

/// Who meets a difference changes the pool: by network interface one PUT of a scale set's machine for each node, by
/// address one PUT of the whole pool. Everybody reads: load balancers twice, security group, public addresses twice, pool.
/// The specification counts 4 to 8 reads; six are taken.
/// Simplifies: a node whose machine is gone has left the pool with it; caches of machines never expire.
CallPlan plan_azure(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts) {
    const bool by_address = api.sequence == CallSequence::azure_ip;
    const bool pool_differs = facts.added + facts.removed > 0;
    const std::uint32_t puts = by_address ? (pool_differs ? 1 : 0) : facts.added + facts.removed_running;
    PlannedCall pool_change =
        starts(by_address ? "BackendAddressPools.CreateOrUpdate" : "VirtualMachineScaleSetVMs.Update", CallClass::write,
               puts);
    pool_change.changes_targets = true;
    switch (kind) {
        case SyncKind::get: return {reads("LoadBalancers.List")};
        case SyncKind::update:
        case SyncKind::ensure:
            return {reads("LoadBalancers.List", 2), reads("SecurityGroups.Get"), reads("PublicIPAddresses.List", 2),
                    reads("BackendAddressPools.Get"), pool_change};
        case SyncKind::create:
            return {reads("LoadBalancers.List", 2), reads("PublicIPAddresses.List"),
                    changes("PublicIPAddresses.CreateOrUpdate", CallClass::write), reads("PublicIPAddresses.Get"),
                    changes("LoadBalancers.CreateOrUpdate", CallClass::write), reads("LoadBalancers.Get"),
                    reads("SecurityGroups.Get"), changes("SecurityGroups.CreateOrUpdate", CallClass::write), pool_change};
        case SyncKind::remove:
            return {reads("LoadBalancers.List"), reads("SecurityGroups.Get"), reads("PublicIPAddresses.List"),
                    facts.is_last_service ? changes("LoadBalancers.Delete", CallClass::removal)
                                          : changes("LoadBalancers.CreateOrUpdate", CallClass::write),
                    changes("PublicIPAddresses.Delete", CallClass::removal),
                    changes("SecurityGroups.CreateOrUpdate", CallClass::write)};
    }
    return {};
}

}  // namespace lbsim::cloud
