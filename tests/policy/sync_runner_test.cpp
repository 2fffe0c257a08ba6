// SPDX-License-Identifier: Apache-2.0
// The sync runner of each generation on the upstream scripts, its settings by release, and the full-sync rule.
#include "lbsim/policy/sync_runner.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time ms(std::int64_t t) { return at_us(t * 1000); }

/// A loop of runs that take no time, from 0 on.
struct Loop {
    explicit Loop(const SyncRunnerSettings& settings) : runner(settings, ms(0)) {}
    /// A run is asked for at `t`; does it start at once?
    bool starts_at(Time t) {
        runner.run_requested(t);
        return next_is(t);
    }
    /// Starts and finishes the run that is due at `t`.
    bool runs_at(Time t, SyncResult result = SyncResult::written) {
        if (!next_is(t)) return false;
        runner.run_started(t);
        runner.run_finished(t, result);
        return true;
    }
    bool next_is(Time t) const { return runner.next_start() == t; }
    SyncRunner runner;
};

SyncRunnerSettings bucket_of(std::uint32_t bursts) {
    return {.spacing = RunSpacing::token_bucket,
            .min_interval = 1s,
            .max_interval = 10s,
            .retry_interval = std::nullopt,
            .bursts = bursts};
}
SyncRunnerSettings interval(Duration min, Duration retry) {
    return {.spacing = RunSpacing::interval, .min_interval = min, .max_interval = 10s, .retry_interval = retry};
}
}  // namespace

