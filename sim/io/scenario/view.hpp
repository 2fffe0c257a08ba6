// SPDX-License-Identifier: Apache-2.0
// Typed access to one object of the document: the value given, or else the default of the format's tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/release.hpp"
#include "sim/io/scenario/format.hpp"
#include "sim/io/scenario/json_document.hpp"

namespace lbsim::io {

/// An object seen through its table. Asking for a key that the table lacks is our own mistake and stops the program.
/// A value that the structural check refused reads as its default, so reading goes on and finds further problems.
class View {
public:
    /// `value` may be null: then every key has its default.
    View(const JsonValue* value, const Shape& shape, std::string pointer, Origin origin);

    const Shape& shape() const { return *shape_; }
    const std::string& pointer() const { return pointer_; }
    std::string pointer(std::string_view key) const { return pointer_ + pointer_token(key); }
    Origin origin() const { return origin_; }
    /// Of the key's value; of the object where the key is absent.
    Origin origin(std::string_view key) const;
    /// The value as given, null where the key is absent.
    const JsonValue* given(std::string_view key) const;

    /// False where a value is given and is not what the key asks for.
    bool is_sound(std::string_view key) const;

    Duration duration(std::string_view key) const;
    std::optional<Duration> optional_duration(std::string_view key) const;
    std::uint64_t integer(std::string_view key) const;
    std::optional<std::uint64_t> optional_integer(std::string_view key) const;
    std::uint32_t count(std::string_view key) const { return static_cast<std::uint32_t>(integer(key)); }
    double number(std::string_view key) const;
    std::optional<double> optional_number(std::string_view key) const;
    bool truth(std::string_view key) const;
    std::optional<bool> optional_truth(std::string_view key) const;
    /// Of a string or choice; "" where neither value nor default is one.
    std::string text(std::string_view key) const;
    std::optional<policy::Release> release(std::string_view key) const;

    /// The object under `key`; one without values where it is absent, refused or only a string.
    /// Pre: the table gives the key exactly one shape.
    View object(std::string_view key) const;
    /// The object under `key` seen through the shape that its first key or tag chooses; nullopt where it is a string.
    std::optional<View> chosen(std::string_view key) const;
    /// The objects of the array under `key` that have a shape.
    std::vector<View> objects(std::string_view key) const;
    /// The strings of the array under `key` with their places.
    struct Item {
        std::string text;
        std::string pointer;
        Origin origin;
    };
    std::vector<Item> texts(std::string_view key) const;
    /// The members of the map under `key`.
    const std::vector<JsonMember>& members(std::string_view key) const;

private:
    const Key& key_at(std::string_view key) const;
    /// The given value, or the table's default as a value; null kind where there is neither.
    JsonValue value_or_default(const Key& key) const;

    const JsonValue* value_;
    const Shape* shape_;
    std::string pointer_;
    Origin origin_;
};

}  // namespace lbsim::io
