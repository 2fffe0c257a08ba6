// SPDX-License-Identifier: Apache-2.0
// Zone states, eviction rates, and the limited queue of NoExecute taints.
#include "lbsim/policy/zone_disruption.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

namespace {
constexpr std::uint64_t unhealthy_percent = 55;
constexpr std::uint32_t most_bad_of_a_normal_zone = 2;
constexpr std::uint32_t most_nodes_of_a_small_zone = 50;
constexpr Duration normal_interval = 10s;
constexpr Duration reduced_interval = 100s;

bool are_all_full(std::span<const ZoneState> states) {
    return std::all_of(states.begin(), states.end(), [](ZoneState s) { return s == ZoneState::full_disruption; });
}

std::uint32_t size_of(const ZoneCount& count) { return count.ready + count.not_ready; }
}  // namespace

ZoneState zone_state(const ZoneCount& count) {
    if (count.ready == 0 && count.not_ready > 0) return ZoneState::full_disruption;
    const bool is_mostly_bad = std::uint64_t{count.not_ready} * 100 >= unhealthy_percent * size_of(count);
    if (count.not_ready > most_bad_of_a_normal_zone && is_mostly_bad) return ZoneState::partial_disruption;
    return ZoneState::normal;
}

std::optional<Duration> taint_interval(ZoneState state, std::uint32_t zone_size) {
    if (state != ZoneState::partial_disruption) return normal_interval;
    if (zone_size > most_nodes_of_a_small_zone) return reduced_interval;
    return std::nullopt;
}

DisruptionStep disruption_step(std::span<const ZoneState> before, std::span<const ZoneCount> counts) {
    LBSIM_CHECK(before.size() == counts.size(), "one state and one count per zone");
    DisruptionStep step;
    for (const ZoneCount& count : counts) step.states.push_back(zone_state(count));
    const bool is_total = !counts.empty() && are_all_full(step.states);
    const bool was_total = !before.empty() && are_all_full(before);
    step.lifts_all_taints = is_total && !was_total;
    step.restarts_grace_periods = was_total && !is_total;
    for (std::size_t zone = 0; zone < counts.size(); ++zone) {
        step.intervals.push_back(is_total ? std::nullopt : taint_interval(step.states[zone], size_of(counts[zone])));
    }
    return step;
}

void ZoneTaintQueue::add(NodeKey node) {
    if (!numbers_.try_emplace(node, entries_).second) return;
    waiting_.emplace(entries_++, node);
}

void ZoneTaintQueue::remove(NodeKey node) {
    const auto entry = numbers_.find(node);
    if (entry == numbers_.end()) return;
    waiting_.erase(entry->second);
    numbers_.erase(entry);
}

void ZoneTaintQueue::set_interval(std::optional<Duration> interval, Time now) {
    if (interval == interval_) return;
    const bool is_due = interval_ && now >= next_turn_;
    if (!is_due && interval) next_turn_ = saturating_add(now, *interval);
    interval_ = interval;
}

std::optional<NodeKey> ZoneTaintQueue::take(Time now) {
    if (waiting_.empty() || !interval_ || now < next_turn_) return std::nullopt;
    const NodeKey node = waiting_.begin()->second;
    remove(node);
    next_turn_ = saturating_add(now, *interval_);
    return node;
}

std::optional<Time> ZoneTaintQueue::next_turn() const {
    if (waiting_.empty() || !interval_) return std::nullopt;
    return next_turn_;
}

}  // namespace lbsim::policy
