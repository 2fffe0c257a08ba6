// SPDX-License-Identifier: Apache-2.0
// Tables of the format: services, load balancers, workloads and traffic.
#include "sim/io/scenario/format.hpp"

namespace lbsim::io {

namespace {

constexpr std::string_view gce = "GCE provider: 8 s, 1 s, 3, 1 (cloud-load-balancers.md)";
constexpr std::string_view neutral = "definition (neutral)";
constexpr std::string_view kubernetes = "Kubernetes default";

constexpr std::array targets{Choice{"proxy_healthz"}, Choice{"node_port"}, Choice{"all_node_ports"},
                             Choice{"health_check_node_port"}, Choice{"none"}};
constexpr std::array initial_states{Choice{"failing"}, Choice{"passing"}};

constexpr std::array prober_texts{Choice{"zones"}};
constexpr Type zones_text = choice(prober_texts);
constexpr Type prober_count = integer(1, 1'000);

constexpr std::array health_check_keys{
    Key{.name = "target", .type = choice(targets), .meaning = "What a probe asks; \"none\": every target passes.", .provenance = "definition",
        .note = "proxy_healthz; health_check_node_port with externalTrafficPolicy Local"},
    Key{.name = "interval", .type = duration(1'000), .meaning = "Between two probes.", .fallback = "8s",
        .provenance = gce},
    Key{.name = "timeout", .type = duration(1), .meaning = "How long a probe waits for its answer.", .fallback = "1s",
        .provenance = gce},
    Key{.name = "unhealthy", .type = integer(1, 10'000), .meaning = "Failures in a row that turn a target failing.",
        .fallback = "3", .provenance = gce, .unit = "probes"},
    Key{.name = "healthy", .type = integer(1, 10'000), .meaning = "Successes in a row that turn a target passing.",
        .fallback = "1", .provenance = gce, .unit = "probes"},
    Key{.name = "phase", .type = duration_type, .meaning = "Phase of the probes.", .provenance = "definition",
        .note = "drawn per load balancer, prober and replication"},
    Key{.name = "probers", .type = either(zones_text, {}, prober_count),
        .meaning = "Independent probers, all of which must agree; \"zones\": one for each zone.", .fallback = "1",
        .provenance = neutral},
    Key{.name = "initial_state", .type = choice(initial_states), .meaning = "Of a target that enters the set.",
        .fallback = "failing", .provenance = "definition"},
    Key{.name = "first_probe_after", .type = distribution_type,
        .meaning = "From entering the set until probes start, drawn per membership.", .fallback = "0s",
        .provenance = neutral},
    Key{.name = "shared", .type = boolean_type,
        .meaning = "One check for all load balancers of the profile: same phases, probes counted once.",
        .fallback = "false", .provenance = neutral}};
constinit const Shape health_check_shape{.name = "health_check", .keys = health_check_keys};

constexpr std::array connection_choices{Choice{"keep"}, Choice{"cut"}};
constexpr Type connection_text = choice(connection_choices);
constexpr std::array silent_choices{Choice{"silent"}};
constexpr std::array cut_keys{Key{.name = "cut", .type = choice(silent_choices),
                                  .meaning = "Cut without sending RST.", .required = true}};
constexpr std::array drain_keys{
    Key{.name = "drain", .type = duration_type, .meaning = "Cut what is left after this.", .required = true},
    Key{.name = "until_idle", .type = only(false, 5), .meaning = "End earlier when idle (part 5).",
        .fallback = "false", .provenance = "definition"}};
constinit const Shape cut_shape{.name = "cut_silently", .keys = cut_keys};
constinit const Shape drain_shape{.name = "drain_connections", .keys = drain_keys};
constexpr std::array<const Shape*, 2> connection_shapes{&cut_shape, &drain_shape};
constexpr Type connection_policy = either(connection_text, connection_shapes);

constexpr std::array unhealthy_choices{Choice{"fail_open"}, Choice{"fail_closed"}};
constexpr Type unhealthy_text = choice(unhealthy_choices);
constexpr std::array panic_keys{
    Key{.name = "panic_below", .type = number(0, 1), .meaning = "Use all targets below this passing share.",
        .required = true}};
constinit const Shape panic_shape{.name = "panic_below", .keys = panic_keys};
constexpr std::array<const Shape*, 1> unhealthy_shapes{&panic_shape};

constexpr std::array balancings{Choice{"five_tuple"}, Choice{"single_owner"}, Choice{"maglev", 5}, Choice{"round_robin", 5},
                                Choice{"least_connections", 5}, Choice{"random_two", 5}};

constexpr std::array set_changes{Choice{"keep"}, Choice{"rehash"}};

constexpr std::array load_balancer_keys{
    Key{.name = "health_check", .type = object(health_check_shape), .meaning = "How targets are probed.",
        .fallback = "{}", .provenance = "definition"},
    Key{.name = "on_unhealthy", .type = connection_policy,
        .meaning = "Established connections of a target that turns failing.", .fallback = "keep",
        .provenance = neutral},
    Key{.name = "on_remove", .type = connection_policy,
        .meaning = "Established connections of a target that leaves the set.", .fallback = "keep",
        .provenance = neutral},
    Key{.name = "all_unhealthy", .type = either(unhealthy_text, unhealthy_shapes),
        .meaning = "Where new connections go when no target passes.", .fallback = "fail_open", .provenance = neutral},
    Key{.name = "update_latency", .type = duration_type,
        .meaning = "An Update or Ensure is one mutating call of this length.", .provenance = neutral,
        .note = "0s; with a profile, the calls of its cloud"},
    Key{.name = "balancing", .type = choice(balancings),
        .meaning = "How a new connection picks its target; \"single_owner\": one target has the address and gets all.",
        .fallback = "five_tuple", .provenance = neutral},
    Key{.name = "on_set_change", .type = choice(set_changes),
        .meaning = "Established connections when other targets get new ones; \"rehash\": all are lost.",
        .fallback = "keep", .provenance = neutral},
    Key{.name = "cross_zone", .type = only(true, 5), .meaning = "Targets of other zones count (off: part 5).",
        .fallback = "true", .provenance = neutral},
    Key{.name = "limits", .type = boolean(), .meaning = "The profile's limit or subset of targets applies.",
        .provenance = neutral, .note = "true with a profile"},
    Key{.name = "new_flow_lag_after_unhealthy", .type = distribution_type,
        .meaning = "How much longer new connections arrive at a target that turned failing, drawn each time.",
        .fallback = "0s", .provenance = neutral},
    Key{.name = "new_flow_lag_after_remove", .type = distribution_type,
        .meaning = "How much longer new connections arrive at a target that left the set, drawn each time.",
        .fallback = "0s", .provenance = neutral},
    Key{.name = "registration_delay", .type = distribution_type,
        .meaning = "From entering the set until the data plane knows the target, drawn per membership.",
        .fallback = "0s", .provenance = neutral},
    Key{.name = "slow_start", .type = zero_duration(5), .meaning = "Part 5.", .fallback = "0s",
        .provenance = neutral},
    Key{.name = "profile", .type = profile_type, .meaning = "What holds where the other keys say nothing.",
        .provenance = neutral, .note = "cloud.profile"},
    later("idle_timeout", 5), later("session_affinity", 5)};
constexpr std::array<const Shape*, 1> load_balancer_shapes{&load_balancer_shape};

constexpr std::array workload_kinds{Choice{"Deployment"}, Choice{"DaemonSet"}};
constexpr std::array sigterms{Choice{"exit_now"}, Choice{"keep_serving"}, Choice{"finish_then_exit", 5}};
/// Kubernetes keeps it in 32 bits.
constexpr Type int32_seconds{.kind = Type::Kind::seconds, .low = 0, .high = 2'147'483'647'000'000};

constexpr Type share_of_pods = percent(100);
constexpr Type more_pods = percent(9'999);
constexpr Type pod_count = integer(0, 1'000'000);

constexpr std::array workload_keys{
    Key{.name = "kind", .type = choice(workload_kinds), .meaning = "Who owns the pods.", .fallback = "Deployment",
        .provenance = "definition"},
    Key{.name = "replicas", .type = integer(0, 1'000'000), .meaning = "Pods of a Deployment.", .fallback = "2",
        .provenance = "estimate"},
    Key{.name = "nodes", .type = node_list_type, .meaning = "Nodes that may hold its pods.",
        .provenance = "definition", .note = "every node"},
    Key{.name = "start_time", .type = duration_type, .meaning = "From a pod's placement to Ready.", .fallback = "2s",
        .provenance = "estimate"},
    Key{.name = "preStopSeconds", .type = seconds_type, .meaning = "Length of the preStop hook.", .fallback = "0",
        .provenance = kubernetes},
    Key{.name = "terminationGracePeriodSeconds", .type = seconds_type, .meaning = "From deletion to SIGKILL.",
        .fallback = "30", .provenance = kubernetes},
    Key{.name = "tolerationSeconds", .type = seconds_type,
        .meaning = "How long its pods stay on a node that is not ready or unreachable.",
        .provenance = "kubernetes/kubernetes plugin/pkg/admission/defaulttolerationseconds",
        .note = "300; for ever with a DaemonSet"},
    Key{.name = "on_sigterm", .type = choice(sigterms), .meaning = "What the program does at SIGTERM.",
        .fallback = "exit_now", .provenance = "definition"},
    Key{.name = "minReadySeconds", .type = int32_seconds,
        .meaning = "How long a pod is Ready before a rollout counts it as available.", .fallback = "0",
        .provenance = kubernetes},
    Key{.name = "maxSurge", .type = either(more_pods, {}, pod_count),
        .meaning = "Pods that a rollout may have beyond the replicas; a percentage is rounded up.",
        .provenance = kubernetes, .note = "25% of a Deployment, 0 of a DaemonSet"},
    Key{.name = "maxUnavailable", .type = either(share_of_pods, {}, pod_count),
        .meaning = "Pods that may be unavailable in a rollout; a percentage is rounded down (DaemonSet: up).",
        .provenance = kubernetes, .note = "25% of a Deployment, 1 of a DaemonSet"},
    Key{.name = "pdb_min_available", .type = either(share_of_pods, {}, pod_count),
        .meaning = "minAvailable of a PodDisruptionBudget over its pods; a percentage is rounded up.",
        .provenance = "definition", .note = "no disruption budget"}};
constinit const Shape workload_shape{.name = "workload", .keys = workload_keys};

constexpr std::array policies{Choice{"Cluster"}, Choice{"Local"}};
constexpr std::array service_keys{
    Key{.name = "name", .type = name_type, .meaning = "Name of the service.", .fallback = "web",
        .provenance = "definition"},
    Key{.name = "count", .type = integer(1, 100'000), .meaning = "Copies, named <name>-0, <name>-1 and so on.",
        .fallback = "1", .provenance = "definition: one service without a number"},
    Key{.name = "externalTrafficPolicy", .type = choice(policies), .meaning = "Which endpoints a node forwards to.",
        .fallback = "Cluster", .provenance = kubernetes},
    Key{.name = "ports", .type = integer(1, 1'000), .meaning = "Number of ports.", .fallback = "1",
        .provenance = "definition"},
    Key{.name = "load_balancer", .type = either(profile_type, load_balancer_shapes),
        .meaning = "The cloud's load balancer: a profile's name, or its keys.", .fallback = "{}", .provenance = neutral},
    Key{.name = "workload", .type = object(workload_shape), .meaning = "The pods behind it.", .fallback = "{}",
        .provenance = "definition"}};

constexpr std::array reconnect_choices{Choice{"no"}, Choice{"at_once"}};
constexpr Type reconnect_text = choice(reconnect_choices);
constexpr std::array after_keys{Key{.name = "after", .type = distribution_type,
                                    .meaning = "This long after the failure or loss.", .required = true}};
constinit const Shape after_shape{.name = "reconnect_after", .keys = after_keys};
constexpr std::array<const Shape*, 1> reconnect_shapes{&after_shape};

constexpr std::array traffic_kinds{Choice{"open"}, Choice{"population"}, Choice{"probe", 5}};
constexpr std::array traffic_keys{
    Key{.name = "name", .type = name_type, .meaning = "Name of the clients.", .fallback = "clients",
        .provenance = "definition"},
    Key{.name = "service", .type = text_type, .meaning = "A service, or \"*\": one such entry for each.",
        .fallback = "*", .provenance = "definition"},
    Key{.name = "kind", .type = choice(traffic_kinds), .meaning = "How connections arise.", .required = true},
    Key{.name = "lifetime", .type = distribution_type, .meaning = "Of a connection.",
        .fallback = "{\"exponential\":\"60s\"}", .provenance = "estimate"},
    Key{.name = "connect_timeout", .type = duration(1), .meaning = "After which a client gives up.", .fallback = "1s",
        .provenance = "definition"},
    later("requests", 5), later("idle_gap", 5), later("keepalive", 5)};
constinit const Shape traffic_shape{.name = "traffic", .keys = traffic_keys};
constexpr std::array open_keys{
    Key{.name = "arrivals_per_second", .type = number(0, 1e9), .meaning = "Rate of the Poisson arrivals.",
        .fallback = "10", .provenance = "estimate", .unit = "1/s"}};
constexpr std::array population_keys{
    Key{.name = "connections", .type = integer(0, 1'000'000'000'000), .meaning = "Open at time 0.",
        .fallback = "1000", .provenance = "estimate"},
    Key{.name = "reconnect", .type = either(reconnect_text, reconnect_shapes),
        .meaning = "When a failed or lost connection comes back.", .fallback = "no", .provenance = "definition"}};
constinit const Shape open_shape{.name = "open", .keys = open_keys, .common = &traffic_shape};
constinit const Shape population_shape{.name = "population", .keys = population_keys, .common = &traffic_shape};
constexpr std::array traffic_cases{Case{"open", 1, &open_shape}, Case{"population", 1, &population_shape},
                                   Case{"probe", 5}};

}  // namespace

constinit const Shape load_balancer_shape{.name = "load_balancer", .keys = load_balancer_keys, .any_key = true};
constinit const Shape service_shape{.name = "service", .keys = service_keys};
constinit const Type traffic_type = tagged("kind", traffic_cases);

}  // namespace lbsim::io
