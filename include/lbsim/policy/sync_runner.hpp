// SPDX-License-Identifier: Apache-2.0
// When a kube-proxy writes its rules, and how much of them: the sync runner of each release and the full-sync rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/proxy_rules.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// How the distance between two runs is kept.
enum class RunSpacing : std::uint8_t {
    token_bucket,  ///< up to 1.33: a bucket of bursts, refilled by one each min_interval
    interval       ///< 1.34 on: min_interval from the end of one run to the start of the next
};

/// What becomes of a timer that fires while a run is going on.
enum class TimerTicks : std::uint8_t {
    kept,    ///< up to 1.31: built for the timers of Go before 1.23, whose tick waits and asks for a run afterwards
    dropped  ///< 1.32 on: stopping the timer at the end of the run takes the tick away
};

/// Settings of a sync runner.
struct SyncRunnerSettings {
    RunSpacing spacing = RunSpacing::interval;
    Duration min_interval = 1s;
    Duration max_interval = 1h;                    ///< a run is forced this long after the last
    std::optional<Duration> retry_interval = 30s;  ///< after a run that failed; nullopt where none is asked for
    std::uint32_t bursts = 2;                      ///< size of the bucket, which starts full
    TimerTicks ticks = TimerTicks::dropped;
    friend bool operator==(const SyncRunnerSettings&, const SyncRunnerSettings&) = default;
};

/// syncPeriod and minSyncPeriod of the mode's configuration.
struct SyncPeriods {
    Duration sync_period = 30s;
    Duration min_sync_period = 1s;
    friend bool operator==(const SyncPeriods&, const SyncPeriods&) = default;
};

/// The defaults of a mode: 30 s, and 1 s or, for IPVS, 0.
/// Source: kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go, 1.19 to 1.36.
SyncPeriods default_sync_periods(ProxyMode mode);

/// The runner that this release makes of the periods. IPVS at 1.34.0 to 1.34.3 and at 1.35.0 forces a run only each
/// hour. IPVS never asks for a retry: its forced run comes as soon.
/// Pre: mode is not nftables before 1.29.
/// Source: kubernetes/kubernetes pkg/proxy/{iptables,ipvs,nftables}/proxier.go, NewProxier, 1.19 to 1.36, and go.mod
/// (TimerTicks); PR 131615, PR 135631.
SyncRunnerSettings sync_runner_settings(Release release, ProxyMode mode, const SyncPeriods& periods);

/// How a run ended.
enum class SyncResult : std::uint8_t { written, failed };

/// Decides when a kube-proxy runs its sync: requests are coalesced and spaced, failures are retried, and a run is
/// forced where nothing asks for one. The caller starts a run at next_start(), and nothing else happens while it runs
/// but requests, which are then met after it.
/// Order: of what waits for the end of a run a retry is taken first, then a kept tick, then a request (upstream up to
/// 1.33: at random); a run that starts at once calls the retry off.
/// From 1.34 on a request and a retry that are both due at the end of the interval make one run (upstream: one or two).
/// Simplifies: the bucket is refilled in whole microseconds, upstream counts in floating point; a denied run that the
/// timer asked for spins upstream until a token is there, and here starts at that instant.
/// Source: kubernetes/kubernetes pkg/util/async/bounded_frequency_runner.go, 1.19 to 1.33;
/// pkg/proxy/runner/bounded_frequency_runner.go, 1.34 to 1.36.
class SyncRunner {
public:
    /// The loop begins at `now`; the first forced run is one max_interval later.
    /// Pre: max_interval >= min_interval.
    SyncRunner(const SyncRunnerSettings& settings, Time now);

    /// Somebody wants a run as soon as possible.
    void run_requested(Time now);
    /// A run is wanted `after` from now at the latest; the earliest such wish wins. Pre: spacing is token_bucket.
    void retry_requested(Time now, Duration after);
    /// When the next run starts if nothing more happens; never while one is running.
    Time next_start() const;
    /// Pre: now is next_start().
    void run_started(Time now);
    /// Pre: a run has started and not finished.
    void run_finished(Time now, SyncResult result);

private:
    /// First instant with a whole token in the bucket.
    Time token_at() const;
    void refill(Time now);
    void try_run(Time now);
    void take_retry();
    void take_waiting(Time now);

    SyncRunnerSettings settings_;
    bool is_running_ = false;
    bool is_requested_ = false;        ///< a request waits for the end of the run or of the interval
    bool has_tick_ = false;            ///< the timer fired during the run
    bool has_timer_ = false;           ///< the timer was still to come when the run started
    std::optional<Time> accepted_;     ///< a request was granted a token at this instant
    std::optional<Time> retry_;        ///< a retry waits for the end of the run
    Time timer_;                       ///< when a run is forced or retried
    Time last_run_ = Time::min();      ///< end of the last run
    Duration tokens_{};                ///< each token is one min_interval
    Time tokens_time_;                 ///< when tokens_ was counted
};

/// Beyond this many endpoints of all services iptables mode saves work: no comments, lazy clean-up of chains, and on
/// later patches no forced full sync.
/// Source: kubernetes/kubernetes pkg/proxy/iptables/proxier.go largeClusterEndpointsThreshold, 1.25 to 1.36.
inline constexpr std::size_t large_cluster_endpoints = 1000;
/// Is iptables mode in large-cluster mode with so many endpoints? Before 1.25 only comments are left out.
constexpr bool is_large_cluster(std::size_t endpoints) { return endpoints > large_cluster_endpoints; }

/// What decides between a partial and a full sync.
struct SyncState {
    /// First sync, a changed label of the node (1.34 on: of its topology), rules that the monitor found flushed, or a
    /// sync that failed.
    bool needs_full_sync = false;
    Duration since_full_sync{};        ///< since the last full sync that wrote
    bool was_large_cluster = false;    ///< at the sync before this one
};

/// Does this sync rewrite every rule, or only those of services that changed?
/// Source: kubernetes/kubernetes pkg/proxy/{iptables,ipvs,nftables}/proxier.go syncProxyRules, 1.19 to 1.36; KEP-3453,
/// PR 129329 (1.33: each hour), PR 138571 (1.34.8, 1.35.5, 1.36.1: not in large clusters).
bool is_full_sync(Release release, const FeatureGates& gates, ProxyMode mode, const SyncState& state);

}  // namespace lbsim::policy
#pragma GCC visibility pop
