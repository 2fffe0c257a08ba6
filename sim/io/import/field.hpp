// SPDX-License-Identifier: Apache-2.0
// A field of an API object: null is absent, as for the API server; a wrong type is a problem that names object and field.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/io/scenario/json_document.hpp"
#include "sim/io/scenario/problems.hpp"

namespace lbsim::io {

/// A value of a document with its place, by JSON pointer and as kubectl explain names it.
/// Reading never stops: a wrong value is reported once and reads as absent.
class Field {
public:
    /// The root of an object. `object` names it in messages, such as "Node worker-1".
    Field(const JsonValue* value, std::string pointer, std::string object, ProblemSink& sink)
        : value_(value), pointer_(std::move(pointer)), object_(std::move(object)), sink_(&sink) {}

    bool is_present() const { return value_ != nullptr && !value_->is(JsonValue::Kind::null); }
    const JsonValue* value() const { return is_present() ? value_ : nullptr; }
    const std::string& object() const { return object_; }
    const std::string& path() const { return path_; }

    /// The member of an object; absent where it or the object is.
    Field operator[](std::string_view key) const;
    /// The values of an array.
    std::vector<Field> items() const;
    std::optional<std::string> text() const;
    /// The text, "" where there is none.
    std::string text_or_empty() const { return text().value_or(std::string()); }
    std::optional<bool> truth() const;
    std::optional<std::int64_t> whole(std::int64_t low, std::int64_t high) const;
    /// A map of strings, such as labels.
    std::map<std::string, std::string> texts() const;
    /// An instant. Units: microseconds since 1970.
    std::optional<std::int64_t> instant() const;

    /// Reports that this value is not what is allowed here.
    void refuse(std::string allowed) const;

private:
    Field below(const JsonValue* value, std::string pointer, std::string path) const;
    bool is_of_kind(JsonValue::Kind kind, const char* allowed) const;

    const JsonValue* value_;
    std::string pointer_;
    std::string path_;
    std::string object_;
    ProblemSink* sink_;
};

}  // namespace lbsim::io
