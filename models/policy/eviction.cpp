// SPDX-License-Identifier: Apache-2.0
// Tolerations, deadlines of eviction, garbage collection and drain.
#include "lbsim/policy/eviction.hpp"

#include <algorithm>

namespace lbsim::policy {

namespace {
constexpr Duration default_toleration_seconds = 300s;

bool tolerates(const Toleration& toleration, const NoExecuteTaint& taint) {
    return (toleration.key.empty() || toleration.key == taint.key) &&
           (!toleration.value || *toleration.value == taint.value);
}
}  // namespace

std::optional<Duration> endured(std::span<const NoExecuteTaint> taints, std::span<const Toleration> tolerations) {
    std::optional<Duration> least;
    for (const NoExecuteTaint& taint : taints) {
        const auto match = std::find_if(tolerations.begin(), tolerations.end(),
                                        [&taint](const Toleration& t) { return tolerates(t, taint); });
        if (match == tolerations.end()) return Duration{0};
        if (!match->seconds) continue;
        const Duration time = std::max(*match->seconds, Duration{0});
        least = least ? std::min(*least, time) : time;
    }
    return least;
}

std::optional<ScheduledEviction> eviction_step(const std::optional<ScheduledEviction>& scheduled,
                                               std::span<const NoExecuteTaint> taints,
                                               std::span<const Toleration> tolerations, Time now) {
    if (taints.empty()) return std::nullopt;
    const std::optional<Duration> time = endured(taints, tolerations);
    if (!time) return std::nullopt;
    const bool is_intolerable = std::any_of(taints.begin(), taints.end(), [tolerations](const NoExecuteTaint& taint) {
        return std::none_of(tolerations.begin(), tolerations.end(),
                            [&taint](const Toleration& t) { return tolerates(t, taint); });
    });
    if (scheduled && !is_intolerable && scheduled->since < now) return scheduled;
    return ScheduledEviction{now, saturating_add(now, *time)};
}

std::optional<Duration> default_toleration(PodOwner owner) {
    if (owner == PodOwner::daemon_set) return std::nullopt;
    return default_toleration_seconds;
}

TaintEvictor taint_evictor(Release controller_manager) {
    return controller_manager.minor >= 29 ? TaintEvictor::separate_controller : TaintEvictor::node_lifecycle_controller;
}

Time orphans_collected_at(Time gone, Duration pass_phase) {
    const Time found = first_tick_at_or_after(gone, pass_phase, pod_collection_period);
    return first_tick_at_or_after(saturating_add(found, orphan_quarantine), pass_phase, pod_collection_period);
}

bool collects_terminating_pod(Release controller_manager, ConditionStatus ready, bool is_out_of_service) {
    return controller_manager.minor >= 26 && is_out_of_service && ready != ConditionStatus::is_true;
}

DrainStep drain_step(EvictionAnswer answer, Time now, Time deadline) {
    using Action = DrainStep::Action;
    const DrainTimes times;
    DrainStep next;
    switch (answer) {
        case EvictionAnswer::pod_is_gone: return {Action::done, now};
        case EvictionAnswer::failed: return {Action::give_up, now};
        case EvictionAnswer::accepted: next = {Action::poll, now}; break;
        case EvictionAnswer::still_there: next = {Action::poll, now + times.poll}; break;
        case EvictionAnswer::refused_by_budget: next = {Action::evict, now + times.retry_refused}; break;
    }
    if (next.at > deadline) return {Action::give_up, deadline};
    return next;
}

namespace {
/// The given step, or the end of patience: at the end of `span`, which no step may reach, or after the whole drain's
/// time, which a step may still meet.
DrainStep within(DrainStep step, Time since, std::optional<Duration> span, Time began, std::optional<Duration> timeout) {
    using Action = DrainStep::Action;
    const Time end = span ? saturating_add(since, *span) : never;
    const Time deadline = timeout ? saturating_add(began, *timeout) : never;
    if (step.at < end && step.at <= deadline) return step;
    return {Action::give_up, std::min(end, deadline)};
}
}  // namespace

DrainPatience kubectl_patience(std::optional<Duration> timeout) {
    const DrainTimes times;
    return {.retry = times.retry_refused, .poll = times.poll, .refusals = {}, .leaving = {}, .timeout = timeout};
}

DrainStep retry_step(const DrainPatience& patience, Time began, Time now) {
    return within({DrainStep::Action::evict, saturating_add(now, patience.retry)}, began, patience.refusals, began,
                  patience.timeout);
}

DrainStep look_step(const DrainPatience& patience, Time began, Time accepted, Time gone) {
    const Time look =
        gone == never ? never : first_tick_at_or_after(gone, accepted.time_since_epoch(), patience.poll);
    return within({DrainStep::Action::done, look}, accepted, patience.leaving, began, patience.timeout);
}

}  // namespace lbsim::policy
