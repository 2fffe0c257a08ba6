// SPDX-License-Identifier: Apache-2.0
// The forked child, and a listener that counts its failed assertions.
#define CATCH_CONFIG_EXTERNAL_INTERFACES
#include "support/own_process.hpp"

#include <cstdio>
#include <exception>
#include <sstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define LBSIM_LEAK_CHECK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LBSIM_LEAK_CHECK 1
#endif
#endif
#ifdef LBSIM_LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#endif

namespace lbsim::test {

namespace {

std::string leaks() {
#ifdef LBSIM_LEAK_CHECK
    // _exit() skips the check at the end of the process.
    if (__lsan_do_recoverable_leak_check() != 0) return "memory leaked\n";
#endif
    return {};
}

std::string& failed_assertions() {
    static std::string text;
    return text;
}

struct FailureListener : Catch::TestEventListenerBase {
    using TestEventListenerBase::TestEventListenerBase;
    bool assertionEnded(const Catch::AssertionStats& stats) override {
        const Catch::AssertionResult& result = stats.assertionResult;
        if (result.isOk()) return true;
        std::ostringstream line;
        line << result.getSourceInfo() << ": " << result.getExpression();
        if (result.hasExpandedExpression()) line << "  with  " << result.getExpandedExpression();
        if (result.hasMessage()) line << "  " << result.getMessage();
        for (const Catch::MessageInfo& info : stats.infoMessages) line << "  [" << info.message << "]";
        failed_assertions() += line.str() + "\n";
        return true;
    }
};

void write_all(int fd, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t n = write(fd, text.data() + done, text.size() - done);
        if (n <= 0) return;
        done += static_cast<std::size_t>(n);
    }
}

[[noreturn]] void run_child(const std::function<void()>& body, int report) {
    // What the child's reporter prints would appear twice or in the middle of the parent's.
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(report, STDERR_FILENO);
    failed_assertions().clear();
    std::string thrown;
    try {
        body();
    } catch (const Catch::TestFailureException&) {
        // Already counted by the listener.
    } catch (const std::exception& e) {
        thrown = std::string("thrown: ") + e.what() + "\n";
    } catch (...) {
        thrown = "thrown: an exception of unknown type\n";
    }
    const std::string text = failed_assertions() + thrown + leaks();
    write_all(report, text);
    std::fflush(stderr);
    // Not exit(): destructors and buffers of the parent's copy are not the child's to run.
    _exit(text.empty() ? 0 : 1);
}

}  // namespace

CATCH_REGISTER_LISTENER(FailureListener)

ProcessEnd own_process(const std::function<void()>& body) {
    std::fflush(nullptr);
    int ends[2];
    if (pipe(ends) != 0) FAIL("no pipe");
    const pid_t child = fork();
    if (child < 0) FAIL("no child process");
    if (child == 0) {
        close(ends[0]);
        run_child(body, ends[1]);
    }
    close(ends[1]);
    ProcessEnd end;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) end.text.append(buffer, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    end.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return end;
}

void in_own_process(const std::function<void()>& body) {
    const ProcessEnd end = own_process(body);
    INFO(end.text);
    CHECK(end.signal == 0);
    REQUIRE(end.exit_code == 0);
}

}  // namespace lbsim::test
