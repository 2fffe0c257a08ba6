// SPDX-License-Identifier: Apache-2.0
// Bytes of CSV cells and their way to the disk.
#include "sim/io/tables/csv_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <system_error>
#include <utility>

#include "lbsim/core/check.hpp"
#include "lbsim/core/error.hpp"

namespace lbsim::io {

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20;
/// Longest text of put_number: "-" and 17 digits with a point, or an exponent.
constexpr std::size_t number_bytes = 40;
/// Longest text of put_seconds: 309 digits, a point and six decimals.
constexpr std::size_t seconds_bytes = 330;

bool is_special(char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; }

bool needs_quotes(std::string_view text) {
    for (const char c : text) {
        if (is_special(c)) return true;
    }
    return false;
}

/// Writes `text` between quotes, inner quotes doubled. Pre: room for 2 * size + 2.
char* put_quoted(char* p, std::string_view text) {
    *p++ = '"';
    for (const char c : text) {
        if (c == '"') *p++ = '"';
        *p++ = c;
    }
    *p++ = '"';
    return p;
}

/// Plain digits in the range people read; outside it whichever form is shorter.
char* put_number(char* p, double value) {
    const double magnitude = std::fabs(value);
    if (magnitude < 1e15 && value == std::trunc(value)) {
        return std::to_chars(p, p + number_bytes, static_cast<std::int64_t>(value)).ptr;
    }
    if (magnitude >= 1e-7 && magnitude < 1e15) {
        return std::to_chars(p, p + number_bytes, value, std::chars_format::fixed).ptr;
    }
    return std::to_chars(p, p + number_bytes, value).ptr;
}

char* put_seconds(char* p, double value) {
    char* end = std::to_chars(p, p + seconds_bytes, value, std::chars_format::fixed, 6).ptr;
    if (std::string_view(p, static_cast<std::size_t>(end - p)) == "-0.000000") {
        std::memmove(p, p + 1, static_cast<std::size_t>(end - p) - 1);
        --end;
    }
    return end;
}

char* put_seconds(char* p, Duration value) {
    const std::int64_t us = value.count();
    const std::uint64_t magnitude = us < 0 ? 0 - static_cast<std::uint64_t>(us) : static_cast<std::uint64_t>(us);
    if (us < 0) *p++ = '-';
    p = std::to_chars(p, p + 20, magnitude / 1'000'000).ptr;
    std::uint64_t rest = magnitude % 1'000'000;
    *p = '.';
    for (int i = 6; i > 0; --i) {
        p[i] = static_cast<char>('0' + rest % 10);
        rest /= 10;
    }
    return p + 7;
}

}  // namespace

void throw_write_error(const std::filesystem::path& path, int error_number) {
    throw InputError({Problem{.file = path.string(),
                              .line = std::nullopt,
                              .pointer = "",
                              .found = "a failed write: " + std::generic_category().message(error_number),
                              .allowed = "a folder with room and permission to write",
                              .hint = ""}});
}

std::string csv_cell(std::string_view text) {
    if (!needs_quotes(text)) return std::string(text);
    std::string cell(2 * text.size() + 2, '\0');
    const char* end = put_quoted(cell.data(), text);
    cell.resize(static_cast<std::size_t>(end - cell.data()));
    return cell;
}

std::string number_text(double value) {
    std::array<char, number_bytes> text;
    return {text.data(), put_number(text.data(), value)};
}

std::string seconds_text_of(double value) {
    std::array<char, seconds_bytes> text;
    return {text.data(), put_seconds(text.data(), value)};
}

CsvFile::CsvFile() : buffer_(std::make_unique_for_overwrite<char[]>(buffer_bytes)), capacity_(buffer_bytes) {}

CsvFile::~CsvFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void CsvFile::open(std::filesystem::path path) {
    LBSIM_CHECK(path_.empty(), "a table is opened while another one is being written");
    path_ = std::move(path);
    used_ = 0;
    written_ = 0;
}

std::uint64_t CsvFile::close() {
    if (used_ > 0) flush();
    if (descriptor_ >= 0) {
        const int result = ::close(std::exchange(descriptor_, -1));
        if (result != 0 && errno != EINTR) throw_write_error(path_, errno);
    }
    path_.clear();
    return written_;
}

void CsvFile::text(std::string_view value) {
    if (!needs_quotes(value)) return raw(value);
    char* p = reserve(2 * value.size() + 3);
    end_cell(put_quoted(p, value));
}

void CsvFile::integer(std::uint64_t value) {
    char* p = reserve(21);
    end_cell(std::to_chars(p, p + 20, value).ptr);
}

void CsvFile::seconds(Duration value) { end_cell(put_seconds(reserve(30), value)); }
void CsvFile::seconds(double value) { end_cell(put_seconds(reserve(seconds_bytes + 1), value)); }
void CsvFile::number(double value) { end_cell(put_number(reserve(number_bytes + 1), value)); }

void CsvFile::make_room(std::size_t n) {
    if (used_ > 0) flush();
    if (n <= capacity_) return;
    buffer_ = std::make_unique_for_overwrite<char[]>(n);
    capacity_ = n;
}

void CsvFile::flush() {
    if (descriptor_ < 0) {
        descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor_ < 0) throw_write_error(path_, errno);
    }
    std::size_t done = 0;
    while (done < used_) {
        const ssize_t n = ::write(descriptor_, buffer_.get() + done, used_ - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw_write_error(path_, errno);
        done += static_cast<std::size_t>(n);
    }
    written_ += used_;
    used_ = 0;
}

}  // namespace lbsim::io
