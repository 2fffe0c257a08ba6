// SPDX-License-Identifier: Apache-2.0
// Tables of the format: the cluster.
#include "sim/io/scenario/format.hpp"

namespace lbsim::io {

namespace {

constexpr std::string_view kubernetes_1_1 = "Kubernetes default (kubernetes-logic.md 1.1)";
constexpr std::uint64_t shortest_period_us = 1'000;

constexpr std::array releases_keys{
    Key{.name = "service_controller", .type = release_type, .meaning = "Release of the cloud controller manager.",
        .provenance = "definition", .note = "cluster.release"},
    Key{.name = "kube_proxy", .type = release_type, .meaning = "Release of kube-proxy on every node.",
        .provenance = "definition", .note = "cluster.release"},
    Key{.name = "kubelet", .type = release_type,
        .meaning = "Release of the kubelets and of the node lifecycle controller.", .provenance = "definition",
        .note = "cluster.release"}};
constinit const Shape releases_shape{.name = "releases", .keys = releases_keys};

constexpr std::array start_choices{Choice{"steady"}, Choice{"cold"}};

constexpr Type zones_type = array_of(name_type, 1, 100);

constexpr std::array node_pool_keys{
    Key{.name = "name", .type = name_type, .meaning = "Its nodes are named <name>-0, <name>-1 and so on.",
        .fallback = "workers", .provenance = "definition"},
    Key{.name = "nodes", .type = integer(0, 100'000), .meaning = "Nodes at the start.", .fallback = "3",
        .provenance = "estimate"},
    Key{.name = "zones", .type = zones_type, .meaning = "Zones of the pool; its nodes take them in turn.",
        .provenance = "definition", .note = "the cluster's"},
    Key{.name = "boot_time", .type = duration_type, .meaning = "From the order of a VM to its registration.",
        .fallback = "60s", .provenance = "estimate"},
    Key{.name = "vm_off_delay", .type = duration_type, .meaning = "From DeleteNodes to the VM being off.",
        .fallback = "0s", .provenance = "definition (neutral)"},
    Key{.name = "shutdownGracePeriod", .type = duration_type,
        .meaning = "How long its kubelets hold a shutdown back to end their pods; 0: no graceful node shutdown.",
        .fallback = "0s", .provenance = "Kubernetes default"},
    Key{.name = "shutdownGracePeriodCriticalPods", .type = duration_type,
        .meaning = "The last part of it, for critical pods, of which a scenario has none.", .fallback = "0s",
        .provenance = "Kubernetes default"},
    Key{.name = "lease_phase", .type = duration_type, .meaning = "Phase of the 10 s lease renewal.",
        .provenance = "definition", .note = "drawn per node and replication"},
    Key{.name = "labels", .type = map_of(text_type), .meaning = "Labels of its nodes.", .fallback = "{}",
        .provenance = "definition"},
    Key{.name = "kube_proxy", .type = release_type, .meaning = "Release of kube-proxy in this pool.",
        .provenance = "definition", .note = "cluster.releases.kube_proxy"}};

constexpr std::array service_controller_keys{
    Key{.name = "concurrent_service_syncs", .type = integer(1, 10'000),
        .meaning = "Service workers, and parallel services of a node pass.", .fallback = "1",
        .provenance = kubernetes_1_1},
    Key{.name = "node_sync_phase", .type = duration_type, .meaning = "Phase of the 100 s tick of releases up to 1.25.",
        .provenance = "definition", .note = "drawn per replication"}};
constinit const Shape service_controller_shape{.name = "service_controller", .keys = service_controller_keys};

constexpr std::array proxy_kinds{Choice{"kube_proxy"}, Choice{"cilium", 6}, Choice{"ovn_kubernetes", 6},
                                 Choice{"kube_router", 6}, Choice{"kpng", 6}};
constexpr std::array proxy_modes{Choice{"iptables"}, Choice{"ipvs", 6}, Choice{"nftables", 6}};
constexpr std::array health_servers{Choice{"coupled"}, Choice{"decoupled_endpoints_only", 6}};
constexpr Type health_server_text = choice(health_servers);
constexpr std::array decoupled_keys{Key{.name = "decoupled_file", .type = duration_type, .required = true}};
constinit const Shape decoupled_shape{.name = "decoupled_file", .keys = decoupled_keys, .part = 6};
constexpr std::array<const Shape*, 1> health_server_shapes{&decoupled_shape};

/// Rules that take as long as the health timeout (2 x syncPeriod) would make /healthz fail: that comes with the runner.
constexpr Type faster_than_health_timeout{.kind = Type::Kind::duration, .low = 0, .high = 59'999'999, .part = 6};

constexpr std::array service_proxy_keys{
    Key{.name = "kind", .type = choice(proxy_kinds), .meaning = "Which service proxy.", .fallback = "kube_proxy",
        .provenance = "definition"},
    Key{.name = "mode", .type = choice(proxy_modes), .meaning = "Its way to write rules.", .fallback = "iptables",
        .provenance = "Kubernetes default"},
    Key{.name = "programming_latency", .type = faster_than_health_timeout,
        .meaning = "From a delivered endpoint change to written rules.", .fallback = "0s",
        .provenance = "definition (neutral)"},
    Key{.name = "health_server", .type = either(health_server_text, health_server_shapes),
        .meaning = "What its health server answers from.", .fallback = "coupled", .provenance = "Kubernetes default"},
    later("sync_period", 6), later("min_sync_period", 6), later("majority_report", 6), later("healthz_fails_on", 6)};
constinit const Shape service_proxy_shape{.name = "service_proxy", .keys = service_proxy_keys};

constexpr std::array node_lifecycle_keys{
    Key{.name = "grace_period", .type = duration(shortest_period_us),
        .meaning = "Silence after which a node is Unknown.", .provenance = "kubernetes/kubernetes PR 126287",
        .note = "the release's: 40s up to 1.31, 50s from 1.32"},
    Key{.name = "period", .type = duration(shortest_period_us), .meaning = "Period of its pass.", .fallback = "5s",
        .provenance = kubernetes_1_1},
    Key{.name = "phase", .type = duration_type, .meaning = "Phase of its pass.", .provenance = "definition",
        .note = "drawn per replication"}};
constinit const Shape node_lifecycle_shape{.name = "node_lifecycle", .keys = node_lifecycle_keys};

constexpr std::array cloud_node_lifecycle_keys{
    Key{.name = "period", .type = duration(shortest_period_us), .meaning = "Period of its pass.", .fallback = "5s",
        .provenance = kubernetes_1_1},
    Key{.name = "phase", .type = duration_type, .meaning = "Phase of its pass.", .provenance = "definition",
        .note = "drawn per replication"}};
constinit const Shape cloud_node_lifecycle_shape{.name = "cloud_node_lifecycle", .keys = cloud_node_lifecycle_keys};

constexpr std::array controllers{Choice{"service_controller"}, Choice{"aws_load_balancer_controller", 4},
                                 Choice{"ingress_gce", 4}};
constexpr Type node_pool_type = object(node_pool_shape);

constexpr std::array cluster_keys{
    Key{.name = "release", .type = release_type, .meaning = "Kubernetes release of every component not named below.",
        .provenance = "definition", .note = "the newest modelled release"},
    Key{.name = "releases", .type = object(releases_shape), .meaning = "Releases of single components.",
        .fallback = "{}", .provenance = "definition"},
    Key{.name = "feature_gates", .type = map_of(boolean_type),
        .meaning = "Gates set by hand, judged by the release of the component that owns them.", .fallback = "{}",
        .provenance = "definition"},
    Key{.name = "start", .type = choice(start_choices), .meaning = "State at time 0.", .fallback = "steady",
        .provenance = "definition"},
    Key{.name = "watch_latency", .type = distribution_type, .meaning = "From an API write to each watcher.",
        .fallback = "100ms", .provenance = "estimate"},
    Key{.name = "zones", .type = zones_type, .meaning = "Zones of the cluster.", .provenance = "definition",
        .note = "one zone"},
    Key{.name = "node_pools", .type = array_of(node_pool_type, 1, 10'000), .meaning = "Nodes, pool by pool.",
        .required = true},
    Key{.name = "service_controller", .type = object(service_controller_shape),
        .meaning = "Flags of the service controller.", .fallback = "{}", .provenance = "definition"},
    Key{.name = "service_proxy", .type = object(service_proxy_shape), .meaning = "The service proxy of every node.",
        .fallback = "{}", .provenance = "definition"},
    Key{.name = "node_lifecycle", .type = object(node_lifecycle_shape), .meaning = "The node lifecycle controller.",
        .fallback = "{}", .provenance = "definition"},
    Key{.name = "cloud_node_lifecycle", .type = object(cloud_node_lifecycle_shape),
        .meaning = "The cloud node lifecycle controller.", .fallback = "{}", .provenance = "definition"},
    Key{.name = "controller", .type = choice(controllers), .meaning = "Who configures load balancers.",
        .fallback = "service_controller", .provenance = "definition"},
    later("links", 4)};

}  // namespace

constinit const Shape node_pool_shape{.name = "node_pool", .keys = node_pool_keys};
constinit const Shape cluster_shape{.name = "cluster", .keys = cluster_keys};

}  // namespace lbsim::io
