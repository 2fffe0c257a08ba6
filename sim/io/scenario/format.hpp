// SPDX-License-Identifier: Apache-2.0
// The format as tables: every key, its type, default and provenance. Checks, schema and defaults all read them.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "sim/io/scenario/quantities.hpp"

namespace lbsim::io {

struct Key;
struct Type;

/// A string value that a key may take; from which part of the work on lbsim acts on it.
struct Choice {
    std::string_view text;
    int part = 1;
};

/// The keys of an object.
struct Shape {
    std::string_view name;              ///< for the schema and for messages
    std::span<const Key> keys;
    const Shape* common = nullptr;      ///< keys shared with other shapes, after `keys`
    int part = 1;                       ///< > 1: refused as not yet acted upon
    bool any_key = false;               ///< in an `either`: chosen by any of its keys, not only the first
};

/// One case of a tagged object: which keys go with this value of the tag.
struct Case {
    std::string_view tag;
    int part = 1;
    const Shape* shape = nullptr;       ///< null where part > 1
};

/// What a value looks like. Which fields count depends on the kind.
struct Type {
    enum class Kind : std::uint8_t {
        any, text, name, node, release, boolean, integer, number, duration, seconds, percent, choice,
        profile, ///< the name of a built-in profile, or of a profile file beside the scenario
        object,  ///< of `shape`
        array,   ///< low..high values of `item`
        map,     ///< any keys, values of `item`
        either,  ///< `item` (a string), or an object of the one of `shapes` whose first key it has, or an `other`
        tagged,  ///< an object whose key `tag` chooses among `cases`
    };
    Kind kind = Kind::any;
    std::uint64_t low = 0;              ///< of integer and percent; of duration and seconds in us; of boolean; of a size
    std::uint64_t high = std::numeric_limits<std::uint64_t>::max();
    double from = 0.0;                  ///< of number
    double to = 0.0;
    int part = 1;                       ///< > 1: the part that acts on values out of range (of text: on any)
    std::span<const Choice> choices{};
    const Shape* shape = nullptr;
    std::span<const Shape* const> shapes{};
    const Type* item = nullptr;
    std::string_view tag{};
    std::span<const Case> cases{};
    const Type* other = nullptr;        ///< of either: an array or an integer that may stand there, too
    bool is_sourced = false;            ///< stands as [value, tag, source], as in a profile
};

/// One key of an object.
struct Key {
    std::string_view name;
    Type type;
    std::string_view meaning{};
    std::string_view fallback{};        ///< the default as JSON text, a string without quotes; "" where there is none
    std::string_view provenance{};      ///< of the default: a source, "estimate" or "definition"
    std::string_view note{};            ///< what holds where there is no fixed default
    bool required = false;
    int part = 1;                       ///< > 1: refused as not yet acted upon
    std::string_view unit{};            ///< of the value, "" where it has none or its text carries it
};

inline constexpr std::uint64_t longest_us = static_cast<std::uint64_t>(max_duration_us);
inline constexpr std::uint64_t ten_years_us = 3650ULL * 86'400'000'000ULL;

// Makers of types, so that a table reads as a sentence.
constexpr Type of(Type::Kind kind) { return {.kind = kind}; }
constexpr Type integer(std::uint64_t low, std::uint64_t high) {
    return {.kind = Type::Kind::integer, .low = low, .high = high};
}
constexpr Type number(double from, double to) { return {.kind = Type::Kind::number, .from = from, .to = to}; }
constexpr Type duration(std::uint64_t low_us = 0, std::uint64_t high_us = longest_us) {
    return {.kind = Type::Kind::duration, .low = low_us, .high = high_us};
}
/// A string such as "25%".
constexpr Type percent(std::uint64_t high) { return {.kind = Type::Kind::percent, .low = 0, .high = high}; }
constexpr Type boolean() { return {.kind = Type::Kind::boolean, .low = 0, .high = 1}; }
constexpr Type choice(std::span<const Choice> choices) { return {.kind = Type::Kind::choice, .choices = choices}; }
constexpr Type object(const Shape& shape) { return {.kind = Type::Kind::object, .shape = &shape}; }
constexpr Type map_of(const Type& item) { return {.kind = Type::Kind::map, .item = &item}; }
constexpr Type array_of(const Type& item, std::uint64_t low = 0,
                        std::uint64_t high = std::numeric_limits<std::uint64_t>::max()) {
    return {.kind = Type::Kind::array, .low = low, .high = high, .item = &item};
}
constexpr Type either(const Type& text, std::span<const Shape* const> shapes) {
    return {.kind = Type::Kind::either, .shapes = shapes, .item = &text};
}
constexpr Type either(const Type& text, std::span<const Shape* const> shapes, const Type& other) {
    return {.kind = Type::Kind::either, .shapes = shapes, .item = &text, .other = &other};
}
constexpr Type sourced(Type type) {
    type.is_sourced = true;
    return type;
}
/// The type of the value in [value, tag, source].
constexpr Type bare(Type type) {
    type.is_sourced = false;
    return type;
}
constexpr Type tagged(std::string_view tag, std::span<const Case> cases) {
    return {.kind = Type::Kind::tagged, .tag = tag, .cases = cases};
}

// The only value accepted yet is the neutral one; what other values do comes with a later part.
constexpr Type only(bool value, int part) {
    const std::uint64_t v = value ? 1 : 0;
    return {.kind = Type::Kind::boolean, .low = v, .high = v, .part = part};
}
constexpr Type zero_duration(int part) { return {.kind = Type::Kind::duration, .low = 0, .high = 0, .part = part}; }
/// A key that exists in the format and comes with a later part.
constexpr Key later(std::string_view name, int part) {
    return {.name = name, .type = {}, .part = part};
}

// Types used by several tables.
inline constexpr Type name_type = of(Type::Kind::name);
inline constexpr Type text_type = of(Type::Kind::text);
inline constexpr Type node_type = of(Type::Kind::node);
inline constexpr Type release_type = of(Type::Kind::release);
inline constexpr Type duration_type = duration();
inline constexpr Type boolean_type = boolean();
inline constexpr Type any_type = of(Type::Kind::any);
inline constexpr Type profile_type = of(Type::Kind::profile);
inline constexpr Type node_list_type = array_of(node_type, 1);
inline constexpr Type seconds_type{.kind = Type::Kind::seconds, .low = 0, .high = longest_us};
extern const Shape* const distribution_shapes[6];
extern const Shape* const latency_shapes[7];  ///< those of a distribution, and one value for each kind of call
inline constexpr Type distribution_type = either(duration_type, {distribution_shapes, 6});

extern const Shape root_shape;
extern const Shape cluster_shape;
extern const Shape node_pool_shape;
extern const Shape service_shape;
extern const Shape load_balancer_shape;
extern const Shape cloud_shape;
extern const Shape latency_shape;
extern const Shape bucket_shape;
extern const Type traffic_type;
extern const Type timeline_type;

/// Calls `use(key)` for every key of the shape, its common ones last.
template <class Use>
void for_each_key(const Shape& shape, Use use) {
    for (const Key& key : shape.keys) use(key);
    if (shape.common != nullptr) for_each_key(*shape.common, use);
}

/// The key of that name, null where the shape has none.
const Key* find_key(const Shape& shape, std::string_view name);
/// The object shape that a type stands for, where there is only one; null otherwise.
const Shape* only_shape(const Type& type);

}  // namespace lbsim::io
