// SPDX-License-Identifier: Apache-2.0
// Which random numbers decide about health probes; shared by computed and stepped probing.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/rng.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::scenario {

/// When a load balancer's probers send: prober p probes every target at phase[p] + k * interval. Load balancers of one
/// profile that share a check have the same phases.
std::vector<Duration> prober_phases(const Scenario& scenario, ServiceId service, std::uint32_t replication);

/// Are the probes of this load balancer its own? Of those of a profile that share a check only the first one's count.
bool counts_probes(const Scenario& scenario, ServiceId service);

/// Stream of the picks of a service's NodePort probes.
StreamKey probe_stream(const Scenario& scenario, ServiceId service, std::uint32_t replication);

/// The word that picks the endpoint of probe `k` (sent at phase + k * interval) to a port of a node.
inline std::uint32_t probe_endpoint_word(const StreamKey& stream, NodeId node, std::uint32_t prober,
                                         std::uint32_t port, std::uint64_t k) {
    return stream.block(k, node.value, (prober << 16) | port)[0];
}

}  // namespace lbsim::scenario
