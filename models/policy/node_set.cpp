// SPDX-License-Identifier: Apache-2.0
// The log behind a versioned node set.
#include "lbsim/policy/node_set.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "lbsim/core/check.hpp"
#include "lbsim/core/rng.hpp"

namespace lbsim::policy {

namespace {
constexpr NodeSetLog::Version no_change = std::numeric_limits<NodeSetLog::Version>::max();

Fingerprint element(std::uint64_t value, std::uint64_t salt) {
    // Two finalisers over differently salted values: 128 bits that behave as if independent.
    return {mix64(value ^ salt), mix64(mix64(value + 0x9e3779b97f4a7c15ULL) ^ ~salt)};
}

Fingerprint name_element(NodeKey node) { return element(node, 0xd1b54a32d192ed03ULL); }

Fingerprint pair_element(NodeKey node, std::uint32_t provider_id) {
    return element((static_cast<std::uint64_t>(provider_id) << 32) | node, 0x8cb92ba72f3d8dd7ULL);
}

void toggle(Fingerprint& set, const Fingerprint& member) {
    set.high ^= member.high;
    set.low ^= member.low;
}
}  // namespace

void NodeSetLog::put(NodeKey node, bool is_member, std::uint32_t provider_id) {
    if (node >= current_.size()) current_.resize(static_cast<std::size_t>(node) + 1);
    Member& member = current_[node];
    if (member.present == is_member && (!is_member || member.provider_id == provider_id)) return;

    Change change{node, provider_id, member.present, is_member, member.changes, no_change, size(version()), names(version()),
                  names_and_provider_ids(version())};
    if (member.present) {
        toggle(change.pairs_after, pair_element(node, member.provider_id));
        if (!is_member) toggle(change.names_after, name_element(node));
    }
    if (is_member) {
        toggle(change.pairs_after, pair_element(node, provider_id));
        if (!member.present) toggle(change.names_after, name_element(node));
    }
    if (is_member && !member.present) ++change.size_after;
    if (!is_member && member.present) --change.size_after;
    if (member.changes > 0) changes_[member.changes - 1].next = version();
    changes_.push_back(change);
    member = {is_member, provider_id, version()};
}

Fingerprint NodeSetLog::names(Version v) const {
    LBSIM_CHECK(v <= version(), "node set version from the future");
    return v == 0 ? Fingerprint{} : changes_[v - 1].names_after;
}

Fingerprint NodeSetLog::names_and_provider_ids(Version v) const {
    LBSIM_CHECK(v <= version(), "node set version from the future");
    return v == 0 ? Fingerprint{} : changes_[v - 1].pairs_after;
}

std::uint32_t NodeSetLog::size(Version v) const {
    LBSIM_CHECK(v <= version(), "node set version from the future");
    return v == 0 ? 0 : changes_[v - 1].size_after;
}

bool NodeSetLog::contains_now(NodeKey node) const { return node < current_.size() && current_[node].present; }

bool NodeSetLog::contains(NodeKey node, Version v) const {
    if (node >= current_.size()) return false;
    Version last = current_[node].changes;
    while (last > v) last = changes_[last - 1].previous;
    return last > 0 && changes_[last - 1].is_member;
}

void NodeSetLog::for_each_difference(Version from, Version to,
                                     const std::function<void(NodeKey, bool entered)>& visit) const {
    LBSIM_CHECK(std::max(from, to) <= version(), "node set version from the future");
    const Version first = std::min(from, to);
    const Version end = std::max(from, to);
    const auto compare = [&](NodeKey node, bool before, bool after) {
        if (before != after) visit(node, from < to ? after : before);
    };
    if (end == first) return;
    if (end == first + 1) {  // most passes follow one change
        compare(changes_[first].node, changes_[first].was_member, changes_[first].is_member);
        return;
    }
    // Nodes come and go in order of their keys as a rule, so those that entered and those that left are two lists that
    // hardly need sorting.
    std::array<std::vector<NodeKey>, 2> differing;
    for (Version v = first; v < end; ++v) {
        if (changes_[v].next < end) continue;  // not the node's last change here
        Version earliest = v;
        while (changes_[earliest].previous > first) earliest = changes_[earliest].previous - 1;
        if (changes_[earliest].was_member != changes_[v].is_member) differing[changes_[v].is_member].push_back(changes_[v].node);
    }
    for (std::vector<NodeKey>& nodes : differing) {
        if (!std::is_sorted(nodes.begin(), nodes.end())) std::sort(nodes.begin(), nodes.end());
    }
    auto left = differing[0].begin();
    auto entered = differing[1].begin();
    while (left != differing[0].end() || entered != differing[1].end()) {
        if (entered == differing[1].end() || (left != differing[0].end() && *left < *entered)) {
            compare(*left++, true, false);
        } else {
            compare(*entered++, false, true);
        }
    }
}

std::vector<NodeKey> NodeSetLog::members(Version v) const {
    LBSIM_CHECK(v <= version(), "node set version from the future");
    std::vector<bool> present(current_.size(), false);
    for (Version i = 0; i < v; ++i) present[changes_[i].node] = changes_[i].is_member;
    std::vector<NodeKey> result;
    result.reserve(size(v));
    for (std::size_t node = 0; node < present.size(); ++node) {
        if (present[node]) result.push_back(static_cast<NodeKey>(node));
    }
    return result;
}

}  // namespace lbsim::policy
