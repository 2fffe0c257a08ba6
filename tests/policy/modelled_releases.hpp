// SPDX-License-Identifier: Apache-2.0
// Every patch release that the library acts on, for tests that hold all of them to something.
#pragma once

#include <string>
#include <vector>

#include "lbsim/policy/release.hpp"

namespace lbsim::policy {

/// In order. Pre: the patches of a minor have no gap.
inline std::vector<Release> every_modelled_release() {
    std::vector<Release> releases;
    for (int minor = 0; minor < 100; ++minor) {
        for (int patch = 0;; ++patch) {
            const ParsedRelease parsed = parse_release(to_string(Release{minor, patch}));
            if (!parsed.release) break;
            releases.push_back(*parsed.release);
        }
    }
    return releases;
}

}  // namespace lbsim::policy
