// SPDX-License-Identifier: Apache-2.0
// A profile as a list of values with their provenance.
#include "lbsim/core/error.hpp"
#include "sim/io/profiles/profile.hpp"
#include "sim/io/profiles/profile_document.hpp"
#include "sim/io/profiles/profile_format.hpp"
#include "sim/io/scenario/scalars.hpp"

namespace lbsim::io {

namespace {

/// The value as JSON on one line.
std::string json_text(const JsonValue& value) {
    std::string out;
    switch (value.kind) {
        case JsonValue::Kind::null: return "null";
        case JsonValue::Kind::boolean: return value.truth ? "true" : "false";
        case JsonValue::Kind::number: return value.text;
        case JsonValue::Kind::string: return in_quotes(value.text);
        case JsonValue::Kind::array:
            for (const JsonValue& item : value.items) out += (out.empty() ? "" : ", ") + json_text(item);
            return "[" + out + "]";
        case JsonValue::Kind::object:
            for (const JsonMember& member : value.members)
                out += (out.empty() ? "" : ", ") + in_quotes(member.key) + ": " + json_text(member.value);
            return "{" + out + "}";
    }
    return out;
}

/// Appends the sourced values at and below `value`.
void collect(const JsonValue& value, const Type& type, const std::string& path, std::vector<SourcedValue>& out) {
    if (type.is_sourced) {
        const JsonValue& given = value.items[0];
        out.push_back({.key = path,
                       .value = given.is(JsonValue::Kind::string) ? given.text : json_text(given),
                       .tag = value.items[1].text,
                       .source = value.items[2].text});
        return;
    }
    const auto below = [&](std::string_view key) { return path.empty() ? std::string(key) : path + "." + std::string(key); };
    if (type.kind == Type::Kind::array) {
        for (std::size_t i = 0; i < value.items.size(); ++i) {
            // A second bucket for the same calls has a number.
            collect(value.items[i], *type.item, i == 0 ? path : below(std::to_string(i + 1)), out);
        }
    } else if (type.kind == Type::Kind::map) {
        for (const JsonMember& member : value.members) collect(member.value, *type.item, below(member.key), out);
    } else if (type.kind == Type::Kind::object) {
        for_each_key(*type.shape, [&](const Key& key) {
            if (const JsonValue* member = value.find(key.name)) collect(*member, key.type, below(key.name), out);
        });
    }
}

void collect_key(const JsonValue& document, std::string_view name, std::string path, std::vector<SourcedValue>& out) {
    if (const JsonValue* value = document.find(name)) collect(*value, find_key(profile_shape, name)->type, path, out);
}

}  // namespace

Profile read_profile(const std::string& name) {
    if (const Type type = profile_type; !name.empty()) {
        const JsonValue asked = json_value(JsonValue::Kind::string, {}, name);
        if (const std::optional<Refusal> refusal = refuse_scalar(asked, type))
            throw InputError({{.file = "lbsim", .line = {}, .pointer = "profile", .found = in_quotes(name),
                               .allowed = allowed_scalar(type), .hint = refusal->hint}});
    }
    ProblemSink sink("lbsim");
    const std::optional<ProfileDocument> document = find_profile({.name = name, .folder = {}, .origin = {}, .pointer = "profile"}, sink);
    if (!document) throw InputError(sink.problems());
    Profile out;
    out.name = name;
    const JsonValue& sourced = document->sourced;
    if (const JsonValue* title = sourced.find("title")) out.title = title->text;
    if (document->name.empty()) out.title = "every delay, lag and cloud API latency 0; a load balancer without a profile";
    for (const char* key : {"sequence", "load_balancer", "api", "limits"}) collect_key(sourced, key, key, out.values);
    collect_key(sourced, "facts", "", out.facts);
    if (const JsonValue* remarks = sourced.find("remarks")) {
        for (const JsonValue& remark : remarks->items) out.remarks.push_back(remark.text);
    }
    return out;
}

}  // namespace lbsim::io
