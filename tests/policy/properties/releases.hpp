// SPDX-License-Identifier: Apache-2.0
// The releases and gates of a history: what the library accepts at run time, so that new releases are tested unasked.
#pragma once

#include <vector>

#include "bytes.hpp"
#include "lbsim/policy/release.hpp"

namespace lbsim::test {

/// The first and the last patch of every variant of every minor that parse_release accepts.
const std::vector<policy::Release>& accepted_releases();

/// One of accepted_releases(). Cost: two bytes.
policy::Release release_from(Bytes& bytes);
/// Each known gate unset, off or on, whether the release lets it be set or not. Cost: one byte a gate.
policy::FeatureGates gates_from(Bytes& bytes);

}  // namespace lbsim::test
