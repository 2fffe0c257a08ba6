// SPDX-License-Identifier: Apache-2.0
// From set versions and probe answers to who may get new connections when.
#include "models/cloud/target_health.hpp"

#include <algorithm>
#include <tuple>

#include "lbsim/scenario/probe_draws.hpp"
#include "models/cloud/prober.hpp"
#include "models/cloud/target_sweep.hpp"

namespace lbsim::cloud {

using history::Membership;

namespace {

/// Verdict of the load balancer from those of its probers: failing when all have found it so, passing when all have.
std::vector<VerdictFlip> agreed(std::vector<VerdictFlip> flips, std::uint32_t probers, bool starts_passing) {
    if (probers == 1) return flips;
    std::stable_sort(flips.begin(), flips.end(), [](const VerdictFlip& a, const VerdictFlip& b) {
        return std::tie(a.t, a.step, a.prober) < std::tie(b.t, b.step, b.prober);
    });
    std::uint32_t passing = starts_passing ? probers : 0;
    bool verdict = starts_passing;
    std::vector<VerdictFlip> out;
    for (const VerdictFlip& flip : flips) {
        passing = flip.passing ? passing + 1 : passing - 1;
        if (passing != (verdict ? 0 : probers)) continue;
        verdict = !verdict;
        out.push_back(flip);
        out.back().passing = verdict;
    }
    return out;
}

/// Follows the load balancer's set and hands each membership's health to the sweep.
class Resolver {
public:
    Resolver(const history::History& history, const scenario::Scenario& scenario, ServiceId service,
             const history::Forwarding& forwarding, std::uint32_t replication)
        : history_(history),
          sets_(history.services[service.index()].sets),
          lb_(scenario.services[service.index()].load_balancer),
          answers_(history, scenario, service, forwarding, replication),
          phases_(scenario::prober_phases(scenario, service, replication)),
          active_(history.nodes.size(), no_membership),
          answers_of_(history.nodes.size()) {}

    history::TargetTimeline resolve(ServiceId service, std::uint32_t first_event) {
        follow_sets();
        TargetSweep sweep(history_, lb_, service, first_event);
        for (std::size_t m = 0; m < memberships_.size(); ++m) watch_health(m, sweep);
        history::TargetTimeline timeline = sweep.run(std::move(memberships_), initial_);
        timeline.slots = history::draw_range(initial_, most_);
        timeline.probes = probes_;
        return timeline;
    }

private:
    static constexpr std::uint32_t no_membership = 0xffffffffu;

    void follow_sets() {
        const policy::NodeSetLog* log = &history_.controller_sets[history::index_of(sets_.front().policy)];
        for (const policy::NodeKey node : log->members(sets_.front().version)) enter(NodeId{node}, sets_.front());
        initial_ = static_cast<std::uint32_t>(memberships_.size());
        for (std::size_t i = 1; i < sets_.size(); ++i) {
            std::vector<NodeId> entering;
            log->for_each_difference(sets_[i - 1].version, sets_[i].version, [&](policy::NodeKey node, bool entered) {
                if (entered) {
                    entering.push_back(NodeId{node});
                } else {
                    leave(NodeId{node}, sets_[i]);
                }
            });
            for (const NodeId node : entering) enter(node, sets_[i]);
        }
    }

    void enter(NodeId node, const history::LbSetChange& change) {
        Membership m;
        m.node = node;
        m.entered = change.t;
        m.entered_step = change.step;
        m.entered_event = change.event;
        if (free_slots_.empty()) {
            m.slot = most_++;
        } else {
            const auto lowest = std::min_element(free_slots_.begin(), free_slots_.end());
            m.slot = *lowest;
            free_slots_.erase(lowest);
        }
        active_[node.index()] = static_cast<std::uint32_t>(memberships_.size());
        memberships_.push_back(std::move(m));
    }

    void leave(NodeId node, const history::LbSetChange& change) {
        Membership& m = memberships_[active_[node.index()]];
        m.left = change.t;
        m.left_step = change.step;
        m.left_event = change.event;
        free_slots_.push_back(m.slot);
        active_[node.index()] = no_membership;
    }

    const std::vector<AnswerChange>& answers_of(NodeId node) {
        std::vector<AnswerChange>& log = answers_of_[node.index()];
        if (log.empty()) log = answers_.of(node);
        return log;
    }

    void watch_health(std::size_t index, TargetSweep& sweep) {
        const Membership& m = memberships_[index];
        const std::vector<AnswerChange>& answers = answers_of(m.node);
        // At the start every prober has long seen what the node answers then.
        const bool starts_passing = index < initial_ ? answers.front().answer == ProbeAnswer::success ||
                                                           answers.front().answer == ProbeAnswer::varies
                                                     : lb_.health_check.initially_passing;
        std::vector<VerdictFlip> flips;
        for (std::uint32_t p = 0; p < lb_.health_check.probers; ++p) {
            const ProbingTask task{.node = m.node,
                                   .prober = p,
                                   .phase = phases_[p],
                                   .entered = std::max(m.entered, time_zero),
                                   .until = std::min(m.left, history_.end),
                                   .until_step = m.left < history_.end ? m.left_step : std::uint8_t{0},
                                   .starts_passing = starts_passing};
            probes_ += count_probes(task, lb_.health_check.interval);
            probe_target(task, lb_.health_check, answers_, answers, flips);
        }
        sweep.add(index, starts_passing, agreed(std::move(flips), lb_.health_check.probers, starts_passing));
    }

    const history::History& history_;
    const std::vector<history::LbSetChange>& sets_;
    const scenario::LoadBalancer& lb_;
    TargetAnswers answers_;
    std::vector<Duration> phases_;
    std::vector<std::uint32_t> active_;  ///< by node: its membership
    std::vector<std::uint32_t> free_slots_;
    std::vector<std::vector<AnswerChange>> answers_of_;
    std::vector<Membership> memberships_;
    std::uint32_t initial_ = 0;
    std::uint32_t most_ = 0;
    std::uint64_t probes_ = 0;
};

}  // namespace

history::TargetTimeline resolve_targets(const history::History& history, const scenario::Scenario& scenario,
                                        ServiceId service, const history::Forwarding& forwarding,
                                        std::uint32_t replication, std::uint32_t first_event) {
    return Resolver(history, scenario, service, forwarding, replication).resolve(service, first_event);
}

}  // namespace lbsim::cloud
