// SPDX-License-Identifier: Apache-2.0
// What a good file reads as: defaults, every verb, every form of a value.
#include <algorithm>

#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::scenario;
using namespace lbsim::test;

namespace {

const std::string balancer = "/services/0/load_balancer";

Scenario with(const std::vector<io::Override>& overrides) { return changed(overrides).variants.at(0); }

Distribution lifetime(const std::string& value) {
    return with({{"/traffic/0/lifetime", value}}).traffic.at(0).lifetime;
}

TimelineEntry entry(const std::string& keys) {
    return with({{"/timeline/0", R"({"at": "1m", )" + keys + "}"}}).timeline.at(0);
}

template <class V>
V verb(const std::string& keys) {
    return std::get<V>(entry(keys).what);
}

}  // namespace

TEST_CASE("scenario reader: the least scenario has the documented defaults") {
    const Study study = study_of(R"({"duration": "1m", "cluster": {"node_pools": [{}]}, "services": [{}],
        "traffic": [{"name": "a", "kind": "open"}, {"name": "b", "kind": "population"}]})");
    CHECK(study.replications == 1);
    CHECK(study.seed == 1);
    const Scenario& s = study.variants.at(0);
    const policy::Release newest = *policy::parse_release(policy::modelled_releases().back()).release;
    CHECK(s.cluster.service_controller == newest);
    CHECK(s.cluster.autoscaler == newest);
    CHECK_FALSE(s.cluster.cold_start);
    CHECK_FALSE(s.cluster.grace_period);
    CHECK(s.cluster.watch_latency == Cluster{}.watch_latency);
    CHECK(s.cluster.concurrent_service_syncs == Cluster{}.concurrent_service_syncs);
    CHECK(s.cluster.node_lifecycle.period == Loop{}.period);
    CHECK_FALSE(s.cluster.node_lifecycle.phase);
    CHECK(s.cluster.node_pools[0].name == "workers");
    CHECK(s.cluster.node_pools[0].nodes == 3);
    CHECK(s.cluster.node_pools[0].boot_time == NodePool{}.boot_time);
    CHECK_FALSE(s.cluster.node_pools[0].lease_phase);

    // The defaults of the tables are those of the plain data.
    const LoadBalancer& lb = s.services[0].load_balancer;
    CHECK(lb.health_check.target == HealthCheckTarget::proxy_healthz);
    CHECK(lb.health_check.interval == HealthCheck{}.interval);
    CHECK(lb.health_check.timeout == HealthCheck{}.timeout);
    CHECK(lb.health_check.thresholds.unhealthy == HealthCheck{}.thresholds.unhealthy);
    CHECK(lb.health_check.thresholds.healthy == HealthCheck{}.thresholds.healthy);
    CHECK(lb.health_check.probers == HealthCheck{}.probers);
    CHECK_FALSE(lb.health_check.phase);
    CHECK_FALSE(lb.health_check.initially_passing);
    CHECK(lb.on_unhealthy == LoadBalancer{}.on_unhealthy);
    CHECK(lb.on_remove == LoadBalancer{}.on_remove);
    CHECK(lb.all_unhealthy == LoadBalancer{}.all_unhealthy);
    CHECK(lb.update_latency.value_or(0s) == 0s);
    const Workload& workload = s.services[0].workload;
    CHECK(workload.kind == Workload{}.kind);
    CHECK(workload.replicas == Workload{}.replicas);
    CHECK(workload.nodes.empty());
    CHECK(workload.start_time == Workload{}.start_time);
    CHECK(workload.pre_stop == Workload{}.pre_stop);
    CHECK(workload.termination_grace_period == Workload{}.termination_grace_period);
    CHECK(workload.on_sigterm == Workload{}.on_sigterm);
    CHECK(s.services[0].ports == Service{}.ports);
    CHECK(s.services[0].name == "web");

    CHECK(s.traffic[0].arrivals_per_second == 10.0);
    CHECK(s.traffic[0].lifetime.kind == Distribution::Kind::exponential);
    CHECK(s.traffic[0].lifetime.a == 60s);
    CHECK(s.traffic[0].connect_timeout == Traffic{}.connect_timeout);
    CHECK(s.traffic[1].connections == 1000);
    CHECK(s.traffic[1].reconnect.kind == Reconnect::Kind::no);
}

