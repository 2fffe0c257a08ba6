// SPDX-License-Identifier: Apache-2.0
// Groups of pods by priority and the clock of a graceful node shutdown.
#include "lbsim/policy/node_shutdown.hpp"

#include <algorithm>
#include <chrono>

#include "lbsim/core/check.hpp"
#include "lbsim/policy/node_lifecycle.hpp"

namespace lbsim::policy {

namespace {
Duration whole_seconds(Duration d) { return std::chrono::duration_cast<std::chrono::seconds>(d); }

/// The pods of one group, started at this time.
struct GroupEnd {
    bool has_pods = false;
    Duration done{};  ///< all have ended and, where the release waits for that, are unmounted
};

GroupEnd end_group(const ShutdownAbility& ability, std::span<const ShutdownGroup> groups, std::size_t group,
                   Duration starts, std::span<const ShutdownPod> pods, std::vector<PodShutdown>& result) {
    GroupEnd end;
    end.done = starts;
    for (std::size_t i = 0; i < pods.size(); ++i) {
        if (shutdown_group_of(groups, pods[i].priority) != group) continue;
        const Duration period = groups[group].period;
        const Duration grace = std::min(pods[i].grace_period.value_or(period), period);
        const Duration killed = pod_termination(Duration{0}, grace).sigkill;
        result[i] = {starts, grace, starts + std::min(pods[i].needs, killed)};
        const Duration unmount = ability.waits_for_volumes ? pods[i].unmount : Duration{0};
        end.done = std::max(end.done, result[i].ends + unmount);
        end.has_pods = true;
    }
    return end;
}
}  // namespace

ShutdownAbility shutdown_ability(Release kubelet) {
    ShutdownAbility ability;
    ability.is_possible = kubelet.minor >= 21;
    ability.reads_priorities = kubelet.minor >= 24;
    ability.goes_on_early = kubelet.minor >= 23;
    ability.waits_for_volumes = kubelet.minor >= 32;
    return ability;
}

std::vector<ShutdownGroup> shutdown_groups(const ShutdownAbility& ability, const ShutdownConfig& config) {
    if (!ability.is_possible) return {};
    if (ability.reads_priorities && !config.by_priority.empty()) {
        std::vector<ShutdownGroup> groups = config.by_priority;
        std::stable_sort(groups.begin(), groups.end(),
                         [](const ShutdownGroup& a, const ShutdownGroup& b) { return a.priority < b.priority; });
        return groups;
    }
    const Duration ordinary = config.grace_period - config.critical_pods;
    if (config.grace_period == Duration{0} || ordinary < Duration{0}) return {};
    return {{0, whole_seconds(ordinary)}, {system_critical_priority, whole_seconds(config.critical_pods)}};
}

Duration longest_shutdown(std::span<const ShutdownGroup> groups) {
    Duration sum{};
    for (const ShutdownGroup& group : groups) sum += group.period;
    return sum;
}

std::size_t shutdown_group_of(std::span<const ShutdownGroup> groups, std::int32_t priority) {
    LBSIM_CHECK(!groups.empty(), "a pod needs a group");
    const auto above = std::find_if(groups.begin(), groups.end(),
                                    [priority](const ShutdownGroup& group) { return group.priority > priority; });
    return above == groups.begin() ? 0 : static_cast<std::size_t>(above - groups.begin()) - 1;
}

ShutdownPlan shutdown_plan(const ShutdownAbility& ability, std::span<const ShutdownGroup> groups,
                           std::span<const ShutdownPod> pods) {
    ShutdownPlan plan;
    if (groups.empty()) return plan;
    plan.pods.resize(pods.size());
    Duration starts{};
    Duration all_done{};
    for (std::size_t group = 0; group < groups.size(); ++group) {
        const GroupEnd end = end_group(ability, groups, group, starts, pods, plan.pods);
        const Duration latest = starts + groups[group].period;
        all_done = std::max(all_done, end.has_pods ? end.done : Duration{0});
        // Up to 1.22 each group starts at its time, however early the one before has ended; one wait covers them all.
        starts = ability.goes_on_early ? std::min(end.done, latest) : latest;
    }
    plan.released = ability.goes_on_early ? starts : std::min(all_done, longest_shutdown(groups));
    return plan;
}

}  // namespace lbsim::policy
