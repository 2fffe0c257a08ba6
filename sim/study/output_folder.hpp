// SPDX-License-Identifier: Apache-2.0
// The result folder: written under a temporary name beside its place, put there when whole, removed otherwise.
#pragma once

#include <filesystem>
#include <vector>

namespace lbsim::study {

/// Owns `<out>.partial-<pid>` until it is published. Whatever ends it earlier removes it, with the parents it made.
class OutputFolder {
public:
    /// Throws: InputError where something that lbsim did not write stands at `out`, or the place cannot be written.
    explicit OutputFolder(const std::filesystem::path& out);
    ~OutputFolder();
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;

    /// Where the tables are written.
    const std::filesystem::path& partial() const { return partial_; }
    /// Where they will stand, as the user named it.
    const std::filesystem::path& out() const { return out_; }
    /// Puts the folder in its place in one step; an older result there is replaced.
    /// Throws: InputError as the constructor, for what has changed in the meantime.
    void publish();

private:
    void make_parents();

    std::filesystem::path out_;
    std::filesystem::path place_;    ///< `out_` without links and dots
    std::filesystem::path partial_;
    std::vector<std::filesystem::path> made_parents_;  ///< outermost first
    bool is_published_ = false;
};

}  // namespace lbsim::study
