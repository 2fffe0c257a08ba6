// SPDX-License-Identifier: Apache-2.0
// From set versions and probe answers to who may get new connections when.
#include "models/cloud/target_health.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "lbsim/scenario/lb_members.hpp"
#include "lbsim/scenario/target_changes.hpp"
#include "lbsim/scenario/probe_draws.hpp"
#include "lbsim/scenario/target_draws.hpp"
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

    history::TargetTimeline& resolve(ServiceId service, const history::Forwarding& forwarding, const Rows& rows) {
        timeline_.clear();
        timeline_.first_event = rows.first_event;
        timeline_.changes_until = rows.changes_until;
        timeline_.events_until = rows.events_until;
        lb_ = &scenario_.services[service.index()].load_balancer;
        phases_ = scenario::prober_phases(scenario_, service, replication_);
        const TargetAnswers answers(history_, scenario_, service, forwarding, replication_);
        const scenario::TargetDraws draws(scenario_, service, replication_);
        ranks_ = scenario::rank_stream(scenario_, service, replication_);
        logs_.start(answers, history_.nodes.size());
        follow_sets(service, draws);
        sweep_.start(*lb_, service, draws, ranks_, times_);
        for (std::size_t m = 0; m < timeline_.memberships.size(); ++m) watch_health(m, answers);
        sweep_.run();
        timeline_.cuts.index(history_.nodes.size());
        timeline_.slots = history::draw_range(timeline_.initial_targets, most_);
        if (!scenario::counts_probes(scenario_, service)) timeline_.probes = 0;
        return timeline_;
    }

