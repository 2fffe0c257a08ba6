// SPDX-License-Identifier: Apache-2.0
// Puts a key and its value before the structural check.
#include "sim/io/import/format_knowledge.hpp"

#include <nlohmann/json.hpp>

#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

bool format_takes(const Shape& shape, std::string_view key, const nlohmann::ordered_json& value) {
    const Key* known = find_key(shape, key);
    if (known == nullptr || known->part > 1) return false;
    ProblemSink sink("");
    const nlohmann::ordered_json object{{std::string(key), value}};
    const std::optional<JsonValue> document = parse_json(object.dump(), Origin::Source::file, sink);
    if (!document) return false;
    check_structure(*document, shape, sink);
    return !sink.has_under(pointer_token(key));
}

const Shape& workload_shape() { return *only_shape(find_key(service_shape, "workload")->type); }

}  // namespace lbsim::io
