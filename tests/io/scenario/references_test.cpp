// SPDX-License-Identifier: Apache-2.0
// What keys say of each other: nodes, pools, services, releases, gates, times and sums.
#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

/// The one problem after a change, checked for its pointer.
Problem only(const std::vector<io::Override>& overrides, const std::string& pointer) {
    const auto problems = problems_after(overrides);
    INFO(texts_of(problems));
    CHECK(problems.size() == 1);
    if (problems.empty()) return {};
    CHECK(problems[0].pointer == pointer);
    return problems[0];
}

void fine(const std::vector<io::Override>& overrides) { CHECK(texts_of(problems_after(overrides)).empty()); }

/// A timeline of one entry that cordons these nodes.
io::Override cordon(const std::string& nodes) {
    return {"/timeline/0", R"({"at": "5m", "do": "cordon", "nodes": [)" + nodes + "]}"};
}

io::Override gate(const std::string& name, bool value) {
    return {"/cluster/feature_gates", "{\"" + name + "\": " + (value ? "true" : "false") + "}"};
}

}  // namespace

TEST_CASE("scenario reader: verbs name only nodes that exist or that the timeline creates") {
    fine({cordon(R"("workers-0", "workers-9", "edge-1")")});
    const Problem beyond = only({cordon(R"("workers-10")")}, "/timeline/0/nodes/0");
    CHECK(contains(beyond.found, "unknown node \"workers-10\""));
    CHECK(contains(beyond.allowed, "\"edge-0\" to \"edge-1\"; \"workers-0\" to \"workers-9\""));
    CHECK(contains(beyond.hint, "did you mean \"workers-9\"?"));
    CHECK(contains(only({cordon(R"("workers-0", "worker-3")")}, "/timeline/0/nodes/1").hint, "\"workers-3\""));
    for (const char* bad : {"workers", "workers-", "workers-01", "workers--1", "workers-1e0", "workers-x", "-0", "",
                            "workers-99999999999999999999", "web-0"})
        only({cordon('"' + std::string(bad) + '"')}, "/timeline/0/nodes/0");
    CHECK(contains(only({cordon(R"("edge-0", "edge-0")")}, "/timeline/0/nodes/1").found, "a second time"));
}

TEST_CASE("scenario reader: a load balancer with one owner has no new-flow lag") {
    const std::string balancer = "/services/0/load_balancer";
    for (const char* lag : {"/new_flow_lag_after_unhealthy", "/new_flow_lag_after_remove"}) {
        const Problem p = only({{balancer + "/balancing", "single_owner"}, {balancer + lag, "1s"}}, balancer + lag);
        CHECK(contains(p.found, "a lag with \"balancing\" \"single_owner\""));
        CHECK(contains(p.allowed, "the address moves at once"));
        fine({{balancer + lag, "1s"}});
    }
    fine({{balancer + "/balancing", "single_owner"}, {balancer + "/registration_delay", "1s"}});
}

TEST_CASE("scenario reader: added nodes and surge nodes continue the names of their pool") {
    const auto timeline = [](const std::string& first, const std::string& node) {
        const std::string second = R"({"at": "9m", "do": "cordon", "nodes": [")" + node + "\"]}";
        return io::Override{"/timeline", "[" + first + ", " + second + "]"};
    };
    const std::string add = R"({"at": "1m", "do": "add_nodes", "pool": "edge", "count": 3})";
    fine({timeline(add, "edge-4")});
    only({timeline(add, "edge-5")}, "/timeline/1/nodes/0");
    // At 1 m, 4 m and 7 m: three times within ten minutes.
    const std::string thrice = R"({"at": "1m", "do": "add_nodes", "pool": "edge", "repeat": {"every": "3m"}})";
    fine({timeline(thrice, "edge-4")});
    only({timeline(thrice, "edge-5")}, "/timeline/1/nodes/0");
    const std::string twice =
        R"({"at": "1m", "do": "add_nodes", "pool": "edge", "repeat": {"every": "3m", "times": 2}})";
    only({timeline(twice, "edge-4")}, "/timeline/1/nodes/0");
    const std::string surge = R"({"at": "1m", "do": "rolling_upgrade", "pool": "edge"})";
    fine({timeline(surge, "edge-3")});
    only({timeline(surge, "edge-4")}, "/timeline/1/nodes/0");
    const std::string in_place = R"({"at": "1m", "do": "rolling_upgrade", "pool": "edge", "mode": "in_place"})";
    only({timeline(in_place, "edge-2")}, "/timeline/1/nodes/0");
}

