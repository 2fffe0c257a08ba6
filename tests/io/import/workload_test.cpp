// SPDX-License-Identifier: Apache-2.0
// The workload behind a Service: replicas, hooks, nodes, and what the format does not take yet.
#include "io/import/clusters.hpp"
#include "sim/io/import/workload_plan.hpp"
#include "sim/io/scenario/reader.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {
Json hook(const Json& pre_stop) {
    return {{"replicas", 3}, {"template", {{"spec", {{"containers", Json::array({{{"lifecycle", {{"preStop", pre_stop}}}}})}}}}}};
}
}  // namespace

TEST_CASE("import workloads: a Deployment's replicas, grace period and preStop") {
    Json spec = hook({{"exec", {{"command", {"sleep", "20"}}}}});
    spec["template"]["spec"]["terminationGracePeriodSeconds"] = 45;
    const Outcome out = import_of(cluster(2, {service("web"), workload("Deployment", "web", spec)}));
    CHECK(out.workload() == Json{{"kind", "Deployment"}, {"replicas", 3}, {"preStopSeconds", 20}, {"terminationGracePeriodSeconds", 45}});
    const Outcome action = import_of(cluster(2, {service("web"), workload("Deployment", "web", hook({{"sleep", {{"seconds", 7}}}}))}));
    CHECK(action.workload()["preStopSeconds"] == 7);
    const Outcome half = import_of(cluster(2, {service("web"), workload("Deployment", "web", hook({{"exec", {{"command", {"sleep", "0.5"}}}}}))}));
    CHECK(half.workload()["preStopSeconds"] == 0.5);
    const Outcome http = import_of(cluster(2, {service("web"), workload("Deployment", "web", hook({{"httpGet", {{"port", 80}}}}))}));
    CHECK_FALSE(http.workload().contains("preStopSeconds"));
    CHECK(http.assumed("Deployment shop/web", "lifecycle.preStop"));
}

TEST_CASE("import workloads: the longest hook of a pod counts, and absent replicas are one") {
    Json spec;
    for (const char* seconds : {"5", "30", "10"})
        spec["template"]["spec"]["containers"].push_back({{"lifecycle", {{"preStop", {{"exec", {{"command", {"sleep", seconds}}}}}}}}});
    spec["template"]["spec"]["containers"].push_back({{"name", "no hook"}});
    const Outcome out = import_of(cluster(2, {service("web"), workload("Deployment", "web", spec)}));
    CHECK(out.workload()["preStopSeconds"] == 30);
    CHECK(out.workload()["replicas"] == 1);
}

