// SPDX-License-Identifier: Apache-2.0
// What a failed check prints.
#include "lbsim/core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace lbsim {

namespace {
// The one piece of state of the process: the run it is about, for the last message it will ever print.
std::string& context() {
    static std::string text;
    return text;
}
const long long* clock_us = nullptr;
}  // namespace

void set_check_context(std::string text) { context() = std::move(text); }
void set_check_clock(const long long* us) { clock_us = us; }

void check_failed(const char* file, int line, const char* condition, const std::string& why) {
    std::fprintf(stderr, "lbsim: internal error: %s\n  check: %s\n  where: %s:%d\n", why.c_str(), condition, file, line);
    if (!context().empty()) std::fprintf(stderr, "  run: %s\n", context().c_str());
    if (clock_us != nullptr) std::fprintf(stderr, "  simulated time: %lld us\n", *clock_us);
    std::fputs("  This is a fault of lbsim, not of your scenario; please report it with the lines above.\n", stderr);
    std::fflush(stderr);
    std::abort();
}

}  // namespace lbsim