TEST_CASE("scenario reader: a workload may only name nodes that exist at the start") {
    fine({{"/services/0/workload/nodes", R"(["edge-0"])"}});
    const std::vector<io::Override> added{
        {"/timeline/0", R"({"at": "1m", "do": "add_nodes", "pool": "edge"})"},
        {"/services/0/workload/nodes", R"(["edge-2"])"}};
    CHECK(contains(only(added, "/services/0/workload/nodes/0").allowed, "nodes that exist at the start"));
}

TEST_CASE("scenario reader: pools must exist and have names of their own") {
    const io::Override add{"/timeline/0", R"({"at": "1m", "do": "add_nodes", "pool": "egde"})"};
    CHECK(contains(only({add}, "/timeline/0/pool").hint, "did you mean \"edge\"?"));
    const io::Override upgrade{"/timeline/0", R"({"at": "1m", "do": "rolling_upgrade", "pool": "web"})"};
    CHECK(contains(only({upgrade}, "/timeline/0/pool").allowed, "\"edge\" or \"workers\""));
    only({{"/cluster/node_pools/1/name", "workers"}}, "/cluster/node_pools/1/name");
    only({{"/cluster/node_pools/0/zones", R"(["b"])"}, {"/cluster/zones", R"(["a"])"}},
         "/cluster/node_pools/0/zones/0");
}

TEST_CASE("scenario reader: a cluster has 1 to 100,000 nodes, added ones included") {
    only({{"/cluster/node_pools", R"([{"nodes": 0}])"}, {"/timeline", "[]"}}, "/cluster/node_pools");
    fine({{"/cluster/node_pools/0/nodes", "99998"}});
    CHECK(contains(only({{"/cluster/node_pools/0/nodes", "99999"}}, "/cluster/node_pools").found, "100001 nodes"));
    const std::string add =
        R"({"at": "1m", "do": "add_nodes", "pool": "edge", "count": 50000, "repeat": {"every": "1m"}})";
    only({{"/timeline/0", add}}, "/timeline/0/count");
}

TEST_CASE("scenario reader: services have names of their own, copies included") {
    only({{"/services/1/name", "web"}, {"/traffic", "[]"}}, "/services/1/name");
    const Problem copy = only({{"/services/0/count", "3"}, {"/services/1/name", "web-2"}, {"/traffic", "[]"}},
                              "/services/1/name");
    CHECK(contains(copy.found, "a second service named \"web-2\""));
    fine({{"/services/0/count", "99999"}, {"/traffic", "[]"}});
    CHECK(contains(only({{"/services/0/count", "100000"}, {"/traffic", "[]"}}, "/services/1/count").found,
                   "100001 services"));
}

TEST_CASE("scenario reader: traffic names a service that exists") {
    CHECK(contains(only({{"/traffic/0/service", "wbe"}}, "/traffic/0/service").hint, "did you mean \"web\"?"));
    CHECK(contains(only({{"/services/0/count", "3"}}, "/traffic/0/service").hint, "copies are named \"web-0\""));
    fine({{"/services/0/count", "3"}, {"/traffic/0/service", "web-2"}});
    only({{"/traffic/1/name", "open"}}, "/traffic/1/name");
}

