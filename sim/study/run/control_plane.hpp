// SPDX-License-Identifier: Apache-2.0
// The control plane of one run, from start to horizon.
#pragma once

#include "lbsim/history/history.hpp"
#include "lbsim/run.hpp"

namespace lbsim::study {

/// Runs nodes, pods, kube-proxies' watches and controllers on the engine and returns what they leave behind.
/// Throws: RunError where the run got stuck, made no progress or an actor failed.
history::History run_control_plane(const scenario::Scenario& scenario, const RunOptions& options);

}  // namespace lbsim::study