TEST_CASE("import workloads: several workloads behind one Service are added") {
    Json stable = workload("Deployment", "web", {{"replicas", 2}});
    Json canary = workload("StatefulSet", "web2", {{"replicas", 5}});
    canary["spec"]["template"]["metadata"]["labels"] = {{"app", "web"}, {"track", "canary"}};
    canary["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 99;
    Json elsewhere = stable;
    elsewhere["metadata"]["namespace"] = "other";
    const Outcome out = import_of(cluster(2, {service("web"), stable, canary, elsewhere}));
    CHECK(out.workload()["replicas"] == 7);
    CHECK(out.workload()["terminationGracePeriodSeconds"] == 99);
    CHECK(out.assumed("Service shop/web", "spec.selector"));
    CHECK(out.assumed("StatefulSet shop/web2", "kind"));
}

TEST_CASE("import workloads: without a workload the endpoints are counted, each pod once") {
    const Outcome out = import_of(cluster(4, {service("web"), slice("web", {"n0", "n1", "n1"}), slice("web", {"n0", "n1", "n1"}, "v6")}));
    CHECK(out.workload() == Json{{"replicas", 3}});
    CHECK(out.assumed("Service shop/web", "spec.selector"));
    const Outcome none = import_of(cluster(4, {service("web", {{"selector", nullptr}})}));
    CHECK(none.workload() == Json{{"replicas", 2}});
    CHECK(none.assumed("Service shop/web", "spec.selector"));
}

TEST_CASE("import workloads: with Local, pods are where the endpoints are") {
    const Json local = service("web", {{"externalTrafficPolicy", "Local"}, {"healthCheckNodePort", 31000}});
    const Json deployment = workload("Deployment", "web", {{"replicas", 2}});
    const Outcome out = import_of(cluster(4, {local, deployment, slice("web", {"n1", "n3"})}));
    CHECK(out.service()["externalTrafficPolicy"] == "Local");
    CHECK(out.workload()["nodes"] == Json{"pool-1", "pool-3"});
    CHECK(out.assumed("Service shop/web", "endpoints[].nodeName"));
    CHECK_FALSE(out.assumed("Service shop/web", "spec.healthCheckNodePort"));
    // With Cluster it does not matter, and a list that names every node says nothing.
    CHECK_FALSE(import_of(cluster(4, {service("web"), deployment, slice("web", {"n1", "n3"})})).workload().contains("nodes"));
    CHECK_FALSE(import_of(cluster(2, {local, deployment, slice("web", {"n0", "n1"})})).workload().contains("nodes"));
    const Outcome bare = import_of(cluster(2, {service("web", {{"externalTrafficPolicy", "Local"}}), deployment, slice("web", {"gone"})}));
    CHECK_FALSE(bare.workload().contains("nodes"));
    CHECK(bare.assumed("Service shop/web", "EndpointSlice endpoints"));
    CHECK(bare.assumed("Service shop/web", "spec.healthCheckNodePort"));
}

TEST_CASE("import workloads: a DaemonSet is on the nodes that its endpoints name") {
    const Outcome out = import_of(cluster(3, {service("web"), workload("DaemonSet", "web"), slice("web", {"n0", "n2"})}));
    CHECK(out.workload() == Json{{"kind", "DaemonSet"}, {"nodes", {"pool-0", "pool-2"}}});
}

TEST_CASE("import workloads: rollouts and budgets are emitted if and only if the format takes them") {
    Json spec{{"replicas", 10},
              {"minReadySeconds", 15},
              {"strategy", {{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxSurge", "25%"}, {"maxUnavailable", 0}}}}}};
    const Json budget{{"kind", "PodDisruptionBudget"},
                      {"metadata", {{"name", "b"}, {"namespace", "shop"}}},
                      {"spec", {{"minAvailable", "60%"}, {"selector", {{"matchLabels", {{"app", "web"}}}}}}}};
    const Outcome out = import_of(cluster(2, {service("web"), workload("Deployment", "web", spec), budget}));
    // 25 % of 10 is a surge of 3 (rounded up), 60 % of 10 are 6: as given where the format takes percentages, else as numbers.
    struct Key {
        const char* key;
        std::vector<Json> forms;
        const char* object;
        const char* field;
    };
    for (const Key& key : {Key{"minReadySeconds", {15}, "Deployment shop/web", "spec.minReadySeconds"},
                           Key{"maxSurge", {"25%", 3}, "Deployment shop/web", "maxSurge"},
                           Key{"maxUnavailable", {0}, "Deployment shop/web", "maxUnavailable"},
                           Key{"pdb_min_available", {"60%", 6}, "PodDisruptionBudget shop/b", "spec.minAvailable"}}) {
        CAPTURE(key.key);
        Json wanted;
        for (const Json& form : key.forms) {
            Json tried = out.scenario;
            tried["services"][0]["workload"][key.key] = form;
            try {
                io::read_study_text(tried.dump(), "s.json");
                wanted = form;
                break;
            } catch (const InputError&) {
            }
        }
        CHECK(out.workload().value(key.key, Json()) == wanted);
        CHECK(out.left_out(key.object, key.field) == wanted.is_null());
    }
}

TEST_CASE("import workloads: a rollout that the reader refuses for other keys goes, and only that") {
    using Ordered = nlohmann::ordered_json;
    const Ordered before = Ordered::array({{{"name", "a"}, {"workload", {{"replicas", 1}, {"maxSurge", 1}, {"maxUnavailable", 0}}}},
                                           {{"name", "b"}, {"workload", {{"replicas", 1}, {"pdb_min_available", 9}}}}});
    const auto problem = [](std::string pointer) {
        return Problem{.file = "s", .line = {}, .pointer = std::move(pointer), .found = "why", .allowed = "x", .hint = {}};
    };
    Ordered services = before;
    io::ImportNotes notes;
    CHECK(io::drop_refused_rollouts({problem("/services/1/workload/pdb_min_available")}, services, notes));
    CHECK(services[1] == Ordered{{"name", "b"}, {"workload", {{"replicas", 1}}}});
    CHECK(services[0] == before[0]);
    CHECK(io::drop_refused_rollouts({problem("/services/0/workload")}, services, notes));
    CHECK(services[0] == Ordered{{"name", "a"}, {"workload", {{"replicas", 1}}}});
    CHECK(notes.take().size() == 3);
    // Nothing is left to drop, or the problem is another one: then it is told.
    for (const char* pointer : {"/services/0/workload", "/services/0/workload/replicas", "/services/7/workload", "/services/x", "/cluster", ""}) {
        CAPTURE(pointer);
        CHECK_FALSE(io::drop_refused_rollouts({problem(pointer)}, services, notes));
    }
}

TEST_CASE("import services: ports, names, and what lbsim plays otherwise") {
    Json ports = Json::array({{{"port", 80}}, {{"port", 443}, {"protocol", "UDP"}}, {{"port", 8443}, {"protocol", "TCP"}}});
    const Outcome out = import_of(cluster(1, {service("web", {{"ports", ports}, {"sessionAffinity", "ClientIP"}}), service("api", {{"ports", Json::array()}})}));
    CHECK(out.service(0)["ports"] == 3);
    CHECK_FALSE(out.service(1).contains("ports"));
    CHECK(out.left_out("Service shop/web", "spec.ports[].protocol"));
    CHECK(out.left_out("Service shop/web", "spec.sessionAffinity"));
    CHECK(out.assumed("Service shop/api", "spec.ports"));
}
