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
    const std::vector<AnswerChange> log = answers.of(node);
    current_->by_node[node.index()] = {.first = static_cast<std::uint32_t>(current_->rows.size()),
                                       .count = static_cast<std::uint32_t>(log.size())};
    current_->rows.insert(current_->rows.end(), log.begin(), log.end());
}

}  // namespace lbsim::cloud
