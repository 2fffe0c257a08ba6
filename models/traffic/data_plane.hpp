// SPDX-License-Identifier: Apache-2.0
// What both data planes, the streamed one and the reference, have to say about a run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "lbsim/history/event_log.hpp"
#include "models/traffic/tally.hpp"

namespace lbsim::traffic {

/// When a node named in the timeline could last be sent a new connection.
struct LastAdmission {
    Time until{};
    bool open_at_end = false;
};

/// How many rows of each kind will be shown.
struct RowLimits {
    std::uint64_t targets = history::all_rows;
    std::uint64_t cuts = history::all_rows;
};

/// Sums over all load balancers and connections of a run.
struct DataPlane {
    DataPlane(Tally t, const history::EventLog& events, RowLimits limits = {})
        : tally(std::move(t)), targets(limits.targets), cuts(events, limits.cuts) {}

    Tally tally;
    history::TargetRows targets;
    history::CutRows cuts;                       ///< their ids count on from the control plane's
    Duration blackhole{};
    Duration fail_open{};
    std::uint64_t probes = 0;
    std::optional<double> capacity_min_share;    ///< none where no load balancer has targets
    std::vector<std::uint64_t> healthy_targets;  ///< by bin, at its end
    std::optional<Duration> desync;              ///< load-balancer seconds out of sync, where it was counted afresh
    std::map<NodeId, LastAdmission> last_admission;  ///< of named nodes
};

}  // namespace lbsim::traffic