TEST_CASE("scenario reader: releases follow cluster.release unless set") {
    const Cluster c = with({{"/cluster/release", "1.28.3"},
                            {"/cluster/releases", R"({"kube_proxy": "1.26", "kubelet": "1.27.1"})"},
                            {"/cluster/node_pools/1/kube_proxy", "1.25"}})
                          .cluster;
    CHECK(to_string(c.service_controller) == "1.28.3");
    CHECK(to_string(c.autoscaler) == "1.28.3");
    CHECK(to_string(c.kube_proxy) == "1.26.15");
    CHECK(to_string(c.kubelet) == "1.27.1");
    CHECK_FALSE(c.node_pools[0].kube_proxy);
    CHECK(to_string(*c.node_pools[1].kube_proxy) == "1.25.16");
}

TEST_CASE("scenario reader: the rest of the cluster reads as written") {
    const Cluster c = with({{"/cluster/start", "cold"},
                            {"/cluster/watch_latency", R"({"uniform": ["0s", "200ms"]})"},
                            {"/cluster/service_proxy", R"({"programming_latency": "2s"})"},
                            {"/cluster/service_controller/concurrent_service_syncs", "1e1"},
                            {"/cluster/service_controller/node_sync_phase", "7s"},
                            {"/cluster/node_pools/0/labels", R"({"a/b": "c", "d": ""})"}})
                          .cluster;
    CHECK(c.cold_start);
    CHECK(c.watch_latency.kind == Distribution::Kind::uniform);
    CHECK(c.watch_latency.b == 200ms);
    CHECK(c.programming_latency == 2s);
    CHECK(c.concurrent_service_syncs == 10);
    CHECK(c.node_sync_phase == Duration(7s));
    CHECK(c.node_pools[0].labels == std::map<std::string, std::string>{{"a/b", "c"}, {"d", ""}});
}

TEST_CASE("scenario reader: numbers may be spelt as JSON allows") {
    CHECK(with({{"/seed", "18446744073709551615"}}).seed == 18446744073709551615u);
    CHECK(with({{"/seed", "-0"}}).seed == 0);
    CHECK(with({{"/replications", "1e3"}}).replications == 1000);
    CHECK(with({{"/replications", "2.0"}}).replications == 2);
    CHECK(with({{"/traffic/1/connections", "1e8"}}).traffic[1].connections == 100'000'000);
    CHECK(with({{"/traffic/0/arrivals_per_second", "0.25"}}).traffic[0].arrivals_per_second == 0.25);
}

TEST_CASE("scenario reader: every form of a connection policy reads as meant") {
    using Kind = ConnectionPolicy::Kind;
    const auto on_remove = [](const std::string& value) {
        return with({{balancer + "/on_remove", value}}).services[0].load_balancer.on_remove;
    };
    CHECK(on_remove("keep").kind == Kind::keep);
    CHECK(on_remove("cut").kind == Kind::cut);
    CHECK(on_remove(R"({"cut": "silent"})").kind == Kind::cut_silently);
    CHECK(on_remove(R"({"drain": "300s"})") == ConnectionPolicy{.kind = Kind::drain, .drain = 300s});
    const auto all = [](const std::string& value) {
        return with({{balancer + "/all_unhealthy", value}}).services[0].load_balancer.all_unhealthy;
    };
    CHECK(all("fail_closed").kind == AllUnhealthyPolicy::Kind::fail_closed);
    CHECK(all(R"({"panic_below": 0.5})") ==
          AllUnhealthyPolicy{.kind = AllUnhealthyPolicy::Kind::panic_below, .panic_below = 0.5});
}

TEST_CASE("scenario reader: a health check's target follows externalTrafficPolicy unless set") {
    CHECK(with({}).services[0].load_balancer.health_check.target == HealthCheckTarget::proxy_healthz);
    CHECK(with({}).services[1].load_balancer.health_check.target == HealthCheckTarget::health_check_node_port);
    const auto set = [](const char* target) {
        return with({{balancer + "/health_check/target", target}}).services[0].load_balancer.health_check.target;
    };
    CHECK(set("node_port") == HealthCheckTarget::node_port);
    CHECK(set("all_node_ports") == HealthCheckTarget::all_node_ports);
    CHECK(set("none") == HealthCheckTarget::none);
    const Scenario passing = with({{balancer + "/health_check/initial_state", "passing"}});
    CHECK(passing.services[0].load_balancer.health_check.initially_passing);
}

