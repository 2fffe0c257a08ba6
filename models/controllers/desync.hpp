// SPDX-License-Identifier: Apache-2.0
// De-sync: which load balancers hold another node set than the release's predicate wants right now.
#pragma once

#include <vector>

#include "lbsim/policy/service_controller.hpp"
#include "models/cluster/api_server.hpp"

namespace lbsim::controllers {

/// Follows writes to Node objects and to load balancers, and records each turn.
class Desync {
public:
    Desync(cluster::Journal& journal, cluster::ApiServer& api, const policy::ServiceController& controller,
           const scenario::Scenario& scenario);

    /// Call once, when nodes and load balancers are in place.
    void start();
    void load_balancer_set(ServiceId service);
    /// A service that is not wanted is never out of sync; one that is new is so until its first Ensure has ended.
    void service_wanted(ServiceId service, bool is_wanted, EventId why);

private:
    void node_written(const cluster::NodeChange& change);
    void compare(ServiceId service, EventId why);

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    const policy::ServiceController* controller_;
    const scenario::Scenario* scenario_;
    std::vector<bool> desynced_;
    std::vector<bool> wanted_;
};

}  // namespace lbsim::controllers
