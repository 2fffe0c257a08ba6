// SPDX-License-Identifier: Apache-2.0
// Autoscaler defaults by release, budgets, and the clock of one scale-down.
#include "lbsim/policy/autoscaler.hpp"

#include <algorithm>

namespace lbsim::policy {

namespace {
/// The first look at or after `done` of looks at `start`, start + period, …; none where it would be `limit` or more
/// after the start.
std::optional<Duration> seen_at(Duration start, std::optional<Duration> takes, Duration period, Duration limit) {
    if (!takes) return std::nullopt;
    const Duration look = first_tick_at_or_after(time_zero + *takes, Duration{0}, period).time_since_epoch();
    return look < limit ? std::optional(start + look) : std::nullopt;
}

/// Refused evictions are tried at once and then every 10 s, while two minutes are not over.
std::optional<Duration> eviction_accepted(const AutoscalerDefaults& defaults, Duration start, Duration takes) {
    return seen_at(start, takes, defaults.eviction_retry, defaults.max_pod_eviction);
}

/// When the wait for delay-deletion annotations ends; the first look comes a period after the start.
Duration annotations_gone(const AutoscalerDefaults& defaults, Duration start, std::optional<Duration> stays) {
    if (stays && *stays <= Duration{0}) return start;
    const Duration look = stays ? first_tick_at_or_after(time_zero + *stays, Duration{0}, defaults.delay_deletion_poll)
                                      .time_since_epoch()
                                : defaults.delay_deletion_timeout;
    return start + std::min(look, defaults.delay_deletion_timeout);
}

std::uint32_t left(std::uint32_t most, std::uint32_t used) { return most > used ? most - used : 0; }
}  // namespace

AutoscalerDefaults autoscaler_defaults(Release autoscaler) {
    AutoscalerDefaults defaults;
    defaults.delay_after_taint = autoscaler_delay_after_taint(autoscaler);
    defaults.cordons = autoscaler_cordons(autoscaler);
    defaults.can_drain_in_parallel = autoscaler.minor >= 28;
    defaults.can_adapt_delay = autoscaler.minor >= 29;
    return defaults;
}

Duration autoscaler_delay_after_taint(Release autoscaler) { return autoscaler.minor >= 26 ? 5s : 0s; }

bool autoscaler_cordons(Release autoscaler) { return autoscaler.minor >= 34; }

DrainPatience autoscaler_patience(const AutoscalerDefaults& defaults) {
    return {.retry = defaults.eviction_retry,
            .poll = defaults.pod_poll,
            .refusals = defaults.max_pod_eviction,
            .leaving = defaults.max_graceful_termination + defaults.termination_headroom,
            .timeout = {}};
}

ScaleDownCount scale_down_budget(const AutoscalerDefaults& defaults, const ScaleDownCount& candidates,
                                 const ScaleDownCount& under_way) {
    ScaleDownCount started;
    if (!defaults.can_drain_in_parallel) {
        if (under_way.drained > 0) return started;
        started.empty = std::min(candidates.empty, left(defaults.max_parallelism, under_way.empty));
        if (started.empty == 0) started.drained = std::min(candidates.drained, 1u);
        return started;
    }
    const std::uint32_t budget = left(defaults.max_parallelism, under_way.empty + under_way.drained);
    started.empty = std::min(candidates.empty, budget);
    const std::uint32_t drains =
        std::min(budget - started.empty, left(defaults.max_drain_parallelism, under_way.drained));
    started.drained = std::min(candidates.drained, drains);
    return started;
}

std::vector<ScaleDownStep> scale_down_steps(const AutoscalerDefaults& defaults, const ScaleDownCourse& course) {
    using enum ScaleDownAction;
    std::vector<ScaleDownStep> steps{{defaults.cordons ? taint_and_cordon : taint, Duration{0}}};
    const Duration start = defaults.delay_after_taint;
    const Duration eviction_over = start + defaults.max_pod_eviction;
    const std::optional<Duration> accepted = eviction_accepted(defaults, start, course.eviction_accepted);
    Duration emptied = start;
    if (course.needs_drain) {
        steps.push_back({evict_pods, start});
        if (!accepted) {
            steps.push_back({remove_taint, eviction_over});
            return steps;
        }
        const Duration longest = defaults.max_graceful_termination + defaults.termination_headroom;
        const auto gone = seen_at(*accepted, course.pods_gone, defaults.pod_poll, longest);
        if (!gone) {
            steps.push_back({remove_taint, *accepted + longest});
            return steps;
        }
        emptied = *gone;
        steps.push_back({pods_gone, emptied});
    } else {
        steps.push_back({evict_daemon_sets, start});
        emptied = accepted.value_or(eviction_over);
    }
    const Duration deleted = annotations_gone(defaults, emptied, course.delay_deletion) + defaults.batch_interval;
    steps.push_back({delete_instance, deleted});
    return steps;
}

bool is_rolled_back(ScaleDownOutcome outcome) { return outcome != ScaleDownOutcome::deleted; }

}  // namespace lbsim::policy
