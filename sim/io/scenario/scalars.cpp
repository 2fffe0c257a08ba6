// SPDX-License-Identifier: Apache-2.0
// Checks and texts of single values.
#include "sim/io/scenario/scalars.hpp"

#include <algorithm>
#include <charconv>

#include "lbsim/policy/release.hpp"
#include "sim/io/profiles/profile.hpp"
#include "sim/io/scenario/problems.hpp"
#include "sim/io/scenario/quantities.hpp"
#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

std::string number_text(double value) {
    char buffer[40];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return {buffer, end};
}

std::vector<std::string> releases() {
    const auto minors = policy::modelled_releases();
    return {minors.begin(), minors.end()};
}

std::vector<std::string> texts(const Type& type) {
    std::vector<std::string> out;
    for (const Choice& choice : type.choices) {
        if (choice.part == 1) out.emplace_back(choice.text);
    }
    return out;
}

std::optional<Refusal> refuse_release(const std::string& text) {
    const policy::ParsedRelease parsed = policy::parse_release(text);
    if (parsed.release) return std::nullopt;
    switch (parsed.error) {
        case policy::ReleaseError::malformed: return Refusal{.why = "not of the form 1.N or 1.N.P"};
        case policy::ReleaseError::unknown:
            return Refusal{.why = "no such Kubernetes release is known", .hint = did_you_mean(text, releases())};
    }
    return std::nullopt;
}

std::optional<Refusal> refuse_choice(const std::string& text, const Type& type) {
    for (const Choice& choice : type.choices) {
        if (choice.text != text) continue;
        if (choice.part == 1) return std::nullopt;
        return Refusal{.later_part = choice.part};
    }
    return Refusal{.hint = did_you_mean(text, texts(type))};
}

std::optional<Refusal> refuse_profile(const std::string& text) {
    const std::vector<std::string> names = profile_names();
    if (text.ends_with(".json") || std::find(names.begin(), names.end(), text) != names.end()) return std::nullopt;
    return Refusal{.why = "no such profile", .hint = did_you_mean(text, names)};
}

std::optional<Refusal> refuse_percent(const std::string& text, const Type& type) {
    const std::optional<std::uint64_t> value = percent_number(text);
    if (!value) return Refusal{.why = "not a whole number with a percent sign"};
    if (*value < type.low || *value > type.high) return Refusal{.why = "out of range"};
    return std::nullopt;
}

std::optional<Refusal> refuse_text(const JsonValue& value, const Type& type) {
    const std::string* text = string_of(value);
    if (text == nullptr) {
        if (value.is(JsonValue::Kind::number)) return Refusal{.hint = "did you mean \"" + value.text + "\"?"};
        return Refusal{};
    }
    switch (type.kind) {
        case Type::Kind::name:
            if (is_name(*text)) return std::nullopt;
            return Refusal{.why = text->empty() ? "empty" : text->size() > 200 ? "too long" : ""};
        case Type::Kind::release: return refuse_release(*text);
        case Type::Kind::choice: return refuse_choice(*text, type);
        case Type::Kind::profile: return refuse_profile(*text);
        case Type::Kind::percent: return refuse_percent(*text, type);
        default:
            if (type.part > 1) return Refusal{.later_part = type.part};
            return std::nullopt;
    }
}

/// Of a value that is of the right kind but out of range.
Refusal out_of_range(const Type& type, std::string why) {
    return {.why = std::move(why), .later_part = type.part};
}

std::optional<Refusal> refuse_duration(const JsonValue& value, const Type& type) {
    if (!value.is(JsonValue::Kind::string)) {
        if (!value.is(JsonValue::Kind::number)) return Refusal{};
        return Refusal{.why = "a number without a unit", .hint = "did you mean \"" + value.text + "s\"?"};
    }
    const ParsedDuration parsed = parse_duration(value.text);
    if (!parsed.value) {
        std::string hint;
        if (parsed.why == "without a unit") hint = "did you mean " + in_quotes(value.text + "s") + "?";
        return Refusal{.why = parsed.why, .hint = hint};
    }
    const auto us = static_cast<std::uint64_t>(parsed.value->count());
    if (us < type.low) return out_of_range(type, "too short");
    if (us > type.high) return out_of_range(type, "too long");
    return std::nullopt;
}

