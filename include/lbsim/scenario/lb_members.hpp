// SPDX-License-Identifier: Apache-2.0
// Which nodes of a version of the node set a load balancer has as targets, given how many it takes.
#pragma once

#include <cstdint>
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

}  // namespace lbsim::scenario