TEST_CASE("sync runner: Test_BoundedFrequencyRunnerNoBurst") {
    Loop loop(bucket_of(1));
    CHECK(loop.next_is(ms(10'000)));
    CHECK(loop.starts_at(ms(0)));
    CHECK(loop.runs_at(ms(0)));
    for (const std::int64_t t : {500, 999}) {
        CHECK_FALSE(loop.starts_at(ms(t)));
        CHECK(loop.next_is(ms(1000)));
    }
    CHECK(loop.runs_at(ms(1000)));
    for (const std::int64_t t : {1000, 1001}) CHECK_FALSE(loop.starts_at(ms(t)));
    CHECK(loop.runs_at(ms(2000)));
    CHECK(loop.next_is(ms(12'000)));  // nothing is queued
    CHECK(loop.runs_at(ms(12'000)));
    CHECK_FALSE(loop.starts_at(ms(12'001)));
    CHECK(loop.runs_at(ms(13'000)));
}

TEST_CASE("sync runner: Test_BoundedFrequencyRunnerBurst") {
    Loop loop(bucket_of(2));
    CHECK((loop.starts_at(ms(0)) && loop.runs_at(ms(0))));
    CHECK((loop.starts_at(ms(1)) && loop.runs_at(ms(1))));
    for (const std::int64_t t : {499, 500, 501}) {
        CHECK_FALSE(loop.starts_at(ms(t)));
        CHECK(loop.next_is(ms(1001)));
    }
    // At 1000 ms the bucket has a token again, 999 ms after the last run.
    CHECK((loop.starts_at(ms(1000)) && loop.runs_at(ms(1000))));
    for (const std::int64_t t : {1001, 1999}) {
        CHECK_FALSE(loop.starts_at(ms(t)));
        CHECK(loop.next_is(ms(2000)));
    }
    CHECK(loop.runs_at(ms(2000)));
    CHECK((loop.starts_at(ms(4000)) && loop.runs_at(ms(4000))));
    CHECK((loop.starts_at(ms(4000)) && loop.runs_at(ms(4000))));
    CHECK_FALSE(loop.starts_at(ms(4000)));
    CHECK(loop.runs_at(ms(5000)));
    CHECK(loop.runs_at(ms(15'000)));
}

TEST_CASE("sync runner: Test_BoundedFrequencyRunnerRetryAfter") {
    Loop loop(bucket_of(1));
    CHECK(loop.starts_at(ms(0)));
    loop.runner.run_started(ms(0));
    loop.runner.retry_requested(ms(0), 5s);
    loop.runner.run_finished(ms(0), SyncResult::written);
    CHECK(loop.runs_at(ms(5000)));
    CHECK_FALSE(loop.starts_at(ms(5499)));
    CHECK(loop.runs_at(ms(6000)));
    loop.runner.retry_requested(ms(6000), 5s);
    CHECK(loop.next_is(ms(11'000)));
    // A run in between calls the retry off.
    CHECK((loop.starts_at(ms(7000)) && loop.runs_at(ms(7000))));
    CHECK(loop.next_is(ms(17'000)));
    // The earliest wish wins; the latest possible is the forced run.
    loop.runner.retry_requested(ms(7000), 5s);
    loop.runner.retry_requested(ms(7500), 1s);
    loop.runner.retry_requested(ms(7500), 20s);
    CHECK(loop.next_is(ms(8500)));
    // A retry that comes before a token waits for the token.
    CHECK(loop.runs_at(ms(8500)));
    loop.runner.retry_requested(ms(8500), 100ms);
    CHECK(loop.next_is(ms(9500)));
}

TEST_CASE("sync runner: what waits for the end of a run up to 1.33") {
    SyncRunnerSettings settings = bucket_of(2);
    settings.retry_interval = 5s;
    Loop loop(settings);
    CHECK(loop.starts_at(ms(0)));
    loop.runner.run_started(ms(0));
    CHECK(loop.runner.next_start() == never);
    loop.runner.run_requested(ms(100));
    loop.runner.run_requested(ms(200));
    loop.runner.run_finished(ms(300), SyncResult::failed);
    CHECK(loop.next_is(ms(300)));  // the second token; the retry is called off by this run
    CHECK(loop.runs_at(ms(300)));
    CHECK(loop.next_is(ms(10'300)));
    CHECK((loop.starts_at(ms(4000)) && loop.runs_at(ms(4000), SyncResult::failed)));
    CHECK(loop.next_is(ms(9000)));
}

TEST_CASE("sync runner: up to 1.31 a timer that fires during a run asks for another") {
    for (const auto ticks : {TimerTicks::kept, TimerTicks::dropped}) {
        SyncRunnerSettings settings = bucket_of(2);
        settings.ticks = ticks;
        SyncRunner runner(settings, ms(0));
        runner.run_requested(ms(9000));
        runner.run_started(ms(9000));
        runner.run_finished(ms(10'500), SyncResult::written);  // the forced run was due at 10 s
        CHECK(runner.next_start() == (ticks == TimerTicks::kept ? ms(10'500) : ms(20'500)));
    }
}

TEST_CASE("sync runner: Test_BoundedFrequencyRunner of 1.34 and later") {
    Loop loop(interval(1s, 5s));
    CHECK(loop.next_is(ms(10'000)));
    CHECK((loop.starts_at(ms(0)) && loop.runs_at(ms(0))));
    for (const std::int64_t t : {500, 999}) CHECK_FALSE(loop.starts_at(ms(t)));
    CHECK(loop.runs_at(ms(1000)));
    for (const std::int64_t t : {1000, 1001}) CHECK_FALSE(loop.starts_at(ms(t)));
    CHECK(loop.runs_at(ms(2000)));
    CHECK(loop.runs_at(ms(12'000)));
    CHECK_FALSE(loop.starts_at(ms(12'001)));
    CHECK(loop.runs_at(ms(13'000)));
}

TEST_CASE("sync runner: Test_BoundedFrequencyRunnerRetry of 1.34 and later") {
    Loop loop(interval(1s, 5s));
    CHECK((loop.starts_at(ms(0)) && loop.runs_at(ms(0), SyncResult::failed)));
    CHECK(loop.runs_at(ms(5000)));
    CHECK_FALSE(loop.starts_at(ms(5499)));
    CHECK(loop.runs_at(ms(6000), SyncResult::failed));
    CHECK((loop.starts_at(ms(7000)) && loop.runs_at(ms(7000))));
    CHECK(loop.next_is(ms(17'000)));  // the retry was called off
    CHECK((loop.starts_at(ms(11'000)) && loop.runs_at(ms(11'000), SyncResult::failed)));
    CHECK_FALSE(loop.starts_at(ms(11'100)));
    CHECK(loop.runs_at(ms(12'000)));
    CHECK(loop.runs_at(ms(22'000)));
}

TEST_CASE("sync runner: Test_BoundedFrequencyRunnerRetryShorterThanMinInterval") {
    Loop loop(interval(5s, 1s));
    CHECK((loop.starts_at(ms(0)) && loop.runs_at(ms(0), SyncResult::failed)));
    CHECK(loop.runs_at(ms(5000)));
    CHECK(loop.runs_at(ms(15'000)));
}

TEST_CASE("sync runner: from 1.34 on the interval counts from the end of a run") {
    SyncRunner runner(interval(1s, 5s), ms(0));
    runner.run_requested(ms(0));
    runner.run_started(ms(0));
    runner.run_requested(ms(1500));
    runner.run_finished(ms(3000), SyncResult::written);
    CHECK(runner.next_start() == ms(4000));
}

TEST_CASE("sync runner: settings by mode and release") {
    const auto of = [](int minor, int patch, ProxyMode mode) {
        return sync_runner_settings({minor, patch}, mode, default_sync_periods(mode));
    };
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        const SyncRunnerSettings iptables = of(minor, 16, ProxyMode::iptables);
        CHECK(iptables.spacing == (minor >= 34 ? RunSpacing::interval : RunSpacing::token_bucket));
        CHECK(iptables.ticks == (minor >= 32 ? TimerTicks::dropped : TimerTicks::kept));
        CHECK(iptables.bursts == 2);
        CHECK(iptables.min_interval == 1s);
        CHECK(iptables.max_interval == 1h);
        CHECK(iptables.retry_interval == std::optional<Duration>{30s});
        const SyncRunnerSettings ipvs = of(minor, 16, ProxyMode::ipvs);
        CHECK(ipvs.min_interval == 0s);
        CHECK(ipvs.max_interval == 30s);
        CHECK_FALSE(ipvs.retry_interval);
        if (minor >= 29) CHECK(of(minor, 0, ProxyMode::nftables).max_interval == (minor >= 31 ? Duration{1h} : 30s));
    }
    // The hour that IPVS had for a few patches.
    CHECK(of(34, 3, ProxyMode::ipvs).max_interval == 1h);
    CHECK(of(34, 4, ProxyMode::ipvs).max_interval == 30s);
    CHECK(of(35, 0, ProxyMode::ipvs).max_interval == 1h);
    CHECK(of(35, 1, ProxyMode::ipvs).max_interval == 30s);
    CHECK(of(36, 0, ProxyMode::ipvs).max_interval == 30s);
    // Without a minimum every request runs at once.
    Loop loop(of(30, 0, ProxyMode::ipvs));
    for (int i = 0; i < 5; ++i) CHECK((loop.starts_at(ms(7)) && loop.runs_at(ms(7))));
    CHECK(loop.next_is(ms(30'007)));
}

TEST_CASE("full sync: what is rewritten, by mode and release") {
    const auto full = [](Release release, ProxyMode mode, const SyncState& state, const FeatureGates& gates = {}) {
        return is_full_sync(release, gates, mode, state);
    };
    const auto iptables = ProxyMode::iptables;
    const SyncState usual{.needs_full_sync = false, .since_full_sync = 10s};
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        CHECK(full({minor, 0}, iptables, usual) == (minor <= 26));
        CHECK(full({minor, 0}, iptables, {.needs_full_sync = true}));
        CHECK(full({minor, 0}, ProxyMode::ipvs, usual));
        if (minor >= 29) CHECK(full({minor, 0}, ProxyMode::nftables, usual) == (minor <= 30));
    }
    CHECK_FALSE(full({26, 0}, iptables, usual, {{"MinimizeIPTablesRestore", true}}));
    CHECK(full({27, 0}, iptables, usual, {{"MinimizeIPTablesRestore", false}}));
    // More than an hour, from 1.33 on.
    for (const auto mode : {iptables, ProxyMode::nftables}) {
        CHECK_FALSE(full({33, 0}, mode, {.needs_full_sync = false, .since_full_sync = 1h}));
        CHECK(full({33, 0}, mode, {.needs_full_sync = false, .since_full_sync = Duration{1h} + Duration{1}}));
        CHECK_FALSE(full({32, 0}, mode, {.needs_full_sync = false, .since_full_sync = 2h}));
    }
    // Large clusters are spared from these patches on, in iptables mode only.
    const SyncState large{.needs_full_sync = false, .since_full_sync = 2h, .was_large_cluster = true};
    CHECK(full({33, 13}, iptables, large));
    for (const Release spared : {Release{34, 8}, Release{35, 5}, Release{36, 1}}) {
        CHECK_FALSE(full(spared, iptables, large));
        CHECK(full({spared.minor, spared.patch - 1}, iptables, large));
        CHECK(full(spared, ProxyMode::nftables, large));
    }
    CHECK_FALSE(is_large_cluster(1000));
    CHECK(is_large_cluster(1001));
}
