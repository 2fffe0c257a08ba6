// SPDX-License-Identifier: Apache-2.0
// Asks parse_release about every number that could be a release.
#include "releases.hpp"

#include <string>

namespace lbsim::test {

const std::vector<policy::Release>& accepted_releases() {
    static const std::vector<policy::Release> releases = [] {
        std::vector<policy::Release> found;
        for (int minor = 0; minor < 60; ++minor) {
            std::string variant;
            policy::Release last;
            for (int patch = 0; patch < 40; ++patch) {
                const auto parsed = policy::parse_release("1." + std::to_string(minor) + "." + std::to_string(patch));
                if (!parsed.release) continue;
                const std::string letter(policy::service_controller_variant(*parsed.release));
                if (letter != variant) {
                    if (!variant.empty() && found.back() != last) found.push_back(last);
                    found.push_back(*parsed.release);
                    variant = letter;
                }
                last = *parsed.release;
            }
            if (!variant.empty() && found.back() != last) found.push_back(last);
        }
        return found;
    }();
    return releases;
}

policy::Release release_from(Bytes& bytes) {
    const auto& releases = accepted_releases();
    const std::size_t high = bytes.next();
    return releases[(high * 256 + bytes.next()) % releases.size()];
}

policy::FeatureGates gates_from(Bytes& bytes) {
    policy::FeatureGates gates;
    for (const std::string_view gate : policy::known_gates()) {
        const std::uint32_t choice = bytes.below(4);
        if (choice >= 2) gates.emplace(gate, choice == 3);
    }
    return gates;
}

}  // namespace lbsim::test
