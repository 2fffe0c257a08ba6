// SPDX-License-Identifier: Apache-2.0
// Typed access with defaults from the tables.
#include "sim/io/scenario/view.hpp"

#include "lbsim/core/check.hpp"
#include "sim/io/scenario/problems.hpp"
#include "sim/io/scenario/scalars.hpp"
#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

/// The table's default of a single value: its text, as a value of the kind that the type asks for.
JsonValue default_value(const Key& key) {
    JsonValue value = json_value(JsonValue::Kind::string, {}, std::string(key.fallback));
    if (key.type.kind == Type::Kind::boolean) {
        value.kind = JsonValue::Kind::boolean;
        value.truth = key.fallback == "true";
    } else if (key.type.kind == Type::Kind::integer || key.type.kind == Type::Kind::number ||
               key.type.kind == Type::Kind::seconds) {
        value.kind = JsonValue::Kind::number;
    }
    return value;
}

}  // namespace

View::View(const JsonValue* value, const Shape& shape, std::string pointer, Origin origin)
    : value_(value != nullptr && value->is(JsonValue::Kind::object) ? value : nullptr),
      shape_(&shape),
      pointer_(std::move(pointer)),
      origin_(value != nullptr ? value->origin : origin) {}

const Key& View::key_at(std::string_view key) const {
    const Key* found = find_key(*shape_, key);
    LBSIM_CHECK(found != nullptr, "the table of " + std::string(shape_->name) + " has no key " + std::string(key));
    return *found;
}

const JsonValue* View::given(std::string_view key) const {
    key_at(key);
    return value_ != nullptr ? value_->find(key) : nullptr;
}

Origin View::origin(std::string_view key) const {
    const JsonValue* value = given(key);
    return value != nullptr ? value->origin : origin_;
}

bool View::is_sound(std::string_view key) const {
    const JsonValue* value = given(key);
    return value == nullptr || !refuse_scalar(*value, key_at(key).type);
}

JsonValue View::value_or_default(const Key& key) const {
    const JsonValue* value = given(key.name);
    if (value != nullptr && !refuse_scalar(*value, key.type)) return *value;
    return key.fallback.empty() ? JsonValue{} : default_value(key);
}

std::optional<Duration> View::optional_duration(std::string_view name) const {
    const Key& key = key_at(name);
    return duration_of(value_or_default(key), key.type);
}
Duration View::duration(std::string_view name) const { return optional_duration(name).value_or(Duration{}); }

std::optional<std::uint64_t> View::optional_integer(std::string_view name) const {
    const Key& key = key_at(name);
    return integer_of(value_or_default(key), key.type);
}
std::uint64_t View::integer(std::string_view name) const {
    return optional_integer(name).value_or(key_at(name).type.low);
}

std::optional<double> View::optional_number(std::string_view name) const {
    const Key& key = key_at(name);
    return number_of(value_or_default(key), key.type);
}
double View::number(std::string_view name) const { return optional_number(name).value_or(key_at(name).type.from); }

std::optional<bool> View::optional_truth(std::string_view name) const {
    const JsonValue value = value_or_default(key_at(name));
    return value.is(JsonValue::Kind::boolean) ? std::optional(value.truth) : std::nullopt;
}
bool View::truth(std::string_view name) const { return optional_truth(name).value_or(false); }

std::string View::text(std::string_view name) const {
    const Key& key = key_at(name);
    const JsonValue* value = given(name);
    const Type& type = key.type.kind == Type::Kind::either && key.type.item != nullptr ? *key.type.item : key.type;
    if (value != nullptr && !refuse_scalar(*value, type)) return value->text;
    return std::string(key.fallback);
}

std::optional<policy::Release> View::release(std::string_view name) const {
    return policy::parse_release(text(name)).release;
}

View View::object(std::string_view name) const {
    const Shape* shape = only_shape(key_at(name).type);
    LBSIM_CHECK(shape != nullptr, "the key " + std::string(name) + " has no single shape");
    return {given(name), *shape, pointer(name), origin(name)};
}

std::optional<View> View::chosen(std::string_view name) const {
    const JsonValue* value = given(name);
    const Shape* shape = value != nullptr ? shape_of(*value, key_at(name).type) : nullptr;
    if (shape == nullptr) return std::nullopt;
    return View(value, *shape, pointer(name), value->origin);
}

std::vector<View> View::objects(std::string_view name) const {
    const Key& key = key_at(name);
    std::vector<View> out;
    const JsonValue* value = given(name);
    if (value == nullptr || value->items.size() > key.type.high) return out;
    for (std::size_t i = 0; i < value->items.size(); ++i) {
        const JsonValue& item = value->items[i];
        if (const Shape* shape = shape_of(item, *key.type.item))
            out.emplace_back(&item, *shape, pointer(name) + "/" + std::to_string(i), item.origin);
    }
    return out;
}

std::vector<View::Item> View::texts(std::string_view name) const {
    std::vector<Item> out;
    const JsonValue* value = given(name);
    if (value == nullptr) return out;
    for (std::size_t i = 0; i < value->items.size(); ++i) {
        if (const std::string* text = string_of(value->items[i]))
            out.push_back({*text, pointer(name) + "/" + std::to_string(i), value->items[i].origin});
    }
    return out;
}

const std::vector<JsonMember>& View::members(std::string_view name) const {
    static const std::vector<JsonMember> none;
    const JsonValue* value = given(name);
    return value != nullptr ? value->members : none;
}

}  // namespace lbsim::io
