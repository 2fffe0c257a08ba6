// SPDX-License-Identifier: Apache-2.0
// Reads `cluster`: releases, feature gates, node pools and controllers.
#include <algorithm>
#include <set>

#include "sim/io/scenario/readers.hpp"

namespace lbsim::io {

namespace {

using policy::Component;
using policy::Release;
using scenario::Cluster;

void read_releases(const View& cluster, Cluster& out) {
    const Release newest = *policy::parse_release(policy::modelled_releases().back()).release;
    const Release common = cluster.release("release").value_or(newest);
    const View releases = cluster.object("releases");
    out.service_controller = releases.release("service_controller").value_or(common);
    out.kube_proxy = releases.release("kube_proxy").value_or(common);
    out.kubelet = releases.release("kubelet").value_or(common);
    out.autoscaler = common;
}

/// The releases at which the owner of a gate runs; a pool may have its own kube-proxy.
std::set<Release> releases_of(Component owner, const Cluster& cluster) {
    if (owner == Component::service_controller) return {cluster.service_controller};
    if (owner == Component::kubelet) return {cluster.kubelet};
    std::set<Release> out;
    for (const scenario::NodePool& pool : cluster.node_pools) out.insert(pool.kube_proxy.value_or(cluster.kube_proxy));
    if (out.empty()) out.insert(cluster.kube_proxy);
    return out;
}

std::string component_name(Component component) {
    switch (component) {
        case Component::service_controller: return "the service controller";
        case Component::kube_proxy: return "kube-proxy";
        case Component::kubelet: return "the kubelet";
    }
    return {};
}

/// Why the gate cannot have this value at this release, "" where it can.
std::string gate_fault(std::string_view gate, bool value, Release release) {
    const policy::GateState state = policy::gate_state(gate, release);
    const std::string of = component_name(policy::gate_owner(gate)) + " " + to_string(release);
    switch (state.stage) {
        case policy::GateStage::absent: return "a gate that does not exist yet in " + of;
        case policy::GateStage::removed: return "a gate that no longer exists in " + of;
        case policy::GateStage::stable_locked:
            if (value == state.default_value) return {};
            return std::string(value ? "true" : "false") + ", but the gate is locked to " +
                   (state.default_value ? "true" : "false") + " in " + of;
        case policy::GateStage::alpha:
        case policy::GateStage::beta: return {};
    }
    return {};
}

void read_gates(const View& cluster, Cluster& out, ReadContext& context) {
    const std::vector<std::string> known(policy::modelled_gates().begin(), policy::modelled_gates().end());
    const bool releases_known = !context.sink.has_under("/cluster/release") &&
                                !context.sink.has_under("/cluster/releases") &&
                                !context.sink.has_under("/cluster/node_pools");
    for (const JsonMember& gate : cluster.members("feature_gates")) {
        const std::string pointer = cluster.pointer("feature_gates") + pointer_token(gate.key);
        if (std::find(known.begin(), known.end(), gate.key) == known.end()) {
            context.sink.add(gate.origin, pointer, "unknown gate " + in_quotes(gate.key),
                             "gates " + alternatives(known), did_you_mean(gate.key, known));
            continue;
        }
        if (!gate.value.is(JsonValue::Kind::boolean)) continue;
        out.feature_gates[gate.key] = gate.value.truth;
        if (!releases_known) continue;
        for (const Release release : releases_of(policy::gate_owner(gate.key), out)) {
            const std::string fault = gate_fault(gate.key, gate.value.truth, release);
            if (!fault.empty())
                context.sink.add(gate.value.origin, pointer, fault,
                                 "a gate and value that exist in that release, or no such key");
        }
    }
}

scenario::NodePool read_pool(const View& pool, ReadContext& context) {
    scenario::NodePool out;
    out.name = pool.text("name");
    out.nodes = pool.count("nodes");
    out.boot_time = pool.duration("boot_time");
    out.vm_off_delay = pool.duration("vm_off_delay");
    out.shutdown_grace_period = pool.duration("shutdownGracePeriod");
    out.shutdown_grace_period_critical_pods = pool.duration("shutdownGracePeriodCriticalPods");
    if (out.shutdown_grace_period_critical_pods > out.shutdown_grace_period)
        context.sink.add(pool.origin("shutdownGracePeriodCriticalPods"), pool.pointer("shutdownGracePeriodCriticalPods"),
                         in_quotes(pool.text("shutdownGracePeriodCriticalPods")) + ", longer than shutdownGracePeriod",
                         "a part of shutdownGracePeriod, which is " + in_quotes(pool.text("shutdownGracePeriod")));
    out.lease_phase = pool.optional_duration("lease_phase");
    out.kube_proxy = pool.release("kube_proxy");
    for (const JsonMember& label : pool.members("labels")) {
        if (label.key.empty())
            context.sink.add(label.origin, pool.pointer("labels") + "/", "an empty label key", "a label key");
        out.labels[label.key] = label.value.text;
    }
    return out;
}

/// The cluster's zones; where it names none, those of its pools.
std::vector<std::string> zone_names(const View& cluster, const std::vector<View>& pools, ReadContext& context) {
    std::vector<std::string> names;
    const auto is_new = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) == names.end();
    };
    for (const View::Item& zone : cluster.texts("zones")) {
        if (!is_new(zone.text))
            context.sink.add(zone.origin, zone.pointer, "a second zone " + in_quotes(zone.text), "each zone once");
        else names.push_back(zone.text);
    }
    if (!names.empty()) return names;
    for (const View& pool : pools) {
        for (const View::Item& zone : pool.texts("zones")) {
            if (is_new(zone.text)) names.push_back(zone.text);
        }
    }
    return names.empty() ? Cluster{}.zones : names;
}

