// SPDX-License-Identifier: Apache-2.0
// Holds a document against the tables of the format: keys, types, ranges, choices, and what comes with a later part.
#pragma once

#include <string>

#include "sim/io/scenario/format.hpp"
#include "sim/io/scenario/json_document.hpp"
#include "sim/io/scenario/problems.hpp"

namespace lbsim::io {

/// Reports everything in which `document` differs from `shape`. What refers to other keys is not judged here.
void check_structure(const JsonValue& document, const Shape& shape, ProblemSink& sink);

/// What may stand where `type` is asked for, for messages.
std::string allowed_by(const Type& type);

/// The one shape of `type` that this object has: of a plain object its own, else chosen by tag or first key; null where
/// none fits or the chosen one comes with a later part.
const Shape* shape_of(const JsonValue& value, const Type& type);

/// The string that a value is, null where it is none. A number of the command line counts as a string, so that
/// --set /cluster/release=1.30 works.
const std::string* string_of(const JsonValue& value);

/// Letters, digits, ".", "_" and "-", not starting with "." or "-", at most 200.
bool is_name(std::string_view text);

}  // namespace lbsim::io
