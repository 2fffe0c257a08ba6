// SPDX-License-Identifier: Apache-2.0
// Bytes to the terminal or the pipe.
#include "sim/cli/console.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace lbsim::cli {

namespace {

/// 0, or the error of the system.
int write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::write(descriptor, text.data(), text.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
}

bool has_colour() {
    static const bool answer = [] {
        const char* terminal = std::getenv("TERM");
        const bool is_dumb = terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
        return isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && !is_dumb;
    }();
    return answer;
}

/// "file:12: " in bold red, the rest as it is.
std::string coloured(const Problem& problem) {
    const std::string text = problem.text();
    if (!has_colour()) return text;
    std::string place = problem.file;
    if (problem.line) place += ":" + std::to_string(*problem.line);
    return "\033[1;31m" + place + "\033[0m" + text.substr(place.size());
}

}  // namespace

bool print(std::string_view text) {
    const int error = write_all(STDOUT_FILENO, text);
    if (error == 0 || error == EPIPE) return true;
    print_error(std::string("lbsim: standard output could not be written: ") + std::strerror(error) + "\n");
    return false;
}

void print_error(std::string_view text) { static_cast<void>(write_all(STDERR_FILENO, text)); }

std::string counted(std::size_t n, std::string_view singular) {
    return std::to_string(n) + " " + std::string(singular) + (n == 1 ? "" : "s");
}

void print_problems(const InputError& error) {
    std::string text;
    for (const Problem& problem : error.problems()) text += coloured(problem) + "\n";
    print_error(text);
}

void print_problems(const InputError& error, std::string_view consequence) {
    print_problems(error);
    print_error(counted(error.problems().size(), "problem") + "; " + std::string(consequence) + "\n");
}

ProgressBar::ProgressBar()
    : is_terminal_(isatty(STDERR_FILENO) == 1), start_(Clock::now()), next_(start_ + std::chrono::seconds(1)) {}

void ProgressBar::show(const study::Progress& progress) {
    const Clock::time_point now = Clock::now();
    if (!is_terminal_ || now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    constexpr int width = 30;
    const int full = static_cast<int>(std::lround(progress.share * width));
    const double seconds = std::chrono::duration<double>(now - start_).count();
    std::array<char, 120> line;
    const int n = std::snprintf(line.data(), line.size(), "\r[%.*s%.*s] %3.0f %%  %zu of %zu runs  %.0f s\033[K", full,
                                "##############################", width - full, "..............................",
                                100.0 * progress.share, progress.runs_done, progress.runs_total, seconds);
    print_error({line.data(), static_cast<std::size_t>(n)});
    is_drawn_ = true;
}

void ProgressBar::clear() {
    if (is_drawn_) print_error("\r\033[K");
    is_drawn_ = false;
}

}  // namespace lbsim::cli
