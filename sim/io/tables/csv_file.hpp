// SPDX-License-Identifier: Apache-2.0
// A CSV file (RFC 4180) written through one large reusable buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lbsim/core/time.hpp"

namespace lbsim::io {

/// The error of a file that could not be written: leaves as bad input (exit 2), with the path and the system's reason.
[[noreturn]] void throw_write_error(const std::filesystem::path& path, int error_number);

/// `text` as a CSV cell: quoted where it holds a comma, a quote or a line end.
std::string csv_cell(std::string_view text);

/// Writes one table after the other, cell by cell. A file is created with its first bytes, so an empty one is never
/// made. Throws: InputError where the system refuses bytes (disk full, limit, folder gone).
/// Cost: about 20 ns a cell; one write(2) per MiB.
class CsvFile {
public:
    CsvFile();
    ~CsvFile();
    CsvFile(const CsvFile&) = delete;
    CsvFile& operator=(const CsvFile&) = delete;

    /// Starts a file that must not exist yet. Pre: none is open.
    void open(std::filesystem::path path);
    /// Writes what is left and closes. Returns the size of the file in bytes.
    std::uint64_t close();

    void text(std::string_view value);                 ///< quoted where needed
    void raw(std::string_view cell) {                  ///< a cell from csv_cell
        char* p = reserve(cell.size() + 1);
        cell.copy(p, cell.size());
        end_cell(p + cell.size());
    }
    void integer(std::uint64_t value);
    void seconds(Duration value);                      ///< exactly six decimals
    void seconds(Time value) { seconds(value.time_since_epoch()); }
    void seconds(double value);                        ///< rounded to six decimals, never "-0.000000"
    void number(double value);                         ///< shortest that reads back; integral ones as integers
    void empty() { end_cell(reserve(1)); }
    /// Ends the row. Pre: the row has a cell.
    void end_row() { buffer_[used_ - 1] = '\n'; }
    /// Bytes as they are, a header line for instance.
    void bytes(std::string_view value) {
        char* p = reserve(value.size());
        value.copy(p, value.size());
        used_ += value.size();
    }

    /// Room for a cell put together by the caller, who then calls end_cell with its end.
    char* reserve(std::size_t n) {
        if (capacity_ - used_ < n) make_room(n);
        return buffer_.get() + used_;
    }
    void end_cell(char* end) {
        *end = ',';
        used_ = static_cast<std::size_t>(end + 1 - buffer_.get());
    }

private:
    void make_room(std::size_t n);
    void flush();

    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_;
    std::size_t used_ = 0;
    std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t written_ = 0;
};

/// The texts that CsvFile::number and CsvFile::seconds write, for other outputs.
std::string number_text(double value);
std::string seconds_text_of(double value);

}  // namespace lbsim::io
