// SPDX-License-Identifier: Apache-2.0
// Problems and the texts that help to mend them.
#include "sim/io/scenario/problems.hpp"

#include <algorithm>
#include <optional>

namespace lbsim::io {

namespace {

/// What two spellings of one name have in common: the letters, whatever case and separators.
std::string folded(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '_' || c == '-') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

std::size_t distance(const std::string& x, const std::string& y) {
    std::vector<std::size_t> before(y.size() + 1);
    std::vector<std::size_t> last(y.size() + 1);
    std::vector<std::size_t> row(y.size() + 1);
    for (std::size_t j = 0; j <= y.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= x.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= y.size(); ++j) {
            const std::size_t change = last[j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
            const bool swapped = i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(row);
    }
    return last[y.size()];
}

}  // namespace

void ProblemSink::add(Origin origin, std::string pointer, std::string found, std::string allowed, std::string hint) {
    const bool in_file = origin.source == Origin::Source::file;
    add({.file = in_file ? file_ : "--set",
         .line = in_file && origin.line > 0 ? std::optional(origin.line) : std::nullopt,
         .pointer = std::move(pointer),
         .found = std::move(found),
         .allowed = std::move(allowed),
         .hint = std::move(hint)});
}

void ProblemSink::add(Problem problem) {
    if (problems_.size() < most) problems_.push_back(std::move(problem));
}

bool ProblemSink::has_under(std::string_view pointer) const {
    return std::any_of(problems_.begin(), problems_.end(), [&](const Problem& problem) {
        const std::string_view place = problem.pointer;
        return place.starts_with(pointer) && (place.size() == pointer.size() || place[pointer.size()] == '/');
    });
}

std::string nearest(std::string_view typo, const std::vector<std::string>& candidates) {
    constexpr std::size_t longest = 64;
    const std::string wrong = folded(typo.substr(0, longest));
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(1, wrong.size() / 3) + 1;
    for (const std::string& candidate : candidates) {
        const std::string right = folded(candidate);
        const std::size_t d = distance(wrong, right);
        if (d < best_distance && d < right.size()) {
            best = candidate;
            best_distance = d;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view typo, const std::vector<std::string>& candidates) {
    const std::string best = nearest(typo, candidates);
    return best.empty() ? std::string() : "did you mean " + in_quotes(best) + "?";
}

std::string alternatives(const std::vector<std::string>& names) {
    constexpr std::size_t most = 40;
    const std::size_t n = std::min(names.size(), most);
    std::string out;
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
        out += in_quotes(names[i]);
    }
    if (names.size() > most) out += " and " + std::to_string(names.size() - most) + " more";
    return out;
}

std::string printable(std::string_view text) {
    constexpr std::size_t longest = 200;
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out += c;
        } else {
            out += "\\x";
            out += digits[byte >> 4];
            out += digits[byte & 15u];
        }
    }
    return text.size() > longest ? out + "…" : out;
}

}  // namespace lbsim::io
