// SPDX-License-Identifier: Apache-2.0
// Reads `services`: load balancers, workloads, and the copies that `count` asks for.
#include <unordered_set>

#include "sim/io/scenario/profile_book.hpp"
#include "sim/io/scenario/quantities.hpp"
#include "sim/io/scenario/readers.hpp"

namespace lbsim::io {

namespace {

using policy::TrafficPolicy;
using scenario::HealthCheckTarget;

HealthCheckTarget read_target(const View& check, TrafficPolicy traffic_policy, ReadContext& context) {
    const std::string text = check.text("target");
    if (text == "node_port") return HealthCheckTarget::node_port;
    if (text == "all_node_ports") return HealthCheckTarget::all_node_ports;
    if (text == "proxy_healthz") return HealthCheckTarget::proxy_healthz;
    if (text == "none") return HealthCheckTarget::none;
    if (text == "health_check_node_port") {
        if (traffic_policy == TrafficPolicy::cluster)
            context.sink.add(check.origin("target"), check.pointer("target"),
                             "\"health_check_node_port\" with externalTrafficPolicy Cluster, which has no such port",
                             R"("proxy_healthz", "node_port" or "all_node_ports")");
        return HealthCheckTarget::health_check_node_port;
    }
    return traffic_policy == TrafficPolicy::local ? HealthCheckTarget::health_check_node_port
                                                  : HealthCheckTarget::proxy_healthz;
}

std::uint32_t read_probers(const View& check, const ReadContext& context) {
    const JsonValue* given = check.given("probers");
    if (given != nullptr && given->is(JsonValue::Kind::number))
        return static_cast<std::uint32_t>(whole_number(given->text).value_or(1));
    return check.text("probers") == "zones" ? context.zones : 1;
}

scenario::ConnectionPolicy read_connection_policy(const View& owner, std::string_view key) {
    using Kind = scenario::ConnectionPolicy::Kind;
    if (const std::optional<View> chosen = owner.chosen(key)) {
        if (chosen->shape().name == "drain_connections") return {.kind = Kind::drain, .drain = chosen->duration("drain")};
        return {.kind = Kind::cut_silently};
    }
    return {.kind = owner.text(key) == "cut" ? Kind::cut : Kind::keep};
}

scenario::AllUnhealthyPolicy read_all_unhealthy(const View& balancer) {
    using Kind = scenario::AllUnhealthyPolicy::Kind;
    if (const std::optional<View> chosen = balancer.chosen("all_unhealthy"))
        return {.kind = Kind::panic_below, .panic_below = chosen->number("panic_below")};
    return {.kind = balancer.text("all_unhealthy") == "fail_closed" ? Kind::fail_closed : Kind::fail_open};
}

/// With one owner the address moves at once: there is nothing that could lag behind.
void refuse_lag_of_owner(const View& balancer, std::string_view key, const scenario::Distribution& lag,
                         ReadContext& context) {
    if (lag == scenario::Distribution{}) return;
    context.sink.add(balancer.origin(key), balancer.pointer(key), "a lag with \"balancing\" \"single_owner\"",
                     "no lag: the address moves at once");
}

/// When the data plane knows of a change, and whom it then sends new connections.
void read_data_plane(const View& balancer, scenario::LoadBalancer& out, ReadContext& context) {
    out.registration_delay = read_distribution(balancer, "registration_delay", context);
    out.new_flow_lag_after_unhealthy = read_distribution(balancer, "new_flow_lag_after_unhealthy", context);
    out.new_flow_lag_after_remove = read_distribution(balancer, "new_flow_lag_after_remove", context);
    out.rehashes_on_change = balancer.text("on_set_change") == "rehash";
    if (balancer.text("balancing") != "single_owner") return;
    out.admission = scenario::Admission::single_owner;
    refuse_lag_of_owner(balancer, "new_flow_lag_after_unhealthy", out.new_flow_lag_after_unhealthy, context);
    refuse_lag_of_owner(balancer, "new_flow_lag_after_remove", out.new_flow_lag_after_remove, context);
}

scenario::LoadBalancer read_load_balancer(const View& balancer, TrafficPolicy traffic_policy, ReadContext& context) {
    const View check = balancer.object("health_check");
    scenario::LoadBalancer out;
    out.health_check.target = read_target(check, traffic_policy, context);
    out.health_check.interval = check.duration("interval");
    out.health_check.timeout = check.duration("timeout");
    out.health_check.thresholds = {.unhealthy = check.count("unhealthy"), .healthy = check.count("healthy")};
    out.health_check.phase = check.optional_duration("phase");
    out.health_check.probers = read_probers(check, context);
    out.health_check.initially_passing = check.text("initial_state") == "passing";
    out.health_check.first_probe_after = read_distribution(check, "first_probe_after", context);
    out.health_check.is_shared = check.truth("shared");
    out.on_unhealthy = read_connection_policy(balancer, "on_unhealthy");
    out.on_remove = read_connection_policy(balancer, "on_remove");
    out.all_unhealthy = read_all_unhealthy(balancer);
    out.update_latency = balancer.optional_duration("update_latency");
    read_data_plane(balancer, out, context);
    return out;
}

/// "25%" or 3; nullopt where the key is absent.
std::optional<policy::IntOrPercent> read_int_or_percent(const View& owner, std::string_view key) {
    const JsonValue* given = owner.given(key);
    if (given == nullptr) return std::nullopt;
    if (const std::optional<std::uint64_t> percent = percent_number(given->text))
        return policy::IntOrPercent{.value = static_cast<std::uint32_t>(*percent), .is_percent = true};
    return policy::IntOrPercent{.value = static_cast<std::uint32_t>(whole_number(given->text).value_or(0))};
}

/// How a rollout goes, by the rules of Kubernetes' validation.
void read_strategy(const View& workload, scenario::Workload& out, ReadContext& context) {
    const bool is_daemon_set = out.kind == scenario::WorkloadKind::daemon_set;
    using policy::IntOrPercent;
    const IntOrPercent quarter{.value = 25, .is_percent = true};
    out.min_ready = workload.duration("minReadySeconds");
    out.max_surge = read_int_or_percent(workload, "maxSurge").value_or(is_daemon_set ? IntOrPercent{} : quarter);
    out.max_unavailable =
        read_int_or_percent(workload, "maxUnavailable").value_or(is_daemon_set ? IntOrPercent{.value = 1} : quarter);
    if (out.max_surge.value == 0 && out.max_unavailable.value == 0)
        context.sink.add(workload.origin("maxUnavailable"), workload.pointer("maxUnavailable"),
                         "0 with a maxSurge of 0, so no pod could ever be replaced", "one of the two above 0");
    if (is_daemon_set && out.max_surge.value > 0 && out.max_unavailable.value > 0)
        context.sink.add(workload.origin("maxSurge"), workload.pointer("maxSurge"),
                         "a maxSurge and a maxUnavailable above 0 of a DaemonSet", "one of the two, the other 0",
                         workload.given("maxUnavailable") == nullptr ? "maxUnavailable is 1 unless you say 0" : "");
}

scenario::Workload read_workload(const View& workload, const NodeNames& nodes, ReadContext& context) {
    scenario::Workload out;
    if (workload.text("kind") == "DaemonSet") {
        out.kind = scenario::WorkloadKind::daemon_set;
        if (workload.given("replicas") != nullptr)
            context.sink.add(workload.origin("replicas"), workload.pointer("replicas"), "replicas of a DaemonSet",
                             "no such key: a DaemonSet has one pod on each of its nodes");
        if (workload.given("pdb_min_available") != nullptr)
            context.sink.add(workload.origin("pdb_min_available"), workload.pointer("pdb_min_available"),
                             "a disruption budget of a DaemonSet, whose pods no drain evicts",
                             "no such key, or kind \"Deployment\"");
        if (workload.given("tolerationSeconds") != nullptr)
            context.sink.add(workload.origin("tolerationSeconds"), workload.pointer("tolerationSeconds"),
                             "tolerationSeconds of a DaemonSet",
                             "no such key: a DaemonSet's pods stay on such nodes for ever");
    }
    out.replicas = workload.count("replicas");
    out.nodes = nodes.read(workload, "nodes", NodeNames::Scope::initial, context.sink);
    out.start_time = workload.duration("start_time");
    out.pre_stop = workload.duration("preStopSeconds");
    out.termination_grace_period = workload.duration("terminationGracePeriodSeconds");
    if (workload.given("tolerationSeconds") != nullptr) out.toleration = workload.duration("tolerationSeconds");
    out.on_sigterm = workload.text("on_sigterm") == "keep_serving" ? scenario::OnSigterm::keep_serving
                                                                   : scenario::OnSigterm::exit_now;
    read_strategy(workload, out, context);
    out.pdb_min_available = read_int_or_percent(workload, "pdb_min_available");
    return out;
}

scenario::Service read_service(const View& view, const NodeNames& nodes, ProfileBook& profiles, ReadContext& context) {
    scenario::Service out;
    out.name = view.text("name");
    out.external_traffic_policy =
        view.text("externalTrafficPolicy") == "Local" ? TrafficPolicy::local : TrafficPolicy::cluster;
    out.ports = view.count("ports");
    const ProfileBook::Choice chosen = profiles.choose(view, out.external_traffic_policy);
    const View balancer(&chosen.balancer, load_balancer_shape, view.pointer("load_balancer"), view.origin("load_balancer"));
    out.load_balancer = read_load_balancer(balancer, out.external_traffic_policy, context);
    profiles.finish(chosen, view, out.external_traffic_policy, out.load_balancer);
    out.workload = read_workload(view.object("workload"), nodes, context);
    return out;
}

}  // namespace

std::vector<scenario::Service> read_services(const View& root, const NodeNames& nodes, ProfileBook& profiles,
                                             ReadContext& context) {
    std::vector<scenario::Service> out;
    std::unordered_set<std::string> names;
    for (const View& view : root.objects("services")) {
        const scenario::Service service = read_service(view, nodes, profiles, context);
        const std::uint64_t copies = view.integer("count");
        if (out.size() + copies > max_services) {
            context.sink.add(view.origin("count"), view.pointer("count"),
                             std::to_string(out.size() + copies) + " services up to here",
                             "at most " + std::to_string(max_services) + " services");
            break;
        }
        if (!context.room.take(copies, sizeof service + service.workload.nodes.size() * sizeof(std::string))) {
            context.sink.add(view.origin("count"), view.pointer("count"),
                             "more services and node names in all variants than lbsim holds",
                             "fewer copies or variants");
            break;
        }
        for (std::uint64_t i = 0; i < copies; ++i) {
            out.push_back(service);
            if (copies > 1) out.back().name += "-" + std::to_string(i);
            if (view.is_sound("name") && !names.insert(out.back().name).second)
                context.sink.add(view.origin("name"), view.pointer("name"),
                                 "a second service named " + in_quotes(out.back().name),
                                 "a name of its own for each service, copies included");
        }
    }
    return out;
}

}  // namespace lbsim::io
