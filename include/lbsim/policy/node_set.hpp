// SPDX-License-Identifier: Apache-2.0
// Versioned node sets: what a watcher saw, filtered by a predicate, kept as a log of changes so that comparing two
// versions is O(1) and listing their difference costs only the changes between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Number of a node in its store; also the order in which equal things are listed.
using NodeKey = std::uint32_t;

/// 128-bit fingerprint of a set: XOR of mixed elements. Equal sets have equal fingerprints; unequal ones differ but for
/// one chance in 2^128.
struct Fingerprint {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
    friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

/// One node set over time: version v is the content after the first v changes.
/// Cost: put is amortised O(1); fingerprint O(1); for_each_difference O(changes between).
class NodeSetLog {
public:
    using Version = std::uint32_t;

    /// Makes `node` a member (with this providerID identity) or not; records a new version if that is a change.
    void put(NodeKey node, bool is_member, std::uint32_t provider_id);

    Version version() const { return static_cast<Version>(changes_.size()); }
    /// Set of names at a version. Pre: v <= version().
    Fingerprint names(Version v) const;
    /// Set of (name, providerID) at a version. Pre: v <= version().
    Fingerprint names_and_provider_ids(Version v) const;
    /// Members at a version.
    std::uint32_t size(Version v) const;
    bool contains_now(NodeKey node) const;
    /// Pre: v <= version(). Cost: O(changes of the node since then).
    bool contains(NodeKey node, Version v) const;
    /// Nodes that were ever put have lower keys.
    std::uint32_t node_count() const { return static_cast<std::uint32_t>(current_.size()); }
    /// Calls visit(node, entered) once for each node that is in exactly one of the two versions, in node order.
    void for_each_difference(Version from, Version to, const std::function<void(NodeKey, bool entered)>& visit) const;
    /// Members at a version, ascending. Cost: O(v + nodes).
    std::vector<NodeKey> members(Version v) const;

private:
    struct Change {
        NodeKey node;
        std::uint32_t provider_id;
        bool was_member;
        bool is_member;
        Version previous;  ///< of the same node: that change's number counted from 1; 0: none
        Version next;      ///< of the same node: its number counted from 0; none yet: the largest number
        std::uint32_t size_after;
        Fingerprint names_after;
        Fingerprint pairs_after;
    };
    struct Member {
        bool present = false;
        std::uint32_t provider_id = 0;
        Version changes = 0;  ///< number of its last change, counted from 1
    };
    std::vector<Change> changes_;
    std::vector<Member> current_;
};

}  // namespace lbsim::policy
#pragma GCC visibility pop
