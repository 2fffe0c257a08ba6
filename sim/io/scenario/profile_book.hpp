// SPDX-License-Identifier: Apache-2.0
// Which profile each service of a scenario has, what it means there, and the clouds that follow from it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lbsim/scenario/scenario.hpp"
#include "sim/io/profiles/profile_document.hpp"
#include "sim/io/scenario/readers.hpp"

namespace lbsim::io {

/// The profiles of one scenario, each read once.
class ProfileBook {
public:
    /// `root` and `context` outlive the book.
    ProfileBook(const View& root, ReadContext& context) : root_(root), context_(context) {}

    /// A service's `load_balancer` laid over its profile, ready to be read as if the file gave it all.
    struct Choice {
        const ProfileDocument* profile = nullptr;  ///< null where it could not be read
        std::string pointer;                       ///< of what names the profile
        Origin origin;
        JsonValue balancer;
    };
    Choice choose(const View& service, policy::TrafficPolicy traffic_policy);

    /// Adds what the keys of the scenario cannot say, and checks it: profile, cloud, limit.
    void finish(const Choice& choice, const View& service, policy::TrafficPolicy traffic_policy,
                scenario::LoadBalancer& out);

    /// One for each profile in the order of first use; at least one.
    std::vector<scenario::CloudApi> take_clouds();

private:
    const ProfileDocument* find(const ProfileRequest& request);
    std::uint32_t cloud_of(const ProfileDocument& profile);

    const View& root_;
    ReadContext& context_;
    std::map<std::string, std::optional<ProfileDocument>, std::less<>> profiles_;
    std::vector<scenario::CloudApi> clouds_;
};

/// Lays the scenario's `cloud.api` over a cloud.
void override_api(const View& root, scenario::CloudApi& cloud, ReadContext& context);

}  // namespace lbsim::io
