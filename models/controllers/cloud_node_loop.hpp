// SPDX-License-Identifier: Apache-2.0
// The cloud node lifecycle controller: asks the cloud about nodes that are not Ready and deletes those that are gone.
#pragma once

#include <optional>
#include <vector>

#include "models/cloud/cloud.hpp"
#include "models/cluster/api_server.hpp"
#include "models/cluster/machines.hpp"

namespace lbsim::controllers {

/// Every 5 s, serially over all nodes it sees. A pass in which every node is Ready asks nobody and is skipped.
/// Source: kubernetes/cloud-provider v0.36.0 controllers/nodelifecycle/node_lifecycle_controller.go, MonitorNodes.
class CloudNodeLoop {
public:
    CloudNodeLoop(cluster::Journal& journal, cluster::ApiServer& api, cloud::Cloud& cloud,
                  const scenario::Scenario& scenario, std::uint32_t replication);
    void start();

private:
    [[noreturn]] void loop();
    void look_at(NodeId node);
    bool needs_look(std::size_t node) const;

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    cloud::Cloud* cloud_;
    Duration period_;
    Duration phase_;
    std::vector<std::optional<policy::NodeFacts>> seen_;  ///< by node: its informer's cache
    std::vector<EventId> why_;                            ///< by node: the write that its cache shows
    std::vector<bool> has_shutdown_taint_;
    std::size_t to_look_at_ = 0;
    engine::Signal something_to_see_;
};

}  // namespace lbsim::controllers
