// SPDX-License-Identifier: Apache-2.0
// How long a load balancer may send new connections to nodes on which no SYN is answered.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/history/forwarding.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"

namespace lbsim::cloud {

/// How long SYNs to targets went unanswered, load balancer by load balancer.
/// A SYN is not answered where the machine is off, where eTP:Local drops it, and where every endpoint that the node
/// would forward to sits on a machine that is off. RST and ICMP are answers.
class BlackHoles {
public:
    explicit BlackHoles(const history::History& history);
    /// Summed over the targets of one load balancer, within the run.
    /// Cost: O(admissions) where all nodes forward alike, else as well O(endpoint changes) a node.
    Duration of(const history::TargetTimeline& targets, const history::Forwarding& forwarding) const;

private:
    struct Life {
        Time on{};
        Time off = never;
    };
    class Silence;

    const history::History& history_;
    std::vector<Life> lives_;            ///< of all nodes, node by node: every load balancer reads all of them
    std::vector<std::uint32_t> first_;   ///< by node, and one more
};

}  // namespace lbsim::cloud
