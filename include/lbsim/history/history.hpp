// SPDX-License-Identifier: Apache-2.0
// What the control plane leaves behind: versions of each set, per load balancer which version from when, and every event.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/history/api_call_log.hpp"
#include "lbsim/history/desync_log.hpp"
#include "lbsim/history/event.hpp"
#include "lbsim/history/event_log.hpp"
#include "lbsim/history/sync_log.hpp"
#include "lbsim/policy/node_set.hpp"
#include "lbsim/policy/proxy_rules.hpp"
#include "lbsim/policy/traffic_policy.hpp"

namespace lbsim::history {

/// When what stands at the start came about: before every change of time 0.
inline constexpr Time before_start = at_us(-1);

/// One life of a node's machine, from power on to power off.
struct MachineSpan {
    Time on{};
    Time off = never;
    std::uint8_t off_step = 0;  ///< step of the microsecond in which it went off
    EventId on_event;
    EventId off_event;
    policy::KubeProxyRules proxy;  ///< of the kube-proxy that runs in this life
};

/// /healthz of a node's kube-proxy changed its answer while the machine is on. A new life starts with 200.
struct HealthzChange {
    Time t{};
    bool ok = true;
    EventId event;
};

struct NodeHistory {
    std::string name;
    std::vector<MachineSpan> machine;    ///< in order of time
    std::vector<HealthzChange> healthz;  ///< in order of time
};

/// One stretch in which a pod's process accepts connections.
struct ServingSpan {
    Time from{};
    Time to = never;
    EventId end_event;  ///< pod_exited, or vm_off where the machine took it along
};

struct PodHistory {
    ServiceId service;
    NodeId node;               ///< none while the pod waits for a node
    std::uint32_t number = 0;  ///< pods of a service count from 0
    std::uint32_t slot = 0;    ///< lowest slot of its service that was free when the pod was created
    std::vector<ServingSpan> serving;
};

/// One write to a service's EndpointSlices: how one endpoint stands from then on.
struct EndpointChange {
    Time t{};
    PodId pod;
    bool present = true;
    bool ready = false;
    bool serving = false;
    bool terminating = false;
    EventId cause;  ///< the pod's event
};

/// When a kube-proxy has written rules for the first `version` changes of a service's endpoints.
struct ViewChange {
    Time t{};
    std::uint32_t version = 0;
    EventId event;  ///< rules_synced
};

/// From when on a load balancer's set is which version of which node set log.
struct LbSetChange {
    Time t{};
    std::uint8_t step = 0;
    policy::TrafficPolicy policy{};
    policy::NodeSetLog::Version version = 0;
    EventId event;  ///< lb_update or lb_ensure; none at the start
};

/// From when on a service wants a load balancer, or no longer does; before the first it is the other way round.
struct WantedChange {
    Time t{};
    std::uint8_t step = 0;
    bool is_wanted = false;
};

struct ServiceHistory {
    std::vector<EndpointChange> endpoints;          ///< in order of writing; those at time 0 come first
    std::uint32_t initial_endpoints = 0;            ///< how many of them every kube-proxy knows at the start
    std::vector<ViewChange> view;                   ///< of all kube-proxies alike, where views are shared
    std::vector<std::vector<ViewChange>> node_view; ///< per node, where each watch has its own latency
    std::deque<LbSetChange> sets;                   ///< first entry: at time 0
    std::vector<WantedChange> wanted;               ///< none: it exists all the time
};

/// When the desired node set of a traffic policy became which version.
struct DesiredChange {
    Time t{};
    std::uint8_t step = 0;
    policy::NodeSetLog::Version version = 0;
    EventId event;
};

/// Keys waiting in the service controller from this instant on.
struct QueueSample {
    Time t{};
    std::uint64_t length = 0;
};

/// A node named in the timeline and the instant of its first verb.
struct NamedNode {
    NodeId node;
    Time first_verb{};
    EventId verb;
};

constexpr std::size_t index_of(policy::TrafficPolicy policy) { return static_cast<std::size_t>(policy); }

/// Everything the data plane, the tables and the metrics need of a control-plane run.
struct History {
    Time end{};  ///< the horizon; nothing at or after it has happened
    std::vector<NodeHistory> nodes;
    std::vector<PodHistory> pods;
    std::vector<ServiceHistory> services;
    bool views_are_shared = true;
    Duration view_latency{};  ///< from an endpoint write to written rules, where views are shared
    std::array<policy::NodeSetLog, 2> controller_sets;  ///< by TrafficPolicy: what the service controller saw
    std::array<policy::NodeSetLog, 2> desired_sets;     ///< by TrafficPolicy: the release's predicate on the API objects
    std::array<std::vector<DesiredChange>, 2> desired;  ///< by TrafficPolicy
    DesyncLog desync;
    ApiCallLog api_calls;
    SyncLog syncs;
    std::vector<QueueSample> queue;
    std::uint64_t queue_length_max = 0;
    LatencyHistogram nodesync_latency;  ///< of node passes that ended
    LatencyHistogram update_latency;    ///< of UpdateLoadBalancer calls that ended
    std::vector<NamedNode> named_nodes;
    EventLog events;
    std::uint64_t lb_updates = 0;
    std::uint64_t lb_ensures = 0;
    std::uint64_t sync_passes = 0;
    std::uint64_t sync_retries = 0;     ///< syncs that were put back after a failure
    std::uint64_t sync_errors = 0;      ///< failed Updates of load balancers that exist
};

/// Range of slot draws for a table that starts with `initial` members and never holds more than `most` at a time.
/// Rounded up in coarse steps, so that variants that differ by a member or two still draw over the same range.
constexpr std::uint32_t draw_range(std::uint32_t initial, std::uint32_t most) {
    if (most <= initial) return initial;
    const std::uint32_t step = initial < 16 ? 1 : initial / 16;
    return initial + (most - initial + step - 1) / step * step;
}

/// Range of endpoint draws of a service: over its initial endpoints, or over more where it had more slots at a time.
std::uint32_t endpoint_draw_range(const History& history, ServiceId service);

/// Is the node's machine on at this instant (changes of the instant included)?
bool is_machine_on(const NodeHistory& node, Time t);
/// The life of the machine at `t`, or the last one before it; nullptr before the first.
const MachineSpan* machine_at(const NodeHistory& node, Time t);

/// Writes events in order. Rows of one microsecond keep the order in which they happened: their step never runs back.
class Recorder {
public:
    explicit Recorder(History& history) : history_(&history) {}

    struct Objects {
        NodeId node{};
        ServiceId service{};
        PodId pod{};
    };
    EventId record(Time t, std::uint8_t step, EventKind kind, Objects objects, EventId cause,
                   std::string_view detail = {});
    /// The step under which something recorded now would be filed.
    std::uint8_t step_at(Time t, std::uint8_t step);

private:
    History* history_;
    Time last_t_{};
    std::uint8_t last_step_ = 0;
};

}  // namespace lbsim::history
