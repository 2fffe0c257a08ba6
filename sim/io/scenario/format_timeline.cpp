// SPDX-License-Identifier: Apache-2.0
// Tables of the format: the verbs of the timeline.
#include "sim/io/scenario/format.hpp"

namespace lbsim::io {

namespace {

constexpr Key nodes_key{.name = "nodes", .type = node_list_type, .meaning = "Which nodes, by name.", .required = true};
constexpr Key pool_key{.name = "pool", .type = name_type, .meaning = "Which node pool.", .required = true};

constexpr std::array every_keys{
    Key{.name = "every", .type = duration(1), .meaning = "Distance of two repetitions.", .required = true},
    Key{.name = "times", .type = integer(1, 1'000'000), .meaning = "How often in all.", .provenance = "definition",
        .note = "to the end of the run"}};
constexpr std::array mean_every_keys{
    Key{.name = "mean_every", .type = duration(1), .meaning = "Mean of the exponential gaps.", .required = true},
    Key{.name = "times", .type = integer(1, 1'000'000), .meaning = "How often in all.", .provenance = "definition",
        .note = "to the end of the run"}};
constinit const Shape every_shape{.name = "repeat_every", .keys = every_keys};
constinit const Shape mean_every_shape{.name = "repeat_mean_every", .keys = mean_every_keys};
constexpr std::array<const Shape*, 2> repeat_shapes{&every_shape, &mean_every_shape};
constexpr Type repeat_type{.kind = Type::Kind::either, .shapes = repeat_shapes};

constexpr std::array entry_keys{
    Key{.name = "at", .type = duration_type, .meaning = "When.", .required = true},
    Key{.name = "do", .type = text_type, .meaning = "The verb.", .required = true},
    Key{.name = "repeat", .type = repeat_type, .meaning = "How it repeats.", .provenance = "definition",
        .note = "once"}};
constinit const Shape entry_shape{.name = "entry", .keys = entry_keys};

constexpr std::array statuses{Choice{"True"}, Choice{"False"}, Choice{"Unknown"}};
constexpr std::array set_ready_keys{
    nodes_key,
    Key{.name = "status", .type = choice(statuses), .meaning = "The status of the condition Ready.",
        .fallback = "False", .provenance = "definition"},
    Key{.name = "for", .type = duration(1), .meaning = "How long it is held; then True.", .provenance = "definition",
        .note = "to the end of the run"}};
constexpr std::array effects{Choice{"NoSchedule"}, Choice{"PreferNoSchedule"}, Choice{"NoExecute"}};
constexpr Key effect_key{.name = "effect", .type = choice(effects), .meaning = "Effect of the taint.",
                         .fallback = "NoSchedule", .provenance = "definition"};
constexpr Key key_key{.name = "key", .type = text_type, .meaning = "Key of the taint or label.", .required = true};
constexpr Key value_key{.name = "value", .type = text_type, .meaning = "Its value.", .provenance = "definition",
                        .note = "empty"};
constexpr std::array taint_keys{nodes_key, key_key, value_key, effect_key};
constexpr Key removed_effect_key{.name = "effect", .type = choice(effects), .meaning = "Effect of the taint.",
                                 .provenance = "definition", .note = "taints of every effect"};
constexpr std::array untaint_keys{nodes_key, key_key, removed_effect_key};
constexpr std::array label_keys{nodes_key, key_key, value_key};
constexpr std::array unlabel_keys{nodes_key, key_key};
constexpr std::array nodes_keys{nodes_key};

constexpr std::array add_nodes_keys{
    pool_key,
    Key{.name = "count", .type = integer(1, 100'000), .meaning = "How many.", .fallback = "1",
        .provenance = "definition"},
    Key{.name = "boot_time", .type = duration_type, .meaning = "From the order to the registration.",
        .provenance = "definition", .note = "the pool's"},
    Key{.name = "ready_after", .type = duration_type, .meaning = "From the registration to Ready.", .fallback = "0s",
        .provenance = "definition"}};
constexpr std::array instances{Choice{"gone"}, Choice{"stopped"}};
constexpr std::array vm_off_keys{
    nodes_key, Key{.name = "instance", .type = choice(instances), .meaning = "What the cloud says of the VM.",
                   .fallback = "gone", .provenance = "definition"}};
constexpr std::array reboot_keys{
    nodes_key, Key{.name = "for", .type = duration(1), .meaning = "How long it is off.", .fallback = "60s",
                   .provenance = "estimate"}};
constexpr std::array drain_keys{
    nodes_key, Key{.name = "timeout", .type = duration(1), .meaning = "After which a node's drain is given up.",
                   .provenance = "kubernetes/kubectl pkg/drain/drain.go", .note = "none: it is tried for ever"}};
constexpr std::array on_notice_choices{Choice{"nothing"}, Choice{"drain"}, Choice{"taint_and_drain"},
                                       Choice{"deregister"}};
constexpr std::array preemption_keys{
    nodes_key,
    Key{.name = "notice", .type = duration_type, .meaning = "From the notice to the VM being gone.", .fallback = "30s",
        .provenance = "Google Cloud: 30 s; Amazon EC2: 120 s"},
    Key{.name = "on_notice", .type = choice(on_notice_choices),
        .meaning = "What the termination handler does; \"deregister\": the label that takes a node out of load balancers.",
        .fallback = "nothing", .provenance = "definition"}};
constexpr Key service_key{.name = "service", .type = name_type, .meaning = "Whose workload.", .required = true};
constexpr std::array rollout_keys{service_key};
constexpr std::array scale_keys{
    service_key, Key{.name = "replicas", .type = integer(0, 1'000'000), .meaning = "Pods from now on.", .required = true}};
constexpr std::array scale_down_keys{
    nodes_key,
    Key{.name = "delay_after_taint", .type = duration_type, .meaning = "From the taint to the evictions.",
        .provenance = "kubernetes/autoscaler flags.go", .note = "the release's: 0s before 1.26, 5s from 1.26"},
    Key{.name = "cordon", .type = boolean_type, .meaning = "Cordon with the taint.",
        .provenance = "kubernetes/autoscaler flags.go", .note = "the release's: true from 1.34"},
    Key{.name = "pod_drain", .type = duration_type, .meaning = "Exact length of the drain.",
        .provenance = "definition", .note = "until the pods are gone"},
    Key{.name = "max_scale_down_parallelism", .type = integer(1, 100'000), .meaning = "Nodes that go at once.",
        .fallback = "10", .provenance = "kubernetes/autoscaler flags.go"},
    Key{.name = "max_drain_parallelism", .type = integer(1, 100'000), .meaning = "Of these, nodes that are drained.",
        .fallback = "1", .provenance = "kubernetes/autoscaler flags.go"},
    Key{.name = "parallel_drain", .type = boolean_type,
        .meaning = "May a drain run beside another removal.", .provenance = "kubernetes/autoscaler flags.go",
        .note = "the release's: true from 1.28"},
    Key{.name = "scan_interval", .type = duration(1'000), .meaning = "After which nodes that had to wait are looked at again.",
        .fallback = "10s", .provenance = "kubernetes/autoscaler flags.go"},
    Key{.name = "taint_fails_on", .type = node_list_type, .meaning = "Nodes whose taint meets conflicts until it is given up.",
        .provenance = "definition", .note = "none"}};
constexpr std::array machine_controllers{Choice{"none"}, Choice{"gardener"}, Choice{"cluster_api"}};
constexpr std::array upgrade_modes{Choice{"surge"}, Choice{"in_place"}};
constexpr std::array rolling_upgrade_keys{
    pool_key,
    Key{.name = "mode", .type = choice(upgrade_modes), .meaning = "New nodes first, or the same nodes again.",
        .fallback = "surge", .provenance = "definition"},
    Key{.name = "max_surge", .type = integer(0, 100'000), .meaning = "Nodes above the pool's size.",
        .provenance = "definition", .note = "1 with surge, 0 in place"},
    Key{.name = "max_unavailable", .type = integer(0, 100'000), .meaning = "Nodes away at once.",
        .provenance = "definition", .note = "0 with surge, 1 in place"},
    Key{.name = "taint_first", .type = boolean_type, .meaning = "Set the autoscaler's taint before the drain.",
        .fallback = "false", .provenance = "definition"},
    Key{.name = "reboot_time", .type = duration_type, .meaning = "How long a node upgraded in place is off.",
        .provenance = "definition", .note = "the pool's boot_time"},
    Key{.name = "to_release", .type = release_type, .meaning = "kube-proxy and kubelet of upgraded nodes.",
        .provenance = "definition", .note = "the old one"},
    Key{.name = "batch", .type = integer(1, 100'000), .meaning = "Nodes that are done before the next ones begin.",
        .provenance = "definition", .note = "all of the pool"},
    Key{.name = "soak", .type = duration_type, .meaning = "Between two batches.", .fallback = "0s",
        .provenance = "definition"},
    Key{.name = "machine_controller", .type = choice(machine_controllers),
        .meaning = "Who deletes the machines, and what it does to their Node objects.", .fallback = "none",
        .provenance = "definition"}};

constexpr Type operation_list_type = array_of(text_type, 1);
constexpr std::array fault_keys{
    Key{.name = "operations", .type = operation_list_type, .meaning = "Names of cloud calls, as in api_calls.csv.",
        .provenance = "definition", .note = "every call"},
    Key{.name = "error_rate", .type = number(0, 1), .meaning = "Share of calls that fail; 1 is an outage.",
        .fallback = "0", .provenance = "definition"},
    Key{.name = "latency", .type = distribution_type, .meaning = "How long a call takes.", .provenance = "definition",
        .note = "the calls' own"},
    Key{.name = "for", .type = duration(1), .meaning = "How long the fault lasts.", .provenance = "definition",
        .note = "to the end of the run"}};
constexpr std::array restart_keys{
    Key{.name = "gap", .type = duration_type, .meaning = "Without a leader.", .fallback = "15s",
        .provenance = "Kubernetes default: leader election lease of 15 s"}};
constexpr Type service_list_type = array_of(name_type, 1);
constexpr std::array services_keys{
    Key{.name = "services", .type = service_list_type, .meaning = "Names of services.", .required = true}};

constexpr Key outage_for_key{.name = "for", .type = duration(1), .meaning = "How long it lasts.",
                             .provenance = "definition", .note = "to the end of the run"};
constexpr std::array watch_choices{Choice{"go_on"}, Choice{"stop"}};
constexpr std::array cannot_renew_keys{
    nodes_key, outage_for_key,
    Key{.name = "watches", .type = choice(watch_choices),
        .meaning = "Whether the kube-proxies of these nodes still hear of changes.", .fallback = "go_on",
        .provenance = "definition"}};
constexpr std::array outage_keys{outage_for_key};
constexpr std::array zone_outage_keys{
    Key{.name = "zone", .type = name_type, .meaning = "Which zone of the cluster.", .required = true}, outage_for_key};

constinit const Shape cannot_renew{.name = "kubelets_cannot_renew", .keys = cannot_renew_keys, .common = &entry_shape};
constinit const Shape api_server_outage{.name = "api_server_outage", .keys = outage_keys, .common = &entry_shape};
constinit const Shape zone_outage{.name = "zone_outage", .keys = zone_outage_keys, .common = &entry_shape};
constinit const Shape cloud_api_fault{.name = "cloud_api_fault", .keys = fault_keys, .common = &entry_shape};
constinit const Shape controller_restart{.name = "service_controller_restart", .keys = restart_keys, .common = &entry_shape};
constinit const Shape create_service{.name = "create_service", .keys = services_keys, .common = &entry_shape};
constinit const Shape delete_service{.name = "delete_service", .keys = services_keys, .common = &entry_shape};
constinit const Shape set_ready{.name = "set_ready", .keys = set_ready_keys, .common = &entry_shape};
constinit const Shape taint{.name = "taint", .keys = taint_keys, .common = &entry_shape};
constinit const Shape untaint{.name = "untaint", .keys = untaint_keys, .common = &entry_shape};
constinit const Shape label{.name = "label", .keys = label_keys, .common = &entry_shape};
constinit const Shape unlabel{.name = "unlabel", .keys = unlabel_keys, .common = &entry_shape};
constinit const Shape cordon{.name = "cordon", .keys = nodes_keys, .common = &entry_shape};
constinit const Shape uncordon{.name = "uncordon", .keys = nodes_keys, .common = &entry_shape};
constinit const Shape add_nodes{.name = "add_nodes", .keys = add_nodes_keys, .common = &entry_shape};
constinit const Shape delete_node_object{.name = "delete_node_object", .keys = nodes_keys, .common = &entry_shape};
constinit const Shape vm_off{.name = "vm_off", .keys = vm_off_keys, .common = &entry_shape};
constinit const Shape reboot{.name = "reboot", .keys = reboot_keys, .common = &entry_shape};
constinit const Shape drain{.name = "drain", .keys = drain_keys, .common = &entry_shape};
constinit const Shape spot_preemption{.name = "spot_preemption", .keys = preemption_keys, .common = &entry_shape};
constinit const Shape rollout{.name = "rollout", .keys = rollout_keys, .common = &entry_shape};
constinit const Shape scale{.name = "scale", .keys = scale_keys, .common = &entry_shape};
constinit const Shape scale_down{.name = "autoscaler_scale_down", .keys = scale_down_keys, .common = &entry_shape};
constinit const Shape rolling_upgrade{.name = "rolling_upgrade", .keys = rolling_upgrade_keys, .common = &entry_shape};

constexpr std::array verbs{
    Case{"set_ready", 1, &set_ready}, Case{"taint", 1, &taint}, Case{"untaint", 1, &untaint},
    Case{"label", 1, &label}, Case{"unlabel", 1, &unlabel}, Case{"cordon", 1, &cordon},
    Case{"uncordon", 1, &uncordon}, Case{"add_nodes", 1, &add_nodes},
    Case{"delete_node_object", 1, &delete_node_object}, Case{"vm_off", 1, &vm_off}, Case{"reboot", 1, &reboot},
    Case{"autoscaler_scale_down", 1, &scale_down}, Case{"rolling_upgrade", 1, &rolling_upgrade},
    Case{"cloud_api_fault", 1, &cloud_api_fault}, Case{"service_controller_restart", 1, &controller_restart},
    Case{"create_service", 1, &create_service}, Case{"delete_service", 1, &delete_service}, Case{"drain", 1, &drain},
    Case{"spot_preemption", 1, &spot_preemption}, Case{"zone_outage", 1, &zone_outage}, Case{"rollout", 1, &rollout},
    Case{"scale", 1, &scale}, Case{"api_server_outage", 1, &api_server_outage}, Case{"kubelets_cannot_renew", 1, &cannot_renew},
    Case{"partition", 4}, Case{"edit_service", 6}, Case{"service_proxy_restart", 6},
    Case{"service_proxy_rollout", 6}, Case{"service_proxy_wedge", 6}, Case{"block_health_checks", 6}};

}  // namespace

constinit const Type timeline_type = tagged("do", verbs);

}  // namespace lbsim::io