/// The zones of a pool by index; all where it names none.
std::vector<std::uint32_t> read_pool_zones(const View& pool, const std::vector<std::string>& names,
                                           ReadContext& context) {
    std::vector<std::uint32_t> out;
    for (const View::Item& zone : pool.texts("zones")) {
        const auto at = std::find(names.begin(), names.end(), zone.text);
        const auto index = static_cast<std::uint32_t>(at - names.begin());
        if (at == names.end())
            context.sink.add(zone.origin, zone.pointer, "unknown zone " + in_quotes(zone.text),
                             "a zone of the cluster: " + alternatives(names), did_you_mean(zone.text, names));
        else if (std::find(out.begin(), out.end(), index) != out.end())
            context.sink.add(zone.origin, zone.pointer, "zone " + in_quotes(zone.text) + " a second time",
                             "each zone once");
        else out.push_back(index);
    }
    if (!out.empty()) return out;
    for (std::uint32_t z = 0; z < names.size(); ++z) out.push_back(z);
    return out;
}

scenario::Loop read_loop(const View& view) {
    return {.period = view.duration("period"), .phase = view.optional_duration("phase")};
}

}  // namespace

Cluster read_cluster(const View& root, ReadContext& context) {
    const View cluster = root.object("cluster");
    Cluster out;
    read_releases(cluster, out);
    const std::vector<View> pools = cluster.objects("node_pools");
    for (const View& pool : pools) out.node_pools.push_back(read_pool(pool, context));
    out.zones = zone_names(cluster, pools, context);
    for (std::size_t p = 0; p < pools.size(); ++p)
        out.node_pools[p].zones = read_pool_zones(pools[p], out.zones, context);
    read_gates(cluster, out, context);
    out.cold_start = cluster.text("start") == "cold";
    out.watch_latency = read_distribution(cluster, "watch_latency", context);
    const View controller = cluster.object("service_controller");
    out.concurrent_service_syncs = controller.count("concurrent_service_syncs");
    out.node_sync_phase = controller.optional_duration("node_sync_phase");
    out.programming_latency = cluster.object("service_proxy").duration("programming_latency");
    const View node_lifecycle = cluster.object("node_lifecycle");
    out.grace_period = node_lifecycle.optional_duration("grace_period");
    out.node_lifecycle = read_loop(node_lifecycle);
    out.cloud_node_lifecycle = read_loop(cluster.object("cloud_node_lifecycle"));
    return out;
}

}  // namespace lbsim::io
