// SPDX-License-Identifier: Apache-2.0
// From a profile document to plain data.
#pragma once

#include <filesystem>

#include "lbsim/scenario/cloud.hpp"
#include "lbsim/scenario/scenario.hpp"
#include "sim/io/profiles/profile_document.hpp"
#include "sim/io/scenario/readers.hpp"

namespace lbsim::io {

/// Reports values that the tables accept and that say nothing together, such as a range that runs backwards.
void check_profile_values(const ProfileDocument& profile, const std::filesystem::path& folder, ProblemSink& sink);

/// What the profile says of its cloud's API. Pre: the profile has been checked.
scenario::CloudApi profile_api(const ProfileDocument& profile, ReadContext& context);

/// How many targets it takes; of Local what holds for Cluster unless given.
scenario::TargetLimit profile_limit(const ProfileDocument& profile, policy::TrafficPolicy traffic_policy);

/// One latency for each kind of call that `classes` names, "all" for the rest.
void read_latencies(const View& classes, scenario::CloudApi& out, ReadContext& context);
scenario::Bucket read_bucket(const View& bucket);

}  // namespace lbsim::io