TEST_CASE("scenario reader: a run has at most 10^12 connections") {
    // 10^9 a second for 600 s is 6 * 10^11; two such entries are too many.
    fine({{"/traffic/0/arrivals_per_second", "1e9"}});
    const io::Override two{"/traffic",
                           R"([{"name": "a", "service": "web", "kind": "open", "arrivals_per_second": 1e9},
                               {"name": "b", "service": "web", "kind": "open", "arrivals_per_second": 1e9}])"};
    CHECK(contains(only({two}, "/traffic/1").allowed, "at most 1e+12"));
    only({{"/traffic/1/connections", "1000000000000"}}, "/traffic/1");
    only({{"/traffic/0/lifetime", R"({"lognormal": {"median": "1us", "p99": "1000000d"}})"}}, "/traffic/0");
}

TEST_CASE("scenario reader: a health check of the service's own port needs externalTrafficPolicy Local") {
    const std::string target = "/services/0/load_balancer/health_check/target";
    CHECK(contains(only({{target, "health_check_node_port"}}, target).found, "externalTrafficPolicy Cluster"));
    fine({{target, "health_check_node_port"}, {"/services/0/externalTrafficPolicy", "Local"}});
}

TEST_CASE("scenario reader: releases that do not exist list those that do") {
    const Problem unknown = only({{"/cluster/release", "1.99"}}, "/cluster/release");
    CHECK(contains(unknown.found, "no such Kubernetes release is known"));
    CHECK(contains(unknown.allowed, "\"1.24\", \"1.25\""));
    fine({{"/cluster/release", "1.19"}});
    fine({{"/cluster/release", "1.25.0"}});
    CHECK(contains(only({{"/cluster/release", "1.30.99"}}, "/cluster/release").found, "no such Kubernetes release"));
    CHECK(contains(only({{"/cluster/release", "\"v1.30\""}}, "/cluster/release").found, "not of the form"));
    only({{"/cluster/releases", R"({"kube_proxy": "2.0"})"}}, "/cluster/releases/kube_proxy");
    only({{"/cluster/node_pools/0/kube_proxy", "1.99"}}, "/cluster/node_pools/0/kube_proxy");
    const auto in_file = problems_of(
        R"({"duration": "1m", "cluster": {"release": 1.30, "node_pools": [{}]}, "services": [{}]})");
    REQUIRE(in_file.size() == 1);
    CHECK(in_file[0].hint == "did you mean \"1.30\"?");
}

TEST_CASE("scenario reader: a gate is judged by the release of the component that owns it") {
    const std::string place = "/cluster/feature_gates/StableLoadBalancerNodeSet";
    const io::Override off = gate("StableLoadBalancerNodeSet", false);
    const io::Override on = gate("StableLoadBalancerNodeSet", true);
    const auto at = [](const char* release) { return io::Override{"/cluster/release", release}; };
    CHECK(contains(only({at("1.26"), on}, place).found, "does not exist yet in the service controller 1.26.15"));
    fine({at("1.27"), off});
    fine({at("1.29"), off});
    CHECK(contains(only({at("1.30"), off}, place).found, "locked to true in the service controller 1.30.14"));
    fine({at("1.30"), on});
    CHECK(contains(only({at("1.32"), on}, place).found, "no longer exists in the service controller 1.32"));
    fine({at("1.32"), off, {"/cluster/releases", R"({"service_controller": "1.28"})"}});
    // The same release of another component does not help.
    only({at("1.32"), off, {"/cluster/releases", R"({"kube_proxy": "1.28"})"}}, place);
    const Problem typo = only({gate("StableLoadbalancerNodeSett", true)},
                              "/cluster/feature_gates/StableLoadbalancerNodeSett");
    CHECK(contains(typo.hint, "did you mean \"StableLoadBalancerNodeSet\"?"));
}

TEST_CASE("scenario reader: a gate of kube-proxy must exist in every pool's kube-proxy") {
    const io::Override on = gate("KubeProxyDrainingTerminatingNodes", true);
    const std::string place = "/cluster/feature_gates/KubeProxyDrainingTerminatingNodes";
    fine({{"/cluster/release", "1.28"}, on});
    CHECK(contains(only({{"/cluster/release", "1.28"}, {"/cluster/node_pools/1/kube_proxy", "1.27"}, on}, place).found,
                   "does not exist yet in kube-proxy 1.27"));
}