TEST_CASE("scenario reader: delays and lags of a load balancer are distributions, zero unless set") {
    const LoadBalancer neutral = with({}).services[0].load_balancer;
    for (const Distribution& d : {neutral.registration_delay, neutral.new_flow_lag_after_unhealthy,
                                  neutral.new_flow_lag_after_remove, neutral.health_check.first_probe_after}) {
        CHECK(d == Distribution{});
    }
    const LoadBalancer set = with({{balancer + "/registration_delay", "90s"},
                                   {balancer + "/new_flow_lag_after_unhealthy", R"({"uniform": ["30s", "40s"]})"},
                                   {balancer + "/new_flow_lag_after_remove", R"({"exponential": "2m"})"},
                                   {balancer + "/health_check/first_probe_after", "3s"}})
                                 .services[0]
                                 .load_balancer;
    CHECK(set.registration_delay == Distribution::fixed(90s));
    CHECK(set.new_flow_lag_after_unhealthy.kind == Distribution::Kind::uniform);
    CHECK(set.new_flow_lag_after_unhealthy.b == 40s);
    CHECK(set.new_flow_lag_after_remove.kind == Distribution::Kind::exponential);
    CHECK(set.health_check.first_probe_after == Distribution::fixed(3s));
}

TEST_CASE("scenario reader: one owner, rehash and a shared check are off unless set") {
    const LoadBalancer neutral = with({}).services[0].load_balancer;
    CHECK(neutral.admission == Admission::passing);
    CHECK_FALSE(neutral.rehashes_on_change);
    CHECK_FALSE(neutral.health_check.is_shared);
    const LoadBalancer set = with({{balancer + "/balancing", "single_owner"},
                                   {balancer + "/on_set_change", "rehash"},
                                   {balancer + "/health_check/shared", "true"}})
                                 .services[0]
                                 .load_balancer;
    CHECK(set.admission == Admission::single_owner);
    CHECK(set.rehashes_on_change);
    CHECK(set.health_check.is_shared);
}

