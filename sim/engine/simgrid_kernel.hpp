// SPDX-License-Identifier: Apache-2.0
// All that the engine needs of SimGrid: stacks that can be parked and resumed. No SimGrid type shows.
#pragma once

#include <cstddef>
#include <memory>

#include "lbsim/engine/engine.hpp"

namespace lbsim::engine {

/// Runs `round` on the kernel's own stack: first by a timer, then inside the one simcall of each carrier that parks or ends.
/// A round may hand over to at most one carrier; that one's next park() runs the next round.
/// So a hand-over costs no timer and no solving of SimGrid's models, and SimGrid's clock stands still meanwhile; only
/// messages on links would need it to move.
class SimgridKernel {
public:
    using Round = void (*)(void* self);
    using CarrierMain = void (*)(void* self, std::size_t carrier);

    /// Silences SimGrid's logs and puts back the signal handlers it replaces.
    SimgridKernel(const Options& options, Round round, CarrierMain carrier_main, void* self);
    ~SimgridKernel();
    SimgridKernel(const SimgridKernel&) = delete;
    SimgridKernel& operator=(const SimgridKernel&) = delete;

    /// Returns when every carrier has left its main function.
    void run();

    /// A new stack that will run the carrier's main function after this round. Called from a round.
    std::size_t start_carrier();
    /// Goes on after park(). Called from a round; at the end of a run it may be called for several carriers.
    void resume_carrier(std::size_t carrier);
    /// Runs a round, then returns after resume_carrier(). Called on the carrier's own stack.
    void park(std::size_t carrier);
    std::size_t carrier_count() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Where a thread per actor replaces SimGrid's own stacks: AddressSanitizer does not understand those.
bool uses_thread_contexts();

}  // namespace lbsim::engine
