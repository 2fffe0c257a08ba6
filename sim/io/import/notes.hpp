// SPDX-License-Identifier: Apache-2.0
// What an import assumed, left out or passed by: one note each, with object and field.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lbsim::io {

/// One thing that the dump does not say, or that a scenario cannot say.
struct ImportNote {
    enum class Kind : std::uint8_t {
        assumed,   ///< the dump does not say; this is what the scenario has instead
        left_out,  ///< the dump says, but a scenario of this version does not act on it
    };
    Kind kind = Kind::assumed;
    std::string object;  ///< "Service shop/web"; "" where it is about the whole
    std::string field;   ///< as kubectl explain names it: "spec.externalTrafficPolicy"
    std::string text;    ///< one sentence without an end, the same for all objects it holds for
};

class ImportNotes {
public:
    void assumed(std::string object, std::string field, std::string text) {
        notes_.push_back({ImportNote::Kind::assumed, std::move(object), std::move(field), std::move(text)});
    }
    void left_out(std::string object, std::string field, std::string text) {
        notes_.push_back({ImportNote::Kind::left_out, std::move(object), std::move(field), std::move(text)});
    }
    std::vector<ImportNote> take() { return std::move(notes_); }

private:
    std::vector<ImportNote> notes_;
};

}  // namespace lbsim::io
