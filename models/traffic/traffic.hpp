// SPDX-License-Identifier: Apache-2.0
// Streams the clients of one service past the history.
#pragma once

#include "models/traffic/path.hpp"
#include "models/traffic/tally.hpp"

namespace lbsim::traffic {

/// Runs one traffic entry of the scenario along `path`. Pre: the entry's service is the path's.
void stream(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic,
            std::uint32_t replication);

/// Slots of a population, each an independent chain of connections walked alone.
void stream_population(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic,
                       std::uint32_t replication);

/// Poisson arrivals and the connections that are open at time 0.
void stream_open_loop(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic,
                      std::uint32_t replication);

}  // namespace lbsim::traffic
