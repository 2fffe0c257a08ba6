// SPDX-License-Identifier: Apache-2.0
// One load balancer at a time: targets, black holes, connections.
#include "sim/study/run/streamed.hpp"

#include <algorithm>
#include <numeric>

#include "models/cloud/blackhole.hpp"
#include "models/cloud/target_health.hpp"
#include "models/traffic/traffic.hpp"

namespace lbsim::study {

namespace {

/// Adds up what one load balancer says about its targets.
void add_targets(const history::History& history, const history::TargetTimeline& targets, traffic::DataPlane& plane) {
    plane.fail_open += targets.fail_open;
    plane.probes += targets.probes;
    plane.targets.append(targets.changes);
    plane.targets.skip(targets.later_changes);
    for (const history::CutRow& cut : targets.events) plane.cuts.add(cut);
    plane.cuts.skip(targets.later_events);
    if (targets.initial_targets > 0) {
        std::uint32_t least = targets.passing.front().passing;
        for (const history::PassingChange& change : targets.passing) least = std::min(least, change.passing);
        const double share = static_cast<double>(least) / static_cast<double>(targets.initial_targets);
        plane.capacity_min_share = std::min(plane.capacity_min_share.value_or(share), share);
    }
    // By how much the sum over all load balancers changes from bin to bin; summed up when all have been added.
    std::uint64_t before = 0;
    for (const history::PassingChange& change : targets.passing) {
        const std::size_t bin = change.t < time_zero ? 0 : plane.tally.bin_of(change.t);
        plane.healthy_targets[bin] += change.passing - before;
        before = change.passing;
    }
    for (auto& [node, last] : plane.last_admission) {
        for (const history::Membership& m : targets.memberships) {
            if (m.node != node) continue;
            for (const history::Admission& a : m.admissions) {
                if (a.to >= history.end) {
                    last.open_at_end = true;
                } else {
                    last.until = std::max(last.until, a.to);
                }
            }
        }
    }
}

}  // namespace

traffic::DataPlane run_streamed(const history::History& history, const scenario::Scenario& scenario,
                                const RunOptions& options) {
    // A lost connection may name any cut, and its number follows from all that come before.
    const std::uint64_t cuts = scenario.traffic.empty() ? options.max_rows : history::all_rows;
    traffic::DataPlane plane(traffic::Tally(scenario.duration, options.bin), history.events,
                             {.targets = options.max_rows, .cuts = cuts});
    plane.healthy_targets.assign(plane.tally.bin_count(), 0);
    for (const history::NamedNode& named : history.named_nodes) {
        plane.last_admission[named.node];
        plane.tally.follow(named.node);
    }
    std::vector<std::vector<std::uint32_t>> traffic_of(scenario.services.size());
    for (std::uint32_t t = 0; t < scenario.traffic.size(); ++t) traffic_of[scenario.traffic[t].service].push_back(t);

    const history::ProxyClasses proxies(history);
    const cloud::BlackHoles black_holes(history);
    cloud::TargetResolver resolver(history, scenario, options.replication);
    for (std::size_t s = 0; s < scenario.services.size(); ++s) {
        const ServiceId service{s};
        const history::Forwarding forwarding(history, proxies, service, scenario.services[s].external_traffic_policy);
        const history::TargetTimeline& targets =
            resolver.resolve(service, forwarding,
                             {.first_event = static_cast<std::uint32_t>(history.events.size() + plane.cuts.size()),
                              .changes_until = plane.targets.shown_until(),
                              .events_until = plane.cuts.shown_until()});
        add_targets(history, targets, plane);
        plane.blackhole += black_holes.of(targets, forwarding);
        if (!traffic_of[s].empty()) {
            const traffic::Path path(history, targets, forwarding);
            for (const std::uint32_t t : traffic_of[s]) {
                traffic::stream(path, plane.tally, scenario, t, options.replication);
            }
        }
        if (options.progress) {
            options.progress(static_cast<double>(s + 1) / static_cast<double>(scenario.services.size()));
        }
    }
    std::partial_sum(plane.healthy_targets.begin(), plane.healthy_targets.end(), plane.healthy_targets.begin());
    return plane;
}

}  // namespace lbsim::study
