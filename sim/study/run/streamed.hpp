// SPDX-License-Identifier: Apache-2.0
// The data plane of one run, streamed past the history of its control plane.
#pragma once

#include <functional>

#include "lbsim/history/history.hpp"
#include "lbsim/run.hpp"
#include "models/traffic/data_plane.hpp"

namespace lbsim::study {

/// Works out every load balancer and streams its connections, one load balancer after the other.
traffic::DataPlane run_streamed(const history::History& history, const scenario::Scenario& scenario,
                                const RunOptions& options);

}  // namespace lbsim::study
