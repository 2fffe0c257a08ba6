// SPDX-License-Identifier: Apache-2.0
// What both data planes, the streamed one and the reference, have to say about a run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "lbsim/history/event.hpp"
#include "models/traffic/tally.hpp"

namespace lbsim::traffic {

/// When a node named in the timeline could last be sent a new connection.
struct LastAdmission {
    Time until{};
    bool open_at_end = false;
};

/// Sums over all load balancers and connections of a run.
struct DataPlane {
    explicit DataPlane(Tally t) : tally(std::move(t)) {}

    Tally tally;
    std::vector<history::TargetChange> targets;
    std::vector<history::Event> cuts;            ///< connections_cut rows; their ids count on from the control plane's
    Duration blackhole{};
    Duration fail_open{};
    std::uint64_t probes = 0;
    std::optional<double> capacity_min_share;    ///< none where no load balancer has targets
    std::vector<std::uint64_t> healthy_targets;  ///< by bin, at its end
    std::optional<Duration> desync;              ///< load-balancer seconds out of sync, where it was counted afresh
    std::map<NodeId, LastAdmission> last_admission;  ///< of named nodes
};

}  // namespace lbsim::traffic
