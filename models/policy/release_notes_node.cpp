// SPDX-License-Identifier: Apache-2.0
// Notes on the life of nodes and pods, and on the cluster autoscaler.
#include <array>

#include "models/policy/release_note_tables.hpp"

namespace lbsim::policy {

namespace {
constexpr auto node = NoteArea::node_lifecycle;
constexpr auto autoscaler = NoteArea::autoscaler;
constexpr auto rule = NoteKind::rule;

// Source of the first part: kubernetes/kubernetes pkg/controller/nodelifecycle, pkg/controller/tainteviction,
// pkg/controller/podgc, pkg/kubelet/nodeshutdown, pkg/features/kube_features.go, 1.19 to 1.36.
// Source of the second: kubernetes/autoscaler cluster-autoscaler/config and core/scaledown, 1.20.0 to 1.36.0.
constexpr std::array notes{
    ReleaseNote{
        "node_lifecycle.grace_period_50", node, rule,
        {from(32)},
        "A silent node turns Unknown after 50 s.",
        "A silent node turns Unknown after 40 s.",
        "A connection that hangs is found after up to 45 s, and the node was given up before it.",
        "PR 126287, issue 121793"},
    ReleaseNote{
        "node_lifecycle.status_report_is_spread", node, rule,
        {from(34)},
        "After a change the kubelet's next routine status comes 2.5 to 7.5 min later.",
        "The kubelet writes an unchanged status every 5 min.",
        "Kubelets that changed together, after an outage, kept reporting together.",
        "kubernetes/kubernetes pkg/kubelet/kubelet_node_status.go, 1.33 and 1.34"},
    ReleaseNote{
        "node_lifecycle.masters_are_no_exception", node, rule,
        {from(21)},
        "Zones count all nodes but those with the label node.kubernetes.io/exclude-disruption.",
        "Zones leave nodes out that are named like masters, and those with the exclusion label.",
        "Names are no roles.",
        "KEP-1143"},
    ReleaseNote{
        "node_lifecycle.eviction_is_always_on", node, rule,
        {from(27)},
        "Pods are always evicted by taint.",
        "Eviction by taint can be switched off (--enable-taint-manager).",
        "", "kubernetes/kubernetes cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go, 1.26 and 1.27"},
    ReleaseNote{
        "node_lifecycle.separate_eviction", node, rule,
        {from(29)},
        "A controller of its own deletes pods off tainted nodes, and can be replaced or switched off.",
        "The node lifecycle controller deletes pods off tainted nodes itself.",
        "Tainting and deleting are two jobs.",
        "KEP-3902"},
    ReleaseNote{
        "node_lifecycle.out_of_service", node, rule,
        {from(26)},
        "The taint out-of-service frees the terminating pods of a dead node at the next collection.",
        "Terminating pods of a dead node stay until its object is deleted.",
        "", "KEP-2268"},
    ReleaseNote{
        "node_lifecycle.disruption_condition", node, rule,
        {from(26)},
        "A pod that is evicted, collected or shut down says so in its condition DisruptionTarget.",
        "An evicted pod does not say why.",
        "", "KEP-3329"},
    ReleaseNote{
        "node_lifecycle.graceful_shutdown", node, rule,
        {from(21)},
        "A kubelet can end its pods before its machine goes off, if a grace period is configured (none by default).",
        "A machine that goes off takes its pods with it.",
        "Behind a gate from 1.20.",
        "KEP-2000"},
    ReleaseNote{
        "node_lifecycle.shutdown_goes_on_early", node, rule,
        {from(23)},
        "Graceful shutdown: critical pods end as soon as the ordinary ones are gone.",
        "Graceful shutdown: critical pods wait until the time of the ordinary ones is over, even if none is left.",
        "Pods end in groups, one after the other.",
        "KEP-2712"},
    ReleaseNote{
        "node_lifecycle.shutdown_by_priority", node, rule,
        {from(24)},
        "Graceful shutdown: groups and their periods can be set by priority.",
        "Graceful shutdown: two groups, ordinary and critical.",
        "", "KEP-2712"},
    ReleaseNote{
        "node_lifecycle.shutdown_waits_for_volumes", node, rule,
        {from(32)},
        "Graceful shutdown: a group has ended when its volumes are unmounted, within its period.",
        "Graceful shutdown: a group has ended when its pods have.",
        "Volume drivers are pods of the last group.",
        "kubernetes/kubernetes pkg/kubelet/nodeshutdown/nodeshutdown_manager.go, 1.31 and 1.32"},
    ReleaseNote{
        "node_lifecycle.slice_retries_are_rarer", node, rule,
        {from(26)},
        "The EndpointSlice controller's back-off goes up to 1000 s.",
        "The EndpointSlice controller's back-off goes up to 100 s.",
        "", "kubernetes/kubernetes pkg/controller/endpointslice/endpointslice_controller.go, 1.25.16 and 1.26.0"},
    ReleaseNote{
        "node_lifecycle.pod_events_have_a_queue", node, rule,
        {from(35)},
        "The EndpointSlice controller takes pod events from a queue of their own.",
        "The EndpointSlice controller works on pod events as they come.",
        "", "kubernetes/kubernetes pkg/controller/endpointslice/endpointslice_controller.go, 1.35"},
    ReleaseNote{
        "autoscaler.delay_after_taint", autoscaler, rule,
        {from(26)},
        "5 s pass between taint and the end of the node (--node-delete-delay-after-taint).",
        "An empty node is deleted as soon as it is tainted.",
        "The scheduler must see the taint before the node goes; for a load balancer it is all the notice it gets of an "
        "empty node.",
        "kubernetes/autoscaler cluster-autoscaler/config, 1.25.0 and 1.26.0"},
    ReleaseNote{
        "autoscaler.cordons", autoscaler, rule,
        {from(34)},
        "The node is cordoned in the write of the taint.",
        "The node is tainted but not cordoned (a flag for it is there from 1.21).",
        "", "kubernetes/autoscaler cluster-autoscaler/config/flags/flags.go, 1.33.0 and 1.34.0"},
    ReleaseNote{
        "autoscaler.parallel_drain", autoscaler, rule,
        {from(28)},
        "Empty nodes go while another is drained, and several can be drained at once if --max-drain-parallelism says so "
        "(default 1).",
        "One node is drained at a time, and nothing else starts meanwhile.",
        "A single slow drain held up every scale-down. A flag had it from 1.26; from 1.32 there is no other way.",
        "kubernetes/autoscaler cluster-autoscaler/config, 1.26.0, 1.28.0 and 1.32"},
    ReleaseNote{
        "autoscaler.adaptive_delay", autoscaler, rule,
        {from(29)},
        "The delay after the taint can follow what its own watch takes (off by default).",
        "The delay after the taint is fixed.",
        "", "kubernetes/autoscaler cluster-autoscaler/core/scaledown/actuation/update_latency_tracker.go"},
};
}  // namespace

std::span<const ReleaseNote> node_notes() { return notes; }

}  // namespace lbsim::policy
