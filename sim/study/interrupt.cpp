// SPDX-License-Identifier: Apache-2.0
// Signals of a study.
#include "sim/study/interrupt.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include "lbsim/core/check.hpp"

namespace lbsim::study {

namespace {

void ignore(int signal, struct sigaction* before) {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    sigaction(signal, &action, before);
}

}  // namespace

InterruptGuard::InterruptGuard() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        sigaction(signal, nullptr, &action);
        if (action.sa_handler != SIG_IGN) sigaddset(&set, signal);  // nohup means what it says
    }
    sigprocmask(SIG_BLOCK, &set, &before_);
    descriptor_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    LBSIM_CHECK(descriptor_ >= 0, "the system gives no signalfd");
    ignore(SIGXFSZ, &file_size_before_);
    ignore(SIGPIPE, &pipe_before_);
}

InterruptGuard::~InterruptGuard() {
    // A second Ctrl-C means what the first one meant.
    signalfd_siginfo info{};
    while (seen_ && read(descriptor_, &info, sizeof info) > 0) {
    }
    close(descriptor_);
    sigaction(SIGXFSZ, &file_size_before_, nullptr);
    sigaction(SIGPIPE, &pipe_before_, nullptr);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> InterruptGuard::signal() {
    signalfd_siginfo info{};
    if (!seen_ && read(descriptor_, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        seen_ = static_cast<int>(info.ssi_signo);
    }
    return seen_;
}

void InterruptGuard::become_child() const {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ignore(signal, nullptr);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace lbsim::study
