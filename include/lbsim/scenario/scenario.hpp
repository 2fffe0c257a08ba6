// SPDX-License-Identifier: Apache-2.0
// One scenario as plain data: what io reads from JSON and models act on. Every default is the documented one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/int_or_percent.hpp"
#include "lbsim/policy/prober.hpp"
#include "lbsim/policy/node_facts.hpp"
#include "lbsim/policy/release.hpp"
#include "lbsim/policy/traffic_policy.hpp"
#include "lbsim/scenario/cloud.hpp"
#include "lbsim/scenario/distribution.hpp"

namespace lbsim::scenario {

/// What happens to established connections of a target.
struct ConnectionPolicy {
    enum class Kind : std::uint8_t { keep, cut, cut_silently, drain };
    Kind kind = Kind::keep;
    Duration drain{};  ///< of drain: cut this long afterwards
    friend bool operator==(const ConnectionPolicy&, const ConnectionPolicy&) = default;
};

/// Where new connections go when targets are unhealthy.
struct AllUnhealthyPolicy {
    enum class Kind : std::uint8_t { fail_open, fail_closed, panic_below };
    Kind kind = Kind::fail_open;
    double panic_below = 0.0;  ///< all targets are used while passing / targets is below this share
    friend bool operator==(const AllUnhealthyPolicy&, const AllUnhealthyPolicy&) = default;
};

enum class HealthCheckTarget : std::uint8_t {
    proxy_healthz,
    node_port,
    all_node_ports,
    health_check_node_port,
    none,  ///< never probed: every target passes
};

struct HealthCheck {
    HealthCheckTarget target = HealthCheckTarget::proxy_healthz;
    Duration interval = 8s;
    Duration timeout = 1s;
    policy::ProbeThresholds thresholds{.unhealthy = 3, .healthy = 1};
    std::optional<Duration> phase;   ///< absent: drawn per load balancer, prober and replication
    std::uint32_t probers = 1;
    bool initially_passing = false;  ///< initial_state of a target that enters the set
    Distribution first_probe_after;  ///< from entering the set to the first probe, per membership; 0
    bool is_shared = false;          ///< one check serves all load balancers of the profile: probes are counted once
};

/// Which targets get new connections.
enum class Admission : std::uint8_t {
    passing,       ///< every target that passes
    single_owner,  ///< the passing target with the lowest rank for this load balancer: the owner of its address
};

struct LoadBalancer {
    std::string profile;                ///< "" for the neutral one
    std::uint32_t cloud = 0;            ///< index into Scenario::clouds
    HealthCheck health_check;
    ConnectionPolicy on_unhealthy;  ///< keep
    ConnectionPolicy on_remove;     ///< keep
    AllUnhealthyPolicy all_unhealthy;
    std::optional<Duration> update_latency;  ///< given: an Update or Ensure is one mutating call of that length
    /// From entering the set until the data plane knows the target: no new connection before, even in fail-open.
    Distribution registration_delay;
    /// How much longer new connections arrive at a target that turned failing, per verdict.
    Distribution new_flow_lag_after_unhealthy;
    /// How much longer new connections arrive at a target that left the set, per membership.
    Distribution new_flow_lag_after_remove;
    Admission admission = Admission::passing;
    /// True: established flows of every target are lost when the targets that get new connections change (ECMP rehash).
    bool rehashes_on_change = false;
    TargetLimit limit;
};

enum class WorkloadKind : std::uint8_t { deployment, daemon_set };
enum class OnSigterm : std::uint8_t { exit_now, keep_serving };

struct Workload {
    WorkloadKind kind = WorkloadKind::deployment;
    std::uint32_t replicas = 2;          ///< of a Deployment
    std::vector<std::string> nodes;      ///< empty: every node
    Duration start_time = 2s;            ///< from placement to Ready
    Duration pre_stop{};
    Duration termination_grace_period = 30s;
    Duration toleration = 300s;          ///< of a Deployment's pods, for not-ready and unreachable nodes
    OnSigterm on_sigterm = OnSigterm::exit_now;
    std::optional<policy::IntOrPercent> pdb_min_available;  ///< absent: no disruption budget
    Duration min_ready{};                ///< minReadySeconds: Ready for so long counts as available
    policy::IntOrPercent max_surge;      ///< of a rollout; the reader fills in the default of the kind
    policy::IntOrPercent max_unavailable;
};

/// One Service of type LoadBalancer; `count` copies are already expanded into name-0, name-1, …
struct Service {
    std::string name;
    policy::TrafficPolicy external_traffic_policy = policy::TrafficPolicy::cluster;
    std::uint32_t ports = 1;             ///< number of ports, each with its own node port
    bool exists_at_start = true;         ///< false: the timeline creates it
    LoadBalancer load_balancer;
    Workload workload;
};

enum class TrafficKind : std::uint8_t { open, population };

/// When a failed or lost connection of a population comes back.
struct Reconnect {
    enum class Kind : std::uint8_t { no, at_once, after };
    Kind kind = Kind::no;
    Distribution after;
};

/// Clients of one service; an entry for "*" is already expanded, one per service, all with the entry's name.
struct Traffic {
    std::string name;
    std::uint32_t service = 0;           ///< index into Scenario::services
    TrafficKind kind = TrafficKind::open;
    double arrivals_per_second = 0.0;    ///< of open
    std::uint64_t connections = 0;       ///< of population
    Distribution lifetime;
    Reconnect reconnect;                 ///< of population
    Duration connect_timeout = 1s;
};

struct NodePool {
    std::string name;
    std::uint32_t nodes = 0;
    std::vector<std::uint32_t> zones{0};  ///< indices into Cluster::zones; its nodes take them in turn
    Duration boot_time = 60s;            ///< from the order of a VM to its registration
    Duration vm_off_delay{};             ///< from DeleteNodes to VM off
    Duration shutdown_grace_period{};    ///< shutdownGracePeriod of its kubelets; 0: no graceful node shutdown
    Duration shutdown_grace_period_critical_pods{};
    std::optional<Duration> lease_phase; ///< absent: drawn per node and replication
    std::map<std::string, std::string> labels;
    std::optional<policy::Release> kube_proxy;
};

/// Phase and period of a controller's loop; an absent phase is drawn per replication.
struct Loop {
    Duration period = 5s;
    std::optional<Duration> phase;
};

struct Cluster {
    policy::Release service_controller;
    policy::Release kube_proxy;
    policy::Release kubelet;             ///< also of the node lifecycle controller
    policy::Release autoscaler;
    policy::FeatureGates feature_gates;
    bool cold_start = false;
    Distribution watch_latency = Distribution::fixed(100ms);
    std::vector<std::string> zones{"zone"};      ///< at least one
    std::vector<NodePool> node_pools;
    std::uint32_t concurrent_service_syncs = 1;
    std::optional<Duration> node_sync_phase;     ///< of the 100 s tick, releases up to 1.25
    Duration programming_latency{};              ///< from a delivered endpoint change to written rules
    std::optional<Duration> grace_period;        ///< of the node lifecycle controller; absent: the release's
    Loop node_lifecycle;
    Loop cloud_node_lifecycle;
};

// Timeline verbs. Nodes are named "<pool>-<i>"; a name may belong to a node that the timeline creates later.

struct SetReady {
    std::vector<std::string> nodes;
    policy::ConditionStatus status = policy::ConditionStatus::is_false;
    std::optional<Duration> hold;        ///< JSON "for"; absent: to the end
};
struct SetTaint {                        ///< taint, untaint
    std::vector<std::string> nodes;
    std::string key;
    std::string value;
    std::string effect = "NoSchedule";   ///< of untaint: empty takes away the key's taints of every effect
    bool present = true;
};
struct SetLabel {                        ///< label, unlabel
    std::vector<std::string> nodes;
    std::string key;
    std::string value;
    bool present = true;
};
struct SetCordon {                       ///< cordon, uncordon
    std::vector<std::string> nodes;
    bool cordoned = true;
};
struct AddNodes {
    std::string pool;
    std::uint32_t count = 1;
    std::optional<Duration> boot_time;   ///< absent: the pool's
    Duration ready_after{};              ///< from registration to Ready
};
struct DeleteNodeObject {
    std::vector<std::string> nodes;
};
struct VmOff {
    std::vector<std::string> nodes;
    bool gone = true;                    ///< "instance": "gone" or "stopped"
};
struct Reboot {
    std::vector<std::string> nodes;
    Duration down{};                     ///< JSON "for"
};
struct Drain {                           ///< kubectl drain
    std::vector<std::string> nodes;
    std::optional<Duration> timeout;     ///< of each node; absent: none
};
/// The provider takes spot machines back: a notice, and then the power.
struct SpotPreemption {                  ///< spot_preemption
    enum class OnNotice : std::uint8_t { nothing, drain, taint_and_drain, deregister };
    std::vector<std::string> nodes;
    Duration notice{};
    OnNotice on_notice = OnNotice::nothing;
};
struct Rollout {                         ///< kubectl rollout restart
    std::string service;                 ///< whose workload
};
struct Scale {                           ///< kubectl scale
    std::string service;
    std::uint32_t replicas = 0;
};
struct AutoscalerScaleDown {
    std::vector<std::string> nodes;
    std::optional<Duration> delay_after_taint;  ///< absent: the autoscaler release's
    std::optional<bool> cordon;                 ///< absent: the autoscaler release's
    std::optional<Duration> pod_drain;          ///< absent: until the pods are gone
    std::optional<std::uint32_t> max_scale_down_parallelism;  ///< this and the next three: absent: the release's
    std::optional<std::uint32_t> max_drain_parallelism;
    std::optional<bool> parallel_drain;
    std::optional<Duration> scan_interval;
    std::vector<std::string> taint_fails_on;    ///< nodes whose taint is never written
};
enum class UpgradeMode : std::uint8_t { in_place, surge };
/// Who deletes machines in a surge upgrade, and what else it does.
enum class MachineController : std::uint8_t {
    none,         ///< deletes the machine; the Node object is left to the cloud node loop
    gardener,     ///< taints the drained node, deletes the machine 5 s later and the Node object when it is gone
    cluster_api,  ///< deletes the Node object when the machine is gone
};
struct RollingUpgrade {
    std::string pool;
    UpgradeMode mode = UpgradeMode::surge;
    std::uint32_t max_surge = 1;
    std::uint32_t max_unavailable = 0;
    bool taint_first = false;
    std::optional<Duration> reboot_time;        ///< of in_place; absent: the pool's boot_time
    std::optional<policy::Release> to_release;
    std::optional<std::uint32_t> batch;         ///< nodes; absent: all of the pool
    Duration soak{};                            ///< between two batches
    MachineController machine_controller = MachineController::none;
};

struct CloudApiFault {                   ///< cloud_api_fault
    CloudFault fault;
    std::optional<Duration> lasts;       ///< JSON "for"; absent: to the end
};
/// The leader of the cloud controller manager ends; another one starts with empty caches.
struct ServiceControllerRestart {        ///< service_controller_restart
    Duration gap{};                      ///< without a leader
};
struct CreateService {                   ///< create_service: the service exists from here on
    std::vector<std::string> services;
};
struct DeleteService {                   ///< delete_service
    std::vector<std::string> services;
};
struct KubeletsCannotRenew {             ///< kubelets_cannot_renew
    std::vector<std::string> nodes;
    bool stops_watches = false;          ///< the nodes' kube-proxies hear nothing either
    std::optional<Duration> lasts;       ///< JSON "for"; absent: to the end
};
struct ApiServerOutage {                 ///< api_server_outage
    std::optional<Duration> lasts;       ///< JSON "for"; absent: to the end
};
struct ZoneOutage {                      ///< zone_outage
    std::uint32_t zone = 0;              ///< index into Cluster::zones
    std::optional<Duration> lasts;       ///< JSON "for"; absent: to the end
};

using Verb = std::variant<SetReady, SetTaint, SetLabel, SetCordon, AddNodes, DeleteNodeObject, VmOff, Reboot,
                          Drain, SpotPreemption, Rollout, Scale, AutoscalerScaleDown, RollingUpgrade, CloudApiFault,
                          ServiceControllerRestart, CreateService, DeleteService, KubeletsCannotRenew, ApiServerOutage,
                          ZoneOutage>;

/// How a timeline entry repeats.
struct Repeat {
    Duration every{};                    ///< fixed distance; 0 where mean_every is given
    std::uint64_t times = 1;             ///< how often in all; 0: to the end of the run
    std::optional<Duration> mean_every;  ///< Poisson: exponential gaps of this mean
};

struct TimelineEntry {
    Duration at{};
    std::string verb;                    ///< as spelt in the file, for events and messages
    Verb what;
    std::optional<Repeat> repeat;
};

/// A whole scenario of one variant.
struct Scenario {
    std::string name;
    std::string question;
    std::string variant = "default";
    Duration duration{};
    std::uint64_t seed = 1;
    std::uint32_t replications = 1;
    Cluster cluster;
    std::vector<CloudApi> clouds{CloudApi{}};  ///< at least one
    std::vector<Service> services;
    std::vector<Traffic> traffic;
    std::vector<TimelineEntry> timeline;
};

/// A file: its variants, the first being the baseline.
struct Study {
    std::string name;
    std::string question;
    std::string file;                    ///< as the user named it
    std::uint32_t replications = 1;
    std::uint64_t seed = 1;
    std::vector<Scenario> variants;      ///< at least one
};

}  // namespace lbsim::scenario