TEST_CASE("scenario reader: a workload reads its Kubernetes fields in seconds") {
    const Workload w = with({{"/services/0/workload", R"({"kind": "DaemonSet", "preStopSeconds": 40, "start_time": "5s",
        "terminationGracePeriodSeconds": 0.5, "on_sigterm": "keep_serving"})"}})
                           .services[0]
                           .workload;
    CHECK(w.kind == WorkloadKind::daemon_set);
    CHECK(w.pre_stop == 40s);
    CHECK(w.termination_grace_period == 500ms);
    CHECK(w.start_time == 5s);
    CHECK(w.on_sigterm == OnSigterm::keep_serving);
    CHECK(with({}).services[0].workload.toleration == 300s);
    CHECK(with({{"/services/0/workload", R"({"tolerationSeconds": 7})"}}).services[0].workload.toleration == 7s);
}

TEST_CASE("scenario reader: pods are counted in numbers or percentages, with Kubernetes' defaults") {
    const auto workload = [](const std::string& keys) {
        return with({{"/services/0/workload", "{" + keys + "}"}}).services[0].workload;
    };
    using policy::IntOrPercent;
    const IntOrPercent quarter{.value = 25, .is_percent = true};
    CHECK(workload("").max_surge == quarter);
    CHECK(workload("").max_unavailable == quarter);
    CHECK(workload("").min_ready == 0s);
    CHECK_FALSE(workload("").pdb_min_available);
    const Workload daemons = workload(R"("kind": "DaemonSet")");
    CHECK(daemons.max_surge == IntOrPercent{});
    CHECK(daemons.max_unavailable == IntOrPercent{.value = 1});
    const Workload set = workload(R"("pdb_min_available": "100%", "maxSurge": 3, "maxUnavailable": "0%", "minReadySeconds": 1.5)");
    CHECK(set.pdb_min_available == IntOrPercent{.value = 100, .is_percent = true});
    CHECK(set.max_surge == IntOrPercent{.value = 3});
    CHECK(set.max_unavailable == IntOrPercent{.value = 0, .is_percent = true});
    CHECK(set.min_ready == 1500ms);
}

TEST_CASE("scenario reader: every distribution reads as written") {
    using Kind = Distribution::Kind;
    CHECK(lifetime("5s") == Distribution::fixed(5s));
    CHECK(lifetime(R"({"fixed": "5s"})") == Distribution::fixed(5s));
    CHECK(lifetime(R"({"exponential": "1h"})").a == 1h);
    CHECK(lifetime(R"({"uniform": ["1s", "1s"]})").b == 1s);
    const Distribution lognormal = lifetime(R"({"lognormal": {"median": "1s", "p99": "1m"}})");
    CHECK(lognormal.kind == Kind::lognormal);
    CHECK(lognormal.a == 1s);
    CHECK(lognormal.b == 1min);
    const Distribution pareto = lifetime(R"({"pareto": {"minimum": "1s", "shape": 1.5}})");
    CHECK(pareto.kind == Kind::pareto);
    CHECK(pareto.a == 1s);
    CHECK(pareto.shape == 1.5);
}

TEST_CASE("scenario reader: reconnect has three forms") {
    const auto reconnect = [](const std::string& value) {
        return with({{"/traffic/1/reconnect", value}}).traffic[1].reconnect;
    };
    CHECK(reconnect("no").kind == Reconnect::Kind::no);
    CHECK(reconnect("at_once").kind == Reconnect::Kind::at_once);
    const Reconnect after = reconnect(R"({"after": {"exponential": "2s"}})");
    CHECK(after.kind == Reconnect::Kind::after);
    CHECK(after.after.a == 2s);
}

TEST_CASE("scenario reader: count and * expand") {
    const Scenario s = with({{"/services/0/count", "3"}, {"/traffic/0/service", "*"}});
    std::vector<std::string> names;
    for (const Service& service : s.services) names.push_back(service.name);
    CHECK(names == std::vector<std::string>{"web-0", "web-1", "web-2", "api"});
    REQUIRE(s.traffic.size() == 5);
    for (std::uint32_t i = 0; i < 4; ++i) {
        CHECK(s.traffic[i].name == "open");
        CHECK(s.traffic[i].service == i);
    }
    CHECK(s.traffic[4].name == "long");
    CHECK(s.traffic[4].service == 3);
    CHECK(with({{"/services/0/count", "1"}}).services[0].name == "web");
}

TEST_CASE("scenario reader: every verb reads its keys") {
    const std::string nodes = R"("nodes": ["workers-1", "edge-0"])";
    const std::vector<std::string> both{"workers-1", "edge-0"};
    const auto ready = verb<SetReady>(R"("do": "set_ready", )" + nodes);
    CHECK(ready.nodes == both);
    CHECK(ready.status == policy::ConditionStatus::is_false);
    CHECK_FALSE(ready.hold);
    const auto again = verb<SetReady>(R"("do": "set_ready", "status": "True", )" + nodes);
    CHECK(again.status == policy::ConditionStatus::is_true);
    const auto taint = verb<SetTaint>(R"("do": "taint", "key": "k", "value": "v", "effect": "PreferNoSchedule", )" + nodes);
    CHECK((taint.present && taint.key == "k" && taint.value == "v" && taint.effect == "PreferNoSchedule"));
    CHECK_FALSE(verb<SetTaint>(R"("do": "untaint", "key": "k", )" + nodes).present);
    CHECK(verb<SetTaint>(R"("do": "untaint", "key": "k", )" + nodes).effect.empty());
    const auto label = verb<SetLabel>(R"("do": "label", "key": "k", "value": "v", )" + nodes);
    CHECK((label.present && label.key == "k" && label.value == "v"));
    CHECK_FALSE(verb<SetLabel>(R"("do": "unlabel", "key": "k", )" + nodes).present);
    CHECK(verb<SetCordon>(R"("do": "cordon", )" + nodes).cordoned);
    CHECK_FALSE(verb<SetCordon>(R"("do": "uncordon", )" + nodes).cordoned);
    const auto add = verb<AddNodes>(
        R"("do": "add_nodes", "pool": "edge", "count": 2, "boot_time": "9s", "ready_after": "3s")");
    CHECK((add.pool == "edge" && add.count == 2 && add.boot_time == Duration(9s) && add.ready_after == 3s));
    CHECK(verb<DeleteNodeObject>(R"("do": "delete_node_object", )" + nodes).nodes == both);
    CHECK(verb<VmOff>(R"("do": "vm_off", )" + nodes).gone);
    CHECK_FALSE(verb<VmOff>(R"("do": "vm_off", "instance": "stopped", )" + nodes).gone);
    CHECK(verb<Reboot>(R"("do": "reboot", "for": "90s", )" + nodes).down == 90s);
    const auto down = verb<AutoscalerScaleDown>(
        R"("do": "autoscaler_scale_down", "cordon": true, "delay_after_taint": "1s", )" + nodes);
    CHECK(down.cordon == true);
    CHECK(down.delay_after_taint == Duration(1s));
    CHECK_FALSE(down.pod_drain);
}

TEST_CASE("scenario reader: verbs of workloads, drains and preemptions read their keys") {
    const std::string nodes = R"("nodes": ["workers-1", "edge-0"])";
    CHECK_FALSE(verb<Drain>(R"("do": "drain", )" + nodes).timeout);
    CHECK(verb<Drain>(R"("do": "drain", "timeout": "5m", )" + nodes).timeout == Duration(5min));
    CHECK(verb<Rollout>(R"("do": "rollout", "service": "api")").service == "api");
    const auto scale = verb<Scale>(R"("do": "scale", "service": "web", "replicas": 7)");
    CHECK((scale.service == "web" && scale.replicas == 7));
    using OnNotice = SpotPreemption::OnNotice;
    const auto preempted = verb<SpotPreemption>(R"("do": "spot_preemption", )" + nodes);
    CHECK((preempted.notice == 30s && preempted.on_notice == OnNotice::nothing && preempted.nodes.size() == 2));
    for (const auto& [text, meant] : {std::pair{"nothing", OnNotice::nothing}, std::pair{"drain", OnNotice::drain},
                                      std::pair{"taint_and_drain", OnNotice::taint_and_drain},
                                      std::pair{"deregister", OnNotice::deregister}}) {
        CHECK(verb<SpotPreemption>(R"("do": "spot_preemption", "notice": "2m", "on_notice": ")" + std::string(text) + "\", " +
                                   nodes).on_notice == meant);
    }
}

