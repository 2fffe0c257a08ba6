// SPDX-License-Identifier: Apache-2.0
// Rows that a run leaves behind: what changed, when, and which earlier row caused it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// One row of events.csv. `step` and `sequence` order rows of one microsecond.
struct Event {
    Time t{};
    std::uint8_t step = 0;
    EventKind kind{};
    std::uint64_t sequence = 0;
    NodeId node;
    ServiceId service;
    PodId pod;
    EventId cause;        ///< none: started by the scenario itself
    std::string detail;
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
/// As the detail of a connections_cut row says it.
std::string_view to_string(CutKind kind);

/// State of a node in a load balancer.
enum class TargetState : std::uint8_t { out, failing, passing, draining };
std::string_view to_string(TargetState state);

/// One row of targets.csv.
struct TargetChange {
    Time t{};
    std::uint8_t step = 0;
    ServiceId service;
    NodeId node;
    TargetState from{};
    TargetState to{};
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
