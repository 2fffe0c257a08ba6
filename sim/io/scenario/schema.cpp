// SPDX-License-Identifier: Apache-2.0
// The tables of the format as JSON Schema (draft 7).
#include <nlohmann/json.hpp>

#include "lbsim/policy/release.hpp"
#include "sim/io/profiles/profile.hpp"
#include "sim/io/scenario/format.hpp"
#include "sim/io/scenario/reader.hpp"
#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* duration_pattern = R"(^[0-9]+(\.[0-9]+)?(us|ms|s|m|h|d)$)";
constexpr const char* name_pattern = R"(^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$)";
constexpr const char* release_pattern = R"(^1\.[0-9]+(\.[0-9]+)?$)";

/// Pre: the highest percentage is 100 or 9999.
const char* percent_pattern(const Type& type) {
    return type.high == 100 ? R"(^(100|[1-9]?[0-9])%$)" : R"(^(0|[1-9][0-9]{0,3})%$)";
}

class SchemaWriter {
public:
    Json write() {
        Json root{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "lbsim scenario"}};
        root.update(object(root_shape, nullptr));
        root["definitions"] = definitions_;
        return root;
    }

private:
    Json of(const Type& type) {
        switch (type.kind) {
            case Type::Kind::any: return Json::object();
            case Type::Kind::text:
            case Type::Kind::node: return {{"type", "string"}};
            case Type::Kind::name: return {{"type", "string"}, {"pattern", name_pattern}};
            case Type::Kind::release: return {{"type", "string"}, {"pattern", release_pattern}};
            case Type::Kind::boolean:
                if (type.low == type.high) return {{"const", type.low == 1}};
                return {{"type", "boolean"}};
            case Type::Kind::integer: return {{"type", "integer"}, {"minimum", type.low}, {"maximum", type.high}};
            case Type::Kind::number: return {{"type", "number"}, {"minimum", type.from}, {"maximum", type.to}};
            case Type::Kind::seconds: return {{"type", "number"}, {"minimum", 0}, {"maximum", type.high / 1'000'000}};
            case Type::Kind::duration:
                if (type.high == 0) return {{"type", "string"}, {"pattern", R"(^0+(\.0+)?(us|ms|s|m|h|d)$)"}};
                return {{"type", "string"}, {"pattern", duration_pattern}};
            case Type::Kind::percent: return {{"type", "string"}, {"pattern", percent_pattern(type)}};
            case Type::Kind::choice: return {{"enum", texts(type)}};
            case Type::Kind::profile:
                return {{"anyOf", Json::array({{{"enum", profile_names()}}, {{"type", "string"}, {"pattern", R"(\.json$)"}}})}};
            case Type::Kind::object: return reference(*type.shape);
            case Type::Kind::array: return array(type);
            case Type::Kind::map: return {{"type", "object"}, {"additionalProperties", of(*type.item)}};
            case Type::Kind::either: return either(type);
            case Type::Kind::tagged: return tagged(type);
        }
        return Json::object();
    }

    Json array(const Type& type) {
        Json out{{"type", "array"}, {"items", of(*type.item)}};
        if (type.low > 0) out["minItems"] = type.low;
        if (type.high != std::numeric_limits<std::uint64_t>::max()) out["maxItems"] = type.high;
        return out;
    }

    Json either(const Type& type) {
        Json options = Json::array();
        if (type.item != nullptr && type.item->part == 1) options.push_back(of(*type.item));
        for (const Shape* shape : type.shapes) {
            if (shape->part == 1) options.push_back(reference(*shape));
        }
        if (type.other != nullptr) options.push_back(of(*type.other));
        return options.size() == 1 ? options[0] : Json{{"anyOf", options}};
    }

    Json tagged(const Type& type) {
        Json options = Json::array();
        for (const Case& entry : type.cases) {
            if (entry.part == 1) options.push_back(reference(*entry.shape, &type, entry.tag));
        }
        return {{"type", "object"}, {"required", Json::array({type.tag})}, {"anyOf", options}};
    }

    /// Each shape is written once, under its name.
    Json reference(const Shape& shape, const Type* tagged_type = nullptr, std::string_view tag = {}) {
        const std::string name(shape.name);
        if (!definitions_.contains(name)) {
            definitions_[name] = nullptr;  // keeps the place in the order of the format
            Json written = object(shape, tagged_type);
            if (tagged_type != nullptr) written["properties"][std::string(tagged_type->tag)] = {{"const", tag}};
            definitions_[name] = std::move(written);
        }
        return {{"$ref", "#/definitions/" + name}};
    }

    Json object(const Shape& shape, const Type*) {
        Json properties = Json::object();
        Json required = Json::array();
        for_each_key(shape, [&](const Key& key) {
            if (key.part > 1) return;
            Json value = of(key.type);
            if (!key.meaning.empty()) {
                // Draft 7 ignores what stands beside a $ref, so a described reference is wrapped.
                if (value.contains("$ref")) value = Json{{"allOf", Json::array({value})}};
                value["description"] = key.meaning;
            }
            if (!key.fallback.empty()) value["default"] = default_of(key);
            if (key.name == "feature_gates") value["propertyNames"] = {{"enum", policy::modelled_gates()}};
            if (key.name == "set") value["propertyNames"] = {{"pattern", "^/"}};
            if (key.required) required.push_back(key.name);
            properties[std::string(key.name)] = std::move(value);
        });
        Json out{{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
        if (!required.empty()) out["required"] = required;
        return out;
    }

    static Json default_of(const Key& key) {
        switch (key.type.kind) {
            case Type::Kind::boolean:
            case Type::Kind::integer:
            case Type::Kind::number:
            case Type::Kind::seconds:
            case Type::Kind::array:
            case Type::Kind::map:
            case Type::Kind::object: return Json::parse(key.fallback);
            default: {
                const bool is_number = key.type.other != nullptr && key.type.other->kind == Type::Kind::integer;
                return is_number || key.fallback.starts_with('{') ? Json::parse(key.fallback) : Json(key.fallback);
            }
        }
    }

    static Json texts(const Type& type) {
        Json out = Json::array();
        for (const Choice& choice : type.choices) {
            if (choice.part == 1) out.push_back(choice.text);
        }
        return out;
    }

    Json definitions_ = Json::object();
};

}  // namespace

std::string schema() { return SchemaWriter().write().dump(2) + "\n"; }

}  // namespace lbsim::io
