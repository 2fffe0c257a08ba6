// SPDX-License-Identifier: Apache-2.0
// The answer of a study in a few lines for the terminal.
#pragma once

#include <string>

#include "sim/study/study.hpp"

namespace lbsim::cli {

/// The question, one line per variant with the numbers that answer it, where the tables are, what to read next.
/// Numbers are means over the replications; an unknown one is "-".
std::string run_summary(const scenario::Study& study, const study::StudyOutcome& outcome);

}  // namespace lbsim::cli
