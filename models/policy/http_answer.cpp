// SPDX-License-Identifier: Apache-2.0
// Health answers and Go's two texts of a point in time.
#include "lbsim/policy/http_answer.hpp"

namespace lbsim::policy {

namespace {
constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::int64_t us_per_day = 86'400 * us_per_second;

struct Date {
    std::int64_t year;
    unsigned month;
    unsigned day;
};

/// The proleptic Gregorian date `days` after 1970-01-01.
/// Source: H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
Date date_of(std::int64_t days) {
    const std::int64_t shifted = days + 719'468;  // years start in March, so that the leap day is their last
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const auto day_of_era = static_cast<unsigned>(shifted - era * 146'097);
    const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned month_from_march = (5 * day_of_year + 2) / 153;
    const unsigned month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return {.year = static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0),
            .month = month,
            .day = day_of_year - (153 * month_from_march + 2) / 5 + 1};
}

std::string padded(std::int64_t number, std::size_t width) {
    std::string digits = std::to_string(number);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// "2000-01-01", `separator`, "00:00:25.5".
std::string date_and_time(std::int64_t us, char separator) {
    const std::int64_t days = us >= 0 ? us / us_per_day : -((us_per_day - 1 - us) / us_per_day);
    const std::int64_t in_day = us - days * us_per_day;
    const std::int64_t seconds = in_day / us_per_second;
    const Date date = date_of(days);
    std::string text = padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + separator +
                       padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
    if (const std::int64_t fraction = in_day % us_per_second; fraction != 0) {
        text += "." + padded(fraction, 6);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text;
}

/// " m=+25.500000000"
std::string monotonic_text(std::int64_t us) {
    const std::int64_t size = us < 0 ? -us : us;
    return std::string(" m=") + (us < 0 ? "-" : "+") + std::to_string(size / us_per_second) + "." +
           padded(size % us_per_second, 6) + "000";
}
}  // namespace

HttpAnswer health_answer(bool is_ok) {
    return {.status = is_ok ? 200 : 503,
            .headers = {{"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}},
            .body = {}};
}

HttpAnswer not_found_answer() {
    return {.status = 404,
            .headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}},
            .body = "404 page not found\n"};
}

std::string go_text(const std::optional<WallTime>& time) {
    if (!time) return "0001-01-01 00:00:00 +0000 UTC";
    return date_and_time(time->us_since_epoch, ' ') + " +0000 UTC" +
           (time->monotonic_us ? monotonic_text(*time->monotonic_us) : "");
}

std::string rfc3339_text(const std::optional<WallTime>& time) {
    return time ? date_and_time(time->us_since_epoch, 'T') + "Z" : "0001-01-01T00:00:00Z";
}

}  // namespace lbsim::policy
