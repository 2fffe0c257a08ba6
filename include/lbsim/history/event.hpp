// SPDX-License-Identifier: Apache-2.0
// Rows that a run leaves behind: what changed, when, and which earlier row caused it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"
#include "lbsim/policy/cloud_operation.hpp"

namespace lbsim::history {

/// What an event says. The text of each kind is its name here.
enum class EventKind : std::uint8_t {
    timeline,            ///< a line of the scenario's timeline; detail: "timeline[i] verb"
    node_added,
    node_ready,
    node_not_ready,
    node_unknown,
    node_tainted,
    node_untainted,
    node_labelled,
    node_unlabelled,
    node_cordoned,
    node_uncordoned,
    node_drain_started,
    node_drained,
    node_drain_failed,       ///< given up; detail: why
    node_shutdown_started,   ///< graceful node shutdown: the kubelet ends its pods
    node_scale_down_failed,  ///< detail: why; taint and cordon of the node, or of its batch, are taken back
    vm_on,
    vm_off,
    node_deleted,
    healthz_failing,
    healthz_ok,
    pod_created,
    pod_ready,
    pod_not_ready,
    pod_terminating,
    pod_eviction_refused,  ///< by a disruption budget, for the first time in this drain; detail: what it needs
    pod_exited,
    rollout_started,
    rollout_finished,
    workload_scaled,     ///< detail: replicas before and after
    rules_synced,
    sync_pass_started,
    sync_pass_finished,
    lb_update,
    lb_ensure,
    lb_deleted,
    service_created,
    service_deleted,
    controller_stopped,  ///< the leader of the cloud controller manager ended
    controller_started,
    kubelet_cut_off,     ///< its kubelet's writes fail from here on
    kubelet_reconnected,
    api_server_down,
    api_server_up,
    zone_down,           ///< detail: the zone
    zone_up,
    cloud_fault_started,
    cloud_fault_ended,
    lb_in_sync,
    lb_desynced,
    connections_cut,
    upgrade_started,
    upgrade_finished,
    verb_without_effect,  ///< a timeline verb named a node that does not exist at that time
};
std::string_view to_string(EventKind kind);

/// One row of events.csv. `step` orders rows of one microsecond.
struct Event {
    Time t{};
    std::uint8_t step = 0;
    EventKind kind{};
    NodeId node;
    ServiceId service;
    PodId pod;
    EventId cause;        ///< none: started by the scenario itself
    TextId detail;        ///< none: empty; kept beside the events, as most say nothing
};

/// Why a load balancer cut the flows of a target.
enum class CutKind : std::uint8_t {
    removed,
    unhealthy,
    drain_over,
    rehashed,      ///< other targets get new connections than before
    owner_moved,   ///< the owner of the address left the set, or another one came before it
    owner_failed,  ///< the owner of the address turned failing
};
inline constexpr std::size_t cut_kinds = 6;
/// As the detail of a connections_cut row says it.
std::string_view to_string(CutKind kind);

/// State of a node in a load balancer.
enum class TargetState : std::uint8_t { out, failing, passing, draining };
std::string_view to_string(TargetState state);

/// One row of targets.csv. Order: t, step, service, node, order.
struct TargetChange {
    Time t{};
    ServiceId service;
    NodeId node;
    std::uint32_t order = 0;  ///< in which the rows of one target and moment came about
    std::uint8_t step = 0;
    TargetState from{};
    TargetState to{};

    friend bool operator<(const TargetChange& a, const TargetChange& b) {
        return std::tie(a.t, a.step, a.service, a.node, a.order) < std::tie(b.t, b.step, b.service, b.node, b.order);
    }
};

/// A connections_cut row of events.csv to be. Order: t, step, load balancer, node, order.
struct CutRow {
    Time t{};
    std::uint8_t step = 0;
    CutKind kind{};
    ServiceId service;
    NodeId node;
    EventId cause;
    std::uint32_t order = 0;  ///< among all cuts as they were added: its EventId counts on from the control plane's

    friend bool operator<(const CutRow& a, const CutRow& b) {
        return std::tie(a.t, a.step, a.service, a.node, a.order) < std::tie(b.t, b.step, b.service, b.node, b.order);
    }
};

enum class CallResult : std::uint8_t { ok, failed, throttled, rejected };
std::string_view to_string(CallResult result);

/// One cloud API call; a row of api_calls.csv.
struct ApiCall {
    Time t{};                 ///< when it was issued
    std::string_view controller;  ///< static text
    std::string_view operation;   ///< static text
    bool mutates = false;
    ServiceId service;        ///< object, where it is a load balancer
    NodeId node;              ///< object, where it is an instance
    CallResult result = CallResult::ok;
    Duration wait{};          ///< in client-side buckets
    Duration latency{};
};

/// How a sync of the service controller ended.
enum class SyncResult : std::uint8_t {
    running,  ///< it has not
    ok,
    failed,
    retry,    ///< the provider asked to come back after a fixed time
    cut_off,  ///< the controller went away
};
std::string_view to_string(SyncResult result);

/// One Ensure, Update, Get or Delete that the service controller asked of its cloud; a row of syncs.csv.
struct Sync {
    Time start{};
    Time end = never;
    Duration wait{};          ///< of its calls, in client-side buckets, gates and delays
    ServiceId service;
    std::uint32_t worker = 0;
    std::uint32_t calls = 0;  ///< API calls made for it, repetitions and polls included
    EventId cause;            ///< sync_pass_started, or what queued the service
    policy::CloudOperation operation{};
    SyncResult result = SyncResult::running;
};

}  // namespace lbsim::history
