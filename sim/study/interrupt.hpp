// SPDX-License-Identifier: Apache-2.0
// SIGINT and SIGTERM as something to ask for, so that a study can tidy up before it ends.
#pragma once

#include <csignal>
#include <optional>

namespace lbsim::study {

/// While it lives, SIGINT, SIGTERM and SIGHUP wait in a descriptor instead of ending the process, and a write beyond a
/// file size limit or into a closed pipe is an error code instead of a death.
class InterruptGuard {
public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    /// Readable in poll(2) once a signal waits.
    int descriptor() const { return descriptor_; }
    /// The signal that came first, from its arrival on.
    std::optional<int> signal();
    /// For a forked child: the three signals are the parent's business, who kills its children.
    void become_child() const;

private:
    sigset_t before_{};
    struct sigaction file_size_before_{};
    struct sigaction pipe_before_{};
    int descriptor_ = -1;
    std::optional<int> seen_;
};

}  // namespace lbsim::study
