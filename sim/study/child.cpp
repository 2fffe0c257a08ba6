// SPDX-License-Identifier: Apache-2.0
// What happens in a run's process.
#include "sim/study/child.hpp"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>

#include "lbsim/core/check.hpp"
#include "sim/study/message.hpp"

namespace lbsim::study {

namespace {

using Clock = std::chrono::steady_clock;

/// Sends at most 20 messages a second, however often the run reports.
class ProgressPipe {
public:
    explicit ProgressPipe(int descriptor) : descriptor_(descriptor) {}
    void operator()(double share) {
        const Clock::time_point now = Clock::now();
        if (now < next_) return;
        next_ = now + std::chrono::milliseconds(50);
        send(descriptor_, {MessageKind::progress, payload_of(share)});
    }

private:
    int descriptor_;
    Clock::time_point next_{};
};

void check_metrics(const scenario::Metrics& metrics) {
    for (std::size_t i = 0; i < scenario::metric_count; ++i) {
        const scenario::Metric metric{i};
        const std::optional<double>& value = metrics[metric];
        if (value && !std::isfinite(*value)) {
            throw RunError("the metric " + std::string(info(metric).name) + " is not a finite number");
        }
    }
}

Message run_task(const RunTask& task, const RunSettings& settings, int descriptor) {
    try {
        const RunOptions options{.replication = task.replication,
                                 .mode = settings.mode,
                                 .max_rows = settings.max_rows,
                                 .bin = settings.bin,
                                 .progress = ProgressPipe(descriptor)};
        const scenario::RunResult result = settings.run(*task.scenario, options);
        check_metrics(result.metrics);
        const io::PartSizes parts = io::write_run_tables({.folder = settings.folder,
                                                          .run = task.run,
                                                          .max_rows = settings.max_rows,
                                                          .scenario = *task.scenario,
                                                          .result = result});
        return {MessageKind::report, payload_of(RunReport{result.metrics, result.rows, parts, result.controller})};
    } catch (const InputError& error) {
        return {MessageKind::input_error, payload_of(error.problems().front())};
    } catch (const std::exception& error) {
        return {MessageKind::run_error, error.what()};
    }
}

}  // namespace

std::string text_of(const RunTask& task) {
    return "variant \"" + task.scenario->variant + "\", replication " + std::to_string(task.replication) + ", seed " +
           std::to_string(task.scenario->seed);
}

void live_as_child(const RunTask& task, const RunSettings& settings, int descriptor) {
    set_check_context("scenario " + task.scenario->name + ", " + text_of(task));
    const Message last = run_task(task, settings, descriptor);
    std::fflush(nullptr);
    send(descriptor, last);
    _exit(0);
}

}  // namespace lbsim::study
