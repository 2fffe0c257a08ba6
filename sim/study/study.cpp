// SPDX-License-Identifier: Apache-2.0
// The order of things in a study: folder, runs, tables, manifest, publication.
#include "sim/study/study.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "lbsim/core/error.hpp"
#include "sim/io/tables/prom.hpp"
#include "sim/study/interrupt.hpp"
#include "sim/study/joiner.hpp"
#include "sim/study/output_folder.hpp"
#include "sim/study/pool.hpp"
#include "sim/study/statistics.hpp"

namespace lbsim::study {

namespace {

using Clock = std::chrono::steady_clock;

std::uint32_t core_count() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

/// The study as this call wants it: seed and replications of the command line in place.
struct Plan {
    std::vector<scenario::Scenario> variants;
    std::vector<RunTask> tasks;
    std::uint32_t replications = 1;
    std::uint64_t seed = 0;
    std::uint32_t jobs = 1;
};

Plan plan_of(const scenario::Study& study, const StudyOptions& options) {
    Plan plan;
    plan.variants = study.variants;
    plan.replications = std::max<std::uint32_t>(1, options.replications.value_or(study.replications));
    plan.seed = options.seed.value_or(study.seed);
    for (scenario::Scenario& variant : plan.variants) {
        if (options.seed) variant.seed = *options.seed;
        variant.replications = plan.replications;
    }
    for (const scenario::Scenario& variant : plan.variants) {
        for (std::uint32_t r = 0; r < plan.replications; ++r) plan.tasks.push_back({plan.tasks.size(), &variant, r});
    }
    const std::uint32_t jobs = options.jobs == 0 ? core_count() : options.jobs;
    plan.jobs = static_cast<std::uint32_t>(std::min<std::size_t>(jobs, plan.tasks.size()));
    return plan;
}

/// What the runs left, in order of runs.
struct Harvest {
    std::vector<io::RunRow> rows;
    std::vector<io::RunFacts> facts;
    std::vector<scenario::ControllerExport> controllers;
};

Harvest empty_harvest(const Plan& plan) {
    Harvest harvest;
    for (const RunTask& task : plan.tasks) {
        const scenario::Scenario& variant = *task.scenario;
        harvest.rows.push_back({task.run, variant.name, variant.variant, task.replication, variant.seed, {}});
        harvest.controllers.emplace_back();
        harvest.facts.push_back({task.run, variant.variant, task.replication, 0.0, 0, {}});
    }
    return harvest;
}

PoolEnd run_all(const Plan& plan, const StudyOptions& options, const OutputFolder& folder, InterruptGuard& interrupt,
                Harvest& harvest) {
    const RunSettings settings{.folder = folder.partial(),
                               .mode = options.mode,
                               .max_rows = options.max_rows,
                               .bin = options.bin,
                               .run = options.run};
    Joiner joiner(folder.partial(), plan.tasks.size());
    return run_pool({.tasks = plan.tasks,
                     .settings = settings,
                     .jobs = plan.jobs,
                     .interrupt = interrupt,
                     .finished =
                         [&](std::uint64_t run, const FinishedRun& finished) {
                             joiner.add(run, finished.report.parts);
                             harvest.rows[run].metrics = finished.report.metrics;
                             harvest.controllers[run] = finished.report.controller;
                             harvest.facts[run].wall_s = finished.wall_s;
                             harvest.facts[run].peak_memory_bytes = finished.peak_memory_bytes;
                             harvest.facts[run].rows = finished.report.rows;
                         },
                     .progress = options.progress});
}

std::uint64_t peak_memory(const std::vector<io::RunFacts>& runs) {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    for (const io::RunFacts& run : runs) peak = std::max(peak, run.peak_memory_bytes);
    return peak;
}

io::Manifest manifest_of(const scenario::Study& study, const StudyOptions& options, const Plan& plan,
                         const std::vector<io::RunFacts>& runs, double wall_s) {
    io::Manifest manifest{.build = options.facts.build,
                          .name = study.name,
                          .scenario_file = study.file,
                          .scenario_digest = options.facts.scenario_digest,
                          .profiles = options.facts.profiles,
                          .command = options.facts.command,
                          .seed = plan.seed,
                          .replications = plan.replications,
                          .jobs = plan.jobs,
                          .mode = options.mode == RunMode::fast ? "fast" : "reference",
                          .max_rows = options.max_rows,
                          .bin = human_text(options.bin),
                          .variants = {},
                          .runs = runs,
                          .assumed = options.facts.assumed,
                          .wall_s = wall_s,
                          .peak_memory_bytes = peak_memory(runs)};
    for (const scenario::Scenario& variant : plan.variants) manifest.variants.push_back(variant_facts(variant));
    return manifest;
}

/// A problem with a file under its temporary name is told under the name the user knows.
InputError under_final_name(const InputError& error, const OutputFolder& folder) {
    std::vector<Problem> problems = error.problems();
    const std::string partial = folder.partial().string();
    for (Problem& problem : problems) {
        if (problem.file.starts_with(partial)) problem.file = folder.out().string() + problem.file.substr(partial.size());
    }
    return InputError(std::move(problems));
}

/// The tables of the study as a whole and its manifest.
void write_study_tables(const std::filesystem::path& folder, const StudyOutcome& outcome, const io::Manifest& manifest) {
    io::write_runs_table(folder / "runs.csv", outcome.runs);
    io::write_summary_table(folder / "summary.csv", outcome.summary);
    io::write_manifest(folder / "manifest.json", manifest);
}

StudyOutcome carry_out(const scenario::Study& study, const StudyOptions& options, OutputFolder& folder,
                       InterruptGuard& interrupt) {
    const Clock::time_point start = Clock::now();
    const Plan plan = plan_of(study, options);
    Harvest harvest = empty_harvest(plan);
    StudyOutcome outcome;
    const PoolEnd end = run_all(plan, options, folder, interrupt, harvest);
    if (end.input_error) throw InputError({*end.input_error});
    if (end.verdict) {
        outcome.end = StudyEnd::verdict;
        outcome.verdict = *end.verdict;
        return outcome;
    }
    if (!end.signal) {
        outcome.summary = summarise(harvest.rows, plan.replications);
        if (options.writes_prom) io::write_prom(folder.partial() / "metrics.prom", harvest.rows, harvest.controllers);
        outcome.runs = std::move(harvest.rows);
        outcome.wall_s = std::chrono::duration<double>(Clock::now() - start).count();
        write_study_tables(folder.partial(), outcome, manifest_of(study, options, plan, harvest.facts, outcome.wall_s));
    }
    if (const auto signal = interrupt.signal()) {
        outcome.end = StudyEnd::interrupted;
        outcome.signal = *signal;
        return outcome;
    }
    folder.publish();
    outcome.folder = folder.out();
    return outcome;
}

}  // namespace

StudyOutcome run_study(const scenario::Study& study, const StudyOptions& options) {
    InterruptGuard interrupt;
    OutputFolder folder(options.out.empty() ? default_folder(study) : options.out);
    try {
        return carry_out(study, options, folder, interrupt);
    } catch (const InputError& error) {
        throw under_final_name(error, folder);
    }
}

io::VariantFacts variant_facts(const scenario::Scenario& variant) {
    const scenario::Cluster& cluster = variant.cluster;
    io::VariantFacts facts;
    facts.name = variant.variant;
    facts.components = {
        {"service_controller", to_string(cluster.service_controller),
         std::string(policy::service_controller_variant(cluster.service_controller))},
        {"kube_proxy", to_string(cluster.kube_proxy), ""},
        {"kubelet", to_string(cluster.kubelet), ""},
        {"autoscaler", to_string(cluster.autoscaler), ""},
    };
    for (const scenario::NodePool& pool : cluster.node_pools) {
        if (pool.kube_proxy) facts.components.push_back({"kube_proxy of pool " + pool.name, to_string(*pool.kube_proxy), ""});
    }
    facts.feature_gates = cluster.feature_gates;
    return facts;
}

std::filesystem::path default_folder(const scenario::Study& study) {
    std::string name = study.name;
    std::replace(name.begin(), name.end(), '/', '_');
    if (name.empty() || name == "." || name == "..") name = "unnamed";
    return std::filesystem::path("lbsim-out") / name;
}

}  // namespace lbsim::study
