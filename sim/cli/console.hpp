// SPDX-License-Identifier: Apache-2.0
// Standard output, standard error and the progress bar.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "lbsim/core/error.hpp"
#include "sim/study/study.hpp"

namespace lbsim::cli {

/// Writes all of `text` to standard output at once. A reader that is gone (a closed pipe) is fine; false where the
/// text could not be written otherwise, which is then said on standard error.
bool print(std::string_view text);
/// Writes to standard error; nothing can be done where that fails.
void print_error(std::string_view text);

/// One line per problem on standard error, its place in colour on a terminal, and a closing line such as
/// "3 problems; nothing was run".
void print_problems(const InputError& error, std::string_view consequence);
/// The same without a closing line.
void print_problems(const InputError& error);
/// "1 problem", "3 problems"
std::string counted(std::size_t n, std::string_view singular);

/// A bar on standard error where that is a terminal, drawn once the work has taken over a second, gone when it ends.
class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar() { clear(); }
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;
    void show(const study::Progress& progress);
    void clear();

private:
    using Clock = std::chrono::steady_clock;
    bool is_terminal_;
    bool is_drawn_ = false;
    Clock::time_point start_;
    Clock::time_point next_;
};

}  // namespace lbsim::cli
