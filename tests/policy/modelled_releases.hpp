// SPDX-License-Identifier: Apache-2.0
// Every patch release that the library acts on, for tests that hold all of them to something.
#pragma once

#include <string>
#include <vector>

#include "lbsim/policy/release.hpp"

namespace lbsim::policy {

/// In order; those that exist but are not modelled yet are left out.
inline std::vector<Release> every_modelled_release() {
    std::vector<Release> releases;
    for (int minor = 0; minor < 100; ++minor) {
        for (int patch = 0;; ++patch) {
            const ParsedRelease parsed = parse_release(to_string(Release{minor, patch}));
            if (parsed.release) releases.push_back(*parsed.release);
            if (!parsed.release && parsed.error == ReleaseError::unknown) break;
        }
    }
    return releases;
}

}  // namespace lbsim::policy
