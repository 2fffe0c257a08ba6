// SPDX-License-Identifier: Apache-2.0
// The cloud's control plane: calls that take their time, and the node set of each load balancer.
#pragma once

#include <functional>

#include "lbsim/policy/service_controller.hpp"
#include "models/cluster/machines.hpp"

namespace lbsim::cloud {

/// The neutral cloud: an Update or Ensure is one mutating call of the load balancer's update_latency, everything else
/// is answered at once and nothing is limited.
class Cloud {
public:
    /// A load balancer's set has changed.
    using SetObserver = std::function<void(ServiceId)>;

    Cloud(cluster::Journal& journal, cluster::Machines& machines, const scenario::Scenario& scenario);

    /// Every load balancer starts with what the controller's cache wants. Call before the run.
    void start(const policy::ServiceController& controller);
    /// Performs a call of the service controller; blocks the calling actor until it has ended.
    policy::CloudResult perform(const policy::CloudCall& call, EventId why);
    /// Asks for the machine behind a node, as the cloud node controller does; one call, or two while it exists.
    cluster::InstanceState instance_state(NodeId node);
    /// The autoscaler's or upgrade's request to delete a machine.
    void delete_instance(NodeId node, std::string_view controller);
    void observe_sets(SetObserver observe) { observer_ = std::move(observe); }

private:
    void record(std::string_view controller, std::string_view operation, bool mutates, ServiceId service, NodeId node,
                Duration latency);

    cluster::Journal* journal_;
    cluster::Machines* machines_;
    const scenario::Scenario* scenario_;
    SetObserver observer_;
};

}  // namespace lbsim::cloud