TEST_CASE("scenario reader: the timeline lies within the run and repeats a sane number of times") {
    fine({{"/timeline/0/at", "599999999us"}});
    CHECK(contains(only({{"/timeline/0/at", "10m"}}, "/timeline/0/at").allowed,
                   "before the end of the run at \"10m\""));
    only({{"/timeline/0/repeat", R"({"every": "1us"})"}}, "/timeline/0/repeat/every");
    only({{"/timeline/0/repeat", R"({"mean_every": "1us"})"}}, "/timeline/0/repeat/mean_every");
    fine({{"/timeline/0/repeat", R"({"every": "1us", "times": 5})"}});
    only({{"/timeline/0/repeat", R"({"every": "0s", "times": 5})"}}, "/timeline/0/repeat/every");
    only({{"/timeline/0/repeat", R"({"times": 5})"}}, "/timeline/0/repeat");
    only({{"/timeline/0/repeat", R"({"every": "1s", "mean_every": "1s"})"}}, "/timeline/0/repeat/mean_every");
    only({{"/timeline/0/repeat", "\"1s\""}}, "/timeline/0/repeat");
}

TEST_CASE("scenario reader: an upgrade needs a lane, and a surge upgrade a surge") {
    const auto upgrade = [](const std::string& keys) {
        return io::Override{"/timeline/0", R"({"at": "1m", "do": "rolling_upgrade", "pool": "edge", )" + keys + "}"};
    };
    fine({upgrade(R"("max_surge": 2, "max_unavailable": 1)")});
    only({upgrade(R"("max_surge": 0, "max_unavailable": 1)")}, "/timeline/0/max_surge");
    only({upgrade(R"("mode": "in_place", "max_unavailable": 0)")}, "/timeline/0/max_unavailable");
    only({upgrade(R"("reboot_time": "1m")")}, "/timeline/0/reboot_time");
    fine({upgrade(R"("mode": "in_place", "reboot_time": "1m", "to_release": "1.31", "taint_first": true)")});
    fine({upgrade(R"("batch": 3, "soak": "1m", "machine_controller": "gardener")")});
    only({upgrade(R"("soak": "1m")")}, "/timeline/0/soak");
    only({upgrade(R"("batch": 0)")}, "/timeline/0/batch");
    only({upgrade(R"("mode": "in_place", "machine_controller": "cluster_api")")}, "/timeline/0/machine_controller");
}

TEST_CASE("scenario reader: a scale-down has limits of at least one node, and names nodes whose taint fails") {
    const auto scale_down = [](const std::string& keys) {
        return io::Override{"/timeline/0",
                            R"({"at": "1s", "do": "autoscaler_scale_down", "nodes": ["workers-0"], )" + keys + "}"};
    };
    fine({scale_down(R"("max_drain_parallelism": 2, "parallel_drain": true, "taint_fails_on": ["workers-0"])")});
    only({scale_down(R"("max_drain_parallelism": 0)")}, "/timeline/0/max_drain_parallelism");
    only({scale_down(R"("max_scale_down_parallelism": 0)")}, "/timeline/0/max_scale_down_parallelism");
    only({scale_down(R"("taint_fails_on": ["workers-99"])")}, "/timeline/0/taint_fails_on/0");
}

TEST_CASE("scenario reader: a DaemonSet has no replicas") {
    only({{"/services/0/workload", R"({"kind": "DaemonSet", "replicas": 3})"}}, "/services/0/workload/replicas");
    only({{"/services/0/workload", R"({"kind": "DaemonSet", "tolerationSeconds": 60})"}},
         "/services/0/workload/tolerationSeconds");
}

