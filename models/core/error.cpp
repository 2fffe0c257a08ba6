// SPDX-License-Identifier: Apache-2.0
// Texts of input errors.
#include "lbsim/core/error.hpp"

namespace lbsim {

std::string Problem::text() const {
    std::string out = file;
    if (line) out += ":" + std::to_string(*line);
    out += ": " + (pointer.empty() ? std::string("(whole file)") : pointer) + ": found " + found;
    if (!allowed.empty()) out += "; allowed: " + allowed;
    if (!hint.empty()) out += "; " + hint;
    return out;
}

namespace {
std::string joined(const std::vector<Problem>& problems) {
    std::string out;
    for (const Problem& p : problems) {
        if (!out.empty()) out += '\n';
        out += p.text();
    }
    return out;
}
}  // namespace

InputError::InputError(std::vector<Problem> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

}  // namespace lbsim
