// SPDX-License-Identifier: Apache-2.0
// One replication: the control plane first, then its connections.
#include "lbsim/run.hpp"

#include <string>

#include "lbsim/core/arithmetic.hpp"
#include "lbsim/core/check.hpp"
#include "models/traffic/reference/replay.hpp"
#include "sim/study/run/control_plane.hpp"
#include "sim/study/run/result.hpp"
#include "sim/study/run/streamed.hpp"

namespace lbsim {

scenario::RunResult run(const scenario::Scenario& scenario, const RunOptions& options) {
    set_check_context("scenario " + scenario.name + ", variant " + scenario.variant + ", seed " +
                      std::to_string(scenario.seed) + ", replication " + std::to_string(options.replication));
    LBSIM_CHECK(!is_contracted(), "this build fuses multiply and add: build with -ffp-contract=off");
    history::History history = study::run_control_plane(scenario, options);
    traffic::DataPlane plane = options.mode == RunMode::reference
                                   ? traffic::reference::replay(history, scenario, options.replication, options.bin)
                                   : study::run_streamed(history, scenario, options);
    return study::make_result(std::move(history), std::move(plane), scenario, options);
}

}  // namespace lbsim
