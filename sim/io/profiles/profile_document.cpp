// SPDX-License-Identifier: Apache-2.0
// Finds, checks and merges profile documents.
#include "sim/io/profiles/profile_document.hpp"

#include <algorithm>
#include <utility>

#include "sim/io/profiles/embedded.hpp"
#include "sim/io/profiles/profile.hpp"
#include "sim/io/profiles/profile_format.hpp"
#include "sim/io/profiles/profile_values.hpp"
#include "sim/io/scenario/files.hpp"
#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

JsonValue plain_object(const JsonValue& value, const Shape& shape);

/// `value` without its tag and source.
JsonValue plain_value(const JsonValue& value, const Type& type) {
    if (type.is_sourced) return plain_value(value.items[0], bare(type));
    JsonValue out = value;
    switch (type.kind) {
        case Type::Kind::object: return plain_object(value, *type.shape);
        case Type::Kind::map:
            for (JsonMember& member : out.members) member.value = plain_value(member.value, *type.item);
            return out;
        case Type::Kind::array:
            for (JsonValue& item : out.items) item = plain_value(item, *type.item);
            return out;
        case Type::Kind::either:
            if (value.is(JsonValue::Kind::array)) {
                out = json_value(JsonValue::Kind::object, value.origin);
                out.members.push_back({.key = "uniform", .origin = value.origin, .value = value});
            }
            return out;
        default: return out;
    }
}

/// Pre: the tables accept the object.
JsonValue plain_object(const JsonValue& value, const Shape& shape) {
    JsonValue out = value;
    for (JsonMember& member : out.members) member.value = plain_value(member.value, find_key(shape, member.key)->type);
    return out;
}

JsonValue empty_object() { return json_value(JsonValue::Kind::object); }

/// Reads the text, its base first where it names one.
std::optional<JsonValue> sourced_document(std::string_view text, ProblemSink& sink) {
    std::optional<JsonValue> document = parse_json(text, Origin::Source::file, sink);
    if (!document) return std::nullopt;
    check_structure(*document, profile_shape, sink);
    const JsonValue* based_on = document->find("based_on");
    if (based_on == nullptr || !based_on->is(JsonValue::Kind::string)) return document;
    const std::optional<std::string_view> base_text = built_in_profile(based_on->text);
    if (!base_text) {
        std::vector<std::string> names = profile_names();
        std::erase(names, neutral_profile);
        sink.add(based_on->origin, "/based_on", shown(*based_on), "a built-in profile: " + alternatives(names),
                 did_you_mean(based_on->text, names));
        return std::nullopt;
    }
    const std::optional<JsonValue> base = parse_json(*base_text, Origin::Source::file, sink);
    return base ? std::optional(laid_over(*base, *document)) : std::nullopt;
}

}  // namespace

std::vector<std::string> profile_names() {
    std::vector<std::string> names{std::string(neutral_profile)};
    for (const EmbeddedProfile& profile : embedded_profiles()) names.emplace_back(profile.name);
    return names;
}

std::optional<std::string_view> built_in_profile(std::string_view name) {
    for (const EmbeddedProfile& profile : embedded_profiles()) {
        if (profile.name == name) return profile.text;
    }
    return std::nullopt;
}

JsonValue laid_over(JsonValue base, const JsonValue& over) {
    if (!base.is(JsonValue::Kind::object) || !over.is(JsonValue::Kind::object)) return over;
    for (const JsonMember& member : over.members) {
        if (JsonValue* below = base.find(member.key)) {
            *below = laid_over(std::move(*below), member.value);
        } else {
            base.members.push_back(member);
        }
    }
    return base;
}

std::optional<ProfileDocument> find_profile(const ProfileRequest& request, ProblemSink& sink) {
    if (request.name.empty() || request.name == neutral_profile)
        return ProfileDocument{.name = {}, .sourced = empty_object(), .plain = empty_object()};
    std::string text;
    std::string file = "profile " + request.name;
    if (const std::optional<std::string_view> built_in = built_in_profile(request.name)) {
        text = *built_in;
    } else if (request.name.ends_with(".json")) {
        file = (request.folder / request.name).string();
        FileContent content = read_file(file);
        if (!content.text) {
            sink.add(request.origin, request.pointer, in_quotes(request.name) + ", " + content.why,
                     "the name of a readable profile file beside the scenario");
            return std::nullopt;
        }
        text = std::move(*content.text);
    } else {
        return std::nullopt;  // the tables have said so
    }
    ProblemSink own(file);
    std::optional<JsonValue> document = sourced_document(text, own);
    ProfileDocument out{.name = request.name, .sourced = {}, .plain = {}};
    if (own.empty() && document) {
        out.plain = plain_object(*document, profile_shape);
        out.sourced = std::move(*document);
        check_profile_values(out, request.folder, own);
    }
    for (const Problem& problem : own.problems()) sink.add(problem);
    return own.empty() ? std::optional(std::move(out)) : std::nullopt;
}

JsonValue profile_balancer(const ProfileDocument& profile, policy::TrafficPolicy traffic_policy) {
    const JsonValue* found = profile.plain.find("load_balancer");
    JsonValue out = found != nullptr ? *found : empty_object();
    JsonValue* check = out.find("health_check");
    if (check == nullptr) return out;
    JsonValue one = *check;
    std::erase_if(one.members, [](const JsonMember& member) { return member.key == "cluster" || member.key == "local"; });
    const JsonValue* cluster = check->find("cluster");
    const JsonValue* local = check->find("local");
    if (cluster != nullptr) one = laid_over(std::move(one), *cluster);
    if (local != nullptr && traffic_policy == policy::TrafficPolicy::local) one = laid_over(std::move(one), *local);
    *check = std::move(one);
    return out;
}

}  // namespace lbsim::io
