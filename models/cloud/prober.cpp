// SPDX-License-Identifier: Apache-2.0
// Stepping of a prober through the changes of a target's answer.
#include "models/cloud/prober.hpp"

#include <algorithm>
#include <deque>

#include "lbsim/engine/step.hpp"
#include "lbsim/policy/prober.hpp"

namespace lbsim::cloud {

using engine::rank_of;
using engine::Step;
using policy::ProbeState;

namespace {

class Stepper {
public:
    Stepper(const ProbingTask& task, const scenario::HealthCheck& check, const TargetAnswers& all,
            const std::vector<AnswerChange>& answers, std::vector<VerdictFlip>& flips)
        : task_(task),
          check_(check),
          all_(all),
          answers_(answers),
          flips_(flips),
          state_(task.starts_passing ? ProbeState::Verdict::passing : ProbeState::Verdict::failing) {}

    void run() {
        Time send = first_tick_at_or_after(task_.first, task_.phase, check_.interval);
        for (;;) {
            if (!pending_.empty() && pending_.front().t <= send) {
                // A time-out comes before a probe of the same instant.
                const Pending late = pending_.front();
                pending_.pop_front();
                if (late.t > task_.until || (late.t == task_.until && task_.until_step <= rank_of(Step::probe_timeout))) return;
                record(late.t, Step::probe_timeout, false, late.event);
                continue;
            }
            if (send >= task_.until) {
                if (pending_.empty()) return;
                send = never;
                continue;
            }
            send = send_one(send);
        }
    }

private:
    struct Pending {
        Time t{};
        EventId event;
    };

    /// Sends the probe of `send`; returns when the next one that matters is sent.
    Time send_one(Time send) {
        while (at_ + 1 < answers_.size() && answers_[at_ + 1].t <= send) ++at_;
        const AnswerChange& now = answers_[at_];
        ProbeAnswer answer = now.answer;
        if (answer == ProbeAnswer::varies) {
            const auto k = static_cast<std::uint64_t>((send - time_zero - task_.phase) / check_.interval);
            answer = all_.draw(task_.node, task_.prober, k, send);
        }
        if (answer == ProbeAnswer::silence) {
            pending_.push_back({.t = saturating_add(send, check_.timeout), .event = now.event});
        } else {
            record(send, Step::probe, answer == ProbeAnswer::success, now.event);
        }
        return next_after(send, now);
    }

    Time next_after(Time send, const AnswerChange& now) const {
        const Time next = send + check_.interval;
        if (now.answer == ProbeAnswer::varies || !state_.is_settled(now.answer == ProbeAnswer::success)) return next;
        const Time until = at_ + 1 < answers_.size() ? answers_[at_ + 1].t : never;
        if (now.answer == ProbeAnswer::silence) {
            // Time-outs of the last probes come due after the answer has changed, among other results.
            if (until == never) return never;
            return std::max(next, first_tick_at_or_after(until - check_.timeout, task_.phase, check_.interval));
        }
        if (!pending_.empty()) return next;
        return until == never ? never : std::max(next, first_tick_at_or_after(until, task_.phase, check_.interval));
    }

    void record(Time t, Step step, bool success, EventId event) {
        if (!state_.record(success, check_.thresholds)) return;
        flips_.push_back({.t = t, .step = rank_of(step), .prober = task_.prober, .passing = success, .event = event});
    }

    const ProbingTask& task_;
    const scenario::HealthCheck& check_;
    const TargetAnswers& all_;
    const std::vector<AnswerChange>& answers_;
    std::vector<VerdictFlip>& flips_;
    ProbeState state_;
    std::size_t at_ = 0;
    std::deque<Pending> pending_;
};

}  // namespace

void probe_target(const ProbingTask& task, const scenario::HealthCheck& check, const TargetAnswers& all,
                  const std::vector<AnswerChange>& answers, std::vector<VerdictFlip>& flips) {
    Stepper(task, check, all, answers, flips).run();
}

std::uint64_t count_probes(const ProbingTask& task, Duration interval) {
    const Time first = first_tick_at_or_after(task.first, task.phase, interval);
    if (first >= task.until) return 0;
    return static_cast<std::uint64_t>((task.until - first - Duration{1}) / interval) + 1;
}

}  // namespace lbsim::cloud
