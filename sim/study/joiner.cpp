// SPDX-License-Identifier: Apache-2.0
// Copies the bytes of parts behind one another.
#include "sim/study/joiner.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lbsim/core/check.hpp"
#include "sim/io/tables/csv_file.hpp"

namespace lbsim::study {

namespace {

/// A descriptor that closes itself.
class File {
public:
    File(const std::filesystem::path& path, int flags) : path_(path), descriptor_(::open(path.c_str(), flags | O_CLOEXEC)) {
        if (descriptor_ < 0) io::throw_write_error(path_, errno);
    }
    ~File() { ::close(descriptor_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    int descriptor() const { return descriptor_; }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    int descriptor_;
};

/// Copies `bytes` bytes inside the kernel.
void copy(const File& to, const File& from, std::uint64_t bytes) {
    constexpr std::uint64_t most_at_once = std::uint64_t{1} << 30;
    while (bytes > 0) {
        const auto n = ::sendfile(to.descriptor(), from.descriptor(), nullptr, std::min(bytes, most_at_once));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) io::throw_write_error(to.path(), errno);
        LBSIM_CHECK(n > 0, "a part of a table is shorter than its run reported");
        bytes -= static_cast<std::uint64_t>(n);
    }
}

}  // namespace

void Joiner::add(std::uint64_t run, const io::PartSizes& sizes) {
    sizes_[run] = sizes;
    is_there_[run] = true;
    for (; next_ < is_there_.size() && is_there_[next_]; ++next_) {
        if (next_ == 0) continue;  // run 0 has started the tables themselves
        for (std::size_t i = 0; i < io::run_table_count; ++i) {
            if (sizes_[next_][i] > 0) append(next_, io::RunTable{i});
        }
    }
}

void Joiner::append(std::uint64_t run, io::RunTable table) const {
    const std::filesystem::path part = io::part_path(folder_, table, run);
    const File from(part, O_RDONLY);
    const File to(io::part_path(folder_, table, 0), O_WRONLY);
    if (::lseek(to.descriptor(), 0, SEEK_END) < 0) io::throw_write_error(to.path(), errno);
    copy(to, from, sizes_[run][static_cast<std::size_t>(table)]);
    ::unlink(part.c_str());
}

}  // namespace lbsim::study
