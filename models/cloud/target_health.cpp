// SPDX-License-Identifier: Apache-2.0
// From set versions and probe answers to who may get new connections when.
#include "models/cloud/target_health.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <tuple>

#include "lbsim/scenario/probe_draws.hpp"
#include "models/cloud/answer_logs.hpp"
#include "models/cloud/prober.hpp"
#include "models/cloud/target_sweep.hpp"

namespace lbsim::cloud {

using history::Membership;

namespace {

/// Verdict of the load balancer from those of its probers: failing when all have found it so, passing when all have.
void agree(std::vector<VerdictFlip>& flips, std::uint32_t probers, bool starts_passing) {
    if (probers == 1) return;
    std::stable_sort(flips.begin(), flips.end(), [](const VerdictFlip& a, const VerdictFlip& b) {
        return std::tie(a.t, a.step, a.prober) < std::tie(b.t, b.step, b.prober);
    });
    std::uint32_t passing = starts_passing ? probers : 0;
    bool verdict = starts_passing;
    std::size_t kept = 0;
    for (const VerdictFlip& flip : flips) {
        passing = flip.passing ? passing + 1 : passing - 1;
        if (passing != (verdict ? 0 : probers)) continue;
        verdict = !verdict;
        flips[kept] = flip;
        flips[kept++].passing = verdict;
    }
    flips.resize(kept);
}

}  // namespace

/// Follows the load balancer's set and hands each membership's health to the sweep.
class TargetResolver::Work {
public:
    Work(const history::History& history, const scenario::Scenario& scenario, std::uint32_t replication)
        : history_(history), scenario_(scenario), replication_(replication), sweep_(history, timeline_) {}

    history::TargetTimeline& resolve(ServiceId service, const history::Forwarding& forwarding, std::uint32_t first_event) {
        timeline_.clear();
        timeline_.first_event = first_event;
        lb_ = &scenario_.services[service.index()].load_balancer;
        const TargetAnswers answers(history_, scenario_, service, forwarding, replication_);
        phases_ = scenario::prober_phases(scenario_, service, replication_);
        logs_.start(answers, history_.nodes.size());
        follow_sets(history_.services[service.index()].sets);
        sweep_.start(*lb_, service);
        for (std::size_t m = 0; m < timeline_.memberships.size(); ++m) watch_health(m, answers);
        sweep_.run();
        timeline_.cuts.index(history_.nodes.size());
        timeline_.slots = history::draw_range(timeline_.initial_targets, most_);
        return timeline_;
    }

private:
    static constexpr std::uint32_t no_membership = 0xffffffffu;

    void follow_sets(const std::vector<history::LbSetChange>& sets) {
        active_.assign(history_.nodes.size(), no_membership);
        free_slots_.clear();
        most_ = 0;
        const policy::NodeSetLog* log = &history_.controller_sets[history::index_of(sets.front().policy)];
        if (initial_log_ != log || initial_version_ != sets.front().version) {
            initial_log_ = log;
            initial_version_ = sets.front().version;
            initial_ = log->members(initial_version_);
        }
        for (const policy::NodeKey node : initial_) enter(NodeId{node}, sets.front());
        timeline_.initial_targets = static_cast<std::uint32_t>(timeline_.memberships.size());
        for (std::size_t i = 1; i < sets.size(); ++i) {
            entering_.clear();
            const auto visit = [this, &change = sets[i]](policy::NodeKey node, bool entered) {
                if (entered) {
                    entering_.push_back(NodeId{node});
                } else {
                    leave(NodeId{node}, change);
                }
            };
            log->for_each_difference(sets[i - 1].version, sets[i].version, std::cref(visit));
            for (const NodeId node : entering_) enter(node, sets[i]);
        }
    }

    void enter(NodeId node, const history::LbSetChange& change) {
        active_[node.index()] = static_cast<std::uint32_t>(timeline_.memberships.size());
        Membership& m = timeline_.memberships.emplace_back();
        m.node = node;
        m.entered = change.t;
        m.entered_step = change.step;
        m.entered_event = change.event;
        if (free_slots_.empty()) {
            m.slot = most_++;
            return;
        }
        std::pop_heap(free_slots_.begin(), free_slots_.end(), std::greater<>());
        m.slot = free_slots_.back();
        free_slots_.pop_back();
    }

    void leave(NodeId node, const history::LbSetChange& change) {
        Membership& m = timeline_.memberships[active_[node.index()]];
        m.left = change.t;
        m.left_step = change.step;
        m.left_event = change.event;
        free_slots_.push_back(m.slot);
        std::push_heap(free_slots_.begin(), free_slots_.end(), std::greater<>());
        active_[node.index()] = no_membership;
    }

    void watch_health(std::size_t index, const TargetAnswers& all) {
        const Membership& m = timeline_.memberships[index];
        const std::span<const AnswerChange> answers = logs_.of(m.node, all);
        // At the start every prober has long seen what the node answers then.
        const bool starts_passing = index < timeline_.initial_targets ? answers.front().answer == ProbeAnswer::success ||
                                                                            answers.front().answer == ProbeAnswer::varies
                                                                      : lb_->health_check.initially_passing;
        flips_.clear();
        for (std::uint32_t p = 0; p < lb_->health_check.probers; ++p) {
            const ProbingTask task{.node = m.node,
                                   .prober = p,
                                   .phase = phases_[p],
                                   .entered = std::max(m.entered, time_zero),
                                   .until = std::min(m.left, history_.end),
                                   .until_step = m.left < history_.end ? m.left_step : std::uint8_t{0},
                                   .starts_passing = starts_passing};
            timeline_.probes += prober_.probe(task, lb_->health_check, all, answers, flips_);
        }
        agree(flips_, lb_->health_check.probers, starts_passing);
        sweep_.add(starts_passing, flips_);
    }

    const history::History& history_;
    const scenario::Scenario& scenario_;
    std::uint32_t replication_;
    const scenario::LoadBalancer* lb_ = nullptr;
    std::vector<Duration> phases_;
    AnswerLogs logs_;
    std::vector<std::uint32_t> active_;  ///< by node: its membership
    std::vector<std::uint32_t> free_slots_;  ///< a heap, lowest first
    std::vector<NodeId> entering_;
    const policy::NodeSetLog* initial_log_ = nullptr;
    policy::NodeSetLog::Version initial_version_ = 0;
    std::vector<policy::NodeKey> initial_;  ///< members of that version
    std::uint32_t most_ = 0;
    Prober prober_;
    std::vector<VerdictFlip> flips_;  ///< of the membership at hand
    history::TargetTimeline timeline_;
    TargetSweep sweep_;
};

TargetResolver::TargetResolver(const history::History& history, const scenario::Scenario& scenario,
                               std::uint32_t replication)
    : work_(std::make_unique<Work>(history, scenario, replication)) {}
TargetResolver::~TargetResolver() = default;

const history::TargetTimeline& TargetResolver::resolve(ServiceId service, const history::Forwarding& forwarding,
                                                       std::uint32_t first_event) {
    return work_->resolve(service, forwarding, first_event);
}

history::TargetTimeline resolve_targets(const history::History& history, const scenario::Scenario& scenario,
                                        ServiceId service, const history::Forwarding& forwarding,
                                        std::uint32_t replication, std::uint32_t first_event) {
    return TargetResolver(history, scenario, replication).resolve(service, forwarding, first_event);
}

}  // namespace lbsim::cloud
