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
    run(follow_stretches(first));
    return static_cast<std::uint64_t>((task.until - first - Duration{1}) / check.interval) + 1;
}

/// Takes all probes of an answer that does not change at once. Returns the first probe that must be stepped, or never.
Time Prober::follow_stretches(Time send) {
    while (send < task_->until) {
        while (at_ + 1 < answers_.size() && answers_[at_ + 1].t <= send) ++at_;
        const AnswerChange& now = answers_[at_];
        const bool is_last = at_ + 1 == answers_.size() || answers_[at_ + 1].t >= task_->until;
        const bool mixes = now.answer == ProbeAnswer::silence && check_->timeout > check_->interval && !is_last;
        if (now.answer == ProbeAnswer::varies || mixes) return send;
        const Time end = is_last ? task_->until : answers_[at_ + 1].t;
        if (!record_stretch(send, end, now) || is_last) return never;
        send = first_tick_at_or_after(end, task_->phase, check_->interval);
    }
    return never;
}

/// The probes from `send` on and before `end`, all answered alike. False where no later result counts.
bool Prober::record_stretch(Time send, Time end, const AnswerChange& now) {
    const bool success = now.answer == ProbeAnswer::success;
    const bool late = now.answer == ProbeAnswer::silence;
    const std::uint64_t deciding = state_.results_to_flip(success, check_->thresholds);
    if (deciding == 0) {
        state_.record(success, check_->thresholds);
        return true;
    }
    const std::uint64_t probes = static_cast<std::uint64_t>((end - send - Duration{1}) / check_->interval) + 1;
    if (probes < deciding) {
        state_.record_run(success, probes, check_->thresholds);
        return true;
    }
    Time t = send + check_->interval * static_cast<std::int64_t>(deciding - 1);
    if (late) t = saturating_add(t, check_->timeout);
    if (late && !counts_at(t)) return false;
    state_.record_run(success, deciding, check_->thresholds);
    flips_->push_back({.t = t,
                       .step = rank_of(late ? Step::probe_timeout : Step::probe),
                       .prober = task_->prober,
                       .passing = success,
                       .event = now.event});
    return true;
}

/// Does a time-out at `t` still count before the target leaves?
bool Prober::counts_at(Time t) const {
    return t < task_->until || (t == task_->until && task_->until_step > rank_of(Step::probe_timeout));
}

void Prober::run(Time first) {
    const Time until = task_->until;
    Time send = first;
    for (;;) {
        if (has_pending() && pending_[first_pending_].t <= send) {
            // A time-out comes before a probe of the same instant.
            const Pending late = pending_[first_pending_++];
            if (!counts_at(late.t)) return;
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
