// SPDX-License-Identifier: Apache-2.0
// Notes on the service controller: how a pass works, what is retried, what counts as a change; and the variants by name.
#include <algorithm>
#include <array>

#include "models/policy/release_note_tables.hpp"

namespace lbsim::policy {

namespace {
constexpr auto area = NoteArea::service_controller;
constexpr auto rule = NoteKind::rule;
constexpr auto defect = NoteKind::defect;

// Source of all: kubernetes/cloud-provider controllers/service/controller.go over the release tags v0.19.0 to v0.36.2.
constexpr std::array notes{
    ReleaseNote{
        "service_controller.serial_passes", area, rule,
        {until_minor(oldest, 20)},
        "A pass runs inside the event handler, one service after the other, and holds up every later node event. What "
        "fails is tried again at the next event or tick.",
        "", "", "kubernetes/cloud-provider v0.19.0"},
    ReleaseNote{
        "service_controller.token_passes", area, rule,
        {until_minor({21, 0}, 24), rest_of(25, 3)},
        "Passes run in a loop of their own, several services at a time if asked for; events during a pass fold into one "
        "more. A pass calls UpdateLoadBalancer for every service, needed or not, each with the nodes as they are at its "
        "turn; what fails waits for the next event or tick.",
        "", "One slow cloud call held up every service and every node event.",
        "PR 98774"},
    ReleaseNote{
        "service_controller.lost_updates", area, defect,
        {patches(25, 0, 2)},
        "Known outage: a failed update of a load balancer is forgotten, and the node sets of eTP:Local services drift "
        "from the truth.",
        "A failed update is tried again, and eTP:Local sets are what they should be.",
        "A first attempt at sets per policy overwrote its one list of last synced nodes after every pass, failed or not; "
        "1.25.3 took it back.",
        "PR 109706, issue 112793, revert PR 112807"},
    ReleaseNote{
        "service_controller.queued_passes", area, rule,
        {until_minor({26, 0}, 28)},
        "Node events are keys of a work queue. A pass lists the nodes once and skips services whose set did not change "
        "since the last pass.",
        "", "A pass that changes nothing costs no cloud call any more.",
        "PR 111691"},
    ReleaseNote{
        "service_controller.failed_update_is_ensured", area, rule,
        {from(26)},
        "A service whose node update failed is ensured at once by the service queue, then with a back-off of 5 s to "
        "300 s.",
        "A service whose node update failed is updated again at the next node event or tick, without back-off.",
        "The service queue has retries and back-off already.",
        "PR 111691"},
    ReleaseNote{
        "service_controller.passes_per_service", area, rule,
        {from(29)},
        "Nodes are listed and remembered for each service at its own turn, by Ensure as well; a service whose set did not "
        "change is skipped.",
        "", "A global list knew nothing of what an Ensure had pushed in between.",
        "PR 121091"},
    ReleaseNote{
        "service_controller.stale_snapshot", area, defect,
        {until_minor(oldest, 20), patches(25, 0, 2), until_minor({26, 0}, 28)},
        "All services of a pass get the node list of its start: with many load balancers it is minutes old for the last, "
        "and can overwrite a newer one.",
        "Each service gets the nodes as they are at its turn.",
        "The list was read once per pass.",
        "issue 121090, PR 121091"},
    ReleaseNote{
        "service_controller.load_balancer_class", area, rule,
        {from(21)},
        "A service with a loadBalancerClass is left to somebody else (the field can be set by default from 1.22).",
        "Every service of type LoadBalancer belongs to this controller.",
        "Clusters have more than one kind of load balancer.",
        "KEP-1959"},
    ReleaseNote{
        "service_controller.optional_node_ports", area, rule,
        {from(22)},
        "A service can do without node ports (allocateLoadBalancerNodePorts: false).",
        "Every load balancer service gets node ports.",
        "Some load balancers reach pods without them.",
        "KEP-1864"},
    ReleaseNote{
        "service_controller.mixed_protocols", area, rule,
        {from(24)},
        "One service can have TCP and UDP ports.",
        "All ports of a load balancer service have one protocol.",
        "DNS and QUIC need both behind one address.",
        "KEP-1435"},
    ReleaseNote{
        "service_controller.retry_reads_present_spec", area, rule,
        {rest_of(22, 12), rest_of(23, 9), from(24)},
        "A failed service is tried again with its present spec.",
        "A failed service is tried again with the spec it had when it failed.",
        "An edit between failure and retry was undone.",
        "kubernetes/cloud-provider v0.24.0"},
    ReleaseNote{
        "service_controller.elsewhere_on_deletion", area, rule,
        {rest_of(23, 7), rest_of(24, 1), from(25)},
        "A provider may answer \"implemented elsewhere\" to a deletion, and the service goes.",
        "\"Implemented elsewhere\" as the answer to a deletion is an error, and the service stays.",
        "Providers that share the work got stuck on deletion.",
        "kubernetes/cloud-provider v0.24.1"},
    ReleaseNote{
        "service_controller.app_protocol_updates", area, rule,
        {rest_of(23, 14), rest_of(24, 8), rest_of(25, 4), from(26)},
        "A changed appProtocol of a port updates the load balancer.",
        "A changed appProtocol goes unnoticed.",
        "Providers configure listeners by it.",
        "kubernetes/cloud-provider v0.26.0"},
    ReleaseNote{
        "service_controller.retry_error", area, rule,
        {from(28)},
        "A provider can say when to try again (RetryError), outside the back-off.",
        "Every failure waits by the back-off of 5 s to 300 s.",
        "A provider that waits for its own work to end knows better than a back-off.",
        "kubernetes/cloud-provider v0.28.0 api/retry_error.go"},
    ReleaseNote{
        "service_controller.family_count_updates", area, rule,
        {from(28)},
        "A changed number of IP families updates the load balancer.",
        "A change from one to two IP families goes unnoticed.",
        "A service can turn dual-stack while it lives.",
        "kubernetes/cloud-provider v0.28.0"},
    ReleaseNote{
        "service_controller.nil_recorder", area, defect,
        {patches(31, 0, 2)},
        "The controller can crash for want of an event recorder.",
        "The controller has its event recorder in time.",
        "",
        "PR 128182"},
    ReleaseNote{
        "service_controller.events_became_logs", area, rule,
        {from(32)},
        "Several events of the controller are log lines.",
        "What the controller does to a load balancer is told in events.",
        "",
        "kubernetes/cloud-provider v0.32.0"},
    ReleaseNote{
        "service_controller.latency_metrics", area, rule,
        {from(21)},
        "service_controller_nodesync_latency_seconds and update_loadbalancer_host_latency_seconds measure passes and "
        "calls.",
        "There are no metrics of passes.",
        "To see what a pass costs.",
        "PR 98774"},
    ReleaseNote{
        "service_controller.sync_metrics", area, rule,
        {from(27)},
        "service_controller_loadbalancer_sync_total and nodesync_error_total count UpdateLoadBalancer calls and their "
        "failures.",
        "Calls of node passes are not counted.",
        "To see what stable node sets save.",
        "KEP-3458"},
};

struct Summary {
    std::string_view letter;
    std::string_view text;
};
/// Source: kubernetes/cloud-provider controllers/service/controller.go at the first tag of each variant.
constexpr std::array<Summary, 15> summaries{{
    {"A", "passes run inside the event handler, serially; the autoscaler's taint is ignored"},
    {"B", "passes in a loop of their own, call every service; the autoscaler's taint is ignored"},
    {"C", "readiness and cordon start passes; the autoscaler's taint waits for one, or the 100 s tick"},
    {"D", "failed updates are lost and eTP:Local drifts: the outage of issue 112793"},
    {"E", "work queue; the autoscaler's taint starts a pass; eTP:Local ignores readiness"},
    {"F", "work queue; a node needs a providerID; eTP:Local ignores readiness"},
    {"G", "work queue; a node needs a providerID; eTP:Local asks for readiness again"},
    {"H", "stable node sets: readiness and the autoscaler's taint start nothing (KEP-3458)"},
    {"I", "stable node sets; a node needs a providerID"},
    {"J", "stable node sets; a node needs a providerID, and these are compared"},
    {"K", "stable node sets; a changed providerID starts a pass that does nothing"},
    {"L", "stable node sets; a changed providerID starts a pass that works"},
    {"M", "stable node sets; nodes are listed and remembered for each service"},
    {"N", "stable node sets, always; nodes are listed and remembered for each service"},
    {"O", "stable node sets, always; an exclusion label that says false does not exclude"},
}};
}  // namespace

std::span<const ReleaseNote> service_sync_notes() { return notes; }

std::string_view variant_summary(std::string_view letter) {
    const auto found = std::find_if(summaries.begin(), summaries.end(),
                                    [letter](const Summary& summary) { return summary.letter == letter; });
    return found == summaries.end() ? std::string_view{} : found->text;
}

}  // namespace lbsim::policy