std::optional<Refusal> refuse_number(const JsonValue& value, const Type& type) {
    if (!value.is(JsonValue::Kind::number)) return Refusal{};
    if (type.kind == Type::Kind::integer) {
        const std::optional<std::uint64_t> whole = whole_number(value.text);
        if (!whole) return Refusal{};
        if (*whole < type.low || *whole > type.high) return out_of_range(type, "out of range");
        return std::nullopt;
    }
    if (type.kind == Type::Kind::seconds) {
        const std::optional<Duration> seconds = seconds_number(value.text);
        if (!seconds) return Refusal{};
        const auto us = static_cast<std::uint64_t>(seconds->count());
        if (us < type.low || us > type.high) return out_of_range(type, "out of range");
        return std::nullopt;
    }
    const std::optional<double> real = real_number(value.text);
    if (!real) return Refusal{};
    if (*real < type.from || *real > type.to) return out_of_range(type, "out of range");
    return std::nullopt;
}

std::string duration_range(const Type& type) {
    std::string out;
    if (type.low > 0) out += " of at least " + human_text(Duration{static_cast<std::int64_t>(type.low)});
    if (type.high < longest_us) {
        out += out.empty() ? " of at most " : " and at most ";
        out += human_text(Duration{static_cast<std::int64_t>(type.high)});
    }
    return out;
}

}  // namespace

std::optional<Refusal> refuse_scalar(const JsonValue& value, const Type& type) {
    switch (type.kind) {
        case Type::Kind::boolean:
            if (!value.is(JsonValue::Kind::boolean)) return Refusal{};
            if ((value.truth ? 1u : 0u) >= type.low && (value.truth ? 1u : 0u) <= type.high) return std::nullopt;
            return Refusal{.later_part = type.part};
        case Type::Kind::integer:
        case Type::Kind::number:
        case Type::Kind::seconds: return refuse_number(value, type);
        case Type::Kind::duration: return refuse_duration(value, type);
        default: return refuse_text(value, type);
    }
}

std::string allowed_scalar(const Type& type) {
    switch (type.kind) {
        case Type::Kind::name:
            return R"(a name of at most 200 letters, digits, ".", "_" and "-" that starts with a letter, digit or "_")";
        case Type::Kind::node: return R"(the name of a node such as "workers-0")";
        case Type::Kind::release:
            return "a release of " + alternatives(releases()) + R"(, with or without a patch as in "1.28.3")";
        case Type::Kind::boolean:
            return type.low == type.high ? (type.low == 1 ? "true" : "false") : "true or false";
        case Type::Kind::integer: {
            std::string out = "a whole number from " + std::to_string(type.low);
            return type.high == no_limit ? out + " to 2^64 - 1" : out + " to " + std::to_string(type.high);
        }
        case Type::Kind::number: return "a number from " + number_text(type.from) + " to " + number_text(type.to);
        case Type::Kind::seconds:
            return type.high == 0 ? "0" : "a number of seconds from 0, a whole number of microseconds";
        case Type::Kind::duration:
            if (type.high == 0) return "\"0s\"";
            return R"(a duration such as "1.5s" (units us, ms, s, m, h, d))" + duration_range(type);
        case Type::Kind::percent: return "a percentage from \"0%\" to \"" + std::to_string(type.high) + "%\"";
        case Type::Kind::choice: return alternatives(texts(type));
        case Type::Kind::profile:
            return "the name of a profile (" + alternatives(profile_names()) +
                   R"() or of a profile file beside the scenario, which ends in ".json")";
        default: return "a string";
    }
}

std::optional<Duration> duration_of(const JsonValue& value, const Type& type) {
    if (refuse_scalar(value, type)) return std::nullopt;
    return type.kind == Type::Kind::seconds ? seconds_number(value.text) : parse_duration(value.text).value;
}

std::optional<std::uint64_t> integer_of(const JsonValue& value, const Type& type) {
    if (refuse_scalar(value, type)) return std::nullopt;
    return whole_number(value.text);
}

std::optional<double> number_of(const JsonValue& value, const Type& type) {
    if (refuse_scalar(value, type)) return std::nullopt;
    return real_number(value.text);
}

const std::string* string_of(const JsonValue& value) {
    const bool typed_bare = value.is(JsonValue::Kind::number) && value.origin.source == Origin::Source::command_line;
    return value.is(JsonValue::Kind::string) || typed_bare ? &value.text : nullptr;
}

bool is_name(std::string_view text) {
    const auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    if (text.empty() || text.size() > 200 || !is_word(text.front())) return false;
    return std::all_of(text.begin(), text.end(), [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

}  // namespace lbsim::io
