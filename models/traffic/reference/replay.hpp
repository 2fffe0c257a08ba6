// SPDX-License-Identifier: Apache-2.0
// The slow way: the changes of a history replayed one by one, with every probe and every connection as its own event.
#pragma once

#include "lbsim/history/history.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "models/traffic/data_plane.hpp"

namespace lbsim::traffic::reference {

/// The data plane by brute force. It shares the scenario, the draws and the policy library with the streamed one, and
/// the control plane's raw change logs; it keeps live state and reads nothing else: never when a membership, a pod or a
/// machine will end, never a computed probe result. Must equal the streamed data plane, row by row.
DataPlane replay(const history::History& history, const scenario::Scenario& scenario, std::uint32_t replication,
                 Duration bin);

}  // namespace lbsim::traffic::reference
