// SPDX-License-Identifier: Apache-2.0
// A profile as a document: built in, or from a file with what it is based on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "lbsim/policy/traffic_policy.hpp"
#include "sim/io/scenario/json_document.hpp"
#include "sim/io/scenario/problems.hpp"

namespace lbsim::io {

/// A profile that the tables accept.
struct ProfileDocument {
    std::string name;    ///< as asked for; "" for the neutral one
    JsonValue sourced;   ///< as in the file, laid over what it is based on
    JsonValue plain;     ///< values without tags and sources, two durations as {"uniform": …}
};

/// Who asks for a profile, for messages.
struct ProfileRequest {
    std::string name;
    std::filesystem::path folder;  ///< where profile files lie
    Origin origin;
    std::string pointer;
};

/// The profile, or nothing where it has problems, which then are in the sink.
std::optional<ProfileDocument> find_profile(const ProfileRequest& request, ProblemSink& sink);

/// The keys of `over` laid over those of `base`: objects in objects key by key, everything else as a whole.
JsonValue laid_over(JsonValue base, const JsonValue& over);

/// The profile's `load_balancer` as a scenario would write it: one health check, that of the traffic policy. What the
/// check of Local does not say is that of Cluster.
JsonValue profile_balancer(const ProfileDocument& profile, policy::TrafficPolicy traffic_policy);

}  // namespace lbsim::io
