// SPDX-License-Identifier: Apache-2.0
// The two generations of kube-proxy's sync runner, and the full-sync rule.
#include "lbsim/policy/sync_runner.hpp"

#include <algorithm>

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

namespace {
constexpr Duration full_sync_period = 1h;

/// IPVS was given the hour of the other modes by mistake.
bool forces_ipvs_hourly(Release release) {
    return (release.minor == 34 && release.patch <= 3) || (release.minor == 35 && release.patch == 0);
}

Duration max_interval_of(Release release, ProxyMode mode, Duration sync_period) {
    switch (mode) {
        case ProxyMode::iptables: return full_sync_period;
        case ProxyMode::nftables: return release.minor >= 31 ? full_sync_period : sync_period;
        case ProxyMode::ipvs: return forces_ipvs_hourly(release) ? full_sync_period : sync_period;
    }
    return full_sync_period;
}

/// Large clusters are spared the hourly full sync.
bool spares_large_clusters(Release release) {
    switch (release.minor) {
        case 34: return release.patch >= 8;
        case 35: return release.patch >= 5;
        default: return release >= Release{36, 1};
    }
}
}  // namespace

SyncPeriods default_sync_periods(ProxyMode mode) {
    return {.sync_period = 30s, .min_sync_period = mode == ProxyMode::ipvs ? Duration{0s} : Duration{1s}};
}

SyncRunnerSettings sync_runner_settings(Release release, ProxyMode mode, const SyncPeriods& periods) {
    SyncRunnerSettings settings;
    settings.spacing = release.minor >= 34 ? RunSpacing::interval : RunSpacing::token_bucket;
    settings.min_interval = periods.min_sync_period;
    settings.max_interval = max_interval_of(release, mode, periods.sync_period);
    settings.ticks = release.minor >= 32 ? TimerTicks::dropped : TimerTicks::kept;
    settings.retry_interval.reset();
    if (mode != ProxyMode::ipvs) settings.retry_interval = periods.sync_period;
    return settings;
}

SyncRunner::SyncRunner(const SyncRunnerSettings& settings, Time now)
    : settings_(settings),
      timer_(saturating_add(now, settings.max_interval)),
      tokens_(settings.min_interval * settings.bursts),
      tokens_time_(now) {
    LBSIM_CHECK(settings.max_interval >= settings.min_interval, "a run is forced no sooner than it is allowed");
}

void SyncRunner::refill(Time now) {
    tokens_ = std::min(settings_.min_interval * settings_.bursts, tokens_ + (now - tokens_time_));
    tokens_time_ = now;
}

Time SyncRunner::token_at() const {
    return saturating_add(tokens_time_, std::max(Duration{0}, settings_.min_interval - tokens_));
}

/// A request asks for a token now; without one the timer is set to when it will be granted.
void SyncRunner::try_run(Time now) {
    if (token_at() <= now) {
        accepted_ = now;
    } else {
        timer_ = std::min(timer_, last_run_ + settings_.min_interval);
    }
}

void SyncRunner::take_retry() {
    if (retry_) timer_ = std::min(timer_, *retry_);
    retry_.reset();
}

/// What a run has kept waiting, until something is granted the next run; the rest waits for the end of that.
void SyncRunner::take_waiting(Time now) {
    take_retry();
    for (bool* waits : {&has_tick_, &is_requested_}) {
        if (!*waits || accepted_) continue;
        *waits = false;
        try_run(now);
    }
}

void SyncRunner::run_requested(Time now) {
    if (settings_.spacing == RunSpacing::interval || is_running_) {
        if (!is_requested_ && !is_running_) accepted_ = now;
        is_requested_ = true;
    } else if (!accepted_) {
        try_run(now);
    }
}

void SyncRunner::retry_requested(Time now, Duration after) {
    LBSIM_CHECK(settings_.spacing == RunSpacing::token_bucket, "from 1.34 on only a failed run is retried");
    const Time wanted = saturating_add(now, after);
    retry_ = retry_ ? std::min(*retry_, wanted) : wanted;
    if (!is_running_) take_retry();
}

Time SyncRunner::next_start() const {
    if (is_running_) return never;
    const Time asked = accepted_ ? std::min(*accepted_, timer_) : timer_;
    if (settings_.spacing == RunSpacing::token_bucket) return accepted_ ? *accepted_ : std::max(timer_, token_at());
    if (last_run_ == Time::min()) return asked;
    return std::max(asked, saturating_add(last_run_, settings_.min_interval));
}

void SyncRunner::run_started(Time now) {
    LBSIM_CHECK(now == next_start(), "a run starts when the runner says");
    is_running_ = true;
    if (settings_.spacing == RunSpacing::interval) is_requested_ = false;
    // A timer still to come fires during this run; one that is due has started it.
    has_timer_ = timer_ > now;
    accepted_.reset();
    refill(now);
    tokens_ -= settings_.min_interval;
}

void SyncRunner::run_finished(Time now, SyncResult result) {
    LBSIM_CHECK(is_running_, "only a run that started can finish");
    is_running_ = false;
    if (settings_.ticks == TimerTicks::kept && has_timer_ && timer_ <= now) has_tick_ = true;
    last_run_ = now;
    timer_ = saturating_add(now, settings_.max_interval);
    const bool retries = result == SyncResult::failed && settings_.retry_interval;
    if (settings_.spacing == RunSpacing::interval) {
        if (retries) timer_ = std::min(timer_, saturating_add(now, *settings_.retry_interval));
        if (is_requested_) accepted_ = now;
        return;
    }
    if (retries) retry_requested(now, *settings_.retry_interval);
    take_waiting(now);
}

bool is_full_sync(Release release, const FeatureGates& gates, ProxyMode mode, const SyncState& state) {
    const bool hour_is_over = state.since_full_sync > full_sync_period;
    switch (mode) {
        case ProxyMode::ipvs: return true;
        case ProxyMode::nftables:
            if (release.minor <= 30) return true;
            return state.needs_full_sync || (release.minor >= 33 && hour_is_over);
        case ProxyMode::iptables: break;
    }
    if (!gate_value("MinimizeIPTablesRestore", release, gates)) return true;
    const bool is_spared = spares_large_clusters(release) && state.was_large_cluster;
    return state.needs_full_sync || (release.minor >= 33 && hour_is_over && !is_spared);
}

}  // namespace lbsim::policy