TEST_CASE("scenario reader: an outage names a zone of the cluster") {
    const auto outage = [](const std::string& keys) {
        return io::Override{"/timeline/0", R"({"at": "1s", "do": "zone_outage", )" + keys + "}"};
    };
    fine({{"/cluster/zones", R"(["a", "b"])"}, outage(R"("zone": "b", "for": "1m")")});
    only({{"/cluster/zones", R"(["a", "b"])"}, outage(R"("zone": "c")")}, "/timeline/0/zone");
    only({outage(R"("for": "1m")")}, "/timeline/0/zone");
    fine({{"/timeline/0", R"({"at": "1s", "do": "api_server_outage"})"}});
    fine({{"/timeline/0", R"({"at": "1s", "do": "kubelets_cannot_renew", "nodes": ["workers-0"], "watches": "stop"})"}});
    only({{"/timeline/0", R"({"at": "1s", "do": "kubelets_cannot_renew", "nodes": ["workers-0"], "watches": "no"})"}},
         "/timeline/0/watches");
}

TEST_CASE("scenario reader: no drain evicts a DaemonSet's pods, so no budget protects them") {
    only({{"/services/0/workload", R"({"kind": "DaemonSet", "pdb_min_available": 1})"}},
         "/services/0/workload/pdb_min_available");
}

TEST_CASE("scenario reader: a rollout must be able to replace a pod, by the rules of its kind") {
    const auto workload = [](const std::string& keys) { return io::Override{"/services/0/workload", "{" + keys + "}"}; };
    fine({workload(R"("maxSurge": 0, "maxUnavailable": "25%")")});
    fine({workload(R"("maxSurge": "1%", "maxUnavailable": "0%")")});
    only({workload(R"("maxSurge": 0, "maxUnavailable": 0)")}, "/services/0/workload/maxUnavailable");
    only({workload(R"("maxSurge": "0%", "maxUnavailable": 0)")}, "/services/0/workload/maxUnavailable");
    only({workload(R"("kind": "DaemonSet", "maxUnavailable": 0)")}, "/services/0/workload/maxUnavailable");
    fine({workload(R"("kind": "DaemonSet", "maxSurge": 1, "maxUnavailable": 0)")});
    const Problem both = only({workload(R"("kind": "DaemonSet", "maxSurge": 1)")}, "/services/0/workload/maxSurge");
    CHECK(contains(both.hint, "maxUnavailable is 1 unless you say 0"));
}

TEST_CASE("scenario reader: a rollout and a scaling name a service, and a DaemonSet is not scaled") {
    const auto verb = [](const std::string& keys) { return io::Override{"/timeline/0", R"({"at": "1m", )" + keys + "}"}; };
    fine({verb(R"("do": "rollout", "service": "api")")});
    const Problem wrong = only({verb(R"("do": "rollout", "service": "apo")")}, "/timeline/0/service");
    CHECK(contains(wrong.hint, "\"api\""));
    only({verb(R"("do": "scale", "service": "wob", "replicas": 1)")}, "/timeline/0/service");
    const io::Override daemon{"/services/0/workload", R"({"kind": "DaemonSet"})"};
    fine({daemon, verb(R"("do": "rollout", "service": "web")")});
    const Problem scaled = only({daemon, verb(R"("do": "scale", "service": "web", "replicas": 1)")}, "/timeline/0/service");
    CHECK(contains(scaled.found, "whose workload is a DaemonSet"));
}

TEST_CASE("scenario reader: critical pods have a part of the shutdown's grace period") {
    const auto pool = [](const std::string& grace, const std::string& critical) {
        return std::vector<io::Override>{{"/cluster/node_pools/0/shutdownGracePeriod", grace},
                                         {"/cluster/node_pools/0/shutdownGracePeriodCriticalPods", critical}};
    };
    fine(pool("30s", "30s"));
    const Problem longer = only(pool("30s", "30.000001s"), "/cluster/node_pools/0/shutdownGracePeriodCriticalPods");
    CHECK(contains(longer.allowed, "\"30s\""));
}

TEST_CASE("scenario reader: one wrong name does not cause further problems") {
    only({{"/cluster/node_pools/0/name", "w k"}}, "/cluster/node_pools/0/name");
    only({{"/cluster/node_pools/0/nodes", "many"}}, "/cluster/node_pools/0/nodes");
    only({{"/services/0/name", "w b"}}, "/services/0/name");
    only({{"/services/0/count", "0.5"}}, "/services/0/count");
}
