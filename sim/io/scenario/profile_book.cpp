// SPDX-License-Identifier: Apache-2.0
// From profile and overrides to a load balancer and its cloud.
#include "sim/io/scenario/profile_book.hpp"

#include <algorithm>

#include "sim/io/profiles/profile.hpp"
#include "sim/io/profiles/profile_format.hpp"
#include "sim/io/profiles/profile_values.hpp"
#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

using policy::TrafficPolicy;
using scenario::LoadBalancer;

/// The value as if it stood where the scenario names the profile: a problem of keys together is told there.
JsonValue placed_at(JsonValue value, Origin origin) {
    value.origin = origin;
    for (JsonValue& item : value.items) item = placed_at(std::move(item), origin);
    for (JsonMember& member : value.members) {
        member.origin = origin;
        member.value = placed_at(std::move(member.value), origin);
    }
    return value;
}

/// The scenario's keys over the profile's; of the health check each key for itself, of all else the whole value.
JsonValue overridden(JsonValue profile, const JsonValue& given) {
    for (const JsonMember& member : given.members) {
        if (member.key == "profile") continue;
        JsonValue* below = profile.find(member.key);
        if (below == nullptr) {
            profile.members.push_back(member);
        } else if (member.key == "health_check" && member.value.is(JsonValue::Kind::object)) {
            for (const JsonMember& part : member.value.members) {
                if (JsonValue* value = below->find(part.key)) {
                    *value = part.value;
                } else {
                    below->members.push_back(part);
                }
            }
        } else {
            *below = member.value;
        }
    }
    profile.origin = given.origin;
    return profile;
}

}  // namespace

const ProfileDocument* ProfileBook::find(const ProfileRequest& request) {
    const auto at = profiles_.find(request.name);
    if (at != profiles_.end()) return at->second ? &*at->second : nullptr;
    const auto& entry = profiles_.emplace(request.name, find_profile(request, context_.sink)).first->second;
    return entry ? &*entry : nullptr;
}

ProfileBook::Choice ProfileBook::choose(const View& service, TrafficPolicy traffic_policy) {
    const View keys = service.object("load_balancer");
    const View cloud = root_.object("cloud");
    const JsonValue* given = service.given("load_balancer");
    const JsonValue* name = nullptr;
    Choice out{.profile = nullptr, .pointer = service.pointer("load_balancer"), .origin = service.origin(), .balancer = {}};
    if (given != nullptr && string_of(*given) != nullptr) {
        name = given;
    } else if (keys.given("profile") != nullptr) {
        name = keys.given("profile");
        out.pointer = keys.pointer("profile");
    } else if (cloud.given("profile") != nullptr) {
        name = cloud.given("profile");
        out.pointer = cloud.pointer("profile");
    }
    if (name != nullptr) out.origin = name->origin;
    const std::string* text = name != nullptr ? string_of(*name) : nullptr;
    out.profile = find({.name = text != nullptr ? *text : std::string(), .folder = context_.folder, .origin = out.origin,
                        .pointer = out.pointer});
    out.balancer = json_value(JsonValue::Kind::object);
    if (out.profile != nullptr) out.balancer = placed_at(profile_balancer(*out.profile, traffic_policy), out.origin);
    if (given != nullptr) out.balancer = overridden(std::move(out.balancer), *given);
    return out;
}

void ProfileBook::finish(const Choice& choice, const View& service, TrafficPolicy traffic_policy, LoadBalancer& out) {
    if (choice.profile == nullptr) return;
    const ProfileDocument& profile = *choice.profile;
    const View keys = service.object("load_balancer");
    out.profile = profile.name;
    out.cloud = cloud_of(profile);
    const std::optional<bool> limits = keys.optional_truth("limits");
    if (limits.value_or(true)) out.limit = profile_limit(profile, traffic_policy);
    if (limits == true && profile.name.empty())
        context_.sink.add(keys.origin("limits"), keys.pointer("limits"), "true, but no profile whose limits could apply",
                          "false, or a profile");
    const JsonValue* cross_zone = choice.balancer.find("cross_zone");
    const bool is_off = cross_zone != nullptr && cross_zone->is(JsonValue::Kind::boolean) && !cross_zone->truth;
    if (is_off && keys.given("cross_zone") == nullptr && context_.zones > 1)
        context_.sink.add(choice.origin, choice.pointer,
                          "profile " + in_quotes(profile.name) + " with cross_zone false in " +
                              std::to_string(context_.zones) +
                              " zones, which this version does not act on yet (part 5)",
                          "set cross_zone true or use one zone");
}

std::uint32_t ProfileBook::cloud_of(const ProfileDocument& profile) {
    const auto at = std::find_if(clouds_.begin(), clouds_.end(),
                                 [&](const scenario::CloudApi& cloud) { return cloud.profile == profile.name; });
    if (at != clouds_.end()) return static_cast<std::uint32_t>(at - clouds_.begin());
    clouds_.push_back(profile_api(profile, context_));
    override_api(root_, clouds_.back(), context_);
    return static_cast<std::uint32_t>(clouds_.size() - 1);
}

std::vector<scenario::CloudApi> ProfileBook::take_clouds() {
    if (clouds_.empty()) cloud_of({.name = {}, .sourced = {}, .plain = json_value(JsonValue::Kind::object)});
    return std::move(clouds_);
}

}  // namespace lbsim::io
