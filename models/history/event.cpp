// SPDX-License-Identifier: Apache-2.0
// Texts of event kinds, target states and call results, as the tables spell them.
#include "lbsim/history/event.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::history {

std::string_view to_string(EventKind kind) {
    switch (kind) {
        case EventKind::timeline: return "timeline";
        case EventKind::node_added: return "node_added";
        case EventKind::node_ready: return "node_ready";
        case EventKind::node_not_ready: return "node_not_ready";
        case EventKind::node_unknown: return "node_unknown";
        case EventKind::node_tainted: return "node_tainted";
        case EventKind::node_untainted: return "node_untainted";
        case EventKind::node_labelled: return "node_labelled";
        case EventKind::node_unlabelled: return "node_unlabelled";
        case EventKind::node_cordoned: return "node_cordoned";
        case EventKind::node_uncordoned: return "node_uncordoned";
        case EventKind::node_drain_started: return "node_drain_started";
        case EventKind::node_drained: return "node_drained";
        case EventKind::node_drain_failed: return "node_drain_failed";
        case EventKind::node_shutdown_started: return "node_shutdown_started";
        case EventKind::node_scale_down_failed: return "node_scale_down_failed";
        case EventKind::vm_on: return "vm_on";
        case EventKind::vm_off: return "vm_off";
        case EventKind::node_deleted: return "node_deleted";
        case EventKind::healthz_failing: return "healthz_failing";
        case EventKind::healthz_ok: return "healthz_ok";
        case EventKind::pod_created: return "pod_created";
        case EventKind::pod_ready: return "pod_ready";
        case EventKind::pod_not_ready: return "pod_not_ready";
        case EventKind::pod_terminating: return "pod_terminating";
        case EventKind::pod_eviction_refused: return "pod_eviction_refused";
        case EventKind::pod_exited: return "pod_exited";
        case EventKind::rollout_started: return "rollout_started";
        case EventKind::rollout_finished: return "rollout_finished";
        case EventKind::workload_scaled: return "workload_scaled";
        case EventKind::rules_synced: return "rules_synced";
        case EventKind::sync_pass_started: return "sync_pass_started";
        case EventKind::sync_pass_finished: return "sync_pass_finished";
        case EventKind::lb_update: return "lb_update";
        case EventKind::lb_ensure: return "lb_ensure";
        case EventKind::lb_deleted: return "lb_deleted";
        case EventKind::service_created: return "service_created";
        case EventKind::service_deleted: return "service_deleted";
        case EventKind::controller_stopped: return "controller_stopped";
        case EventKind::controller_started: return "controller_started";
        case EventKind::kubelet_cut_off: return "kubelet_cut_off";
        case EventKind::kubelet_reconnected: return "kubelet_reconnected";
        case EventKind::api_server_down: return "api_server_down";
        case EventKind::api_server_up: return "api_server_up";
        case EventKind::zone_down: return "zone_down";
        case EventKind::zone_up: return "zone_up";
        case EventKind::cloud_fault_started: return "cloud_fault_started";
        case EventKind::cloud_fault_ended: return "cloud_fault_ended";
        case EventKind::lb_in_sync: return "lb_in_sync";
        case EventKind::lb_desynced: return "lb_desynced";
        case EventKind::connections_cut: return "connections_cut";
        case EventKind::upgrade_started: return "upgrade_started";
        case EventKind::upgrade_finished: return "upgrade_finished";
        case EventKind::verb_without_effect: return "verb_without_effect";
    }
    LBSIM_CHECK(false, "an event kind has no text");
}

std::string_view to_string(CutKind kind) {
    switch (kind) {
        case CutKind::removed: return "removed";
        case CutKind::unhealthy: return "unhealthy";
        case CutKind::drain_over: return "drain over";
        case CutKind::rehashed: return "rehashed";
        case CutKind::owner_moved:
        case CutKind::owner_failed: return "owner moved";
    }
    LBSIM_CHECK(false, "a kind of cut has no text");
}

std::string_view to_string(TargetState state) {
    switch (state) {
        case TargetState::out: return "out";
        case TargetState::failing: return "failing";
        case TargetState::passing: return "passing";
        case TargetState::draining: return "draining";
    }
    LBSIM_CHECK(false, "a target state has no text");
}

std::string_view to_string(CallResult result) {
    switch (result) {
        case CallResult::ok: return "ok";
        case CallResult::failed: return "failed";
        case CallResult::throttled: return "throttled";
        case CallResult::rejected: return "rejected";
    }
    LBSIM_CHECK(false, "a call result has no text");
}

std::string_view to_string(SyncResult result) {
    switch (result) {
        case SyncResult::running: return "running";
        case SyncResult::ok: return "ok";
        case SyncResult::failed: return "failed";
        case SyncResult::retry: return "retry";
        case SyncResult::cut_off: return "cut_off";
    }
    LBSIM_CHECK(false, "a sync result has no text");
}

}  // namespace lbsim::history
