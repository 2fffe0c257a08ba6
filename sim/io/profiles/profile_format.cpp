// SPDX-License-Identifier: Apache-2.0
// Tables of the format: profiles.
#include "sim/io/profiles/profile_format.hpp"

namespace lbsim::io {

namespace {

constexpr Type two_durations = array_of(duration_type, 2, 2);
/// In a profile two durations are the ends of a uniform distribution.
constexpr Type spread = sourced(either(duration_type, {distribution_shapes, 6}, two_durations));
constexpr Type truth = sourced(boolean_type);
constexpr Type length = sourced(duration_type);

constexpr Key key(std::string_view name, const Type& type, std::string_view fallback = {}) {
    return {.name = name, .type = type, .fallback = fallback};
}

constexpr std::array cluster_targets{Choice{"proxy_healthz"}, Choice{"node_port"}, Choice{"all_node_ports"},
                                     Choice{"none"}};
constexpr std::array local_targets{Choice{"proxy_healthz"}, Choice{"node_port"}, Choice{"all_node_ports"},
                                   Choice{"health_check_node_port"}, Choice{"none"}};
constexpr std::array prober_texts{Choice{"zones"}};
constexpr Type zones_text = choice(prober_texts);
constexpr Type prober_count = integer(1, 1'000);

constexpr std::array prober_keys{key("probers", sourced(either(zones_text, {}, prober_count)), "1"),
                                 key("first_probe_after", spread, "0s"), key("shared", truth, "false")};
constinit const Shape prober_shape{.name = "profile_probers", .keys = prober_keys};

constexpr std::array<Key, 5> check_keys(std::span<const Choice> targets) {
    return {key("target", sourced(choice(targets))), key("interval", sourced(duration(1'000)), "8s"),
            key("timeout", sourced(duration(1)), "1s"), key("unhealthy", sourced(integer(1, 10'000)), "3"),
            key("healthy", sourced(integer(1, 10'000)), "1")};
}
constexpr std::array cluster_check_keys = check_keys(cluster_targets);
constexpr std::array local_check_keys = check_keys(local_targets);
constinit const Shape cluster_check_shape{.name = "profile_check_cluster", .keys = cluster_check_keys, .common = &prober_shape};

constexpr std::array health_check_keys{key("cluster", object(cluster_check_shape)),
                                       key("local", object(profile_check_shape))};
constinit const Shape health_check_shape{.name = "profile_health_check", .keys = health_check_keys, .common = &prober_shape};

constexpr std::array connection_choices{Choice{"keep"}, Choice{"cut"}};
constexpr Type connection_text = choice(connection_choices);
constexpr std::array silent_choices{Choice{"silent"}};
constexpr std::array cut_keys{Key{.name = "cut", .type = choice(silent_choices), .required = true}};
constexpr std::array drain_keys{Key{.name = "drain", .type = duration_type, .required = true}};
constinit const Shape cut_shape{.name = "profile_cut", .keys = cut_keys};
constinit const Shape drain_shape{.name = "profile_drain", .keys = drain_keys};
constexpr std::array<const Shape*, 2> connection_shapes{&cut_shape, &drain_shape};
constexpr Type connection_policy = sourced(either(connection_text, connection_shapes));

constexpr std::array unhealthy_choices{Choice{"fail_open"}, Choice{"fail_closed"}};
constexpr Type unhealthy_text = choice(unhealthy_choices);
constexpr std::array panic_keys{Key{.name = "panic_below", .type = number(0, 1), .required = true}};
constinit const Shape panic_shape{.name = "profile_panic", .keys = panic_keys};
constexpr std::array<const Shape*, 1> unhealthy_shapes{&panic_shape};

constexpr std::array balancings{Choice{"five_tuple"}, Choice{"single_owner"}, Choice{"maglev", 5},
                                Choice{"round_robin", 5}, Choice{"least_connections", 5}, Choice{"random_two", 5}};
constexpr std::array set_changes{Choice{"keep"}, Choice{"rehash"}};

constexpr std::array balancer_keys{key("health_check", object(health_check_shape)),
                                   key("on_unhealthy", connection_policy),
                                   key("on_remove", connection_policy),
                                   key("all_unhealthy", sourced(either(unhealthy_text, unhealthy_shapes))),
                                   key("registration_delay", spread, "0s"),
                                   key("new_flow_lag_after_unhealthy", spread, "0s"),
                                   key("new_flow_lag_after_remove", spread, "0s"),
                                   key("idle_timeout", length),
                                   key("cross_zone", truth, "true"),
                                   key("balancing", sourced(choice(balancings)), "five_tuple"),
                                   key("on_set_change", sourced(choice(set_changes)), "keep")};

constexpr Type one_bucket = sourced(object(bucket_shape));

constexpr std::array<Key, 8> class_keys(const Type& type) {
    return {key("describe", type), key("register", type), key("modify", type), key("write", type),
            key("delete", type),   key("poll", type),     key("instance", type), key("all", type)};
}
constexpr std::array latency_keys = class_keys(spread);
constexpr std::array quota_keys = class_keys(array_of(one_bucket, 1, 10));
constinit const Shape latencies_shape{.name = "profile_latency", .keys = latency_keys};
constinit const Shape quotas_shape{.name = "profile_quota", .keys = quota_keys};

constexpr std::array retry_keys{key("attempts", sourced(integer(1, 1'000)), "1"),
                                key("first_delay", length, "0s"),
                                key("factor", sourced(number(1, 1'000)), "1"),
                                key("max_delay", length, "0s"),
                                key("jitter", sourced(number(0, 1'000)), "0"),
                                key("on_throttle", truth, "true"),
                                key("on_failure", truth, "true"),
                                key("gate_after_throttle", length, "0s"),
                                key("cross_request_delay", truth, "false")};
constinit const Shape retry_shape{.name = "profile_retry", .keys = retry_keys};

constexpr std::array locks{Choice{"none"}, Choice{"account"}, Choice{"load_balancer"}};
constexpr Type objects = sourced(integer(0, 1'000'000));
constexpr std::array api_keys{key("latency", object(latencies_shape)),
                              key("quota", object(quotas_shape)),
                              key("lock", sourced(choice(locks)), "none"),
                              key("batch", objects, "0"),
                              key("create_batch", objects, "0"),
                              key("operation_time", spread),
                              key("poll_every", length, "0s"),
                              key("poll_factor", sourced(number(1, 1'000)), "1"),
                              key("poll_limit", objects, "0"),
                              key("service_time", spread),
                              key("retry", object(retry_shape))};

constexpr std::array limit_kinds{Choice{"reject"}, Choice{"truncate"}, Choice{"subset"}};
constexpr std::array limit_keys{Key{.name = "kind", .type = choice(limit_kinds), .required = true},
                                Key{.name = "most", .type = integer(1, 1'000'000), .required = true}};
constexpr Type limit = sourced(object(profile_limit_shape));
constexpr std::array limits_keys{key("cluster", limit), key("local", limit)};
constinit const Shape limits_shape{.name = "profile_limits", .keys = limits_keys};

constexpr std::array sequences{Choice{"single"},          Choice{"none"},           Choice{"aws_clb"},
                               Choice{"aws_nlb"},         Choice{"aws_target_groups"}, Choice{"aws_ip_targets"},
                               Choice{"gce_target_pool"}, Choice{"gce_instance_group"}, Choice{"gce_shared_groups"},
                               Choice{"gce_neg_vm_ip"},   Choice{"gce_neg_pods"},   Choice{"azure_nic"},
                               Choice{"azure_ip"},        Choice{"octavia"},        Choice{"digitalocean"},
                               Choice{"hetzner"}};
constexpr Type fact = sourced(text_type);

constexpr std::array profile_keys{key("title", text_type),
                                  key("based_on", text_type),
                                  key("sequence", sourced(choice(sequences))),
                                  key("load_balancer", object(profile_balancer_shape)),
                                  key("api", object(profile_api_shape)),
                                  key("limits", object(limits_shape)),
                                  key("facts", map_of(fact)),
                                  key("remarks", array_of(text_type, 0, 100))};

}  // namespace

constinit const Shape profile_check_shape{.name = "profile_check_local", .keys = local_check_keys, .common = &prober_shape};
constinit const Shape profile_balancer_shape{.name = "profile_load_balancer", .keys = balancer_keys};
constinit const Shape profile_api_shape{.name = "profile_api", .keys = api_keys};
constinit const Shape profile_limit_shape{.name = "profile_limit", .keys = limit_keys};
constinit const Shape profile_shape{.name = "profile", .keys = profile_keys};

}  // namespace lbsim::io
