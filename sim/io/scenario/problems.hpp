// SPDX-License-Identifier: Apache-2.0
// Collects everything wrong with a file, so that reading goes on after each fault; finds the name meant by a typo.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/error.hpp"
#include "sim/io/scenario/json_document.hpp"

namespace lbsim::io {

/// The problems of one reading of one document.
class ProblemSink {
public:
    /// More problems than this are not kept; a person mends the first ones and reads again.
    static constexpr std::size_t most = 1'000;

    explicit ProblemSink(std::string file) : file_(std::move(file)) {}

    void add(Origin origin, std::string pointer, std::string found, std::string allowed, std::string hint = {});
    /// A problem of another file than the scenario's own, such as an empirical distribution.
    void add(Problem problem);

    const std::string& file() const { return file_; }
    bool empty() const { return problems_.empty(); }
    const std::vector<Problem>& problems() const { return problems_; }
    /// True where something at or below the pointer is known to be wrong, so that what depends on it is not judged.
    bool has_under(std::string_view pointer) const;

private:
    std::string file_;
    std::vector<Problem> problems_;
};

/// The candidate that a typo most likely meant, "" where none is near.
/// Source: Damerau-Levenshtein distance (optimal string alignment), case and "_", "-" ignored.
std::string nearest(std::string_view typo, const std::vector<std::string>& candidates);
/// `did you mean "x"?` for the nearest candidate, "" where none is near.
std::string did_you_mean(std::string_view typo, const std::vector<std::string>& candidates);

/// "a", "b" or "c"
std::string alternatives(const std::vector<std::string>& names);

/// The text with everything outside printable ASCII as \xNN, cut where it is long.
std::string printable(std::string_view text);

}  // namespace lbsim::io
