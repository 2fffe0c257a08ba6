// SPDX-License-Identifier: Apache-2.0
// Whether the format takes a value is asked of its tables, so a key that arrives with a later part is emitted from then on.
#include "sim/io/import/format_knowledge.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace lbsim::io;
using Json = nlohmann::ordered_json;

namespace {
constexpr std::array keys{Key{.name = "now", .type = integer(2, 5)}, Key{.name = "needed", .type = text_type, .required = true},
                          later("then", 7), Key{.name = "only_zero", .type = zero_duration(4)}};
constexpr Shape shape{.name = "test", .keys = keys};
}  // namespace

TEST_CASE("import format: a key is taken with a value in range, now") {
    CHECK(format_takes(shape, "now", 2));
    CHECK(format_takes(shape, "now", 5));
    CHECK_FALSE(format_takes(shape, "now", 6));
    CHECK_FALSE(format_takes(shape, "now", -1));
    CHECK_FALSE(format_takes(shape, "now", "3"));
    CHECK_FALSE(format_takes(shape, "now", nullptr));
    CHECK_FALSE(format_takes(shape, "then", 1));
    CHECK_FALSE(format_takes(shape, "nowhere", 1));
    CHECK(format_takes(shape, "only_zero", "0s"));
    CHECK_FALSE(format_takes(shape, "only_zero", "1s"));
}

TEST_CASE("import format: a workload's shape is the one that services have") {
    CHECK(format_takes(workload_shape(), "terminationGracePeriodSeconds", 30));
    CHECK(find_key(workload_shape(), "pdb_min_available") != nullptr);
}
