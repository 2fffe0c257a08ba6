// SPDX-License-Identifier: Apache-2.0
// What a controller's node sets must be: the delivered nodes, filtered by the release's predicate, version by version.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "lbsim/policy/service_controller.hpp"

namespace lbsim::test {

/// Follows the deliveries and holds both node set logs of a machine against them.
class NodeSetsModel {
public:
    using Version = policy::NodeSetLog::Version;
    /// Members and the identity of their providerID.
    using Members = std::map<policy::NodeKey, std::uint32_t>;

    NodeSetsModel(policy::Release release, policy::FeatureGates gates) : release_(release), gates_(std::move(gates)) {}

    /// Facts of a node as last delivered; nothing where it does not exist.
    std::optional<policy::NodeFacts> facts(policy::NodeKey node) const;
    /// A delivery; follow it with check_logs once the machine has it too.
    void put(policy::NodeKey node, const std::optional<policy::NodeFacts>& facts);
    /// The machine's sets are the filtered nodes, and a version is new where and only where the set is.
    void check_logs(const policy::ServiceController& machine);

    Members desired(policy::TrafficPolicy policy) const;
    /// The set as it was when the log had this version. Pre: check_logs has seen it.
    const Members& at(policy::NodeSetRef ref) const;
    bool has_seen(policy::NodeSetRef ref) const;

private:
    void check_log(const policy::NodeSetLog& log, policy::TrafficPolicy policy);
    static std::size_t index(policy::TrafficPolicy policy) { return policy == policy::TrafficPolicy::cluster ? 0 : 1; }

    policy::Release release_;
    policy::FeatureGates gates_;
    std::map<policy::NodeKey, policy::NodeFacts> nodes_;
    std::array<std::map<Version, Members>, 2> versions_;
};

/// The names of the members.
std::vector<policy::NodeKey> names_of(const NodeSetsModel::Members& members);

}  // namespace lbsim::test
