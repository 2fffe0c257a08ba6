// SPDX-License-Identifier: Apache-2.0
// Truncated sets and subsets.
#include "lbsim/scenario/lb_members.hpp"

#include <algorithm>
#include <utility>

namespace lbsim::scenario {

StreamKey rank_stream(const Scenario& scenario, ServiceId service, std::uint32_t replication) {
    return StreamKey(scenario.seed, replication, "target_rank", scenario.services[service.index()].name);
}

std::vector<policy::NodeKey> lb_members(const policy::NodeSetLog& log, policy::NodeSetLog::Version version,
                                        const TargetLimit& limit, const StreamKey& ranks) {
    std::vector<policy::NodeKey> nodes = log.members(version);
    if (!leaves_out(limit) || nodes.size() <= limit.most) return nodes;
    if (limit.kind == TargetLimit::Kind::truncate) {
        nodes.resize(limit.most);
        return nodes;
    }
    std::vector<std::pair<std::uint32_t, policy::NodeKey>> ranked;
    ranked.reserve(nodes.size());
    for (const policy::NodeKey node : nodes) ranked.emplace_back(rank_of_node(ranks, node), node);
    std::sort(ranked.begin(), ranked.end());
    nodes.clear();
    for (std::uint32_t i = 0; i < limit.most; ++i) nodes.push_back(ranked[i].second);
    std::sort(nodes.begin(), nodes.end());
    return nodes;
}

}  // namespace lbsim::scenario