TEST_CASE("scenario reader: rolling upgrades have lanes by mode") {
    const auto surge = verb<RollingUpgrade>(R"("do": "rolling_upgrade", "pool": "edge", "to_release": "1.31")");
    CHECK(surge.mode == UpgradeMode::surge);
    CHECK((surge.max_surge == 1 && surge.max_unavailable == 0));
    CHECK(to_string(*surge.to_release) == "1.31.14");
    const auto in_place = verb<RollingUpgrade>(R"("do": "rolling_upgrade", "pool": "edge", "mode": "in_place",
        "reboot_time": "2m", "taint_first": true)");
    CHECK(in_place.mode == UpgradeMode::in_place);
    CHECK((in_place.max_surge == 0 && in_place.max_unavailable == 1 && in_place.taint_first));
    CHECK(in_place.reboot_time == Duration(2min));
}

TEST_CASE("scenario reader: an entry may repeat at fixed or random distances") {
    const std::string cordon = R"("do": "cordon", "nodes": ["edge-0"], "repeat": )";
    const TimelineEntry fixed = entry(cordon + R"({"every": "10s", "times": 4})");
    CHECK(fixed.verb == "cordon");
    CHECK(fixed.at == 1min);
    CHECK((fixed.repeat->every == 10s && fixed.repeat->times == 4 && !fixed.repeat->mean_every));
    const TimelineEntry random = entry(cordon + R"({"mean_every": "10s"})");
    CHECK((random.repeat->every == 0s && random.repeat->times == 0 && random.repeat->mean_every == Duration(10s)));
}

TEST_CASE("scenario reader: every key has a default, a note or is required, with its provenance") {
    const std::vector<io::DefaultValue> all = io::defaults();
    CHECK(all.size() > 100);
    for (const io::DefaultValue& d : all) {
        INFO(d.key);
        CHECK_FALSE(d.value.empty());
        CHECK_FALSE(d.provenance.empty());
        CHECK_FALSE(d.meaning.empty());
        CHECK(std::count_if(all.begin(), all.end(), [&](const io::DefaultValue& x) { return x.key == d.key; }) == 1);
    }
}
