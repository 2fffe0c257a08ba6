// SPDX-License-Identifier: Apache-2.0
// Calls of the AWS cloud controller manager (Classic and Network Load Balancer) and of the AWS Load Balancer Controller.
// Source: kubernetes/cloud-provider-aws 63ec440c pkg/providers/v1/{aws.go,aws_loadbalancer.go};
// kubernetes-sigs/aws-load-balancer-controller 225f4456 pkg/targetgroupbinding.
#include "models/cloud/calls/call_plan.hpp"

namespace lbsim::cloud {

using scenario::CallClass;
using scenario::CallSequence;

namespace {
/// EC2 has buckets of its own, apart from those of Elastic Load Balancing.
constexpr PlannedCall reads_ec2(std::string_view operation) { return reads(operation, 1, CallClass::instance); }
constexpr PlannedCall changes_ec2(std::string_view operation) { return changes(operation, CallClass::instance); }
}  // namespace

/// Independent of P, and not in portions. One node: 3 reads and one change.
/// Simplifies: nothing differs at an Ensure of a load balancer that exists, so nothing is modified; the security group is
/// free when it is deleted (upstream asks every 5 s, for 10 min at most).
CallPlan plan_aws_clb(SyncKind kind, const SyncFacts& facts) {
    const PlannedCall registers =
        changes("RegisterInstancesWithLoadBalancer", CallClass::membership, facts.added > 0 ? 1 : 0);
    const PlannedCall deregisters =
        changes("DeregisterInstancesFromLoadBalancer", CallClass::membership, facts.removed > 0 ? 1 : 0);
    const PlannedCall groups = {.operation = "DescribeSecurityGroups", .call_class = CallClass::instance, .count = 2};
    switch (kind) {
        case SyncKind::update: return {reads("DescribeLoadBalancers"), registers, deregisters, groups};
        case SyncKind::ensure:
            return {reads("DescribeLoadBalancers"), reads_ec2("DescribeSubnets"), reads_ec2("DescribeRouteTables"),
                    reads("DescribeLoadBalancerAttributes"), registers, deregisters, groups};
        case SyncKind::create:
            return {reads("DescribeLoadBalancers"), reads_ec2("DescribeSubnets"), reads_ec2("DescribeRouteTables"),
                    changes_ec2("CreateSecurityGroup"), changes_ec2("AuthorizeSecurityGroupIngress"),
                    changes("CreateLoadBalancer", CallClass::write),
                    changes("ModifyLoadBalancerAttributes", CallClass::modify),
                    changes("ConfigureHealthCheck", CallClass::modify), registers, reads_ec2("DescribeSecurityGroups")};
        case SyncKind::get: return {reads("DescribeLoadBalancers")};
        case SyncKind::remove:
            return {reads("DescribeLoadBalancers"), reads_ec2("DescribeSecurityGroups"),
                    changes_ec2("RevokeSecurityGroupIngress"), changes("DeleteLoadBalancer", CallClass::removal),
                    changes_ec2("DeleteSecurityGroup")};
    }
    return {};
}

/// An Update is one more DescribeLoadBalancers and then the whole Ensure: 7 + P reads of load balancers, 4 of EC2, and
/// per port the portions of a hundred. Deregister comes before Register, since PR 1328. With an HTTP check the path is
/// compared with an empty field, so that the target group of each port is modified every time.
CallPlan plan_aws_nlb(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts) {
    const std::uint32_t p = facts.ports;
    const std::uint32_t portion = api.batch;
    if (kind == SyncKind::get) return {reads("DescribeLoadBalancers")};
    if (kind == SyncKind::remove) {
        return {reads("DescribeLoadBalancers"), reads("DescribeTargetGroups"), reads_ec2("DescribeSecurityGroups"),
                changes("DeleteLoadBalancer", CallClass::removal), changes("DeleteTargetGroup", CallClass::removal, p),
                changes_ec2("RevokeSecurityGroupIngress"), changes_ec2("DeleteSecurityGroup")};
    }
    if (kind == SyncKind::create) {
        return {reads("DescribeLoadBalancers"), reads_ec2("DescribeSubnets"), reads_ec2("DescribeRouteTables"),
                reads_ec2("DescribeSecurityGroups"), reads_ec2("DescribeInstances"),
                changes("CreateLoadBalancer", CallClass::write), changes("CreateTargetGroup", CallClass::write, p),
                changes("RegisterTargets", CallClass::membership, p * portions(facts.nodes, portion)),
                changes("CreateListener", CallClass::write, p), reads("DescribeLoadBalancerAttributes"),
                changes("ModifyLoadBalancerAttributes", CallClass::modify),
                changes_ec2("AuthorizeSecurityGroupIngress")};
    }
    const std::uint32_t with_http = facts.http_check ? p : 0;
    return {reads("DescribeLoadBalancers", kind == SyncKind::update ? 4 : 3),
            reads_ec2("DescribeSubnets"),
            reads_ec2("DescribeRouteTables"),
            reads_ec2("DescribeSecurityGroups"),
            reads_ec2("DescribeInstances"),
            reads("DescribeListeners"),
            reads("DescribeTargetGroups", 1 + with_http),
            reads("DescribeTargetHealth", p),
            reads("DescribeLoadBalancerAttributes"),
            changes("ModifyTargetGroup", CallClass::modify, with_http),
            changes("DeregisterTargets", CallClass::membership, p * portions(facts.removed, portion)),
            changes("RegisterTargets", CallClass::membership, p * portions(facts.added, portion))};
}

/// Per port one TargetGroupBinding. The health of its targets is read from a cache of 5 min. A node change costs ip
/// targets nothing.
/// Simplifies: a full reconcile of the service, with its tags, only when it is created; readiness gates come with part 4.
CallPlan plan_aws_target_groups(const scenario::CloudApi& api, SyncKind kind, const SyncFacts& facts) {
    const std::uint32_t p = facts.ports;
    const bool has_nodes = api.sequence != CallSequence::aws_ip_targets;
    const std::uint32_t health = has_nodes && !facts.has_fresh_health ? p : 0;
    switch (kind) {
        case SyncKind::get: return {reads("DescribeLoadBalancers")};
        case SyncKind::create:
            return {reads("DescribeLoadBalancers"), reads("DescribeTargetGroups"), reads("DescribeTags"),
                    reads_ec2("DescribeSubnets"), changes("CreateLoadBalancer", CallClass::write),
                    changes("CreateTargetGroup", CallClass::write, p), changes("CreateListener", CallClass::write, p),
                    changes("RegisterTargets", CallClass::membership, p * portions(facts.nodes, api.batch))};
        case SyncKind::remove:
            return {reads("DescribeLoadBalancers"), reads("DescribeTargetGroups"),
                    changes("DeleteLoadBalancer", CallClass::removal),
                    changes("DeleteTargetGroup", CallClass::removal, p)};
        case SyncKind::ensure:
        case SyncKind::update: break;
    }
    if (!has_nodes) return {};
    return {reads("DescribeTargetHealth", health),
            changes("RegisterTargets", CallClass::membership, p * portions(facts.added, api.batch)),
            changes("DeregisterTargets", CallClass::membership, p * portions(facts.removed, api.batch))};
}

}  // namespace lbsim::cloud
