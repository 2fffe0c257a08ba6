// SPDX-License-Identifier: Apache-2.0
// Tables of the format: the top level, variants and distributions.
#include "sim/io/scenario/format.hpp"

namespace lbsim::io {

namespace {

constexpr Type positive_duration = duration(1);
constexpr Type two_durations = array_of(duration_type, 2, 2);

constexpr std::array fixed_keys{
    Key{.name = "fixed", .type = duration_type, .meaning = "Always this.", .required = true}};
constexpr std::array exponential_keys{
    Key{.name = "exponential", .type = positive_duration, .meaning = "Exponential with this mean.", .required = true}};
constexpr std::array uniform_keys{
    Key{.name = "uniform", .type = two_durations, .meaning = "Uniform from the first to the second.",
        .required = true}};
constexpr std::array lognormal_values{
    Key{.name = "median", .type = positive_duration, .meaning = "Median.", .required = true},
    Key{.name = "p99", .type = positive_duration, .meaning = "99th percentile, above the median.", .required = true}};
constinit const Shape lognormal_values_shape{.name = "lognormal_values", .keys = lognormal_values};
constexpr std::array lognormal_keys{
    Key{.name = "lognormal", .type = object(lognormal_values_shape), .meaning = "Log-normal.", .required = true}};
constexpr std::array pareto_values{
    Key{.name = "minimum", .type = positive_duration, .meaning = "Least value.", .required = true},
    Key{.name = "shape", .type = number(0, 1e6), .meaning = "Tail index, above 1 so that the mean is finite.",
        .required = true}};
constinit const Shape pareto_values_shape{.name = "pareto_values", .keys = pareto_values};
constexpr std::array pareto_keys{
    Key{.name = "pareto", .type = object(pareto_values_shape), .meaning = "Pareto.", .required = true}};
constexpr std::array empirical_keys{
    Key{.name = "empirical", .type = text_type, .meaning = "File beside the scenario, one duration a line.",
        .required = true}};

constinit const Shape fixed_shape{.name = "fixed", .keys = fixed_keys};
constinit const Shape exponential_shape{.name = "exponential", .keys = exponential_keys};
constinit const Shape uniform_shape{.name = "uniform", .keys = uniform_keys};
constinit const Shape lognormal_shape{.name = "lognormal", .keys = lognormal_keys};
constinit const Shape pareto_shape{.name = "pareto", .keys = pareto_keys};
constinit const Shape empirical_shape{.name = "empirical", .keys = empirical_keys};
constexpr Type set_type = map_of(any_type);
constexpr std::array variant_keys{
    Key{.name = "name", .type = text_type, .meaning = "Unique name of the variant.", .required = true},
    Key{.name = "set", .type = set_type, .meaning = "JSON pointer to value; applied in the order of the file.",
        .fallback = "{}", .provenance = "definition"}};
constinit const Shape variant_shape{.name = "variant", .keys = variant_keys};

constexpr Type variant_type = object(variant_shape);
constexpr Type service_type = object(service_shape);

constexpr std::array root_keys{
    Key{.name = "$schema", .type = text_type, .meaning = "Where an editor finds the schema; lbsim does not read it.",
        .provenance = "definition", .note = "none"},
    Key{.name = "name", .type = name_type, .meaning = "Name of the scenario in every table.",
        .provenance = "definition", .note = "the file's stem"},
    Key{.name = "question", .type = text_type, .meaning = "What the scenario asks, for people.",
        .provenance = "definition", .note = "empty"},
    Key{.name = "duration", .type = duration(1, ten_years_us), .meaning = "Simulated time of a run.", .required = true},
    Key{.name = "seed", .type = integer(0, std::numeric_limits<std::uint64_t>::max()),
        .meaning = "Seed of all random numbers.", .fallback = "1", .provenance = "definition"},
    Key{.name = "replications", .type = integer(1, 1'000'000), .meaning = "Runs of each variant.", .fallback = "1",
        .provenance = "definition"},
    Key{.name = "cluster", .type = object(cluster_shape), .meaning = "Releases, nodes and controllers.",
        .required = true},
    Key{.name = "cloud", .type = object(cloud_shape), .meaning = "The cloud's API, and the profile of every service.",
        .fallback = "{}", .provenance = "definition (neutral)"},
    Key{.name = "services", .type = array_of(service_type, 1, 100'000), .meaning = "Services of type LoadBalancer.",
        .required = true},
    Key{.name = "traffic", .type = array_of(traffic_type, 0, 100'000), .meaning = "Clients.", .fallback = "[]",
        .provenance = "definition"},
    Key{.name = "timeline", .type = array_of(timeline_type, 0, 1'000'000), .meaning = "What happens when.",
        .fallback = "[]", .provenance = "definition"},
    Key{.name = "variants", .type = array_of(variant_type, 0, 10'000),
        .meaning = "Changes to compare; the first is the baseline.", .fallback = "[]",
        .provenance = "definition: one variant named default"},
    later("sweep", 7),
    later("budgets", 7)};

}  // namespace

constinit const Shape* const distribution_shapes[6] = {&fixed_shape,     &exponential_shape, &uniform_shape,
                                                       &lognormal_shape, &pareto_shape,      &empirical_shape};
constinit const Shape* const latency_shapes[7] = {&fixed_shape,  &exponential_shape, &uniform_shape, &lognormal_shape,
                                                  &pareto_shape, &empirical_shape,   &latency_shape};
constinit const Shape root_shape{.name = "scenario", .keys = root_keys};

const Key* find_key(const Shape& shape, std::string_view name) {
    for (const Key& key : shape.keys) {
        if (key.name == name) return &key;
    }
    return shape.common != nullptr ? find_key(*shape.common, name) : nullptr;
}

const Shape* only_shape(const Type& type) {
    if (type.shape != nullptr) return type.shape;
    return type.shapes.size() == 1 ? type.shapes.front() : nullptr;
}

}  // namespace lbsim::io
