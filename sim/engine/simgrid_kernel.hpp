// SPDX-License-Identifier: Apache-2.0
// All that the engine needs of SimGrid: stacks that can be parked and resumed, and one timer. No SimGrid type shows.
#pragma once

#include <cstddef>
#include <memory>

#include "lbsim/engine/engine.hpp"

namespace lbsim::engine {

/// Runs `round` once per armed instant on the kernel's own stack; a round may hand over to at most one carrier, and
/// that carrier must arm the next round before it parks or ends.
/// SimGrid runs a timer set "for now" inside a timer before the actors which that timer woke: hence this protocol.
class SimgridKernel {
public:
    using Round = void (*)(void* self);
    using CarrierMain = void (*)(void* self, std::size_t carrier);

    /// Silences SimGrid's logs and puts back the signal handlers it replaces.
    SimgridKernel(const Options& options, Round round, CarrierMain carrier_main, void* self);
    ~SimgridKernel();
    SimgridKernel(const SimgridKernel&) = delete;
    SimgridKernel& operator=(const SimgridKernel&) = delete;

    /// Returns when no round is armed and every carrier has left its main function.
    void run();
    /// The next round is at `t`, or at once where SimGrid's clock is already past it.
    void arm(Time t);
    /// The next round is at once.
    void arm_now();

    /// A new stack that will run the carrier's main function after this round. Called from a round.
    std::size_t start_carrier();
    /// Goes on after park(). Called from a round; at the end of a run it may be called for several carriers.
    void resume_carrier(std::size_t carrier);
    /// Returns after resume_carrier(). Called on the carrier's own stack.
    void park();
    std::size_t carrier_count() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Where a thread per actor replaces SimGrid's own stacks: AddressSanitizer does not understand those.
bool uses_thread_contexts();

}  // namespace lbsim::engine
