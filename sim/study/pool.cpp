// SPDX-License-Identifier: Apache-2.0
// Forks, polls and reaps the processes of a study.
#include "sim/study/pool.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

namespace lbsim::study {

namespace {

using Clock = std::chrono::steady_clock;

/// A process that runs one task.
struct Worker {
    const RunTask* task = nullptr;
    pid_t pid = -1;
    int pipe = -1;
    Clock::time_point started{};
    MessageReader reader;
    double share = 0.0;
    bool is_ending = false;       ///< it has closed its pipe
    std::optional<Message> last;  ///< everything but progress
};

/// How a process ended, for people. `status` is that of wait4(2).
std::string death_text(int status) {
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        const char* name = sigabbrev_np(signal);
        std::string text = "its process was ended by signal " + std::to_string(signal);
        if (name != nullptr) text += std::string(" (SIG") + name + ")";
        if (signal == SIGKILL) text += "; the machine may have run out of memory: try fewer --jobs";
        return text;
    }
    return "its process ended with code " + std::to_string(WEXITSTATUS(status)) + " and without a result";
}

class Pool {
public:
    explicit Pool(const PoolRequest& request) : request_(request) {}
    ~Pool() {
        for (Worker& worker : workers_) kill_and_reap(worker);
    }

    PoolEnd run() {
        while (true) {
            start_workers();
            if (workers_.empty()) break;
            wait_for_news();
            if (const auto signal = request_.interrupt.signal()) return {.signal = signal, .input_error = {}, .verdict = {}};
            report_progress();
        }
        return std::move(end_);
    }

private:
    bool has_failed() const { return end_.input_error || end_.verdict; }

    void start_workers() {
        while (!has_failed() && next_ < request_.tasks.size() && workers_.size() < request_.jobs) {
            if (!start(request_.tasks[next_])) return;
            ++next_;
        }
    }

    /// False where the system has no room for another process now, but one of ours will end.
    bool start(const RunTask& task) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_start(task, errno);
        std::fflush(nullptr);
        const pid_t parent = getpid();
        const pid_t pid = fork();
        if (pid < 0) {
            const int error = errno;
            close(ends[0]);
            close(ends[1]);
            return cannot_start(task, error);
        }
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent) _exit(1);
            close(ends[0]);
            for (const Worker& other : workers_) close(other.pipe);
            request_.interrupt.become_child();
            live_as_child(task, request_.settings, ends[1]);
        }
        close(ends[1]);
        Worker& worker = workers_.emplace_back();
        worker.task = &task;
        worker.pid = pid;
        worker.pipe = ends[0];
        worker.started = Clock::now();
        return true;
    }

    bool cannot_start(const RunTask& task, int error) {
        if (workers_.empty()) fail(task, std::string("no process could be started: ") + std::strerror(error));
        return false;
    }

    void wait_for_news() {
        std::vector<pollfd> polled;
        polled.reserve(workers_.size() + 1);
        for (const Worker& worker : workers_) polled.push_back({worker.pipe, POLLIN, 0});
        polled.push_back({request_.interrupt.descriptor(), POLLIN, 0});
        if (poll(polled.data(), polled.size(), 200) <= 0) return;
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            if (polled[i].revents != 0) workers_[i].is_ending = !listen(workers_[i]);
        }
        reap_ending();
    }

    /// Lower runs first, so that the same news in one poll gives the same failure.
    void reap_ending() {
        while (true) {
            auto first = workers_.end();
            for (auto i = workers_.begin(); i != workers_.end(); ++i) {
                if (i->is_ending && (first == workers_.end() || i->task->run < first->task->run)) first = i;
            }
            if (first == workers_.end()) return;
            Worker worker = std::move(*first);
            workers_.erase(first);
            reap(worker);
        }
    }

    /// Takes what the pipe holds; false once the process has closed it.
    bool listen(Worker& worker) {
        std::array<char, 4096> bytes;
        const ssize_t n = read(worker.pipe, bytes.data(), bytes.size());
        if (n < 0) return errno == EINTR || errno == EAGAIN;
        if (n == 0) return false;
        worker.reader.add(bytes.data(), static_cast<std::size_t>(n));
        while (auto message = worker.reader.next()) {
            if (message->kind == MessageKind::progress) {
                worker.share = std::clamp(share_of(message->payload), 0.0, 1.0);
            } else {
                worker.last = std::move(message);
            }
        }
        return true;
    }

    void reap(Worker& worker) {
        int status = 0;
        rusage usage{};
        while (wait4(worker.pid, &status, 0, &usage) < 0 && errno == EINTR) {
        }
        close(worker.pipe);
        const RunTask& task = *worker.task;
        const bool is_clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (!is_clean || !worker.last) return fail(task, death_text(status));
        if (worker.last->kind == MessageKind::input_error) {
            return fail_with({.signal = {}, .input_error = problem_of(worker.last->payload), .verdict = {}}, task.run);
        }
        if (worker.last->kind == MessageKind::run_error) return fail(task, worker.last->payload);
        ++done_;
        request_.finished(task.run, {.report = report_of(worker.last->payload),
                                     .wall_s = std::chrono::duration<double>(Clock::now() - worker.started).count(),
                                     .peak_memory_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024});
    }

    void fail(const RunTask& task, const std::string& what) {
        fail_with({.signal = {}, .input_error = {}, .verdict = text_of(task) + ": " + what}, task.run);
    }

    void fail_with(PoolEnd end, std::uint64_t run) {
        if (has_failed() && run > failed_run_) return;
        end_ = std::move(end);
        failed_run_ = run;
        for (Worker& worker : workers_) {
            if (worker.task->run > run) kill_and_reap(worker);
        }
        std::erase_if(workers_, [](const Worker& worker) { return worker.pid < 0; });
    }

    static void kill_and_reap(Worker& worker) {
        if (worker.pid < 0) return;
        kill(worker.pid, SIGKILL);
        while (waitpid(worker.pid, nullptr, 0) < 0 && errno == EINTR) {
        }
        close(worker.pipe);
        worker.pid = -1;
    }

    void report_progress() {
        if (!request_.progress) return;
        const Clock::time_point now = Clock::now();
        if (now < next_progress_) return;
        next_progress_ = now + std::chrono::milliseconds(50);
        double work = static_cast<double>(done_);
        for (const Worker& worker : workers_) work += worker.share;
        const std::size_t total = request_.tasks.size();
        request_.progress({.share = work / static_cast<double>(total), .runs_done = done_, .runs_total = total});
    }

    const PoolRequest& request_;
    std::vector<Worker> workers_;
    std::size_t next_ = 0;
    std::size_t done_ = 0;
    Clock::time_point next_progress_{};
    PoolEnd end_;
    std::uint64_t failed_run_ = 0;
};

}  // namespace

PoolEnd run_pool(const PoolRequest& request) { return Pool(request).run(); }

}  // namespace lbsim::study
