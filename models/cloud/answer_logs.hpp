// SPDX-License-Identifier: Apache-2.0
// Answers of nodes, worked out once for all load balancers that ask the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/cloud/target_answers.hpp"

namespace lbsim::cloud {

/// Looks up TargetAnswers::append. Logs that are the same for every load balancer outlive the one that asked first.
/// Cost: O(1) where the log is known; 16 bytes a change of an answer.
class AnswerLogs {
public:
    /// The next load balancer, which asks `answers`.
    void start(const TargetAnswers& answers, std::size_t nodes);
    /// Ascending, first entry at time 0. Valid until the next call. Pre: `answers` is the one started with.
    std::span<const AnswerChange> of(NodeId node, const TargetAnswers& answers) {
        Logs& logs = *current_;
        if (logs.by_node[node.index()].count == 0) look_up(node, answers);
        const Range range = logs.by_node[node.index()];
        return std::span<const AnswerChange>(logs.rows).subspan(range.first, range.count);
    }

private:
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t count = 0;  ///< 0: not known yet
    };
    struct Logs {
        std::vector<AnswerChange> rows;
        std::vector<Range> by_node;
    };
    void look_up(NodeId node, const TargetAnswers& answers);

    Logs shared_;
    Logs own_;
    Logs* current_ = nullptr;
};

}  // namespace lbsim::cloud
