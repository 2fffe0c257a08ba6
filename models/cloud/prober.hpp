// SPDX-License-Identifier: Apache-2.0
// One prober's view of one target, stepped only near changes of the answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lbsim/policy/prober.hpp"
#include "models/cloud/target_answers.hpp"

namespace lbsim::cloud {

/// A prober changed its mind about a target.
struct VerdictFlip {
    Time t{};
    std::uint8_t step = 0;
    std::uint32_t prober = 0;
    bool passing = false;
    EventId event;  ///< the change of the answer that the deciding probe met
};

/// What a prober does during one membership of a target.
struct ProbingTask {
    NodeId node;
    std::uint32_t prober = 0;
    Duration phase{};
    Time first{};                ///< no probe is sent before
    Time until = never;          ///< the target leaves, or the run ends
    std::uint8_t until_step = 0; ///< step of that microsecond; results that come due in an earlier one still count
    bool starts_passing = false;
};

/// Steps probers one after another, through memory of its own.
class Prober {
public:
    /// Appends the flips of one prober and returns how many probes it sends. Pre: `answers` starts at time 0.
    /// Cost: O(1) per change of the answer; where answers vary, or time-outs mix with later results, O(thresholds).
    std::uint64_t probe(const ProbingTask& task, const scenario::HealthCheck& check, const TargetAnswers& all,
                        std::span<const AnswerChange> answers, std::vector<VerdictFlip>& flips);

private:
    struct Pending {
        Time t{};
        EventId event;
    };
    Time follow_stretches(Time send);
    bool record_stretch(Time send, Time end, const AnswerChange& now);
    void run(Time first);
    Time send_one(Time send);
    Time next_after(Time send);
    void record(Time t, std::uint8_t step, bool success, EventId event);
    bool counts_at(Time t) const;
    bool has_pending() const { return first_pending_ < pending_.size(); }

    const ProbingTask* task_ = nullptr;
    const scenario::HealthCheck* check_ = nullptr;
    const TargetAnswers* all_ = nullptr;
    std::span<const AnswerChange> answers_;
    std::vector<VerdictFlip>* flips_ = nullptr;
    policy::ProbeState state_{policy::ProbeState::Verdict::failing};
    std::size_t at_ = 0;             ///< the answer at hand
    std::vector<Pending> pending_;   ///< probes that nobody answers, in order of sending
    std::size_t first_pending_ = 0;
};

}  // namespace lbsim::cloud
