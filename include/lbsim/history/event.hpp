// SPDX-License-Identifier: Apache-2.0
// Rows that a run leaves behind: what changed, when, and which earlier row caused it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"

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
    vm_on,
    vm_off,
    node_deleted,
    healthz_failing,
    healthz_ok,
    pod_created,
    pod_ready,
    pod_not_ready,
    pod_terminating,
    pod_exited,
    rules_synced,
    sync_pass_started,
    sync_pass_finished,
    lb_update,
    lb_ensure,
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

/// What a connections_cut row says.
enum class CutDetail : std::uint8_t { removed, unhealthy, drain_over, owner_moved, rehashed };
inline constexpr std::size_t cut_details = 5;
std::string_view to_string(CutDetail detail);

/// State of a node in a load balancer.
enum class TargetState : std::uint8_t { out, failing, passing, draining };
std::string_view to_string(TargetState state);

/// One row of targets.csv. Order: t, step, service, node, order.
struct TargetChange {
    Time t{};
    std::uint8_t step = 0;
    ServiceId service;
    NodeId node;
    TargetState from{};
    TargetState to{};
    std::uint32_t order = 0;  ///< in which the rows of one target and moment came about

    friend bool operator<(const TargetChange& a, const TargetChange& b) {
        return std::tie(a.t, a.step, a.service, a.node, a.order) < std::tie(b.t, b.step, b.service, b.node, b.order);
    }
};

/// A connections_cut row of events.csv to be. Order: t, step, load balancer, node, order.
struct CutRow {
    Time t{};
    std::uint8_t step = 0;
    CutDetail detail{};
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

}  // namespace lbsim::history
