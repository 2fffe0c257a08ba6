// SPDX-License-Identifier: Apache-2.0
// What a profile says of its cloud's API, without a scenario.
#include "sim/io/profiles/profile.hpp"

#include "lbsim/core/error.hpp"
#include "sim/io/profiles/profile_format.hpp"
#include "sim/io/profiles/profile_values.hpp"
#include "sim/io/scenario/reader.hpp"

namespace lbsim::io {

ProfileCloud read_profile_cloud(const std::string& name, policy::TrafficPolicy traffic_policy) {
    read_profile(name);  // throws for a name or file that is not one
    ProblemSink sink("lbsim");
    Room room;
    ReadContext context{.sink = sink, .folder = {}, .room = room};
    const std::optional<ProfileDocument> document = find_profile(
        {.name = name == neutral_profile ? std::string() : name, .folder = {}, .origin = {}, .pointer = "profile"}, sink);
    if (!document) throw InputError(sink.problems());
    ProfileCloud out;
    out.api = profile_api(*document, context);
    const JsonValue balancer = profile_balancer(*document, traffic_policy);
    const View view(&balancer, profile_balancer_shape, "", balancer.origin);
    const View check(view.given("health_check"), profile_check_shape, "", balancer.origin);
    const std::string target = check.text("target");
    out.http_check = target == "proxy_healthz" || target == "health_check_node_port";
    out.has_check = target != "none";
    out.limit = profile_limit(*document, traffic_policy);
    return out;
}

std::string profile_digest(const std::string& name, const std::filesystem::path& folder) {
    const std::optional<std::string_view> text = built_in_profile(name);
    return text ? content_digest(*text) : scenario_digest((folder / name).string());
}

}  // namespace lbsim::io
