// SPDX-License-Identifier: Apache-2.0
// From the nodes of a cluster to node pools of a scenario: which node is <pool>-<i>.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lbsim/policy/release.hpp"
#include "sim/io/import/dump.hpp"

namespace lbsim::io {

/// Who is there: the nodes of the dump, and those that only the record of events knows.
struct Census {
    std::vector<NodeObject> nodes;
    std::set<std::string> added;  ///< those that register during the record
};

/// A node pool of the scenario. Shape: nodes[i] is <name>-<i>.
struct PlannedPool {
    std::string name;
    std::string from;                           ///< the label that made it a pool
    std::vector<std::string> zones;             ///< empty: the nodes name none
    Labels labels;                              ///< those that a policy reads
    std::optional<policy::Release> kube_proxy;  ///< where it is not the cluster's
    std::vector<std::string> nodes;             ///< names in the cluster, of those that exist at the start
};

struct NodePlan {
    policy::Release kubelet{};
    policy::Release kube_proxy{};
    policy::Release newest{};                     ///< of all kubelets
    std::vector<PlannedPool> pools;
    std::map<std::string, std::size_t> pool_of;   ///< every node of the census
    std::map<std::string, std::string> name_of;   ///< in the scenario, of nodes that exist at the start
    std::map<std::string, std::string> zone_of;   ///< "" where it is not known
};

/// Plans pools by the label of the cloud, the kube-proxy release and what load balancers make of a node's labels; splits
/// them by zone where the nodes are not spread evenly, as the nodes of a pool take its zones in turn.
/// Pre: a node that exists at the start.
NodePlan plan_nodes(const Census& census, ImportNotes& notes);

/// A name of the format made of any text: what a name may not hold becomes "_".
std::string name_from(const std::string& text);

}  // namespace lbsim::io
