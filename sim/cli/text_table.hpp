// SPDX-License-Identifier: Apache-2.0
// Aligned columns for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lbsim::cli {

enum class Align : std::uint8_t { left, right };

/// Rows of cells under a head, every column as wide as its widest cell. Widths count code points.
class TextTable {
public:
    struct Column {
        std::string head;
        Align align = Align::left;
    };
    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
    /// Pre: as many cells as columns.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    std::string text() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// A number as people read it: three or more significant digits, no exponent, integers whole.
std::string figure(double value);

}  // namespace lbsim::cli
