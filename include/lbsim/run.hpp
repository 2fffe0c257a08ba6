// SPDX-License-Identifier: Apache-2.0
// Scenario in, Result out: one replication of one variant.
#pragma once

#include <cstdint>
#include <functional>

#include "lbsim/scenario/result.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim {

/// How observation and connections are worked out; both must give identical results.
enum class RunMode : std::uint8_t {
    fast,       ///< health, views and leases computed from change logs; connections streamed past the history
    reference,  ///< every probe, lease, view change and connection its own event, reading live state
};

struct RunOptions {
    std::uint32_t replication = 0;
    RunMode mode = RunMode::fast;
    std::uint64_t max_rows = 1'000'000;  ///< per table
    Duration bin = 1s;                   ///< of timeseries.csv
    /// Called now and then with the share of the work done, 0 to 1; may be empty.
    std::function<void(double)> progress;
};

/// Runs one replication. One call per process (SimGrid allows one engine). Deterministic: equal scenario, replication
/// and mode give equal results on every machine.
/// Throws: RunError where the run got stuck, made no progress or an actor failed.
scenario::RunResult run(const scenario::Scenario& scenario, const RunOptions& options);

}  // namespace lbsim
