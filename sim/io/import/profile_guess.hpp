// SPDX-License-Identifier: Apache-2.0
// Which profile a Service's load balancer has, and what its annotations change.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "sim/io/import/dump.hpp"

namespace lbsim::io {

enum class CloudKind : std::uint8_t { none, aws, gce, azure, digitalocean, hetzner, openstack, kind };

/// The cloud of a providerID, by its scheme: "aws:///eu-west-1a/i-0123".
CloudKind cloud_of(std::string_view provider_id);
/// The cloud that most nodes are in. Notes what is not clear.
CloudKind cloud_of(const std::vector<NodeObject>& nodes, ImportNotes& notes);

/// The profile of a Service's load balancer, "neutral" where none of those built in fits. Notes what is not certain.
std::string profile_of(const ServiceObject& service, CloudKind cloud, ImportNotes& notes);

/// The keys of `load_balancer` that annotations of a Service set, each only where the format takes it; notes the others.
class BalancerKeys {
public:
    BalancerKeys(std::size_t zones, ImportNotes& notes) : zones_(zones), notes_(notes) {}
    nlohmann::ordered_json read(const ServiceObject& service, const std::string& profile);

private:
    bool keeps_to_zones(const std::string& profile);

    std::size_t zones_;
    ImportNotes& notes_;
    std::map<std::string, bool> keeps_to_zones_;  ///< profiles whose cross_zone is off
};

}  // namespace lbsim::io
