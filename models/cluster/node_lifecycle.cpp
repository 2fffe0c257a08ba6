// SPDX-License-Identifier: Apache-2.0
// Silence of a kubelet, computed from its leases or stepped through them.
#include "models/cluster/node_lifecycle.hpp"

#include <algorithm>

#include "lbsim/policy/node_lifecycle.hpp"

namespace lbsim::cluster {

using engine::Step;

namespace {
/// After the look at the queues of taints of the same instant.
constexpr std::uint32_t pass_after_look = 1;

Duration phase_of(const scenario::Scenario& scenario, std::uint32_t replication) {
    const StreamKey key(scenario.seed, replication, "node_lifecycle_phase");
    const scenario::Loop& loop = scenario.cluster.node_lifecycle;
    return loop.phase.value_or(
        Duration{index_among(key.word(0), static_cast<std::uint32_t>(loop.period.count()))});
}
}  // namespace

NodeLifecycle::NodeLifecycle(Journal& journal, ApiServer& api, Machines& machines, const scenario::Scenario& scenario,
                             std::uint32_t replication, HeartbeatMode mode)
    : journal_(&journal),
      api_(&api),
      machines_(&machines),
      scenario_(&scenario),
      replication_(replication),
      mode_(mode),
      period_(scenario.cluster.node_lifecycle.period),
      phase_(phase_of(scenario, replication)),
      taints_(journal, api, machines, scenario, phase_) {}

Duration NodeLifecycle::grace() const {
    return scenario_->cluster.grace_period.value_or(policy::node_monitor_grace_period(scenario_->cluster.kubelet));
}

HeartbeatMode NodeLifecycle::mode_for(const scenario::Scenario& scenario, bool is_reference) {
    const scenario::Cluster& cluster = scenario.cluster;
    const Duration grace = cluster.grace_period.value_or(policy::node_monitor_grace_period(cluster.kubelet));
    // A living kubelet renews every lease period and a pass notices within one period; with one fixed latency the
    // distance between two notices is at most their sum.
    const bool is_quiet = cluster.watch_latency.is_fixed() && grace >= lease_period + cluster.node_lifecycle.period;
    return is_reference || !is_quiet ? HeartbeatMode::stepped : HeartbeatMode::computed;
}

void NodeLifecycle::start() {
    for (std::size_t i = 0; i < api_->node_count(); ++i) note_ready(NodeId{i}, api_->node(NodeId{i}).facts);
    voices_.resize(api_->node_count());
    for (std::vector<Voice>& voices : voices_) voices.push_back({.from = history::before_start, .first = FirstWord::next_loop});
    taints_.start();
    api_->watch("node_lifecycle", [this](const NodeChange& change) {
        note_ready(change.node, change.after);
        taints_.seen(change.node, change.after, change.why);
        wake_pass();
    });
    api_->observe([this](const NodeChange& change) {
        taints_.taints_written(change.node);
        wake_pass();
    });
    if (mode_ == HeartbeatMode::computed) return;
    for (std::size_t i = 0; i < api_->node_count(); ++i) {
        const NodeId id{i};
        meet(id);
        resume_leases(id);
        schedule_lease(id);
    }
    schedule_pass(first_pass_at_or_after(journal_->now()));
}

/// Leases went on before the run in the same rhythm; those still on their way arrive during it.
void NodeLifecycle::resume_leases(NodeId id) {
    Seen& seen = seen_[id.index()];
    Time lease = next_lease(id, time_zero) - lease_period;
    while (saturating_add(lease, api_->latency().fixed_or_zero()) >= time_zero) {
        deliver_heartbeat(id, lease);
        lease -= lease_period;
    }
    seen.heartbeats = 1;
    const Time visible = saturating_add(lease, api_->latency().fixed_or_zero());
    seen.probe = first_pass_at_or_after(visible);
    if (seen.probe < time_zero) seen.noticed = 1;
}

void NodeLifecycle::speech_changed(NodeId id, FirstWord first) {
    const bool speaks = machines_->speaks(id);
    if (speaks == is_heard(id)) return;
    if (speaks) {
        begin_voice(id, first);
    } else {
        end_voice(id);
    }
}

void NodeLifecycle::begin_voice(NodeId id, FirstWord first) {
    if (voices_.size() <= id.index()) voices_.resize(id.index() + 1);
    const Time now = journal_->now();
    voices_[id.index()].push_back({.from = now, .first = first});
    if (mode_ == HeartbeatMode::computed) {
        const NodeObject& object = api_->node(id);
        const bool has_news = machines_->machine(id).awaits_registration ||
                              (object.exists && object.ready != policy::ConditionStatus::is_true);
        if (first == FirstWord::next_loop && has_news) schedule_report(id);
        return;
    }
    meet(id);
    if (first == FirstWord::status_at_once) deliver_heartbeat(id, now);
    schedule_lease(id);
}

/// Of the stepped mode.
NodeLifecycle::Seen& NodeLifecycle::meet(NodeId id) {
    if (seen_.size() <= id.index()) seen_.resize(id.index() + 1);
    Seen& seen = seen_[id.index()];
    if (!seen.is_known) {
        seen.is_known = true;
        seen.line.key = StreamKey(scenario_->seed, replication_, "lease_latency", api_->name(id));
    }
    return seen;
}

void NodeLifecycle::end_voice(NodeId id) {
    Voice& voice = voices_[id.index()].back();
    voice.to = journal_->now();
    voice.end_step = journal_->step();
    if (mode_ == HeartbeatMode::computed) schedule_silence_check(id, unknown_at(id));
}

/// By what the controller has heard up to now. Pre: computed mode.
Time NodeLifecycle::unknown_at(NodeId id) const {
    const Time visible = api_->delivered_at(last_visible_heartbeat(id, journal_->now()));
    return policy::unknown_at(heard_at(first_pass_at_or_after(visible)), grace(), phase_, period_);
}

Time NodeLifecycle::next_lease(NodeId id, Time from) const {
    return first_tick_at_or_after(from, machines_->machine(id).lease_phase, lease_period);
}

/// The last heartbeat that the controller has by `now`: leases are renewed while the kubelet can be heard.
Time NodeLifecycle::last_visible_heartbeat(NodeId id, Time now) const {
    const Time written_by = api_->visible_until(now);
    const Duration phase = machines_->machine(id).lease_phase;
    Time last = time_zero - lease_period;
    for (const Voice& voice : voices_[id.index()]) {
        if (voice.from > std::max(written_by, history::before_start)) break;
        if (voice.first == FirstWord::status_at_once) last = std::max(last, voice.from);
        // Silence begins before a renewal of the same instant, unless a later step of that instant brought it.
        const bool renewed_at_end = voice.end_step > engine::rank_of(Step::lease_renewal);
        const Time last_heard = voice.to == never ? journal_->now() : voice.to - Duration{renewed_at_end ? 0 : 1};
        const Time until = std::min(written_by, last_heard);
        const Time lease = first_tick_at_or_after(until, phase, lease_period);
        const Time renewed = lease <= until ? lease : lease - lease_period;
        // Before the run, leases went on in the same rhythm.
        if (renewed >= voice.from || voice.from == history::before_start) last = std::max(last, renewed);
    }
    return last;
}

void NodeLifecycle::recheck(NodeId id) {
    if (mode_ == HeartbeatMode::computed && !is_heard(id)) {
        // At once if the controller's copy is not Unknown now, or when it has heard of the write.
        schedule_silence_check(id, journal_->now());
        schedule_silence_check(id, saturating_add(journal_->now(), api_->latency().fixed()));
    }
}

void NodeLifecycle::schedule_silence_check(NodeId id, Time at) {
    if (at == never) return;
    const Time t = first_pass_at_or_after(std::max(at, journal_->now()));
    const auto [due, is_new] = checks_.try_emplace(t);
    due->second.insert(id);
    if (!is_new) return;  // the pass of that instant is posted already
    journal_->later(t, Step::node_lifecycle_pass, pass_after_look, [this] { computed_pass(); });
}

/// Of the computed mode: the next pass has something to do about taints. Where this instant's pass is over, or an
/// earlier step of the microsecond is taken again after it, that is the pass of the next period.
void NodeLifecycle::wake_pass() {
    if (mode_ == HeartbeatMode::stepped || !taints_.has_work()) return;
    const bool is_over = journal_->step() >= engine::rank_of(Step::node_lifecycle_pass) || last_pass_ == journal_->now();
    const Time t = first_pass_at_or_after(std::max(journal_->now() + Duration{is_over ? 1 : 0}, api_->up_at()));
    if (checks_.try_emplace(t).second) {
        journal_->later(t, Step::node_lifecycle_pass, pass_after_look, [this] { computed_pass(); });
    }
}

void NodeLifecycle::computed_pass() {
    const auto due = checks_.extract(journal_->now());
    for (const NodeId id : due.mapped()) check_silence(id);
    judge_taints();
}

void NodeLifecycle::judge_taints() {
    last_pass_ = journal_->now();
    if (taints_.pass() == NoExecuteTaints::Silence::starts_anew) silence_counts_from_ = journal_->now();
    wake_pass();
}

void NodeLifecycle::check_silence(NodeId id) {
    const Time due = unknown_at(id);
    if (journal_->now() < due) {
        if (!is_heard(id)) schedule_silence_check(id, due);
    } else if (api_->is_down()) {
        schedule_silence_check(id, api_->up_at());  // the write fails; each pass tries again
    } else {
        mark_unknown(id);
        // The kubelet that is back already notices with its next status loop.
        if (is_heard(id)) schedule_report(id);
    }
}

void NodeLifecycle::schedule_report(NodeId id) {
    journal_->later(next_loop(id), Step::lease_renewal, id.value, [this, id] { machines_->report(id); });
}

/// The kubelet's next loop after this step of the microsecond.
Time NodeLifecycle::next_loop(NodeId id) const {
    const bool is_over = journal_->engine().current_order().rank >= engine::rank_of(Step::lease_renewal);
    return next_lease(id, journal_->now() + Duration{is_over ? 1 : 0});
}

void NodeLifecycle::note_ready(NodeId id, const std::optional<policy::NodeFacts>& facts) {
    if (ready_.size() <= id.index()) ready_.resize(id.index() + 1, policy::ConditionStatus::absent);
    ready_[id.index()] = facts ? facts->ready : policy::ConditionStatus::absent;
}

/// The controller judges by its own copy of the node: one that it knows as Unknown already is left alone, even if the
/// kubelet's newer word is still on its way.
void NodeLifecycle::mark_unknown(NodeId id) {
    if (api_->is_down() || !api_->node(id).exists || machines_->is_held(id) || id.index() >= ready_.size()) return;
    if (ready_[id.index()] == policy::ConditionStatus::unknown || ready_[id.index()] == policy::ConditionStatus::absent) return;
    // Only this step, from True, marks pods: a node that reported False itself has left its pods ready.
    const bool was_ready = ready_[id.index()] == policy::ConditionStatus::is_true;
    const bool is_written = machines_->set_ready_condition(
        id, policy::ConditionStatus::unknown, machines_->machine(id).silent_since,
        was_ready ? Machines::PodMarks::not_ready : Machines::PodMarks::left);
    if (is_written) taints_.turned_unknown(id);
}

void NodeLifecycle::schedule_lease(NodeId id) {
    journal_->later(next_loop(id), Step::lease_renewal, id.value, [this, id] { renew(id); });
}

void NodeLifecycle::renew(NodeId id) {
    if (!is_heard(id)) return;  // the chain of renewals starts again with its voice
    // A chain that outlived a short silence meets the new one at the same instants; one of the two goes on.
    Seen& seen = seen_[id.index()];
    if (seen.last_renewal == journal_->now()) return;
    seen.last_renewal = journal_->now();
    deliver_heartbeat(id, journal_->now());
    machines_->report(id);
    schedule_lease(id);
}

void NodeLifecycle::deliver_heartbeat(NodeId id, Time written) {
    const Time t = api_->latency().next_delivery(seen_[id.index()].line, written);
    api_->deliver(t, Step::watch_delivery, id.value, [this, id] { ++seen_[id.index()].heartbeats; });
}

void NodeLifecycle::schedule_pass(Time at) {
    journal_->later(at, Step::node_lifecycle_pass, pass_after_look, [this] { pass(); });
}

void NodeLifecycle::pass() {
    const Time now = journal_->now();
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        Seen& seen = seen_[i];
        if (!seen.is_known) continue;
        if (seen.heartbeats != seen.noticed) {
            seen.noticed = seen.heartbeats;
            seen.probe = now;
        } else if (seen.heartbeats > 0 && now >= saturating_add(heard_at(seen.probe), grace())) {
            mark_unknown(NodeId{i});
        }
    }
    judge_taints();
    schedule_pass(now + period_);
}

}  // namespace lbsim::cluster
