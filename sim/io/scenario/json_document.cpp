// SPDX-License-Identifier: Apache-2.0
// JSON with lines: nlohmann's SAX parser over an iterator that tells how far it has read.
#include "sim/io/scenario/json_document.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/io/scenario/problems.hpp"

namespace lbsim::io {

namespace {

/// Walks characters and leaves a mark behind the last one taken.
class MarkingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    MarkingIterator(const char* at, const char** mark) : at_(at), mark_(mark) {}
    reference operator*() const { return *at_; }
    MarkingIterator& operator++() {
        *mark_ = ++at_;
        return *this;
    }
    MarkingIterator operator++(int) {
        MarkingIterator old = *this;
        ++*this;
        return old;
    }
    friend bool operator==(const MarkingIterator& x, const MarkingIterator& y) { return x.at_ == y.at_; }

private:
    const char* at_;
    const char** mark_;
};

bool is_number_character(char c) {
    return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/// Builds the document from nlohmann's events. The interface is nlohmann's json_sax, met by shape.
class DocumentBuilder {
public:
    DocumentBuilder(std::string_view text, Origin::Source source, ProblemSink& sink,
                    std::span<const std::string_view> passed_over)
        : text_(text), source_(source), sink_(sink), passed_over_(passed_over), mark_(text.data()), counted_(text.data()) {}

    const char** mark() { return &mark_; }
    JsonValue take_root() { return std::move(root_); }

    bool null() { return add(JsonValue::Kind::null) != nullptr; }
    bool boolean(bool truth) {
        JsonValue* value = add(JsonValue::Kind::boolean);
        if (value != nullptr) value->truth = truth;
        return value != nullptr;
    }
    bool number_integer(std::int64_t) { return number(); }
    bool number_unsigned(std::uint64_t) { return number(); }
    bool number_float(double, const std::string&) { return number(); }
    bool string(std::string& text) { return add(JsonValue::Kind::string, std::move(text)) != nullptr; }
    bool binary(nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) { return open(JsonValue::Kind::object); }
    bool start_array(std::size_t) { return open(JsonValue::Kind::array); }
    bool end_array() {
        if (is_passing_over()) return leave_passed_over();
        stack_.pop_back();
        return true;
    }
    bool key(std::string& name) {
        if (is_passing_over()) return true;
        next_is_passed_over_ = std::find(passed_over_.begin(), passed_over_.end(), name) != passed_over_.end();
        stack_.back()->members.push_back({.key = name, .origin = origin_at(mark_), .value = {}});
        return true;
    }
    bool end_object() {
        if (is_passing_over()) return leave_passed_over();
        refuse_duplicates(*stack_.back());
        stack_.pop_back();
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
        // The reader stands behind the character that it could not use; the fault is on that character's line.
        const char* at = mark_ > text_.data() ? mark_ - 1 : mark_;
        std::string why = error.what();
        if (const auto column = why.find("column "); column != std::string::npos) {
            if (const auto colon = why.find(": ", column); colon != std::string::npos) why.erase(0, colon + 2);
        } else if (const auto bracket = why.find("] "); bracket != std::string::npos) {
            why.erase(0, bracket + 2);
        }
        sink_.add(origin_at(at), "", "no valid JSON: " + printable(why), "one JSON object in UTF-8 (RFC 8259)");
        return false;
    }

private:
    bool is_passing_over() const { return passed_over_depth_ > 0; }
    bool leave_passed_over() {
        --passed_over_depth_;
        return true;
    }

    Origin origin_at(const char* at) {
        if (at > counted_) {
            line_ += static_cast<std::size_t>(std::count(counted_, at, '\n'));
            counted_ = at;
        }
        return {.line = line_, .source = source_};
    }

    bool number() {
        if (is_passing_over()) return true;
        // A number ends only at the next character, so the reader may stand one behind it.
        const char* end = mark_;
        while (!is_number_character(end[-1])) --end;
        const char* begin = end;
        while (begin > text_.data() && is_number_character(begin[-1])) --begin;
        return place(json_value(JsonValue::Kind::number, origin_at(end), std::string(begin, end))) != nullptr;
    }

    JsonValue* add(JsonValue::Kind kind, std::string text = {}) {
        return place(json_value(kind, origin_at(mark_), std::move(text)));
    }

    JsonValue* place(JsonValue value) {
        next_is_passed_over_ = false;
        if (is_passing_over()) return &nothing_;
        if (++values_ > max_json_values) {
            sink_.add(value.origin, pointer(), "more than " + std::to_string(max_json_values) + " values",
                      "a smaller document");
            return nullptr;
        }
        JsonValue* spot = &root_;
        if (!stack_.empty()) {
            JsonValue& parent = *stack_.back();
            spot = parent.is(JsonValue::Kind::array) ? &parent.items.emplace_back() : &parent.members.back().value;
        }
        *spot = std::move(value);
        return spot;
    }

    bool open(JsonValue::Kind kind) {
        if (stack_.size() + passed_over_depth_ == max_json_depth) {
            sink_.add(origin_at(mark_), pointer(), "nesting deeper than " + std::to_string(max_json_depth) + " levels",
                      "at most " + std::to_string(max_json_depth) + " levels of objects and arrays");
            return false;
        }
        if (is_passing_over() || next_is_passed_over_) {
            next_is_passed_over_ = false;
            ++passed_over_depth_;
            return true;
        }
        JsonValue* spot = add(kind);
        if (spot == nullptr) return false;
        stack_.push_back(spot);
        return true;
    }

    /// Reports every second key of one name and keeps the first. Cost: n log n, as a hostile object may be large.
    void refuse_duplicates(JsonValue& object) {
        std::vector<JsonMember>& members = object.members;
        std::vector<std::size_t> order(members.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
            const int names = members[x].key.compare(members[y].key);
            return names != 0 ? names < 0 : x < y;
        });
        std::vector<bool> surplus(members.size(), false);
        std::size_t first = 0;
        for (std::size_t i = 1; i < order.size(); ++i) {
            const JsonMember& member = members[order[i]];
            if (members[order[first]].key != member.key) {
                first = i;
                continue;
            }
            surplus[order[i]] = true;
            sink_.add(member.origin, pointer_of_containers() + pointer_token(member.key),
                      "key " + in_quotes(member.key) + " a second time", "each key once",
                      "the first stands in line " + std::to_string(members[order[first]].origin.line));
        }
        std::size_t index = 0;
        std::erase_if(members, [&](const JsonMember&) { return surplus[index++]; });
    }

    /// Of the innermost open container.
    std::string pointer_of_containers() const {
        std::string out;
        for (std::size_t i = 0; i + 1 < stack_.size(); ++i) out += step_into(*stack_[i]);
        return out;
    }
    /// Of the value that is read now.
    std::string pointer() const {
        return stack_.empty() ? std::string() : pointer_of_containers() + step_into(*stack_.back());
    }
    static std::string step_into(const JsonValue& container) {
        if (container.is(JsonValue::Kind::array)) return pointer_token(std::to_string(container.items.size() - 1));
        return container.members.empty() ? std::string() : pointer_token(container.members.back().key);
    }

    std::string_view text_;
    Origin::Source source_;
    ProblemSink& sink_;
    std::span<const std::string_view> passed_over_;
    bool next_is_passed_over_ = false;   ///< the value that comes next, if it is a container
    std::size_t passed_over_depth_ = 0;  ///< open containers from such a value on
    JsonValue nothing_;                  ///< stands for every value in them
    const char* mark_;     ///< behind the last character read
    const char* counted_;  ///< line ends before here are in line_
    std::size_t line_ = 1;
    std::size_t values_ = 0;
    JsonValue root_;
    std::vector<JsonValue*> stack_;  ///< open containers; a parent does not grow while its child is open
};

/// What is obviously no JSON text gets a plainer message than a parser's.
std::optional<std::string> plainly_no_json(std::string_view text) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return "UTF-16 text";
    if (const auto zero = text.find('\0'); zero != std::string_view::npos)
        return "binary data (a zero byte at offset " + std::to_string(zero) + ")";
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return "no content";
    return std::nullopt;
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
    for (const JsonMember& member : members) {
        if (member.key == key) return &member.value;
    }
    return nullptr;
}

