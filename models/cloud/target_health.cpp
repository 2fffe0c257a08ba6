// SPDX-License-Identifier: Apache-2.0
// From set versions and probe answers to who may get new connections when.
#include "models/cloud/target_health.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "lbsim/scenario/lb_members.hpp"
#include "lbsim/scenario/probe_draws.hpp"
#include "lbsim/scenario/target_draws.hpp"
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
          draws_(scenario, service, replication),
          ranks_(scenario::rank_stream(scenario, service, replication)),
          counts_probes_(scenario::counts_probes(scenario, service)),
          active_(history.nodes.size(), no_membership),
          answers_of_(history.nodes.size()) {
        if (draws_.has_any_of_membership()) memberships_of_.resize(history.nodes.size());
    }

    history::TargetTimeline resolve(ServiceId service, std::uint32_t first_event) {
        follow_sets();
        TargetSweep sweep(history_, lb_, service, draws_, ranks_, first_event);
        for (std::size_t m = 0; m < memberships_.size(); ++m) watch_health(m, sweep);
        history::TargetTimeline timeline = sweep.run(std::move(memberships_), std::move(times_), initial_);
        timeline.slots = history::draw_range(initial_, most_);
        timeline.probes = counts_probes_ ? probes_ : 0;
        return timeline;
    }

private:
    static constexpr std::uint32_t no_membership = 0xffffffffu;

    void follow_sets() {
        const policy::NodeSetLog& log = history_.controller_sets[history::index_of(sets_.front().policy)];
        for (const policy::NodeKey node : scenario::lb_members(log, sets_.front().version, lb_.limit, ranks_)) {
            enter(NodeId{node}, sets_.front(), true);
        }
        initial_ = static_cast<std::uint32_t>(memberships_.size());
        for (std::size_t i = 1; i < sets_.size(); ++i) {
            end_lags(sets_[i].t);
            std::vector<NodeId> entering;
            for_each_change(log, sets_[i - 1].version, sets_[i].version, [&](policy::NodeKey node, bool entered) {
                if (entered) {
                    entering.push_back(NodeId{node});
                } else {
                    leave(NodeId{node}, sets_[i]);
                }
            });
            for (const NodeId node : entering) enter(node, sets_[i], false);
        }
    }

    /// Targets that are in exactly one of two versions, in node order.
    void for_each_change(const policy::NodeSetLog& log, policy::NodeSetLog::Version from,
                         policy::NodeSetLog::Version to, const std::function<void(policy::NodeKey, bool)>& visit) const {
        const auto is_whole = [&](policy::NodeSetLog::Version v) {
            return scenario::lb_size(log.size(v), lb_.limit) == log.size(v);
        };
        if (is_whole(from) && is_whole(to)) {
            log.for_each_difference(from, to, visit);
            return;
        }
        const std::vector<policy::NodeKey> before = scenario::lb_members(log, from, lb_.limit, ranks_);
        const std::vector<policy::NodeKey> after = scenario::lb_members(log, to, lb_.limit, ranks_);
        std::vector<policy::NodeKey> changed;
        std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                      std::back_inserter(changed));
        for (const policy::NodeKey node : changed) visit(node, std::binary_search(after.begin(), after.end(), node));
    }

    void enter(NodeId node, const history::LbSetChange& change, bool initial) {
        Membership m;
        m.node = node;
        m.entered = change.t;
        m.entered_step = change.step;
        m.entered_event = change.event;
        if (draws_.has_any_of_membership()) draw_times(m, initial);
        const auto lag = std::find_if(lags_.begin(), lags_.end(), [&](const auto& l) { return l.second == node; });
        if (lag != lags_.end()) {
            lags_.erase(lag);  // back in its own slot
        } else {
            most_ = std::max(most_, ++taken_);
        }
        active_[node.index()] = static_cast<std::uint32_t>(memberships_.size());
        memberships_.push_back(std::move(m));
    }

    void leave(NodeId node, const history::LbSetChange& change) {
        const std::uint32_t index = active_[node.index()];
        Membership& m = memberships_[index];
        m.left = change.t;
        m.left_step = change.step;
        m.left_event = change.event;
        active_[node.index()] = no_membership;
        if (!times_.empty() && times_[index].lag_after_remove > Duration{0}) {
            lags_.emplace(saturating_add(change.t, times_[index].lag_after_remove), node);
        } else {
            --taken_;
        }
    }

    void draw_times(const Membership& m, bool initial) {
        const std::uint32_t number = memberships_of_[m.node.index()]++;
        // The targets of time 0 are long in place.
        times_.push_back(
            {.registered = initial ? m.entered : saturating_add(m.entered, draws_.registration_delay(m.node, number)),
             .first_probe_after = initial ? Duration{0} : draws_.first_probe_after(m.node, number),
             .lag_after_remove = draws_.lag_after_remove(m.node, number)});
    }

    /// Slots of those that left long enough ago are free; taken as if each got new connections to the end of its lag,
    /// so that the range of the draws does not depend on health.
    void end_lags(Time t) {
        while (!lags_.empty() && lags_.begin()->first <= t) {
            lags_.erase(lags_.begin());
            --taken_;
        }
    }

    const std::vector<AnswerChange>& answers_of(NodeId node) {
        std::vector<AnswerChange>& log = answers_of_[node.index()];
        if (log.empty()) log = answers_.of(node);
        return log;
    }

    void watch_health(std::size_t index, TargetSweep& sweep) {
        if (lb_.health_check.target == scenario::HealthCheckTarget::none) {
            sweep.add(index, true, {});
            return;
        }
        const Membership& m = memberships_[index];
        const std::vector<AnswerChange>& answers = answers_of(m.node);
        // At the start every prober has long seen what the node answers then.
        const bool starts_passing = index < initial_ ? answers.front().answer == ProbeAnswer::success ||
                                                           answers.front().answer == ProbeAnswer::varies
                                                     : lb_.health_check.initially_passing;
        const Time until = std::min(m.left, history_.end);
        Time first = std::max(m.entered, time_zero);
        if (!times_.empty()) first = std::min(saturating_add(first, times_[index].first_probe_after), until);
        std::vector<VerdictFlip> flips;
        for (std::uint32_t p = 0; p < lb_.health_check.probers; ++p) {
            const ProbingTask task{.node = m.node,
                                   .prober = p,
                                   .phase = phases_[p],
                                   .first = first,
                                   .until = until,
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
    scenario::TargetDraws draws_;
    StreamKey ranks_;
    bool counts_probes_;
    std::vector<std::uint32_t> active_;          ///< by node: its membership
    std::vector<std::uint32_t> memberships_of_;  ///< by node: how many it had so far, where that decides a draw
    std::vector<TargetTimes> times_;             ///< by membership; empty where nothing is drawn for them
    std::set<std::pair<Time, NodeId>> lags_;     ///< who may still get new connections after leaving, by its end
    std::vector<std::vector<AnswerChange>> answers_of_;
    std::vector<Membership> memberships_;
    std::uint32_t initial_ = 0;
    std::uint32_t taken_ = 0;                    ///< slots
    std::uint32_t most_ = 0;                     ///< slots taken at a time
    std::uint64_t probes_ = 0;
};

}  // namespace

history::TargetTimeline resolve_targets(const history::History& history, const scenario::Scenario& scenario,
                                        ServiceId service, const history::Forwarding& forwarding,
                                        std::uint32_t replication, std::uint32_t first_event) {
    return Resolver(history, scenario, service, forwarding, replication).resolve(service, first_event);
}

}  // namespace lbsim::cloud
