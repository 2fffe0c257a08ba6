// SPDX-License-Identifier: Apache-2.0
// Truncated sets and subsets.
#include "lbsim/scenario/lb_members.hpp"

#include <algorithm>
#include <iterator>
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

void for_each_target_change(const NodeSetVersion& from, const NodeSetVersion& to, const TargetLimit& limit,
                            const StreamKey& ranks, const std::function<void(policy::NodeKey, bool entered)>& visit) {
    const auto is_whole = [&](const NodeSetVersion& set) {
        const std::uint32_t size = set.log.size(set.version);
        return lb_size(size, limit) == size;
    };
    if (&from.log == &to.log && is_whole(from) && is_whole(to)) {
        from.log.for_each_difference(from.version, to.version, visit);
        return;
    }
    const std::vector<policy::NodeKey> before = lb_members(from.log, from.version, limit, ranks);
    const std::vector<policy::NodeKey> after = lb_members(to.log, to.version, limit, ranks);
    std::vector<policy::NodeKey> changed;
    std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(changed));
    for (const policy::NodeKey node : changed) visit(node, std::binary_search(after.begin(), after.end(), node));
}

}  // namespace lbsim::scenario
