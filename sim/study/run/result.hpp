// SPDX-License-Identifier: Apache-2.0
// From a history and its data plane to the result of a run.
#pragma once

#include "lbsim/history/history.hpp"
#include "lbsim/run.hpp"
#include "models/traffic/data_plane.hpp"

namespace lbsim::study {

/// Orders all rows, numbers the events and works out the metrics. Checks what must add up.
scenario::RunResult make_result(history::History history, traffic::DataPlane plane, const scenario::Scenario& scenario,
                                const RunOptions& options);

}  // namespace lbsim::study
