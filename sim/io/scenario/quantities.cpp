// SPDX-License-Identifier: Apache-2.0
// Exact decimal arithmetic for durations; no floating point decides a microsecond.
#include "sim/io/scenario/quantities.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace lbsim::io {

namespace {

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 6> units{{
    {"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"m", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t digits_value(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return value;
}

/// `whole`.`fraction` units of `unit` microseconds each. Pre: both hold digits only.
ParsedDuration exact_product(std::string_view whole, std::string_view fraction, std::uint64_t unit) {
    static constexpr auto limit = static_cast<std::uint64_t>(max_duration_us);
    while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
    if (whole.size() > 18 || digits_value(whole) > limit / unit) return {std::nullopt, "longer than 1000000 days"};
    std::uint64_t us = digits_value(whole) * unit;
    if (!fraction.empty()) {
        // A day has 13 factors of two and 8 of five, so a 14th digit that is not 0 never gives a whole microsecond.
        if (fraction.size() > 13) return {std::nullopt, "not a whole number of microseconds"};
        std::uint64_t scale = 1;
        for (std::size_t i = 0; i < fraction.size(); ++i) scale *= 10;
        const std::uint64_t common = std::gcd(unit, scale);
        const std::uint64_t part = digits_value(fraction);
        if (part % (scale / common) != 0) return {std::nullopt, "not a whole number of microseconds"};
        us += part / (scale / common) * (unit / common);
    }
    if (us > limit) return {std::nullopt, "longer than 1000000 days"};
    return {Duration{static_cast<std::int64_t>(us)}, {}};
}

struct Decimal {
    std::string_view whole, fraction, rest;
};

/// Splits "12.5ms" into 12, 5 and ms; nullopt where no plain decimal number leads.
std::optional<Decimal> split_decimal(std::string_view text) {
    const auto digits = [](std::string_view t) {
        return t.substr(0, static_cast<std::size_t>(std::find_if_not(t.begin(), t.end(), is_digit) - t.begin()));
    };
    Decimal out;
    out.whole = digits(text);
    if (out.whole.empty()) return std::nullopt;
    out.rest = text.substr(out.whole.size());
    if (out.rest.starts_with('.')) {
        out.fraction = digits(out.rest.substr(1));
        if (out.fraction.empty()) return std::nullopt;
        out.rest.remove_prefix(1 + out.fraction.size());
    }
    return out;
}

}  // namespace

ParsedDuration parse_duration(std::string_view text) {
    if (text.starts_with('-')) return {std::nullopt, "negative"};
    const std::optional<Decimal> decimal = split_decimal(text);
    if (!decimal) return {std::nullopt, "not a decimal number with a unit"};
    if (decimal->rest.empty()) return {std::nullopt, "without a unit"};
    for (const auto& [name, us] : units) {
        if (decimal->rest == name) return exact_product(decimal->whole, decimal->fraction, us);
    }
    return {std::nullopt, "with an unknown unit"};
}

std::optional<std::uint64_t> percent_number(std::string_view text) {
    if (text.size() < 2 || text.size() > 10 || text.back() != '%') return std::nullopt;
    text.remove_suffix(1);
    if (!std::all_of(text.begin(), text.end(), is_digit) || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    return digits_value(text);
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return value;
    // "1e3", "2.0" and "-0" are whole numbers too; a double holds them exactly up to 2^53.
    const std::optional<double> real = real_number(text);
    constexpr double exact = 9007199254740992.0;
    if (!real || *real < 0 || *real > exact || std::trunc(*real) != *real) return std::nullopt;
    return static_cast<std::uint64_t>(*real);
}

std::optional<double> real_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<Duration> seconds_number(std::string_view text) {
    if (const auto decimal = split_decimal(text); decimal && decimal->rest.empty())
        return exact_product(decimal->whole, decimal->fraction, 1'000'000).value;
    if (const auto whole = whole_number(text)) {
        const std::string plain = std::to_string(*whole);
        return exact_product(plain, {}, 1'000'000).value;
    }
    return std::nullopt;
}

}  // namespace lbsim::io
