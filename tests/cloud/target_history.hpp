// SPDX-License-Identifier: Apache-2.0
// A history by hand: machines that are always on, what /healthz says when, and which nodes the load balancer has when.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lbsim/engine/step.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"
#include "models/cloud/target_health.hpp"
#include "support/catch.hpp"

namespace lbsim {

/// Seconds after the start.
inline Time at(std::int64_t seconds) { return time_zero + std::chrono::seconds(seconds); }

/// One service over nodes 0 to n - 1, all in the set. Probes at 0, 1, 2 … s; one answer turns a target. So a target
/// turns at the second in which its answer changes.
struct TargetHistory {
    explicit TargetHistory(std::uint32_t nodes) {
        history.end = at(1000);
        history.nodes.resize(nodes);
        history.services.resize(1);
        for (std::uint32_t n = 0; n < nodes; ++n) {
            history::MachineSpan life;
            life.on = history::before_start;
            history.nodes[n].machine.push_back(life);
            log().put(n, true, n);
        }
        record_set(history::before_start);
        scenario.services.resize(1);
        scenario.services[0].name = "web";
        scenario::HealthCheck& check = lb().health_check;
        check.interval = 1s;
        check.timeout = 1s;
        check.phase = 0s;
        check.thresholds = {.unhealthy = 1, .healthy = 1};
    }

    policy::NodeSetLog& log() { return history.controller_sets[0]; }
    scenario::LoadBalancer& lb() { return scenario.services[0].load_balancer; }

    void healthz(std::uint32_t node, std::int64_t s, bool ok) {
        history.nodes[node].healthz.push_back({.t = at(s), .ok = ok, .event = {}});
    }
    void member(std::uint32_t node, std::int64_t s, bool is_in) {
        log().put(node, is_in, node);
        record_set(at(s));
    }
    /// `node` was not in the set of the start.
    void not_at_start(std::uint32_t node) {
        log().put(node, false, node);
        history.services[0].sets.front().version = log().version();
    }
    history::TargetTimeline targets() const {
        const history::Forwarding forwarding(history, ServiceId{0u}, policy::TrafficPolicy::cluster);
        return cloud::resolve_targets(history, scenario, ServiceId{0u}, forwarding, 0, 0);
    }

    history::History history;
    scenario::Scenario scenario;

private:
    void record_set(Time t) {
        history.services[0].sets.push_back({.t = t,
                                            .step = engine::rank_of(engine::Step::cloud_call_end),
                                            .policy = policy::TrafficPolicy::cluster,
                                            .version = log().version(),
                                            .event = {}});
    }
};

/// "node from-to" of every admission in seconds, "-" where it starts before the run or never ends.
inline std::vector<std::string> admissions(const history::TargetTimeline& targets) {
    const auto text = [](Time t) {
        return t < time_zero || t == never ? std::string("-") : std::to_string(us_of(t) / 1'000'000);
    };
    std::vector<std::string> out;
    for (const history::Membership& m : targets.memberships) {
        for (const history::Admission& a : m.admissions) {
            out.push_back(std::to_string(m.node.value) + " " + text(a.from) + ".." + text(a.to));
        }
    }
    return out;
}

/// "second detail" of every cut.
inline std::vector<std::string> texts_of(std::span<const history::Cut> cuts) {
    std::vector<std::string> out;
    for (const history::Cut& cut : cuts) {
        out.push_back(std::to_string(us_of(cut.t) / 1'000'000) + " " + std::string(history::to_string(cut.kind)));
    }
    return out;
}
inline std::vector<std::string> cuts(const history::TargetTimeline& targets, std::uint32_t node) {
    return texts_of(targets.cuts.of(NodeId{node}));
}
inline std::vector<std::string> cuts_of_all(const history::TargetTimeline& targets) {
    return texts_of(targets.cuts.of_all());
}

/// "second from>to" of a node's rows of targets.csv.
inline std::vector<std::string> changes(const history::TargetTimeline& targets, std::uint32_t node) {
    std::vector<std::string> out;
    for (const history::TargetChange& change : targets.changes) {
        if (change.node.value != node) continue;
        out.push_back(std::to_string(us_of(change.t) / 1'000'000) + " " + std::string(to_string(change.from)) + ">" +
                      std::string(to_string(change.to)));
    }
    return out;
}

using Texts = std::vector<std::string>;

}  // namespace lbsim
