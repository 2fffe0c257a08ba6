// SPDX-License-Identifier: Apache-2.0
// From the versions that components report to releases that lbsim models.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lbsim/policy/release.hpp"

namespace lbsim::io {

/// The release that stands for a reported version.
struct ReportedRelease {
    enum class Match : std::uint8_t {
        exact,       ///< that patch release
        last_patch,  ///< its minor is modelled, its patch is not known: the minor's last patch
        nearest,     ///< its minor is not modelled: the oldest or the newest that is
        none,        ///< the text names no version
    };
    policy::Release release{};  ///< meaningful unless `none`
    Match match = Match::none;
};

/// Reads "v1.29.3-eks-ae9a62a", "v1.28.7-gke.1026000", "v1.30.2+k3s1" or "1.27.4": what follows the patch is the vendor's.
/// Source: status.nodeInfo.kubeletVersion of kubernetes/api core/v1: the output of `kubelet --version`.
ReportedRelease release_of_version(std::string_view version);

/// A sentence on a match that is not exact, "" for one that is.
std::string match_text(const std::string& version, const ReportedRelease& reported);

}  // namespace lbsim::io
