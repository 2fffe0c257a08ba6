// SPDX-License-Identifier: Apache-2.0
// Which random numbers decide about delays and lags of a load balancer's targets; shared by the swept and the stepped
// data plane.
#pragma once

#include <cstdint>

#include "lbsim/core/id.hpp"
#include "lbsim/core/rng.hpp"
#include "lbsim/scenario/sampling.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::scenario {

/// Does a new-flow lag after leaving the set exist here? With one owner the address moves at once.
inline bool has_remove_lag(const LoadBalancer& lb) {
    return lb.admission != Admission::single_owner && lb.new_flow_lag_after_remove != Distribution{};
}

/// Delays and lags of one load balancer. A membership of a node is named by how many that node had before it in this
/// load balancer; a failure by how often its target turned from passing to failing before. A fixed time draws nothing.
class TargetDraws {
public:
    TargetDraws(const Scenario& scenario, ServiceId service, std::uint32_t replication);

    Duration registration_delay(NodeId node, std::uint32_t membership) const;
    Duration first_probe_after(NodeId node, std::uint32_t membership) const;
    Duration lag_after_remove(NodeId node, std::uint32_t membership) const;
    Duration lag_after_unhealthy(NodeId node, std::uint32_t failure) const;
    /// False where every membership is registered and probed from the start and none lags behind its end.
    bool has_any_of_membership() const { return has_any_of_membership_; }

private:
    struct Draw {
        Sampler sampler;
        StreamKey stream;
        Duration of(NodeId node, std::uint32_t number) const {
            return sampler.distribution().is_fixed() ? sampler.distribution().a
                                                     : sampler.draw(stream.block(number, node.value)[0]);
        }
    };
    Draw registration_;
    Draw first_probe_;
    Draw after_remove_;
    Draw after_unhealthy_;
    bool has_any_of_membership_ = false;
};

}  // namespace lbsim::scenario
