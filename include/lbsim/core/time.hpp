// SPDX-License-Identifier: Apache-2.0
// Simulated time: integer microseconds as distinct types, so that Time + Time does not compile.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

#pragma GCC visibility push(default)
namespace lbsim {

/// A span of simulated time. Units: microseconds, signed 64 bit.
using Duration = std::chrono::duration<std::int64_t, std::micro>;

/// The clock of the simulated world; it has no now(): models are told the time.
struct SimulatedClock {
    using rep = Duration::rep;
    using period = Duration::period;
    using duration = Duration;
    using time_point = std::chrono::time_point<SimulatedClock, Duration>;
    static constexpr bool is_steady = true;
};

/// An instant of simulated time. Units: microseconds since the start of the run.
using Time = SimulatedClock::time_point;

using namespace std::chrono_literals;

/// The start of every run.
inline constexpr Time time_zero{};
/// Later than every instant of a run; an end that never comes.
inline constexpr Time never = Time::max();

/// The instant `us` microseconds after the start.
constexpr Time at_us(std::int64_t us) { return Time{Duration{us}}; }
/// Microseconds since the start of the run.
constexpr std::int64_t us_of(Time t) { return t.time_since_epoch().count(); }
/// Whole microseconds of a span.
constexpr std::int64_t us_of(Duration d) { return d.count(); }
/// `t + d`, or `never` where that would not fit.
constexpr Time saturating_add(Time t, Duration d) {
    return us_of(t) > us_of(never) - d.count() ? never : t + d;
}

/// "12.500000": seconds with exactly six decimals, the form of every time in a table.
std::string seconds_text(Time t);
std::string seconds_text(Duration d);

/// "1.5s", "300ms", "2h": the shortest exact text in the unit a person would choose.
std::string human_text(Duration d);

/// The first instant at or after `t` of the periodic series …, phase - period, phase, phase + period, …
/// The series has no beginning: a loop that runs at the start of a run has been running for ever. Pre: period > 0.
constexpr Time first_tick_at_or_after(Time t, Duration phase, Duration period) {
    const std::int64_t p = period.count();
    const std::int64_t since = us_of(t) - phase.count();
    std::int64_t past = since % p;
    if (past < 0) past += p;  // a second division would cost as much as all the rest
    return past == 0 ? t : t + Duration{p - past};
}

}  // namespace lbsim
#pragma GCC visibility pop
