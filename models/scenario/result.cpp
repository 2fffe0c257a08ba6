// SPDX-License-Identifier: Apache-2.0
// Texts of loss causes, as the tables and the metric names spell them.
#include "lbsim/scenario/result.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::scenario {

std::string_view to_string(LossCause cause) {
    switch (cause) {
        case LossCause::vm_off: return "vm_off";
        case LossCause::target_removed: return "target_removed";
        case LossCause::target_unhealthy: return "target_unhealthy";
        case LossCause::drain_timeout: return "drain_timeout";
        case LossCause::pod_killed: return "pod_killed";
        case LossCause::idle_timeout: return "idle_timeout";
        case LossCause::rules_flushed: return "rules_flushed";
        case LossCause::network: return "network";
        case LossCause::refused: return "refused";
        case LossCause::blackholed: return "blackholed";
        case LossCause::rejected: return "rejected";
    }
    LBSIM_CHECK(false, "a loss cause has no text");
}

}  // namespace lbsim::scenario
