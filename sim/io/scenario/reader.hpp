// SPDX-License-Identifier: Apache-2.0
// Scenario files in: reads, checks and expands a JSON file into plain data; publishes schema and defaults.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/error.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::io {

/// One `--set pointer=value` of the command line.
struct Override {
    std::string pointer;  ///< JSON pointer (RFC 6901) of any key the schema allows, present in the file or not
    std::string value;    ///< JSON text; taken as a string where it does not parse as JSON
};

/// Reads a scenario file, with overrides applied first and its variants after them.
/// Shape: at least one variant; every variant fully expanded.
/// Throws: InputError with every problem of the file and the overrides.
scenario::Study read_study(const std::string& file, const std::vector<Override>& overrides = {});
/// The same of a text that is not in a file yet; `file` names it in messages and says beside what it will lie.
scenario::Study read_study_text(const std::string& text, const std::string& file);

/// A key of the format and what holds where a file does not give it.
struct DefaultValue {
    std::string key;         ///< where the key stands, "*" for any index: /services/*/load_balancer/on_remove
    std::string value;       ///< as written in a file, "required", or what decides it
    std::string unit;        ///< "" where the value has none or its text carries it
    std::string provenance;  ///< a source, "estimate" or "definition"
    std::string meaning;     ///< one sentence
};

/// Every key that this version acts on, in the order of the format.
std::vector<DefaultValue> defaults();

/// JSON Schema (draft 7) of what read_study accepts, for editors; it cannot tell of references between keys.
std::string schema();

/// 16 hexadecimal digits that change with the content. Source: FNV-1a, 64 bit (RFC draft eastlake-fnv-17).
std::string content_digest(std::string_view bytes);
/// content_digest of a scenario file, for the manifest.
/// Throws: InputError where the file cannot be read.
std::string scenario_digest(const std::string& file);

}  // namespace lbsim::io
