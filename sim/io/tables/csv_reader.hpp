// SPDX-License-Identifier: Apache-2.0
// Reads the CSV tables that lbsim wrote.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lbsim::io {

/// Rows of a CSV file (RFC 4180) with a header, one after the other, from a mapping of the file.
class CsvReader {
public:
    /// Throws: InputError where the file cannot be read or has no header.
    explicit CsvReader(std::filesystem::path file);
    ~CsvReader();
    CsvReader(const CsvReader&) = delete;
    CsvReader& operator=(const CsvReader&) = delete;

    /// Index of a column. Throws: InputError where the table has none of this name.
    std::size_t column(std::string_view name) const;
    /// Goes to the next row; false at the end. Throws: InputError where a row has another number of cells than the header.
    bool next();
    /// A cell of the current row.
    const std::string& operator[](std::size_t column) const { return cells_[column]; }

private:
    bool read_row();
    void read_cell();

    std::filesystem::path file_;
    const char* bytes_ = nullptr;
    std::size_t size_ = 0;
    std::size_t at_ = 0;
    std::size_t line_ = 0;  ///< rows read, the header included
    std::vector<std::string> header_;
    std::vector<std::string> cells_;
    std::size_t cell_count_ = 0;
};

}  // namespace lbsim::io
