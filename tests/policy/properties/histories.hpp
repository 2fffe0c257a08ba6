// SPDX-License-Identifier: Apache-2.0
// Plays a string of bytes against a machine of the policy library and checks its properties at every step.
#pragma once

#include <cstdint>
#include <span>

namespace lbsim::test {

// Each throws PropertyBroken where a property does not hold; every string of bytes is a history.

/// ServiceController under arbitrary deliveries, answers and orders of asking.
void play_controller(std::span<const std::uint8_t> bytes);
/// WorkQueue and BackOff beside a naive model.
void play_work_queue(std::span<const std::uint8_t> bytes);
/// kube-proxy's health answers and forwarding, and a prober, beside naive models.
void play_node_health(std::span<const std::uint8_t> bytes);

}  // namespace lbsim::test
