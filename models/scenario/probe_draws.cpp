// SPDX-License-Identifier: Apache-2.0
// Phases of probers and streams of their picks.
#include "lbsim/scenario/probe_draws.hpp"

#include "lbsim/core/arithmetic.hpp"

namespace lbsim::scenario {

std::vector<Duration> prober_phases(const Scenario& scenario, ServiceId service, std::uint32_t replication) {
    const Service& s = scenario.services[service.index()];
    const HealthCheck& check = s.load_balancer.health_check;
    const StreamKey key(scenario.seed, replication, "prober_phase", check.is_shared ? s.load_balancer.profile : s.name);
    std::vector<Duration> phases;
    for (std::uint32_t p = 0; p < check.probers; ++p) {
        const double drawn = uniform_of(key.word(p)) * static_cast<double>(check.interval.count());
        phases.push_back(check.phase.value_or(Duration{round_to_integer(drawn)}));
    }
    return phases;
}

bool counts_probes(const Scenario& scenario, ServiceId service) {
    const LoadBalancer& lb = scenario.services[service.index()].load_balancer;
    if (!lb.health_check.is_shared) return true;
    for (std::size_t s = 0; s < service.index(); ++s) {
        const LoadBalancer& other = scenario.services[s].load_balancer;
        if (other.health_check.is_shared && other.profile == lb.profile) return false;
    }
    return true;
}

StreamKey probe_stream(const Scenario& scenario, ServiceId service, std::uint32_t replication) {
    return StreamKey(scenario.seed, replication, "probe_endpoint", scenario.services[service.index()].name);
}

}  // namespace lbsim::scenario
