// SPDX-License-Identifier: Apache-2.0
// Lists and single objects, what is kept, what is passed by, and what is refused with object and field.
#include "io/import/clusters.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

TEST_CASE("import dump: Lists, typed lists, single objects and several files come to the same") {
    const Json web = service("web");
    const Json n0 = node("n0");
    Json bare = n0;
    bare.erase("kind");
    const auto scenario = [](std::vector<io::ImportInput> dumps) { return outcome_of({.dumps = std::move(dumps), .events = {}, .release = {}}).scenario; };
    const Json wanted = import_of(list({web, n0})).scenario;
    CHECK(scenario({{"a", web.dump()}, {"b", n0.dump()}}) == wanted);
    CHECK(scenario({{"a", list({web}).dump()}, {"b", Json{{"kind", "NodeList"}, {"items", {bare}}}.dump()}}) == wanted);
    CHECK(scenario({{"a", list({list({web}), n0, nullptr}).dump()}}) == wanted);
}

TEST_CASE("import dump: only Services of type LoadBalancer are kept, and other kinds are told") {
    Json cluster_ip = service("inner");
    cluster_ip["spec"]["type"] = "ClusterIP";
    Json knative = service("fn");
    knative["apiVersion"] = "serving.knative.dev/v1";
    const Outcome out = import_of(list({node("n0"), service("web"), cluster_ip, knative, {{"kind", "Pod"}, {"metadata", {{"name", "p"}}}}}));
    CHECK(out.scenario["services"].size() == 1);
    CHECK(out.service()["name"] == "shop.web");
    CHECK(out.left_out("", "Pod"));
    CHECK(out.left_out("", "serving.knative.dev/v1 Service"));
    CHECK(out.left_out("", "Service spec.type"));
}

TEST_CASE("import dump: the first of two objects of one name counts") {
    Json second = node("n0", {{"eks.amazonaws.com/nodegroup", "other"}});
    const Outcome out = import_of(list({node("n0"), second, service("web"), service("web")}));
    CHECK(out.pools().size() == 1);
    CHECK(out.pools()[0]["name"] == "nodes");
    CHECK(out.pools()[0]["nodes"] == 1);
    CHECK(out.scenario["services"].size() == 1);
    CHECK(out.assumed("Node n0", "metadata.name"));
    CHECK(out.assumed("Service shop/web", "metadata.name"));
}

TEST_CASE("import dump: a wrong value names file, line, place, object and field") {
    Json dump = cluster(1, {service("web"), workload("Deployment", "web")});
    dump["items"][1]["spec"]["replicas"] = "three";
    const std::string text = problems_of(dump.dump(1));
    INFO(text);
    CHECK(contains(text, "cluster.json:"));
    CHECK(contains(text, "/items/1/spec/replicas: found \"three\" as spec.replicas of Deployment shop/web; allowed: a whole number from 0 to 1000000"));
    dump["items"][1]["spec"]["replicas"] = -1;
    CHECK(contains(problems_of(dump.dump()), "found -1 as spec.replicas of Deployment shop/web"));
    dump["items"][1]["spec"]["replicas"] = 1;
    dump["items"][0]["spec"]["ports"][0]["port"] = 70'000;
    dump["items"][2]["spec"]["unschedulable"] = "yes";
    const std::string two = problems_of(dump.dump());
    INFO(two);
    CHECK(contains(two, "found 70000 as spec.ports[0].port of Service shop/web"));
    CHECK(contains(two, "found \"yes\" as spec.unschedulable of Node n0; allowed: true or false"));
}

TEST_CASE("import dump: what is missing for a scenario is told") {
    CHECK(contains(problems_of(list({service("web")}).dump()), "no object of kind Node"));
    CHECK(contains(problems_of(list({node("n0")}).dump()), "no Service of type LoadBalancer"));
    CHECK(contains(problems_of("{}"), "found nothing as kind of an item"));
    CHECK(contains(problems_of("[]"), "an API object, or a List of them"));
    CHECK(contains(problems_of(""), "no content"));
    Json nameless = cluster(1);
    nameless["items"][1].erase("metadata");
    CHECK(contains(problems_of(nameless.dump()), "/items/1/metadata/name: found nothing as metadata.name of Node"));
}

TEST_CASE("import dump: the release of the service controller is the newest kubelet's or the one asked for") {
    Json dump = cluster(3);
    dump["items"][1]["status"]["nodeInfo"]["kubeletVersion"] = "v1.30.1-eks-1";
    dump["items"][1]["status"]["nodeInfo"]["kubeProxyVersion"] = "v1.29.3";
    const Outcome out = import_of(dump);
    CHECK(out.scenario["cluster"]["release"] == "1.30.1");
    CHECK(out.scenario["cluster"]["releases"] == Json{{"kube_proxy", "1.29.3"}, {"kubelet", "1.29.3"}});
    CHECK(out.assumed("", "cluster.release"));
    CHECK(out.left_out("Node n0", "status.nodeInfo.kubeletVersion"));
    const Outcome asked = outcome_of({.dumps = {{"c", dump.dump()}}, .events = {}, .release = policy::Release{.minor = 29, .patch = 3}});
    CHECK(asked.scenario["cluster"]["release"] == "1.29.3");
    CHECK_FALSE(asked.scenario["cluster"].contains("releases"));
    CHECK_FALSE(asked.assumed("", "cluster.release"));
}

TEST_CASE("import dump: a proxy that may stand in for kube-proxy is told") {
    Json cilium = workload("DaemonSet", "cilium");
    const Outcome out = import_of(cluster(1, {service("web"), cilium, workload("Deployment", "anetd")}));
    CHECK(out.left_out("DaemonSet shop/cilium", "metadata.name"));
    CHECK_FALSE(out.left_out("Deployment shop/anetd", "metadata.name"));
}

TEST_CASE("import dump: the page of assumptions names objects, fields and which node is which") {
    Json dump = cluster(2, {service("web", {{"sessionAffinity", "ClientIP"}})});
    const Outcome out = import_of(dump);
    const std::string page = io::assumptions_page(out.all, "ours.json");
    INFO(page);
    CHECK(contains(page, "`ours.json`: 2 nodes at the start, 1 node pools, 1 services, 0 entries"));
    CHECK(contains(page, "* `spec.sessionAffinity`: a scenario of this version does not act on it [Service shop/web]"));
    CHECK(contains(page, "| n1 | pool-1 | eks.amazonaws.com/nodegroup=pool |"));
}
