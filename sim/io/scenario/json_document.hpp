// SPDX-License-Identifier: Apache-2.0
// A JSON document that remembers the line of every value and key; numbers keep their exact text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lbsim::io {

class ProblemSink;

/// Where a value was written.
struct Origin {
    enum class Source : std::uint8_t { file, command_line };
    std::size_t line = 0;  ///< 1-based; meaningful only in a file
    Source source = Source::file;
};

struct JsonMember;

/// One JSON value.
struct JsonValue {
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
    Kind kind = Kind::null;
    bool truth = false;               ///< of a boolean
    Origin origin;
    std::string text;                 ///< of a string; the exact text of a number
    std::vector<JsonValue> items;     ///< of an array
    std::vector<JsonMember> members;  ///< of an object, in file order, keys unique

    bool is(Kind k) const { return kind == k; }
    /// The member's value, null where there is none.
    const JsonValue* find(std::string_view key) const;
    JsonValue* find(std::string_view key);
};

/// One key of an object and its value.
struct JsonMember {
    std::string key;
    Origin origin;
    JsonValue value;
};

/// Nesting beyond this is refused.
inline constexpr std::size_t max_json_depth = 64;
/// More values than this in one document are refused.
inline constexpr std::size_t max_json_values = 5'000'000;

/// Reads JSON text (RFC 8259, UTF-8, a byte order mark is skipped). Duplicate keys are reported and the first is kept;
/// after a syntax error there is no value. Arrays and objects of keys `passed_over` are checked for syntax and read as null,
/// so that what nobody looks at takes no memory.
std::optional<JsonValue> parse_json(std::string_view text, Origin::Source source, ProblemSink& sink,
                                    std::span<const std::string_view> passed_over = {});

/// A value without items or members; `text` is that of a string or number.
JsonValue json_value(JsonValue::Kind kind, Origin origin = {}, std::string text = {});

/// `token` as one reference token of a JSON pointer: "/" and "~" escaped, with its leading "/".
std::string pointer_token(std::string_view token);

/// "workers", an array of 3 values, 12, null …: a value for a message, cut where it is long.
std::string shown(const JsonValue& value);
/// A text in double quotes for a message, control characters escaped, cut where it is long.
std::string in_quotes(std::string_view text);

}  // namespace lbsim::io
