// SPDX-License-Identifier: Apache-2.0
// Profiles of cloud load balancers in words.
#pragma once

#include <string>

#include "sim/io/profiles/profile.hpp"

namespace lbsim::cli {

/// One line for each built-in profile.
std::string profile_overview();
/// Everything a profile says: values with tag and source, remarks, facts.
std::string profile_text(const io::Profile& profile);
/// The keys in which two profiles differ, and how many are equal.
std::string profile_difference(const io::Profile& a, const io::Profile& b);

}  // namespace lbsim::cli
