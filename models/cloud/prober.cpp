// SPDX-License-Identifier: Apache-2.0
// Stepping of a prober through the changes of a target's answer.
#include "models/cloud/prober.hpp"

#include <algorithm>

#include "lbsim/engine/step.hpp"

namespace lbsim::cloud {

using engine::rank_of;
using engine::Step;
using policy::ProbeState;

std::uint64_t Prober::probe(const ProbingTask& task, const scenario::HealthCheck& check, const TargetAnswers& all,
                            std::span<const AnswerChange> answers, std::vector<VerdictFlip>& flips) {
    task_ = &task;
    check_ = &check;
    all_ = &all;
    answers_ = answers;
    flips_ = &flips;
    state_ = ProbeState(task.starts_passing ? ProbeState::Verdict::passing : ProbeState::Verdict::failing);
    at_ = 0;
    pending_.clear();
    first_pending_ = 0;
    const Time first = first_tick_at_or_after(task.first, task.phase, check.interval);
    if (first >= task.until) return 0;
    run(first_that_matters(first));
    return static_cast<std::uint64_t>((task.until - first - Duration{1}) / check.interval) + 1;
}

/// A target that stands as its answers say is stepped from the next change on.
Time Prober::first_that_matters(Time first) {
    while (at_ + 1 < answers_.size() && answers_[at_ + 1].t <= first) ++at_;
    const ProbeAnswer answer = answers_[at_].answer;
    if (answer != ProbeAnswer::success && answer != ProbeAnswer::failure) return first;
    if (!state_.is_settled(answer == ProbeAnswer::success)) return first;
    if (at_ + 1 == answers_.size() || answers_[at_ + 1].t >= task_->until) return never;
    return first_tick_at_or_after(answers_[at_ + 1].t, task_->phase, check_->interval);
}

void Prober::run(Time first) {
    const Time until = task_->until;
    Time send = first;
    for (;;) {
        if (has_pending() && pending_[first_pending_].t <= send) {
            // A time-out comes before a probe of the same instant.
            const Pending late = pending_[first_pending_++];
            if (late.t > until || (late.t == until && task_->until_step <= rank_of(Step::probe_timeout))) return;
            record(late.t, rank_of(Step::probe_timeout), false, late.event);
            continue;
        }
        if (send >= until) {
            if (!has_pending()) return;
            send = never;
            continue;
        }
        send = send_one(send);
    }
}

/// Sends the probe of `send`; returns when the next one that matters is sent.
Time Prober::send_one(Time send) {
    while (at_ + 1 < answers_.size() && answers_[at_ + 1].t <= send) ++at_;
    const AnswerChange& now = answers_[at_];
    ProbeAnswer answer = now.answer;
    if (answer == ProbeAnswer::varies) {
        const auto k = static_cast<std::uint64_t>((send - time_zero - task_->phase) / check_->interval);
        answer = all_->draw(task_->node, task_->prober, k, send);
    }
    if (answer == ProbeAnswer::silence) {
        pending_.push_back({.t = saturating_add(send, check_->timeout), .event = now.event});
    } else {
        record(send, rank_of(Step::probe), answer == ProbeAnswer::success, now.event);
    }
    return next_after(send);
}

Time Prober::next_after(Time send) {
    const AnswerChange& now = answers_[at_];
    const Time next = send + check_->interval;
    if (now.answer == ProbeAnswer::varies || !state_.is_settled(now.answer == ProbeAnswer::success)) return next;
    const Time until = at_ + 1 < answers_.size() ? answers_[at_ + 1].t : never;
    if (until != never && until >= task_->until && now.answer != ProbeAnswer::silence) {
        return has_pending() ? next : never;  // what comes then comes too late
    }
    if (now.answer == ProbeAnswer::silence) {
        // Time-outs of the last probes come due after the answer has changed, among other results.
        if (until == never) return never;
        return std::max(next, first_tick_at_or_after(until - check_->timeout, task_->phase, check_->interval));
    }
    if (has_pending()) return next;
    return until == never ? never : std::max(next, first_tick_at_or_after(until, task_->phase, check_->interval));
}

void Prober::record(Time t, std::uint8_t step, bool success, EventId event) {
    if (!state_.record(success, check_->thresholds)) return;
    flips_->push_back({.t = t, .step = step, .prober = task_->prober, .passing = success, .event = event});
}

}  // namespace lbsim::cloud
