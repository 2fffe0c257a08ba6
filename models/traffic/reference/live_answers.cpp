// SPDX-License-Identifier: Apache-2.0
// What a probe or a SYN to a target is answered at this instant.
#include <algorithm>
#include <array>

#include "lbsim/policy/service_health.hpp"
#include "lbsim/scenario/probe_draws.hpp"
#include "models/traffic/reference/live_balancer.hpp"

namespace lbsim::traffic::reference {

void LiveBalancer::settle_answers(Time t) {
    for (std::size_t n = 0; n < known_.size(); ++n) {
        const Known now = answer_now(NodeId{n}, t);
        if (now.answer != known_[n].answer) known_[n] = now;
    }
}

LiveBalancer::Known LiveBalancer::answer_now(NodeId id, Time t) const {
    const LiveNode& node = cluster_.node(id);
    const scenario::HealthCheckTarget target = spec_.load_balancer.health_check.target;
    if (target == scenario::HealthCheckTarget::none) return {.answer = Answer::success, .event = {}};
    if (!node.is_on) return {.answer = Answer::silence, .event = node.off_event};
    const bool just_on = node.powered == t && node.on_event.is_valid();
    if (target == scenario::HealthCheckTarget::proxy_healthz) {
        return {.answer = node.healthz_ok ? Answer::success : Answer::failure,
                .event = just_on ? node.on_event : node.healthz_event};
    }
    if (target == scenario::HealthCheckTarget::health_check_node_port) {
        const int status = policy::service_health_status(node.rules, cluster_.local_ready(service_, id), true);
        return {.answer = status == 200 ? Answer::success : Answer::failure,
                .event = just_on ? node.on_event : cluster_.rules(service_, id).synced};
    }
    return node_port_answer(id);
}

LiveBalancer::Known LiveBalancer::node_port_answer(NodeId id) const {
    const LiveRules::Usable& usable = cluster_.usable(service_, id);
    if (usable.pods.empty()) {
        const bool drops = usable.verdict == policy::ForwardingVerdict::drop;
        return {.answer = drops ? Answer::silence : Answer::failure, .event = usable.event};
    }
    std::array<bool, 3> seen{};
    EventId event = usable.event;
    for (const PodId pod : usable.pods) {
        seen[static_cast<std::size_t>(cluster_.reply(pod))] = true;
        if (cluster_.stopper(pod).is_valid()) event = cluster_.stopper(pod);
    }
    const auto kinds = std::count(seen.begin(), seen.end(), true);
    const Answer answer = kinds > 1                                          ? Answer::varies
                          : seen[static_cast<std::size_t>(PodReply::accepts)] ? Answer::success
                          : seen[static_cast<std::size_t>(PodReply::refuses)] ? Answer::failure
                                                                              : Answer::silence;
    return {.answer = answer, .event = event};
}

Answer LiveBalancer::drawn(NodeId node, std::uint32_t prober, Time t) const {
    const scenario::HealthCheck& check = spec_.load_balancer.health_check;
    const std::uint32_t ports = check.target == scenario::HealthCheckTarget::all_node_ports ? spec_.ports : 1;
    const auto k = static_cast<std::uint64_t>((t - time_zero - phases_[prober]) / check.interval);
    const std::vector<PodId>& pods = cluster_.usable(service_, node).pods;
    Answer worst = Answer::success;
    for (std::uint32_t port = 0; port < ports; ++port) {
        const std::uint32_t word = scenario::probe_endpoint_word(probe_stream_, node, prober, port, k);
        switch (cluster_.reply(pods[index_among(word, static_cast<std::uint32_t>(pods.size()))])) {
            case PodReply::accepts: break;
            case PodReply::refuses: worst = std::max(worst, Answer::failure); break;
            case PodReply::silent: worst = std::max(worst, Answer::silence); break;
        }
    }
    return worst;
}

std::uint32_t LiveBalancer::black_holes() const {
    std::uint32_t count = 0;
    for (const NodeId id : admitted()) {
        bool silent = !cluster_.node(id).is_on;
        if (!silent) {
            const LiveRules::Usable& usable = cluster_.usable(service_, id);
            silent = usable.pods.empty()
                         ? usable.verdict == policy::ForwardingVerdict::drop
                         : std::all_of(usable.pods.begin(), usable.pods.end(), [&](PodId pod) {
                               return cluster_.reply(pod) == PodReply::silent;
                           });
        }
        count += silent ? 1 : 0;
    }
    return count;
}

}  // namespace lbsim::traffic::reference
