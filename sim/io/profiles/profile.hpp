// SPDX-License-Identifier: Apache-2.0
// Profiles of cloud load balancers: those built in, by name, and what each says, with its provenance.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/policy/traffic_policy.hpp"
#include "lbsim/scenario/cloud.hpp"

namespace lbsim::io {

/// One value of a profile and where it is from.
struct SourcedValue {
    std::string key;     ///< path of keys with "." between: load_balancer.health_check.cluster.interval
    std::string value;   ///< as a file spells it, a single text without quotes
    std::string tag;     ///< code, doc, issue, recalled, estimate or definition
    std::string source;  ///< file, page or issue; the reason of an estimate
};

/// What a profile says, for people.
struct Profile {
    std::string name;
    std::string title;
    std::vector<SourcedValue> values;  ///< what lbsim acts on, in the order of the format
    std::vector<SourcedValue> facts;   ///< documented; nothing acts on it
    std::vector<std::string> remarks;  ///< where lbsim plays something otherwise than the cloud does
};

/// The profile that is none: every delay, lag and limit absent.
inline constexpr std::string_view neutral_profile = "neutral";

/// "neutral" and the built-in ones.
std::vector<std::string> profile_names();
/// The JSON text of a built-in profile, nullopt where there is none of that name.
std::optional<std::string_view> built_in_profile(std::string_view name);

/// A built-in profile, or a profile file where the name ends in ".json".
/// Throws: InputError with every problem of the file, or with the nearest name.
Profile read_profile(const std::string& name);

/// content_digest of what a profile says: of its embedded text, or of its file in `folder`.
/// Throws: InputError where the file cannot be read.
std::string profile_digest(const std::string& name, const std::filesystem::path& folder);

/// What decides how many calls a sync of a profile makes.
struct ProfileCloud {
    scenario::CloudApi api;
    bool http_check = false;
    bool has_check = true;
    scenario::TargetLimit limit;
};
/// Throws: as read_profile.
ProfileCloud read_profile_cloud(const std::string& name, policy::TrafficPolicy traffic_policy);

}  // namespace lbsim::io
