// SPDX-License-Identifier: Apache-2.0
// Notes on the service controller: which nodes are behind a load balancer, and what makes it look.
#include <array>

#include "models/policy/release_note_tables.hpp"

namespace lbsim::policy {

namespace {
constexpr auto area = NoteArea::service_controller;
constexpr auto rule = NoteKind::rule;

// Source of all: kubernetes/cloud-provider controllers/service/controller.go over the release tags v0.19.0 to v0.36.2.
constexpr std::array notes{
    ReleaseNote{
        "service_controller.ready_in_cluster_set", area, rule,
        {until_minor(oldest, 26)},
        "eTP:Cluster: a node is behind a load balancer only while it is Ready.",
        "eTP:Cluster: a NotReady node stays behind every load balancer; the load balancer's own health check decides "
        "where traffic goes.",
        "Readiness flaps say little about the proxy, yet each took the node out of every load balancer, broke its "
        "connections and cost a call per service.",
        "KEP-3458"},
    ReleaseNote{
        "service_controller.ready_in_local_set", area, rule,
        {until_minor(oldest, 24), rest_of(25, 3), rest_of(26, 11)},
        "eTP:Local: a node is behind a load balancer only while it is Ready.",
        "eTP:Local: readiness of the node does not count; its health check node port knows whether it has a ready "
        "endpoint.",
        "1.26.0 dropped it for Local. Some clouds keep one group of machines for services of both policies, and the two "
        "sets fought over it; so 1.26.11 took it back, until 1.27 dropped it for both.",
        "PR 111691, PR 121116, issue 121094, KEP-3458"},
    ReleaseNote{
        "service_controller.missing_ready_counts_as_ready", area, rule,
        {until_minor(oldest, 24), rest_of(25, 3)},
        "A node that reports conditions, but none of type Ready, counts as ready.",
        "Where readiness counts, a node without a Ready condition is not ready.",
        "The newer rule asks for a Ready condition that says True, the older for none that says otherwise.",
        "kubernetes/cloud-provider v0.25.3 and v0.26.0"},
    ReleaseNote{
        "service_controller.readiness_triggers", area, rule,
        {until_minor(oldest, 26)},
        "A node that turns Ready or NotReady starts a pass over all load balancers.",
        "Readiness of nodes starts nothing.",
        "In a large cluster some node always flaps, so passes never ended and hit the cloud's rate limits.",
        "KEP-3458"},
    ReleaseNote{
        "service_controller.cordon_triggers", area, rule,
        {until_minor(oldest, 24), rest_of(25, 3)},
        "A cordon starts a pass, which as a rule changes nothing.",
        "A cordon starts nothing.",
        "Cordoned nodes have stayed behind load balancers since 1.19, so there was nothing to look for.",
        "PR 90823, PR 111691"},
    ReleaseNote{
        "service_controller.any_label_triggers", area, rule,
        {until_minor(oldest, 24), rest_of(25, 3)},
        "Every change of a node's labels starts a pass.",
        "Of all labels only the exclusion label starts a pass.",
        "No other label decides about membership.",
        "PR 111691"},
    ReleaseNote{
        "service_controller.periodic_tick", area, rule,
        {until_minor(oldest, 25)},
        "A tick every 100 s finds changes that started no pass, such as the autoscaler's taint, and retries what failed.",
        "There is no tick: what starts no pass is noticed when something else starts one.",
        "Node events became keys of a work queue, and failed services go to the service queue.",
        "PR 111691"},
    ReleaseNote{
        "service_controller.legacy_master_label", area, rule,
        {until_minor(oldest, 20)},
        "A node labelled node-role.kubernetes.io/master stays out of every load balancer.",
        "The role label of control-plane nodes means nothing here; only the exclusion label keeps a node out.",
        "Role labels belong to the cluster's operator; the exclusion label says what is meant.",
        "KEP-1143"},
    ReleaseNote{
        "service_controller.autoscaler_taint_leaves", area, rule,
        {rest_of(21, 7), rest_of(22, 4), from(23)},
        "A node that the autoscaler has tainted for deletion is no longer wanted behind load balancers.",
        "The autoscaler's taint means nothing: the node stays in the set until it is gone.",
        "Clouds refuse an update that names a machine which is already gone, and with it the whole update failed.",
        "PR 105946"},
    ReleaseNote{
        "service_controller.autoscaler_taint_triggers", area, rule,
        {patches(25, 0, 2), until_minor({26, 0}, 26)},
        "The autoscaler's taint starts a pass at once, so the node leaves without time to drain.",
        "The autoscaler's taint starts nothing by itself; the node leaves with the next pass that something else starts.",
        "A node that leaves at the taint gets no drain from clouds that do not drain on deregistration.",
        "KEP-3458"},
    ReleaseNote{
        "service_controller.deleting_node_leaves", area, rule,
        {from(27)},
        "A node whose object has a deletionTimestamp is no longer wanted behind load balancers.",
        "A deletionTimestamp means nothing until the object is gone.",
        "A node on its way out, held by a finalizer, must not get new connections.",
        "KEP-3458"},
    ReleaseNote{
        "service_controller.provider_id_needed", area, rule,
        {rest_of(26, 5), rest_of(27, 2)},
        "A node is behind load balancers only once its providerID is set.",
        "A node goes behind load balancers with or without a providerID.",
        "Providers cannot name a machine without it and failed the whole update; 1.28 looks at changes of it instead.",
        "kubernetes/cloud-provider v0.26.5, v0.27.2 and v0.28.0"},
    ReleaseNote{
        "service_controller.new_provider_id_triggers", area, rule,
        {rest_of(26, 5), from(27, 2)},
        "A providerID that is set, or taken away, starts a pass.",
        "A providerID that is set starts nothing.",
        "A node becomes usable for the cloud when it gets its providerID.",
        "kubernetes/cloud-provider v0.26.5 and v0.27.2"},
    ReleaseNote{
        "service_controller.changed_provider_id_triggers", area, rule,
        {from(28)},
        "Every change of a providerID starts a pass.",
        "A providerID that changes from one value to another starts nothing.",
        "A machine can be replaced behind the name of its node.",
        "kubernetes/cloud-provider v0.28.0"},
    ReleaseNote{
        "service_controller.provider_id_pass_does_nothing", area, NoteKind::defect,
        {patches(28, 0, 3)},
        "A pass that a providerID starts does nothing: sets are still compared by name, so they look the same.",
        "A pass that a providerID starts reaches the cloud.",
        "The trigger was added without the comparison; 1.28.4 compares providerIDs.",
        "PR 121116"},
    ReleaseNote{
        "service_controller.provider_ids_compared", area, rule,
        {rest_of(26, 11), rest_of(27, 8), from(28, 4)},
        "Two node sets are the same if their names and providerIDs are.",
        "Two node sets are the same if their names are; a machine replaced under its name goes unnoticed.",
        "Clouds know machines by providerID.",
        "PR 121116"},
    ReleaseNote{
        "service_controller.exclusion_value_counts", area, rule,
        {from(34)},
        "The exclusion label is read: a value of 0, f, F, false, False or FALSE does not exclude the node.",
        "The exclusion label excludes by being there, even as \"false\".",
        "People who write \"false\" mean it.",
        "kubernetes/cloud-provider commit e0d9f9a"},
};
}  // namespace

std::span<const ReleaseNote> node_set_notes() { return notes; }

}  // namespace lbsim::policy