JsonValue* JsonValue::find(std::string_view key) {
    for (JsonMember& member : members) {
        if (member.key == key) return &member.value;
    }
    return nullptr;
}

std::optional<JsonValue> parse_json(std::string_view text, Origin::Source source, ProblemSink& sink,
                                    std::span<const std::string_view> passed_over) {
    if (const auto what = plainly_no_json(text)) {
        sink.add({.line = 1, .source = source}, "", *what, "one JSON object in UTF-8 (RFC 8259)");
        return std::nullopt;
    }
    DocumentBuilder builder(text, source, sink, passed_over);
    const char* const end = text.data() + text.size();
    const bool whole = nlohmann::json::sax_parse(MarkingIterator(text.data(), builder.mark()),
                                                 MarkingIterator(end, builder.mark()), &builder);
    if (!whole) return std::nullopt;
    return builder.take_root();
}

JsonValue json_value(JsonValue::Kind kind, Origin origin, std::string text) {
    JsonValue value;
    value.kind = kind;
    value.origin = origin;
    value.text = std::move(text);
    return value;
}

std::string pointer_token(std::string_view token) {
    std::string out = "/";
    for (const char c : token) {
        if (c == '~') out += "~0";
        else if (c == '/') out += "~1";
        else out += c;
    }
    return out;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 80;
    const bool cut = text.size() > longest;
    if (cut) {
        text = text.substr(0, longest);
        // Not in the middle of a character: UTF-8 continues with 10xxxxxx.
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0u) == 0x80u) text.remove_suffix(1);
        if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0u) text.remove_suffix(1);
    }
    std::string out = "\"";
    for (const char c : text) {
        static constexpr char digits[] = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out += '\\';
        if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 15u];
        } else {
            out += c;
        }
    }
    return out + (cut ? "…\"" : "\"");
}

std::string shown(const JsonValue& value) {
    const auto several = [](std::size_t n, const char* what) {
        return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
    };
    switch (value.kind) {
        case JsonValue::Kind::null: return "null";
        case JsonValue::Kind::boolean: return value.truth ? "true" : "false";
        case JsonValue::Kind::number: return value.text.size() <= 40 ? value.text : value.text.substr(0, 40) + "…";
        case JsonValue::Kind::string: return in_quotes(value.text);
        case JsonValue::Kind::array: return "an array of " + several(value.items.size(), "value");
        case JsonValue::Kind::object: return "an object of " + several(value.members.size(), "key");
    }
    return {};
}

}  // namespace lbsim::io
