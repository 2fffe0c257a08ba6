// SPDX-License-Identifier: Apache-2.0
// One prober's view of one target, stepped only near changes of the answer.
#pragma once

#include <cstdint>
#include <vector>

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

/// Appends the flips of one prober. Pre: `answers` starts at time 0.
/// Cost: O(thresholds) per change of the answer; the probes between are elided.
void probe_target(const ProbingTask& task, const scenario::HealthCheck& check, const TargetAnswers& all,
                  const std::vector<AnswerChange>& answers, std::vector<VerdictFlip>& flips);

/// Probes that the task sends.
std::uint64_t count_probes(const ProbingTask& task, Duration interval);

}  // namespace lbsim::cloud
