// SPDX-License-Identifier: Apache-2.0
// Calls of OpenStack Octavia, DigitalOcean and Hetzner Cloud.
// Source: kubernetes/cloud-provider-openstack c453fb7c pkg/openstack; digitalocean/digitalocean-cloud-controller-manager
// 70d527e3 cloud-controller-manager/do/loadbalancers.go; hetznercloud/hcloud-cloud-controller-manager 6485324f
// internal/hcops/load_balancer.go.
#include "models/cloud/calls/call_plan.hpp"

namespace lbsim::cloud {

using scenario::CallClass;

/// Per port: its pool, its members, one PUT of all members where they differ, its monitor where there is one. After each
/// PUT the load balancer is polled until it is active again.
CallPlan plan_octavia(SyncKind kind, const SyncFacts& facts) {
    switch (kind) {
        case SyncKind::get: return {reads("GetLoadBalancer")};
        case SyncKind::create: return {reads("GetLoadBalancer"), starts("CreateLoadBalancer", CallClass::write)};
        case SyncKind::remove: return {reads("GetLoadBalancer"), starts("DeleteLoadBalancer (cascade)", CallClass::removal)};
        case SyncKind::ensure:
        case SyncKind::update: break;
    }
    CallPlan plan{reads("GetLoadBalancer"), reads("ListListeners")};
    for (std::uint32_t port = 0; port < facts.ports; ++port) {
        plan.push_back(reads("GetPool"));
        plan.push_back(reads("ListMembers"));
        plan.push_back(starts("BatchUpdateMembers", CallClass::membership, facts.added + facts.removed > 0 ? 1 : 0));
        plan.push_back(reads("GetHealthMonitor", facts.has_check ? 1 : 0));
    }
    return plan;
}

/// A GET and a PUT of the whole list, however many nodes changed, and even where none did.
CallPlan plan_digitalocean(SyncKind kind) {
    switch (kind) {
        case SyncKind::get: return {reads("LoadBalancers.Get")};
        case SyncKind::create: return {reads("LoadBalancers.List"), changes("LoadBalancers.Create", CallClass::write)};
        case SyncKind::remove: return {reads("LoadBalancers.Get"), changes("LoadBalancers.Delete", CallClass::removal)};
        case SyncKind::ensure:
        case SyncKind::update: return {reads("LoadBalancers.Get"), changes("LoadBalancers.Update", CallClass::write)};
    }
    return {};
}

/// One action for each added or removed node, then UpdateService for each port, always; every action is awaited.
CallPlan plan_hetzner(SyncKind kind, const SyncFacts& facts) {
    switch (kind) {
        case SyncKind::get: return {reads("LoadBalancers.List")};
        case SyncKind::create:
            return {reads("LoadBalancers.List"), starts("LoadBalancers.Create", CallClass::write),
                    starts("LoadBalancers.AddServerTarget", CallClass::membership, facts.nodes),
                    starts("LoadBalancers.AddService", CallClass::write, facts.ports)};
        case SyncKind::remove: return {reads("LoadBalancers.List"), changes("LoadBalancers.Delete", CallClass::removal)};
        case SyncKind::ensure:
        case SyncKind::update:
            return {reads("LoadBalancers.List"),
                    starts("LoadBalancers.RemoveTarget", CallClass::membership, facts.removed),
                    starts("LoadBalancers.AddServerTarget", CallClass::membership, facts.added),
                    starts("LoadBalancers.UpdateService", CallClass::modify, facts.ports)};
    }
    return {};
}

}  // namespace lbsim::cloud
