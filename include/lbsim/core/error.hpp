// SPDX-License-Identifier: Apache-2.0
// The two errors that may leave lbsim as exceptions: bad input (exit 2) and a run that reached a bad end (exit 3).
#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace lbsim {

/// One thing wrong with the user's input.
struct Problem {
    std::string file;                   ///< as the user named it; "--set" for a command-line override
    std::optional<std::size_t> line;    ///< 1-based, where known
    std::string pointer;                ///< JSON pointer (RFC 6901) of the place, "" for the whole file
    std::string found;                  ///< what stands there
    std::string allowed;                ///< what may stand there
    std::string hint;                   ///< nearest name for a typo or the fix; may be empty

    /// "file:12: /cluster/release: found "1.99"; allowed: a release of …; did you mean "1.29"?"
    std::string text() const;
};

/// The user's input is wrong; carries every problem found, never only the first. Leaves as exit 2.
class InputError : public std::runtime_error {
public:
    explicit InputError(std::vector<Problem> problems);
    const std::vector<Problem>& problems() const { return problems_; }

private:
    std::vector<Problem> problems_;
};

/// The run broke an invariant, got stuck or made no progress. Leaves as exit 3.
class RunError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace lbsim
#pragma GCC visibility pop
