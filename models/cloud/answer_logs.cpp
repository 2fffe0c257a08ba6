// SPDX-License-Identifier: Apache-2.0
// Logs of answers in one row, by node.
#include "models/cloud/answer_logs.hpp"

namespace lbsim::cloud {

void AnswerLogs::start(const TargetAnswers& answers, std::size_t nodes) {
    if (answers.are_of_every_service()) {
        current_ = &shared_;
        shared_.by_node.resize(nodes);
        return;
    }
    current_ = &own_;
    own_.rows.clear();
    own_.by_node.assign(nodes, {});
}

void AnswerLogs::look_up(NodeId node, const TargetAnswers& answers) {
    std::vector<AnswerChange>& rows = current_->rows;
    const std::size_t first = rows.size();
    answers.append(node, rows);
    current_->by_node[node.index()] = {.first = static_cast<std::uint32_t>(first),
                                       .count = static_cast<std::uint32_t>(rows.size() - first)};
}

}  // namespace lbsim::cloud
