// SPDX-License-Identifier: Apache-2.0
// Changes of a document by JSON pointer: `--set` and the `set` of variants.
#pragma once

#include <string>
#include <vector>

#include "sim/io/scenario/json_document.hpp"
#include "sim/io/scenario/problems.hpp"
#include "sim/io/scenario/reader.hpp"

namespace lbsim::io {

/// Puts `value` at the pointer; missing objects on the way are created. Returns "" or why the pointer leads nowhere.
std::string set_at(JsonValue& document, const std::string& pointer, JsonValue value);

/// Applies the overrides of the command line in their order; reports those whose pointer leads nowhere.
void apply_overrides(JsonValue& document, const std::vector<Override>& overrides, ProblemSink& sink);

/// The names of the variants, "default" where the document has none; reports names that are bad or not unique.
std::vector<std::string> variant_names(const JsonValue& document, ProblemSink& sink);

/// The document as it stands for variant `index`; reports pointers of its `set` that lead nowhere.
JsonValue variant_document(const JsonValue& document, std::size_t index, ProblemSink& sink);

}  // namespace lbsim::io