private:
    static constexpr std::uint32_t no_membership = 0xffffffffu;

    void follow_sets(ServiceId service, const scenario::TargetDraws& draws) {
        const std::deque<history::LbSetChange>& sets = history_.services[service.index()].sets;
        active_.assign(history_.nodes.size(), no_membership);
        times_.clear();
        lags_.clear();
        if (draws.has_any_of_membership()) lag_end_.assign(history_.nodes.size(), history::before_start);
        taken_ = 0;
        most_ = 0;
        if (draws.has_any_of_membership()) memberships_of_.assign(history_.nodes.size(), 0);
        const policy::NodeSetLog& log = history_.controller_sets[history::index_of(sets.front().policy)];
        for (const policy::NodeKey node : initial_members(log, sets.front().version)) {
            enter(NodeId{node}, sets.front(), draws, true);
        }
        timeline_.initial_targets = static_cast<std::uint32_t>(timeline_.memberships.size());
        for (std::size_t i = 1; i < sets.size(); ++i) {
            end_lags(sets[i].t);
            entering_.clear();
            const auto visit = [this, &change = sets[i]](policy::NodeKey node, bool entered) {
                if (entered) {
                    entering_.push_back(NodeId{node});
                } else {
                    leave(NodeId{node}, change);
                }
            };
            changes_.for_each(service, lb_->limit, ranks_, version_of(sets[i - 1]), version_of(sets[i]), std::cref(visit));
            for (const NodeId node : entering_) enter(node, sets[i], draws, false);
        }
    }

    /// Most load balancers start with the same ones.
    const std::vector<policy::NodeKey>& initial_members(const policy::NodeSetLog& log, policy::NodeSetLog::Version version) {
        if (initial_log_ == &log && initial_version_ == version && !scenario::leaves_out(lb_->limit)) return initial_;
        initial_ = scenario::lb_members(log, version, lb_->limit, ranks_);
        initial_log_ = scenario::leaves_out(lb_->limit) ? nullptr : &log;
        initial_version_ = version;
        return initial_;
    }

    scenario::NodeSetVersion version_of(const history::LbSetChange& change) const {
        return {.log = &history_.controller_sets[history::index_of(change.policy)], .version = change.version};
    }

    void enter(NodeId node, const history::LbSetChange& change, const scenario::TargetDraws& draws, bool initial) {
        active_[node.index()] = static_cast<std::uint32_t>(timeline_.memberships.size());
        Membership& m = timeline_.memberships.emplace_back();
        m.node = node;
        m.entered = change.t;
        m.entered_step = change.step;
        m.entered_event = change.event;
        if (draws.has_any_of_membership()) draw_times(m, draws, initial);
        if (draws.has_any_of_membership() && lags_.erase({lag_end_[node.index()], node}) > 0) {
            // Back in its own slot.
        } else {
            most_ = std::max(most_, ++taken_);
        }
    }

    void leave(NodeId node, const history::LbSetChange& change) {
        const std::uint32_t index = active_[node.index()];
        Membership& m = timeline_.memberships[index];
        m.left = change.t;
        m.left_step = change.step;
        m.left_event = change.event;
        active_[node.index()] = no_membership;
        if (!times_.empty() && times_[index].lag_after_remove > Duration{0}) {
            lag_end_[node.index()] = saturating_add(change.t, times_[index].lag_after_remove);
            lags_.emplace(lag_end_[node.index()], node);
        } else {
            --taken_;
        }
    }

    void draw_times(const Membership& m, const scenario::TargetDraws& draws, bool initial) {
        const std::uint32_t number = memberships_of_[m.node.index()]++;
        // The targets of time 0 are long in place.
        times_.push_back(
            {.registered = initial ? m.entered : saturating_add(m.entered, draws.registration_delay(m.node, number)),
             .first_probe_after = initial ? Duration{0} : draws.first_probe_after(m.node, number),
             .lag_after_remove = draws.lag_after_remove(m.node, number)});
    }

    /// Slots of those that left long enough ago are free; taken as if each got new connections to the end of its lag,
    /// so that the range of the draws does not depend on health.
    void end_lags(Time t) {
        while (!lags_.empty() && lags_.begin()->first <= t) {
            lags_.erase(lags_.begin());
            --taken_;
        }
    }

    void watch_health(std::size_t index, const TargetAnswers& all) {
        flips_.clear();
        if (lb_->health_check.target == scenario::HealthCheckTarget::none) {
            sweep_.add(true, flips_);
            return;
        }
        const Membership& m = timeline_.memberships[index];
        const std::span<const AnswerChange> answers = logs_.of(m.node, all);
        // At the start every prober has long seen what the node answers then.
        const bool starts_passing = index < timeline_.initial_targets ? answers.front().answer == ProbeAnswer::success ||
                                                                            answers.front().answer == ProbeAnswer::varies
                                                                      : lb_->health_check.initially_passing;
        const Time until = std::min(m.left, history_.end);
        Time first = std::max(m.entered, time_zero);
        if (!times_.empty()) first = std::min(saturating_add(first, times_[index].first_probe_after), until);
        for (std::uint32_t p = 0; p < lb_->health_check.probers; ++p) {
            const ProbingTask task{.node = m.node,
                                   .prober = p,
                                   .phase = phases_[p],
                                   .first = first,
                                   .until = until,
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
    // Of the load balancer at hand, or memory for the next.
    const scenario::LoadBalancer* lb_ = nullptr;
    std::vector<Duration> phases_;
    StreamKey ranks_;
    AnswerLogs logs_;
    std::vector<std::uint32_t> active_;          ///< by node: its membership
    std::vector<std::uint32_t> memberships_of_;  ///< by node: how many it had so far, where that decides a draw
    std::vector<TargetTimes> times_;             ///< by membership; empty where nothing is drawn for them
    std::vector<Time> lag_end_;                  ///< by node: when its last lag ends, whether or not it has ended
    std::set<std::pair<Time, NodeId>> lags_;     ///< who may still get new connections after leaving, by its end
    scenario::TargetChanges changes_;
    std::vector<NodeId> entering_;
    const policy::NodeSetLog* initial_log_ = nullptr;
    policy::NodeSetLog::Version initial_version_ = 0;
    std::vector<policy::NodeKey> initial_;       ///< members of that version
    std::uint32_t taken_ = 0;                    ///< slots
    std::uint32_t most_ = 0;                     ///< slots taken at a time
    Prober prober_;
    std::vector<VerdictFlip> flips_;             ///< of the membership at hand
    history::TargetTimeline timeline_;
    TargetSweep sweep_;
};

TargetResolver::TargetResolver(const history::History& history, const scenario::Scenario& scenario,
                               std::uint32_t replication)
    : work_(std::make_unique<Work>(history, scenario, replication)) {}
TargetResolver::~TargetResolver() = default;

const history::TargetTimeline& TargetResolver::resolve(ServiceId service, const history::Forwarding& forwarding,
                                                       const Rows& rows) {
    return work_->resolve(service, forwarding, rows);
}

history::TargetTimeline resolve_targets(const history::History& history, const scenario::Scenario& scenario,
                                        ServiceId service, const history::Forwarding& forwarding,
                                        std::uint32_t replication, std::uint32_t first_event) {
    return TargetResolver(history, scenario, replication).resolve(service, forwarding, {.first_event = first_event});
}

}  // namespace lbsim::cloud
