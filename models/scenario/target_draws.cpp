// SPDX-License-Identifier: Apache-2.0
// Streams of delays and lags.
#include "lbsim/scenario/target_draws.hpp"

#include <string_view>

namespace lbsim::scenario {

TargetDraws::TargetDraws(const Scenario& scenario, ServiceId service, std::uint32_t replication) {
    const Service& s = scenario.services[service.index()];
    const LoadBalancer& lb = s.load_balancer;
    const auto draw = [&](const Distribution& distribution, std::string_view stream) {
        return Draw{.sampler = Sampler(distribution),
                    .stream = StreamKey(scenario.seed, replication, stream, s.name)};
    };
    registration_ = draw(lb.registration_delay, "registration_delay");
    first_probe_ = draw(lb.health_check.first_probe_after, "first_probe_after");
    after_remove_ = draw(has_remove_lag(lb) ? lb.new_flow_lag_after_remove : Distribution{}, "new_flow_lag_after_remove");
    // With one owner the address moves at once.
    after_unhealthy_ = draw(lb.admission == Admission::single_owner ? Distribution{} : lb.new_flow_lag_after_unhealthy,
                            "new_flow_lag_after_unhealthy");
    has_any_of_membership_ = lb.registration_delay != Distribution{} ||
                             lb.health_check.first_probe_after != Distribution{} || has_remove_lag(lb);
}

Duration TargetDraws::registration_delay(NodeId node, std::uint32_t membership) const {
    return registration_.of(node, membership);
}

Duration TargetDraws::first_probe_after(NodeId node, std::uint32_t membership) const {
    return first_probe_.of(node, membership);
}

Duration TargetDraws::lag_after_remove(NodeId node, std::uint32_t membership) const {
    return after_remove_.of(node, membership);
}

Duration TargetDraws::lag_after_unhealthy(NodeId node, std::uint32_t failure) const {
    return after_unhealthy_.of(node, failure);
}

}  // namespace lbsim::scenario
