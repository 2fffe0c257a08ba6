// SPDX-License-Identifier: Apache-2.0
// Runs a piece of a test in a forked child: SimGrid allows one engine per process, and a failed check aborts.
#pragma once

#include <functional>
#include <string>

namespace lbsim::test {

/// How a child ended.
struct ProcessEnd {
    int exit_code = 0;  ///< 0 where no assertion failed and nothing was thrown; -1 where a signal ended it
    int signal = 0;
    std::string text;   ///< failed assertions, then what it wrote on standard error
};

/// Assertions of the child count: a failed one makes the exit code 1 and is named in the text.
ProcessEnd own_process(const std::function<void()>& body);

/// own_process(), and the calling test fails where the child did.
void in_own_process(const std::function<void()>& body);

}  // namespace lbsim::test
