// SPDX-License-Identifier: Apache-2.0
// Which targets of a load balancer two versions of the node set do not share.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/rng.hpp"
#include "lbsim/policy/node_set.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::scenario {

/// A version of a node set log.
struct NodeSetVersion {
    const policy::NodeSetLog* log = nullptr;
    policy::NodeSetLog::Version version = 0;
    friend bool operator==(const NodeSetVersion&, const NodeSetVersion&) = default;
};

/// Compares lb_members of two versions without listing them. Remembers what a truncated set lost and won, which is the
/// same for every load balancer, and the nodes of the lowest ranks of each load balancer that takes a subset.
class TargetChanges {
public:
    using Visit = std::function<void(policy::NodeKey, bool entered)>;

    /// Calls visit(node, entered) once for each node that is a target in exactly one of the two, in node order; `entered`:
    /// in `to`. The versions may stand in the logs of two policies, as they do where load balancers share their targets.
    /// `ranks`: of the service, always the same; read for a subset only.
    /// Cost: the changes between two versions of one log that leave nobody out; O(nodes) for a truncated set, once for
    /// all load balancers; O(most) for a subset.
    void for_each(ServiceId service, const TargetLimit& limit, const StreamKey& ranks, const NodeSetVersion& from,
                  const NodeSetVersion& to, const Visit& visit);

private:
    struct Change {
        policy::NodeKey node = 0;
        bool entered = false;
    };
    /// Nodes of the lowest ranks, whether or not they are members at the time.
    struct Lowest {
        std::vector<std::pair<std::uint32_t, policy::NodeKey>> ranked;  ///< ascending
        std::uint32_t seen = 0;  ///< nodes that were looked at
        std::size_t most = 0;    ///< of `ranked`
    };
    using Question = std::tuple<const policy::NodeSetLog*, policy::NodeSetLog::Version, const policy::NodeSetLog*,
                                policy::NodeSetLog::Version, std::uint32_t>;

    const std::vector<Change>& truncated(const NodeSetVersion& from, const NodeSetVersion& to, const TargetLimit& limit);
    std::vector<policy::NodeKey> subset(ServiceId service, const TargetLimit& limit, const StreamKey& ranks,
                                        const NodeSetVersion& set);
    static void look_at_new(Lowest& lowest, const StreamKey& ranks, std::uint32_t nodes);

    std::map<Question, std::vector<Change>> truncated_;
    std::size_t remembered_ = 0;    ///< changes in truncated_
    std::vector<Lowest> lowest_;    ///< by service; empty where it takes no subset
};

}  // namespace lbsim::scenario
