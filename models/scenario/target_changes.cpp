// SPDX-License-Identifier: Apache-2.0
// Differences of whole, truncated and subset node sets.
#include "lbsim/scenario/target_changes.hpp"

#include <algorithm>
#include <iterator>

#include "lbsim/scenario/lb_members.hpp"

namespace lbsim::scenario {

using policy::NodeKey;

namespace {

/// What is remembered of truncated sets at a time: 8 MiB.
constexpr std::size_t most_remembered = 1'000'000;
/// Nodes of low rank that are kept for each target of a subset; more where too few of them are members.
constexpr std::size_t kept_per_target = 4;

bool is_whole(const NodeSetVersion& set, const TargetLimit& limit) {
    const std::uint32_t size = set.log->size(set.version);
    return lb_size(size, limit) == size;
}

/// Calls visit for what one of two ascending lists lacks.
template <class Visit>
void compare(const std::vector<NodeKey>& before, const std::vector<NodeKey>& after, const Visit& visit) {
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
        if (now == after.end() || (old != before.end() && *old < *now)) {
            visit(*old++, false);
        } else if (old == before.end() || *now < *old) {
            visit(*now++, true);
        } else {
            ++old;
            ++now;
        }
    }
}

}  // namespace

void TargetChanges::for_each(ServiceId service, const TargetLimit& limit, const StreamKey& ranks, const NodeSetVersion& from,
                             const NodeSetVersion& to, const Visit& visit) {
    if (from == to) return;
    if (from.log == to.log && is_whole(from, limit) && is_whole(to, limit)) {
        from.log->for_each_difference(from.version, to.version, visit);
    } else if (limit.kind == TargetLimit::Kind::subset) {
        compare(subset(service, limit, ranks, from), subset(service, limit, ranks, to), visit);
    } else {
        for (const Change& change : truncated(from, to, limit)) visit(change.node, change.entered);
    }
}

/// Also of whole sets in the logs of two policies.
const std::vector<TargetChanges::Change>& TargetChanges::truncated(const NodeSetVersion& from, const NodeSetVersion& to,
                                                                   const TargetLimit& limit) {
    if (remembered_ > most_remembered) {
        truncated_.clear();
        remembered_ = 0;
    }
    const std::uint32_t most = leaves_out(limit) ? limit.most : 0;
    const auto [found, is_new] = truncated_.try_emplace({from.log, from.version, to.log, to.version, most});
    if (is_new) {
        std::vector<Change>& changes = found->second;
        compare(lb_members(*from.log, from.version, limit, {}), lb_members(*to.log, to.version, limit, {}),
                [&](NodeKey node, bool entered) { changes.push_back({.node = node, .entered = entered}); });
        remembered_ += changes.size() + 1;
    }
    return found->second;
}

std::vector<NodeKey> TargetChanges::subset(ServiceId service, const TargetLimit& limit, const StreamKey& ranks,
                                           const NodeSetVersion& set) {
    if (lowest_.size() <= service.index()) lowest_.resize(service.index() + 1);
    Lowest& lowest = lowest_[service.index()];
    if (lowest.most == 0) lowest.most = kept_per_target * std::max<std::size_t>(limit.most, 1);
    const std::uint32_t wanted = lb_size(set.log->size(set.version), limit);
    std::vector<NodeKey> nodes;
    for (;;) {
        look_at_new(lowest, ranks, set.log->node_count());
        for (const auto& [rank, node] : lowest.ranked) {
            if (nodes.size() == wanted) break;
            if (set.log->contains(node, set.version)) nodes.push_back(node);
        }
        if (nodes.size() == wanted) break;
        nodes.clear();
        lowest.most *= 2;
        lowest.ranked.clear();
        lowest.seen = 0;
    }
    std::sort(nodes.begin(), nodes.end());
    return nodes;
}

void TargetChanges::look_at_new(Lowest& lowest, const StreamKey& ranks, std::uint32_t nodes) {
    if (lowest.seen >= nodes) return;
    const auto old = static_cast<std::ptrdiff_t>(lowest.ranked.size());
    const bool is_full = lowest.ranked.size() == lowest.most;
    const auto worst = is_full ? lowest.ranked.back() : std::pair<std::uint32_t, NodeKey>{};
    for (NodeKey node = lowest.seen; node < nodes; ++node) {
        const std::pair ranked(rank_of_node(ranks, node), node);
        if (!is_full || ranked < worst) lowest.ranked.push_back(ranked);
    }
    lowest.seen = nodes;
    std::sort(lowest.ranked.begin() + old, lowest.ranked.end());
    std::inplace_merge(lowest.ranked.begin(), lowest.ranked.begin() + old, lowest.ranked.end());
    if (lowest.ranked.size() > lowest.most) lowest.ranked.resize(lowest.most);
}

}  // namespace lbsim::scenario
