// SPDX-License-Identifier: Apache-2.0
// Typed reading of fields.
#include "sim/io/import/field.hpp"

#include "sim/io/import/timestamp.hpp"
#include "sim/io/scenario/quantities.hpp"

namespace lbsim::io {

Field Field::below(const JsonValue* value, std::string pointer, std::string path) const {
    Field out(value, std::move(pointer), object_, *sink_);
    out.path_ = std::move(path);
    return out;
}

void Field::refuse(std::string allowed) const {
    const std::string what = path_.empty() ? std::string() : path_ + " of ";
    sink_->add(value_ != nullptr ? value_->origin : Origin{}, pointer_,
               (value_ != nullptr ? shown(*value_) : std::string("nothing")) + " as " + what + object_, std::move(allowed));
}

bool Field::is_of_kind(JsonValue::Kind kind, const char* allowed) const {
    if (!is_present()) return false;
    if (value_->is(kind)) return true;
    refuse(allowed);
    return false;
}

Field Field::operator[](std::string_view key) const {
    const JsonValue* member = is_of_kind(JsonValue::Kind::object, "an object") ? value_->find(key) : nullptr;
    return below(member, pointer_ + pointer_token(key), path_.empty() ? std::string(key) : path_ + "." + std::string(key));
}

std::vector<Field> Field::items() const {
    std::vector<Field> out;
    if (!is_of_kind(JsonValue::Kind::array, "an array")) return out;
    for (std::size_t i = 0; i < value_->items.size(); ++i) {
        const std::string index = std::to_string(i);
        out.push_back(below(&value_->items[i], pointer_ + "/" + index, path_ + "[" + index + "]"));
    }
    return out;
}

std::optional<std::string> Field::text() const {
    if (!is_of_kind(JsonValue::Kind::string, "a string")) return std::nullopt;
    return value_->text;
}

std::optional<bool> Field::truth() const {
    if (!is_of_kind(JsonValue::Kind::boolean, "true or false")) return std::nullopt;
    return value_->truth;
}

std::optional<std::int64_t> Field::whole(std::int64_t low, std::int64_t high) const {
    if (!is_present()) return std::nullopt;
    const std::optional<std::uint64_t> number =
        value_->is(JsonValue::Kind::number) ? whole_number(value_->text) : std::nullopt;
    if (number && *number <= static_cast<std::uint64_t>(high) && *number >= static_cast<std::uint64_t>(low))
        return static_cast<std::int64_t>(*number);
    refuse("a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::nullopt;
}

std::map<std::string, std::string> Field::texts() const {
    std::map<std::string, std::string> out;
    if (!is_of_kind(JsonValue::Kind::object, "an object of strings")) return out;
    for (const JsonMember& member : value_->members) {
        const Field field = (*this)[member.key];
        if (const std::optional<std::string> text = field.text()) out[member.key] = *text;
    }
    return out;
}

std::optional<std::int64_t> Field::instant() const {
    const std::optional<std::string> given = text();
    if (!given) return std::nullopt;
    const std::optional<std::int64_t> at = parse_timestamp(*given);
    if (!at) refuse("a time such as \"2024-05-01T10:00:03Z\" (RFC 3339), from 1970 on");
    return at;
}

}  // namespace lbsim::io
