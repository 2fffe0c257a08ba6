// SPDX-License-Identifier: Apache-2.0
// RFC 3339, character by character.
#include "sim/io/import/timestamp.hpp"

#include <chrono>

namespace lbsim::io {

namespace {

/// Takes fixed-width parts from the front of a text; once one does not fit, all has failed.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    int digits(std::size_t width) {
        if (rest_.size() < width) return fail();
        int value = 0;
        for (const char c : rest_.substr(0, width)) {
            if (c < '0' || c > '9') return fail();
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(width);
        return value;
    }
    /// One character of those; '\0' where there is none.
    char one_of(std::string_view characters) {
        if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
            fail();
            return '\0';
        }
        const char c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }
    /// A fraction of a second in microseconds, 0 where none stands there.
    std::int64_t fraction() {
        if (!next_is('.')) return 0;
        rest_.remove_prefix(1);
        std::int64_t us = 0;
        std::size_t n = 0;
        for (; n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9'; ++n) {
            if (n < 6) us = us * 10 + (rest_[n] - '0');
        }
        for (std::size_t i = n; i < 6; ++i) us *= 10;
        if (n == 0) fail();
        rest_.remove_prefix(n);
        return us;
    }
    bool is_whole() const { return is_fine_ && rest_.empty(); }

private:
    int fail() {
        is_fine_ = false;
        return 0;
    }
    std::string_view rest_;
    bool is_fine_ = true;
};

}  // namespace

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
    Scanner scan(text);
    const int year = scan.digits(4);
    scan.one_of("-");
    const int month = scan.digits(2);
    scan.one_of("-");
    const int day = scan.digits(2);
    scan.one_of("Tt");
    const int hour = scan.digits(2);
    scan.one_of(":");
    const int minute = scan.digits(2);
    scan.one_of(":");
    const int second = scan.digits(2);
    const std::int64_t fraction = scan.fraction();
    int offset_minutes = 0;
    if (const char sign = scan.one_of("Zz+-"); sign == '+' || sign == '-') {
        const int hours = scan.digits(2);
        scan.one_of(":");
        const int minutes = scan.digits(2);
        if (hours > 23 || minutes > 59) return std::nullopt;
        offset_minutes = (sign == '+' ? 1 : -1) * (hours * 60 + minutes);
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    // A leap second is 60; it is taken as the first second of the next minute.
    if (!scan.is_whole() || !date.ok() || year < 1970 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds = days * 86'400 + hour * 3'600 + (minute - offset_minutes) * 60 + second;
    if (seconds < 0) return std::nullopt;
    return seconds * 1'000'000 + fraction;
}

std::string duration_text(Duration duration) {
    const std::int64_t us = duration.count();
    if (us % 1'000'000 == 0) return std::to_string(us / 1'000'000) + "s";
    if (us % 1'000 == 0) return std::to_string(us / 1'000) + "ms";
    return std::to_string(us) + "us";
}

}  // namespace lbsim::io
