// SPDX-License-Identifier: Apache-2.0
// Sums of connections and their identities.
#include "models/traffic/tally.hpp"

#include <algorithm>
#include <string>

#include "lbsim/core/check.hpp"

namespace lbsim::traffic {

using scenario::LossCause;
using scenario::Metric;

namespace {
std::size_t bins_in(Duration run, Duration bin) {
    return static_cast<std::size_t>((run.count() + bin.count() - 1) / bin.count());
}
}  // namespace

Tally::Tally(Duration run, Duration bin)
    : run_(run), bin_(bin), bins_(bins_in(run, bin)), reconnects_(bins_in(run, 1s), 0) {}

void Tally::attempted(Time t, bool is_reconnect) {
    ++bins_[bin_of(t)].attempted;
    if (is_reconnect) ++reconnects_[static_cast<std::size_t>(us_of(t) / 1'000'000)];
}

void Tally::lost(const scenario::LostConnection& row) {
    ++causes_[static_cast<std::size_t>(row.cause)];
    scenario::TimeBin& bin = bins_[bin_of(row.t)];
    switch (row.cause) {
        case LossCause::refused: ++bin.new_refused; break;
        case LossCause::blackholed: ++bin.new_blackholed; break;
        case LossCause::rejected: ++bin.new_rejected; break;
        default: ++bin.dropped; break;
    }
    lost_.push_back(row);
}

void Tally::add_bin(std::size_t bin, std::uint64_t attempted, std::uint64_t ok, std::uint64_t completed) {
    bins_[bin].attempted += attempted;
    bins_[bin].new_ok += ok;
    bins_[bin].completed += completed;
}

void Tally::used(NodeId node, Time until) {
    const auto found = last_use_.find(node);
    if (found == last_use_.end()) return;
    found->second.was_used = true;
    if (until >= end()) {
        found->second.open_at_end = true;
    } else {
        found->second.until = std::max(found->second.until, until);
    }
}

void Tally::finish(scenario::RunResult& result) {
    std::uint64_t attempted = 0;
    std::uint64_t established = 0;
    std::uint64_t completed = 0;
    std::uint64_t open = initial_;
    for (scenario::TimeBin& bin : bins_) {
        attempted += bin.attempted;
        established += bin.new_ok;
        completed += bin.completed;
        open = open + bin.new_ok - bin.completed - bin.dropped;
        bin.established = open;
    }
    const auto count = [&](LossCause cause) { return causes_[static_cast<std::size_t>(cause)]; };
    const std::uint64_t failed = count(LossCause::refused) + count(LossCause::blackholed) + count(LossCause::rejected);
    std::uint64_t dropped = 0;
    for (std::size_t c = 0; c < static_cast<std::size_t>(LossCause::refused); ++c) dropped += causes_[c];

    LBSIM_CHECK(attempted == established + failed + connecting_at_end_,
                "every attempt has one outcome: " + std::to_string(attempted) + " attempts, " +
                    std::to_string(established) + " established, " + std::to_string(failed) + " failed, " +
                    std::to_string(connecting_at_end_) + " connecting at the end");
    LBSIM_CHECK(initial_ + established == completed + dropped + open_at_end_,
                "every established connection has one end: " + std::to_string(initial_ + established) +
                    " established, " + std::to_string(completed) + " completed, " + std::to_string(dropped) +
                    " dropped, " + std::to_string(open_at_end_) + " open at the end");
    LBSIM_CHECK(open == open_at_end_, "the table per bin and the totals agree on what is open at the end");

    scenario::Metrics& m = result.metrics;
    const auto set = [&](Metric metric, std::uint64_t value) { m[metric] = static_cast<double>(value); };
    set(Metric::connections_initial, initial_);
    set(Metric::connections_attempted, attempted);
    set(Metric::connections_established, established);
    set(Metric::connections_connecting_at_end, connecting_at_end_);
    set(Metric::connections_completed, completed);
    set(Metric::connections_open_at_end, open_at_end_);
    set(Metric::connections_lost, failed + dropped);
    set(Metric::new_refused, count(LossCause::refused));
    set(Metric::new_blackholed, count(LossCause::blackholed));
    set(Metric::new_rejected, count(LossCause::rejected));
    set(Metric::connections_dropped, dropped);
    set(Metric::dropped_vm_off, count(LossCause::vm_off));
    set(Metric::dropped_target_removed, count(LossCause::target_removed));
    set(Metric::dropped_target_unhealthy, count(LossCause::target_unhealthy));
    set(Metric::dropped_drain_timeout, count(LossCause::drain_timeout));
    set(Metric::dropped_pod_killed, count(LossCause::pod_killed));
    set(Metric::reconnects_peak_per_s, *std::max_element(reconnects_.begin(), reconnects_.end()));
    result.lost_connections = std::move(lost_);
    result.bins = std::move(bins_);
    result.bin = bin_;
}

}  // namespace lbsim::traffic
