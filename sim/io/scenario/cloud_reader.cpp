// SPDX-License-Identifier: Apache-2.0
// Reads `cloud.api`: latency, quota and faults in the place of the profiles'.
#include "sim/io/profiles/profile_values.hpp"
#include "sim/io/scenario/profile_book.hpp"

namespace lbsim::io {

namespace {

using scenario::CallClass;
using scenario::CloudApi;

void read_latency(const View& api, CloudApi& cloud, ReadContext& context) {
    if (api.given("latency") == nullptr) return;
    const std::optional<View> chosen = api.chosen("latency");
    if (chosen && chosen->shape().name == "latency_by_call") {
        read_latencies(*chosen, cloud, context);
    } else {
        cloud.latency.fill(read_distribution(api, "latency", context));
    }
}

/// One bucket or several.
std::vector<scenario::Bucket> read_buckets(const View& quota, std::string_view name) {
    std::vector<scenario::Bucket> out;
    const JsonValue& given = *quota.given(name);
    const auto add = [&](const JsonValue& value) {
        if (value.is(JsonValue::Kind::object))
            out.push_back(read_bucket(View(&value, bucket_shape, quota.pointer(name), value.origin)));
    };
    add(given);
    for (const JsonValue& item : given.items) add(item);
    return out;
}

scenario::CloudFault read_fault(const View& fault, ReadContext& context) {
    scenario::CloudFault out;
    for (const View::Item& operation : fault.texts("operations")) out.operations.push_back(operation.text);
    out.error_rate = fault.number("error_rate");
    if (fault.given("latency") != nullptr) out.latency = read_distribution(fault, "latency", context);
    if (fault.given("latency") == nullptr && fault.given("error_rate") == nullptr)
        context.sink.add(fault.origin(), fault.pointer(), "a fault that does nothing", "\"error_rate\" or \"latency\"");
    return out;
}

}  // namespace

void override_api(const View& root, CloudApi& cloud, ReadContext& context) {
    const View api = root.object("cloud").object("api");
    read_latency(api, cloud, context);
    const View quota = api.object("quota");
    for (std::size_t c = 0; c <= scenario::call_class_count; ++c) {
        const std::string_view name = c < scenario::call_class_count ? to_string(static_cast<CallClass>(c)) : "all";
        if (quota.given(name) != nullptr) cloud.quota[c] = read_buckets(quota, name);
    }
    for (const View& fault : api.objects("faults")) cloud.faults.push_back(read_fault(fault, context));
}

}  // namespace lbsim::io
