// SPDX-License-Identifier: Apache-2.0
// Replays a history with lbsim's service controller and holds its calls against the real controller's.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "upstream/controller_history.hpp"

namespace lbsim::upstream {

/// What the real controller leaves to chance: the order in which a pass ranges over its services (a Go map) and which
/// goroutine runs first within one microsecond. A replay makes these choices as the trace implies.
struct Choices {
    /// The turn of a service that the trace does not update in this pass, as a number of turns with an update before
    /// it; where none is given, after all of them. Key: pass, service.
    std::map<std::pair<std::uint64_t, policy::ServiceKey>, std::size_t> skipped_turns;
    /// Instants at which the service workers ran before the node workers.
    std::set<Time> service_workers_first;
};

/// The first difference between a replay and its trace, in words; nothing where they are equal.
using Mismatch = std::optional<std::string>;

/// Replays `history` at `release` and compares call for call: time, operation, service, nodes. Calls of one microsecond
/// are compared as a set. The order of services in a pass and that of its retries are taken from the trace; where the
/// trace leaves them open, all places of a skipped service are tried, and likewise both orders of node and service
/// workers within a microsecond. Nothing else is open.
Mismatch compare(const History& history, const Trace& trace, policy::Release release);

}  // namespace lbsim::upstream
