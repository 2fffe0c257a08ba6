// SPDX-License-Identifier: Apache-2.0
// Joins the parts that runs wrote into whole tables, in order of runs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "sim/io/tables/run_tables.hpp"

namespace lbsim::study {

/// Appends each part as soon as all runs before it are there, and removes it, so that little is on disk twice.
class Joiner {
public:
    Joiner(std::filesystem::path folder, std::size_t runs) : folder_(std::move(folder)), sizes_(runs), is_there_(runs) {}

    /// The parts of `run` are on disk. Throws: InputError where a table cannot be written.
    void add(std::uint64_t run, const io::PartSizes& sizes);

private:
    void append(std::uint64_t run, io::RunTable table) const;

    std::filesystem::path folder_;
    std::vector<io::PartSizes> sizes_;
    std::vector<bool> is_there_;
    std::size_t next_ = 0;  ///< the first run that is not joined yet
};

}  // namespace lbsim::study
