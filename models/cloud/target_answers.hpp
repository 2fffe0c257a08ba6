// SPDX-License-Identifier: Apache-2.0
// What a health probe to a node would be answered, at any instant.
#pragma once

#include <cstdint>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "lbsim/history/forwarding.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::cloud {

/// How a probe ends.
enum class ProbeAnswer : std::uint8_t {
    success,
    failure,   ///< refused or 503: known at once
    silence,   ///< known at the time-out
    varies,    ///< depends on the endpoint that the probe happens to be sent to
};

/// From `t` on probes are answered like this.
struct AnswerChange {
    Time t{};
    ProbeAnswer answer{};
    EventId event;  ///< what changed it
};

/// Answers of the nodes to the health check of one load balancer.
/// Source: KEP-3458 (which port each cloud probes); kubernetes/kubernetes pkg/proxy/healthcheck.
class TargetAnswers {
public:
    TargetAnswers(const history::History& history, const scenario::Scenario& scenario, ServiceId service,
                  const history::Forwarding& forwarding, std::uint32_t replication);

    /// Appends the answers of a node from time 0 on; ascending, first entry at time 0.
    void append(NodeId node, std::vector<AnswerChange>& rows) const;
    /// Do all load balancers with this health check get the same answers?
    bool are_of_every_service() const;
    /// The answer of one probe sent at `t` in a stretch that varies.
    ProbeAnswer draw(NodeId node, std::uint32_t prober, std::uint64_t probe, Time t) const;

private:
    std::vector<AnswerChange> power_and(NodeId node, const std::vector<AnswerChange>& while_on) const;
    std::vector<AnswerChange> of_healthz(NodeId node) const;
    std::vector<AnswerChange> of_service_health_port(NodeId node) const;
    std::vector<AnswerChange> of_node_port(NodeId node) const;
    std::vector<AnswerChange> of(NodeId node) const;
    void append_node_port_like_all(NodeId node, std::vector<AnswerChange>& rows) const;
    ProbeAnswer node_port_at(NodeId node, Time t, EventId& event) const;
    ProbeAnswer endpoints_at(const history::ForwardingView& view, Time t, EventId& event) const;
    void work_out_for_all();

    const history::History* history_;
    const scenario::Scenario* scenario_;
    ServiceId service_;
    const history::Forwarding* forwarding_;
    StreamKey pick_;
    std::vector<std::vector<AnswerChange>> health_port_;  ///< by node, of a health_check_node_port target
    std::vector<Time> endpoint_instants_;                 ///< of a node port target: when an endpoint's answer may change
    /// Of a node port target where all nodes forward alike: what any machine that is on answers, at every such instant.
    std::vector<AnswerChange> while_on_;
};

}  // namespace lbsim::cloud
