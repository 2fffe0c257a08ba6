// SPDX-License-Identifier: Apache-2.0
// Which nodes of a version of the node set a load balancer has as targets, given how many it takes.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/rng.hpp"
#include "lbsim/policy/node_set.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::scenario {

/// Stream of the ranks of nodes for one load balancer: who owns its address, who is in its subset.
StreamKey rank_stream(const Scenario& scenario, ServiceId service, std::uint32_t replication);

/// Rank of a node. Order: lowest first, ties by node index.
inline std::uint32_t rank_of_node(const StreamKey& stream, policy::NodeKey node) { return stream.word(node); }

/// Does the limit ever leave a node out? (`reject` fails the call instead.)
inline bool leaves_out(const TargetLimit& limit) {
    return limit.kind == TargetLimit::Kind::truncate || limit.kind == TargetLimit::Kind::subset;
}

/// Number of targets that a set of `size` nodes gives.
inline std::uint32_t lb_size(std::uint32_t size, const TargetLimit& limit) {
    return leaves_out(limit) && limit.most < size ? limit.most : size;
}

/// Targets at a version, ascending by node: all of it, its first nodes by index, or those of the lowest ranks.
/// Cost: as NodeSetLog::members, and a sort for a subset.
std::vector<policy::NodeKey> lb_members(const policy::NodeSetLog& log, policy::NodeSetLog::Version version,
                                        const TargetLimit& limit, const StreamKey& ranks);

/// A version of a node set log.
struct NodeSetVersion {
    const policy::NodeSetLog& log;
    policy::NodeSetLog::Version version = 0;
};

/// Calls visit(node, entered) once for each node that is a target in exactly one of the two, in node order; `entered`: in
/// `to`. The versions may stand in the logs of two policies, as they do where load balancers share their targets.
/// Cost: the changes between two versions of one log that leave nobody out; else the nodes.
void for_each_target_change(const NodeSetVersion& from, const NodeSetVersion& to, const TargetLimit& limit,
                            const StreamKey& ranks, const std::function<void(policy::NodeKey, bool entered)>& visit);

}  // namespace lbsim::scenario
