// SPDX-License-Identifier: Apache-2.0
// JSON pointers (RFC 6901) into a document that may lack what they name.
#include "sim/io/scenario/variants.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

struct Tokens {
    std::vector<std::string> tokens;
    std::string why;  ///< "" where the pointer is well formed
};

Tokens split_pointer(const std::string& pointer) {
    if (pointer.empty()) return {{}, "the whole document"};
    if (pointer.front() != '/') return {{}, "no JSON pointer, which starts with \"/\""};
    Tokens out;
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        const char c = pointer[i];
        if (c == '/') {
            out.tokens.emplace_back();
        } else if (c != '~') {
            out.tokens.back() += c;
        } else {
            const char escaped = i + 1 < pointer.size() ? pointer[++i] : '\0';
            if (escaped != '0' && escaped != '1') return {{}, "a \"~\" that is neither \"~0\" nor \"~1\""};
            out.tokens.back() += escaped == '0' ? '~' : '/';
        }
    }
    if (out.tokens.size() > max_json_depth)
        return {{}, "deeper than " + std::to_string(max_json_depth) + " levels"};
    return out;
}

std::optional<std::size_t> index_in(const JsonValue& array, const std::string& token) {
    if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (error != std::errc{} || end != token.data() + token.size() || index >= array.items.size()) return std::nullopt;
    return index;
}

/// The value one step below, created in an object that lacks it; null where there is no such step.
JsonValue* step(JsonValue& at, const std::string& token, Origin origin) {
    if (at.is(JsonValue::Kind::array)) {
        const std::optional<std::size_t> index = index_in(at, token);
        return index ? &at.items[*index] : nullptr;
    }
    if (!at.is(JsonValue::Kind::object)) return nullptr;
    if (JsonValue* member = at.find(token)) return member;
    at.members.push_back({.key = token, .origin = origin, .value = json_value(JsonValue::Kind::object, origin)});
    return &at.members.back().value;
}

bool is_variant_name(std::string_view name) {
    const auto is_bad = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == ',' || c == '"';
    };
    return !name.empty() && name.size() <= 200 && name.front() != ' ' && name.back() != ' ' &&
           std::none_of(name.begin(), name.end(), is_bad);
}

/// The entries of `variants`, null where the key is absent or no array.
const std::vector<JsonValue>* variants_of(const JsonValue& document) {
    const JsonValue* variants = document.find("variants");
    return variants != nullptr && variants->is(JsonValue::Kind::array) && !variants->items.empty() ? &variants->items
                                                                                                  : nullptr;
}

}  // namespace

std::string set_at(JsonValue& document, const std::string& pointer, JsonValue value) {
    const Tokens split = split_pointer(pointer);
    if (!split.why.empty()) return split.why;
    // Followed to its end before anything is created, so that a bad pointer changes nothing.
    const JsonValue* probe = &document;
    std::string reached;
    for (const std::string& token : split.tokens) {
        const JsonValue* next = nullptr;
        if (probe->is(JsonValue::Kind::array)) {
            const std::optional<std::size_t> index = index_in(*probe, token);
            if (!index) return in_quotes(token) + " is no index of " + reached + ", " + shown(*probe);
            next = &probe->items[*index];
        } else if (probe->is(JsonValue::Kind::object)) {
            next = probe->find(token);
        } else {
            return reached + " is " + shown(*probe) + ", which has no keys";
        }
        if (next == nullptr) break;
        probe = next;
        reached += pointer_token(token);
    }
    const Origin origin = value.origin;
    JsonValue* at = &document;
    for (const std::string& token : split.tokens) at = step(*at, token, origin);
    *at = std::move(value);
    return {};
}

void apply_overrides(JsonValue& document, const std::vector<Override>& overrides, ProblemSink& sink) {
    const Origin origin{.line = 0, .source = Origin::Source::command_line};
    for (const Override& change : overrides) {
        ProblemSink scratch("--set");
        std::optional<JsonValue> value = parse_json(change.value, Origin::Source::command_line, scratch);
        // What does not parse is a string, but JSON that is only too deep or says a key twice was meant as JSON.
        const bool too_deep = !value && scratch.problems().front().found.starts_with("nesting");
        if (value || too_deep) {
            for (const Problem& p : scratch.problems())
                sink.add(origin, change.pointer + p.pointer, p.found, p.allowed);
        }
        if (too_deep) continue;
        if (!value) value = json_value(JsonValue::Kind::string, origin, change.value);
        const std::string why = set_at(document, change.pointer, std::move(*value));
        if (!why.empty())
            sink.add(origin, change.pointer, why,
                     "a JSON pointer to a key of the schema, such as /cluster/release; an index must exist");
    }
}

std::vector<std::string> variant_names(const JsonValue& document, ProblemSink& sink) {
    const std::vector<JsonValue>* variants = variants_of(document);
    if (variants == nullptr) return {"default"};
    std::vector<std::string> names;
    std::set<std::string, std::less<>> seen;
    for (std::size_t i = 0; i < variants->size(); ++i) {
        const JsonValue* name = (*variants)[i].find("name");
        const std::string pointer = "/variants/" + std::to_string(i) + "/name";
        const std::string* text = name != nullptr ? string_of(*name) : nullptr;
        names.push_back(text != nullptr ? *text : std::to_string(i));
        if (text == nullptr) continue;
        if (!is_variant_name(*text))
            sink.add(name->origin, pointer, shown(*name),
                     "1 to 200 characters without control characters, commas, quotes and outer spaces");
        else if (!seen.insert(*text).second)
            sink.add(name->origin, pointer, shown(*name) + " a second time", "a name of its own for each variant");
    }
    return names;
}

JsonValue variant_document(const JsonValue& document, std::size_t index, ProblemSink& sink) {
    JsonValue out = document;
    const std::vector<JsonValue>* variants = variants_of(document);
    if (variants == nullptr) return out;
    const JsonValue* set = (*variants)[index].find("set");
    if (set == nullptr || !set->is(JsonValue::Kind::object)) return out;
    for (const JsonMember& change : set->members) {
        const bool self = change.key == "/variants" || change.key.starts_with("/variants/");
        const std::string why = self ? "a change of the variants themselves" : set_at(out, change.key, change.value);
        if (!why.empty())
            sink.add(change.origin, "/variants/" + std::to_string(index) + "/set" + pointer_token(change.key), why,
                     "a JSON pointer to a key of the schema, such as /cluster/release; an index must exist");
    }
    return out;
}

}  // namespace lbsim::io
