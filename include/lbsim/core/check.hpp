// SPDX-License-Identifier: Apache-2.0
// LBSIM_CHECK: our own mistakes stop the process, in every build, with the seed and scenario that show them.
#pragma once

#include <string>

#pragma GCC visibility push(default)
namespace lbsim {

/// What the message of a failed check says about the run (scenario, variant, seed). Set once per run by who starts it.
void set_check_context(std::string text);

/// Adds the simulated time to the message of a failed check; `us` is read only when a check fails.
void set_check_clock(const long long* us);

/// Prints where, what and the run's context on standard error, then aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* condition, const std::string& why);

}  // namespace lbsim
#pragma GCC visibility pop

#define LBSIM_CHECK(condition, why)                                             \
    do {                                                                        \
        if (!(condition)) ::lbsim::check_failed(__FILE__, __LINE__, #condition, why); \
    } while (false)
