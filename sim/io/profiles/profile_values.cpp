// SPDX-License-Identifier: Apache-2.0
// Readers of profiles.
#include "sim/io/profiles/profile_values.hpp"

#include "sim/io/profiles/profile_format.hpp"

namespace lbsim::io {

namespace {

using scenario::CallClass;
using scenario::CloudApi;

View root_of(const ProfileDocument& profile) { return {&profile.plain, profile_shape, "", profile.plain.origin}; }

std::optional<scenario::Distribution> optional_distribution(const View& owner, std::string_view key, ReadContext& context) {
    if (owner.given(key) == nullptr) return std::nullopt;
    return read_distribution(owner, key, context);
}

scenario::CallLock read_lock(const View& api) {
    const std::string text = api.text("lock");
    if (text == "account") return scenario::CallLock::account;
    return text == "load_balancer" ? scenario::CallLock::load_balancer : scenario::CallLock::none;
}

scenario::ClientRetry read_retry(const View& retry) {
    return {.attempts = retry.count("attempts"),
            .first_delay = retry.duration("first_delay"),
            .factor = retry.number("factor"),
            .max_delay = retry.duration("max_delay"),
            .jitter = retry.number("jitter"),
            .on_throttle = retry.truth("on_throttle"),
            .on_failure = retry.truth("on_failure"),
            .gate_after_throttle = retry.duration("gate_after_throttle"),
            .cross_request_delay = retry.truth("cross_request_delay")};
}

}  // namespace

void read_latencies(const View& classes, CloudApi& out, ReadContext& context) {
    if (classes.given("all") != nullptr) out.latency.fill(read_distribution(classes, "all", context));
    for (std::size_t c = 0; c < scenario::call_class_count; ++c) {
        const std::string_view name = to_string(static_cast<CallClass>(c));
        if (classes.given(name) != nullptr) out.latency[c] = read_distribution(classes, name, context);
    }
}

scenario::Bucket read_bucket(const View& bucket) {
    using WhenEmpty = scenario::Bucket::WhenEmpty;
    const std::string when_empty = bucket.text("when_empty");
    return {.rate = bucket.number("rate"),
            .burst = bucket.number("burst"),
            .when_empty = when_empty == "throttle" ? WhenEmpty::throttle
                          : when_empty == "reject" ? WhenEmpty::reject
                                                   : WhenEmpty::wait};
}

CloudApi profile_api(const ProfileDocument& profile, ReadContext& context) {
    const View root = root_of(profile);
    const View api = root.object("api");
    CloudApi out;
    out.profile = profile.name;
    out.sequence = scenario::find_call_sequence(root.text("sequence")).value_or(scenario::CallSequence::single);
    read_latencies(api.object("latency"), out, context);
    const View quota = api.object("quota");
    for (std::size_t c = 0; c <= scenario::call_class_count; ++c) {
        const std::string_view name = c < scenario::call_class_count ? to_string(static_cast<CallClass>(c)) : "all";
        for (const View& bucket : quota.objects(name)) out.quota[c].push_back(read_bucket(bucket));
    }
    out.lock = read_lock(api);
    out.batch = api.count("batch");
    out.create_batch = api.count("create_batch");
    out.operation_time = optional_distribution(api, "operation_time", context);
    out.poll_every = api.duration("poll_every");
    out.poll_factor = api.number("poll_factor");
    out.poll_limit = api.count("poll_limit");
    out.service_time = optional_distribution(api, "service_time", context);
    out.retry = read_retry(api.object("retry"));
    return out;
}

scenario::TargetLimit profile_limit(const ProfileDocument& profile, policy::TrafficPolicy traffic_policy) {
    using Kind = scenario::TargetLimit::Kind;
    const View limits = root_of(profile).object("limits");
    const bool is_local = traffic_policy == policy::TrafficPolicy::local && limits.given("local") != nullptr;
    const std::string_view key = is_local ? "local" : "cluster";
    if (limits.given(key) == nullptr) return {};
    const View limit = limits.object(key);
    const std::string kind = limit.text("kind");
    return {.kind = kind == "reject" ? Kind::reject : kind == "truncate" ? Kind::truncate : Kind::subset,
            .most = limit.count("most")};
}

void check_profile_values(const ProfileDocument& profile, const std::filesystem::path& folder, ProblemSink& sink) {
    Room room;
    ReadContext context{.sink = sink, .folder = folder, .room = room};
    profile_api(profile, context);
    for (const policy::TrafficPolicy traffic_policy : {policy::TrafficPolicy::cluster, policy::TrafficPolicy::local}) {
        const JsonValue balancer = profile_balancer(profile, traffic_policy);
        const View view(&balancer, profile_balancer_shape, "/load_balancer", balancer.origin);
        for (const char* key : {"registration_delay", "new_flow_lag_after_unhealthy", "new_flow_lag_after_remove"})
            read_distribution(view, key, context);
        const View check(view.given("health_check"), profile_check_shape, "/load_balancer/health_check", balancer.origin);
        read_distribution(check, "first_probe_after", context);
    }
}

}  // namespace lbsim::io
