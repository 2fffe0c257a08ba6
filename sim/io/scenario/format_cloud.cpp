// SPDX-License-Identifier: Apache-2.0
// Tables of the format: the cloud's API.
#include "sim/io/scenario/format.hpp"

namespace lbsim::io {

namespace {

constexpr std::string_view neutral = "definition (neutral)";
constexpr std::string_view of_the_profile = "the profile's";

constexpr std::array when_empty_choices{Choice{"wait"}, Choice{"reject"}, Choice{"throttle"}};
constexpr std::array bucket_keys{
    Key{.name = "rate", .type = number(1e-6, 1e9), .meaning = "Tokens that come back.", .required = true, .unit = "1/s"},
    Key{.name = "burst", .type = number(1, 1e9), .meaning = "Tokens of a full bucket.", .required = true},
    Key{.name = "when_empty", .type = choice(when_empty_choices),
        .meaning = "The client waits, or its own limiter fails the call, or the cloud answers 429.",
        .fallback = "wait", .provenance = "definition"}};

constexpr std::array<const Shape*, 1> bucket_shapes{&bucket_shape};
constexpr Type bucket_type = object(bucket_shape);
constexpr Type bucket_list = array_of(bucket_type, 0, 10);
constexpr Type buckets{.kind = Type::Kind::either, .shapes = bucket_shapes, .other = &bucket_list};

/// One key of this type for each kind of call, and one for all kinds.
constexpr std::array<Key, 8> class_keys(const Type& type, std::string_view every) {
    constexpr std::array<std::string_view, 7> meanings{
        "Calls that read a load balancer.", "Calls that register or deregister targets.", "Calls that change settings.",
        "Calls that create or write whole objects.", "Calls that delete objects.",
        "Calls that ask whether an operation is done.", "Calls to the compute API."};
    constexpr std::array<std::string_view, 7> names{"describe", "register", "modify", "write", "delete", "poll",
                                                    "instance"};
    std::array<Key, 8> keys{};
    for (std::size_t i = 0; i < names.size(); ++i)
        keys[i] = {.name = names[i], .type = type, .meaning = meanings[i], .provenance = neutral, .note = of_the_profile};
    keys[7] = {.name = "all", .type = type, .meaning = every, .provenance = neutral, .note = of_the_profile};
    return keys;
}

constexpr std::array latency_keys = class_keys(distribution_type, "Calls of every kind not named here.");
constexpr std::array quota_keys = class_keys(buckets, "All kinds of calls together: a call needs a token of each.");
constexpr Type latency_type = either(duration_type, {latency_shapes, 7});
constinit const Shape quota_shape{.name = "quota", .keys = quota_keys};

constexpr std::array fault_keys{
    Key{.name = "operations", .type = array_of(text_type, 1), .meaning = "Names of calls, as in api_calls.csv.",
        .provenance = "definition", .note = "every call"},
    Key{.name = "error_rate", .type = number(0, 1), .meaning = "Share of these calls that fail.", .fallback = "0",
        .provenance = neutral},
    Key{.name = "latency", .type = distribution_type, .meaning = "Of these calls, instead of their own.",
        .provenance = neutral, .note = "the call's own"}};
constinit const Shape fault_shape{.name = "fault", .keys = fault_keys};
constexpr Type fault_type = object(fault_shape);

constexpr std::array api_keys{
    Key{.name = "latency", .type = latency_type, .meaning = "Of one call, or by kind of call.", .provenance = neutral,
        .note = "the profile's; 0s without one"},
    Key{.name = "quota", .type = object(quota_shape), .meaning = "Token buckets by kind of call.", .fallback = "{}",
        .provenance = neutral},
    Key{.name = "faults", .type = array_of(fault_type, 0, 1'000), .meaning = "Calls that fail or take longer, all the time.",
        .fallback = "[]", .provenance = neutral}};
constinit const Shape api_shape{.name = "api", .keys = api_keys};

constexpr std::array cloud_keys{
    Key{.name = "profile", .type = profile_type, .meaning = "Profile of every service that names none.",
        .provenance = neutral, .note = "none: the neutral load balancer"},
    Key{.name = "api", .type = object(api_shape), .meaning = "Instead of what the profiles say.", .fallback = "{}",
        .provenance = "definition"}};

}  // namespace

constinit const Shape bucket_shape{.name = "bucket", .keys = bucket_keys};
constinit const Shape latency_shape{.name = "latency_by_call", .keys = latency_keys, .any_key = true};
constinit const Shape cloud_shape{.name = "cloud", .keys = cloud_keys};

}  // namespace lbsim::io
