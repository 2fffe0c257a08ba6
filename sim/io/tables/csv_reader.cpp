// SPDX-License-Identifier: Apache-2.0
// Cells out of bytes.
#include "sim/io/tables/csv_reader.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "lbsim/core/error.hpp"

namespace lbsim::io {

namespace {

[[noreturn]] void throw_unreadable(const std::filesystem::path& file, std::size_t row, std::string found) {
    throw InputError({Problem{.file = file.string(),
                              .line = row == 0 ? std::nullopt : std::optional<std::size_t>(row),
                              .pointer = "",
                              .found = std::move(found),
                              .allowed = "a table as lbsim writes it",
                              .hint = ""}});
}

}  // namespace

CsvReader::CsvReader(std::filesystem::path file) : file_(std::move(file)) {
    const int descriptor = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw_unreadable(file_, 0, std::generic_category().message(errno));
    struct stat facts {};
    if (::fstat(descriptor, &facts) == 0 && facts.st_size > 0) {
        void* mapping = ::mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (mapping != MAP_FAILED) {
            bytes_ = static_cast<const char*>(mapping);
            size_ = static_cast<std::size_t>(facts.st_size);
        }
    }
    ::close(descriptor);
    if (!read_row()) throw_unreadable(file_, 0, "no header");
    header_.assign(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(cell_count_));
}

CsvReader::~CsvReader() {
    if (bytes_ != nullptr) ::munmap(const_cast<char*>(bytes_), size_);
}

std::size_t CsvReader::column(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end()) throw_unreadable(file_, 1, "no column " + std::string(name));
    return static_cast<std::size_t>(found - header_.begin());
}

bool CsvReader::next() {
    if (!read_row()) return false;
    if (cell_count_ != header_.size()) {
        throw_unreadable(file_, line_, std::to_string(cell_count_) + " cells under " + std::to_string(header_.size()) + " columns");
    }
    return true;
}

bool CsvReader::read_row() {
    if (at_ >= size_) return false;
    ++line_;
    cell_count_ = 0;
    while (true) {
        read_cell();
        if (at_ >= size_) return true;
        if (bytes_[at_++] == '\n') return true;
    }
}

/// Reads up to the comma or line end behind the cell.
void CsvReader::read_cell() {
    if (cell_count_ == cells_.size()) cells_.emplace_back();
    std::string& cell = cells_[cell_count_++];
    cell.clear();
    if (at_ < size_ && bytes_[at_] == '"') {
        for (++at_; at_ < size_; ++at_) {
            if (bytes_[at_] == '"' && (at_ + 1 >= size_ || bytes_[++at_] != '"')) break;
            cell += bytes_[at_];
        }
    }
    const std::size_t from = at_;
    while (at_ < size_ && bytes_[at_] != ',' && bytes_[at_] != '\n') ++at_;
    cell.append(bytes_ + from, at_ - from);
}

}  // namespace lbsim::io
