// SPDX-License-Identifier: Apache-2.0
// De-sync: which load balancers hold another node set than the release's predicate wants right now.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "lbsim/policy/service_controller.hpp"
#include "models/cluster/api_server.hpp"

namespace lbsim::controllers {

/// Follows writes to Node objects and to load balancers, and records each turn.
/// Cost: O(turns) a write, however many load balancers there are.
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
    /// Load balancers that hold sets of the same names, unordered.
    using Holders = std::vector<ServiceId>;
    struct Place {
        std::map<policy::Fingerprint, Holders>::iterator holders;
        std::uint32_t at = 0;
    };

    void node_written(const cluster::NodeChange& change);
    /// The desired set of a policy has other names now: who held the old ones falls out, who holds the new ones is back.
    void desired_changed(policy::TrafficPolicy policy, const policy::Fingerprint& names, EventId why);
    void hold(ServiceId service, const policy::Fingerprint& names);
    void drop(ServiceId service);
    void compare(ServiceId service, EventId why);
    std::size_t policy_of(ServiceId service) const;
    policy::Fingerprint names_held_by(ServiceId service) const;

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    const policy::ServiceController* controller_;
    const scenario::Scenario* scenario_;
    std::array<policy::Fingerprint, 2> desired_{};                       ///< by TrafficPolicy
    std::array<std::map<policy::Fingerprint, Holders>, 2> holders_;      ///< by TrafficPolicy; only ever looked up
    std::vector<ServiceId> truncated_;                                   ///< load balancers that take only so many nodes
    std::vector<Place> places_;                                          ///< by service; of those that are wanted
    std::vector<bool> wanted_;                                           ///< by service
};

}  // namespace lbsim::controllers
