// SPDX-License-Identifier: Apache-2.0
// Look-ups in a history and the order of its events.
#include "lbsim/history/history.hpp"

#include <algorithm>

namespace lbsim::history {

const MachineSpan* machine_at(const NodeHistory& node, Time t) {
    const auto after = std::upper_bound(node.machine.begin(), node.machine.end(), t,
                                        [](Time x, const MachineSpan& span) { return x < span.on; });
    return after == node.machine.begin() ? nullptr : &*std::prev(after);
}

bool is_machine_on(const NodeHistory& node, Time t) {
    const MachineSpan* span = machine_at(node, t);
    return span != nullptr && t < span->off;
}

std::uint8_t Recorder::step_at(Time t, std::uint8_t step) {
    if (t != last_t_) {
        last_t_ = t;
        last_step_ = step;
    }
    last_step_ = std::max(last_step_, step);
    return last_step_;
}

EventId Recorder::record(Time t, std::uint8_t step, EventKind kind, Objects objects, EventId cause,
                         std::string_view detail) {
    return history_->events.add({.t = t,
                                 .step = step_at(t, step),
                                 .kind = kind,
                                 .node = objects.node,
                                 .service = objects.service,
                                 .pod = objects.pod,
                                 .cause = cause,
                                 .detail = {}},
                                detail);
}

}  // namespace lbsim::history
