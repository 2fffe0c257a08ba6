// SPDX-License-Identifier: Apache-2.0
// Widths and padding.
#include "sim/cli/text_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace lbsim::cli {

namespace {

/// Code points of UTF-8 text: bytes that do not continue one.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

}  // namespace

std::string TextTable::text() const {
    std::vector<std::string> heads;
    std::vector<std::size_t> widths;
    for (const Column& column : columns_) {
        heads.push_back(column.head);
        widths.push_back(width_of(column.head));
    }
    for (const auto& row : rows_) {
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width_of(row[c]));
    }
    std::string out;
    const auto add_line = [&](const std::vector<std::string>& cells) {
        std::string line;
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const std::string padding(widths[c] - width_of(cells[c]), ' ');
            if (c > 0) line += "  ";
            line += columns_[c].align == Align::left ? cells[c] + padding : padding + cells[c];
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    };
    add_line(heads);
    for (const auto& row : rows_) add_line(row);
    return out;
}

std::string figure(double value) {
    const double magnitude = std::fabs(value);
    int decimals = 0;
    if (value != std::trunc(value) && magnitude < 1000) {
        decimals = magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : 3;
        for (double m = magnitude; m < 0.1 && decimals < 9; m *= 10) ++decimals;
    }
    std::array<char, 340> text;
    const int n = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    std::string out(text.data(), static_cast<std::size_t>(n));
    if (decimals > 0) {
        out.erase(out.find_last_not_of('0') + 1);
        if (out.back() == '.') out.pop_back();
    }
    return out;
}

}  // namespace lbsim::cli
