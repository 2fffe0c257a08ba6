// SPDX-License-Identifier: Apache-2.0
// Pieces of work shared among a few actors, as client-go's workqueue.ParallelizeUntil does it.
#pragma once

#include <cstddef>
#include <functional>

#include "lbsim/engine/engine.hpp"

namespace lbsim::engine {

/// Calls piece(i) for i in [0, n); blocks the calling actor until all have ended. One worker runs inline in the caller;
/// more are actors that carry the caller's order and take the pieces in order. Where the caller is cancelled, so are they.
/// Order: worker k takes piece k first; after that whoever is free takes the next.
/// Pre: workers > 0; called from an actor where workers > 1.
/// Source: kubernetes/client-go util/workqueue/parallelizer.go, ParallelizeUntil, v0.30.
/// Simplifies: chunk size 1; there is no stop channel, cancel the caller instead.
void parallelize_until(Engine& engine, unsigned workers, std::size_t n, const std::function<void(std::size_t)>& piece);

}  // namespace lbsim::engine
