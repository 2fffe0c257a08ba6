// SPDX-License-Identifier: Apache-2.0
// Making, checking, publishing and removing the result folder.
#include "sim/study/output_folder.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "lbsim/core/error.hpp"
#include "sim/io/tables/csv_file.hpp"
#include "sim/io/tables/manifest.hpp"

namespace lbsim::study {

namespace fs = std::filesystem;

namespace {

fs::path place_of(const fs::path& out) {
    fs::path place = fs::weakly_canonical(fs::absolute(out));
    return place.has_filename() ? place : place.parent_path();
}

void refuse_foreign(const fs::path& out, const fs::path& place) {
    std::error_code error;
    if (!fs::exists(fs::symlink_status(place, error)) || io::holds_manifest(place)) return;
    const bool is_folder = fs::is_directory(place, error);
    throw InputError({Problem{.file = out.string(),
                              .line = std::nullopt,
                              .pointer = "",
                              .found = is_folder ? "a folder without a manifest.json of lbsim" : "something that is no folder",
                              .allowed = "a new name, or a result folder of lbsim, which is replaced",
                              .hint = "choose another --out or remove it yourself"}});
}

}  // namespace

OutputFolder::OutputFolder(const fs::path& out) : out_(out) {
    try {
        place_ = place_of(out);
        refuse_foreign(out_, place_);
        partial_ = place_;
        partial_ += ".partial-" + std::to_string(getpid());
        make_parents();
        fs::remove_all(partial_);  // of an earlier process with this number that was killed
        fs::create_directory(partial_);
    } catch (const fs::filesystem_error& error) {
        for (auto i = made_parents_.rbegin(); i != made_parents_.rend(); ++i) ::rmdir(i->c_str());
        io::throw_write_error(out_, error.code().value());
    }
}

void OutputFolder::make_parents() {
    std::vector<fs::path> missing;
    for (fs::path p = place_.parent_path(); !fs::exists(p); p = p.parent_path()) missing.push_back(p);
    for (auto i = missing.rbegin(); i != missing.rend(); ++i) {
        if (fs::create_directory(*i)) made_parents_.push_back(*i);
    }
}

OutputFolder::~OutputFolder() {
    std::error_code ignored;
    fs::remove_all(partial_, ignored);  // once published, this is the older result or nothing
    if (is_published_) return;
    for (auto i = made_parents_.rbegin(); i != made_parents_.rend(); ++i) ::rmdir(i->c_str());
}

void OutputFolder::publish() {
    refuse_foreign(out_, place_);
    if (::rename(partial_.c_str(), place_.c_str()) == 0) {
        is_published_ = true;
        return;
    }
    const bool is_taken = errno == ENOTEMPTY || errno == EEXIST;
    if (!is_taken) io::throw_write_error(out_, errno);
    if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, place_.c_str(), RENAME_EXCHANGE) != 0) {
        if (errno != EINVAL && errno != ENOSYS) io::throw_write_error(out_, errno);
        // This file system cannot exchange: the older result goes first.
        std::error_code error;
        fs::remove_all(place_, error);
        if (::rename(partial_.c_str(), place_.c_str()) != 0) io::throw_write_error(out_, errno);
    }
    is_published_ = true;
}

}  // namespace lbsim::study
