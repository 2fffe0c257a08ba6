// SPDX-License-Identifier: Apache-2.0
// Pools by label, kube-proxy release, exclusion and zone; numbers that put each node into its zone.
#include "io/import/clusters.hpp"
#include "sim/io/scenario/reader.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

Json zoned(const std::string& name, const std::string& zone, const std::string& pool = "pool") {
    return node(name, {{"cloud.google.com/gke-nodepool", pool}, {"topology.kubernetes.io/zone", zone}});
}

/// The zone that lbsim gives node i of a pool: its zones in turn.
std::string zone_in_scenario(const Outcome& out, const std::string& name) {
    const std::string full = out.name_of(name);
    const std::size_t dash = full.rfind('-');
    for (const Json& pool : out.pools()) {
        if (pool["name"] == full.substr(0, dash)) return pool["zones"][std::stoul(full.substr(dash + 1)) % pool["zones"].size()];
    }
    return {};
}

}  // namespace

TEST_CASE("import pools: the cloud's label names them, whichever cloud it is") {
    for (const char* key : {"eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name", "cloud.google.com/gke-nodepool",
                            "kubernetes.azure.com/agentpool", "agentpool", "doks.digitalocean.com/node-pool", "karpenter.sh/nodepool",
                            "kops.k8s.io/instancegroup", "node.kubernetes.io/instance-type"}) {
        CAPTURE(key);
        const Outcome out = import_of(list({node("a", {{key, "big"}}), node("b", {{key, "small"}}), node("c", {{key, "big"}}), service("web")}));
        REQUIRE(out.pools().size() == 2);
        CHECK(out.pools()[0] == Json{{"name", "big"}, {"nodes", 2}});
        CHECK(out.pools()[1] == Json{{"name", "small"}, {"nodes", 1}});
        CHECK(out.name_of("c") == "big-1");
        CHECK(out.assumed("Node a", "metadata.labels") == (std::string(key) == "node.kubernetes.io/instance-type"));
    }
}

TEST_CASE("import pools: names become names of the format, each its own") {
    const auto labelled = [](const std::string& name, const std::string& pool) { return node(name, {{"agentpool", pool}}); };
    const Outcome out = import_of(list({labelled("a", "x/y"), labelled("b", "x_y"), labelled("c", "-z"), service("web")}));
    REQUIRE(out.pools().size() == 3);
    CHECK(out.pools()[0]["name"] == "_-z");
    CHECK(out.pools()[1]["name"] == "x_y");
    CHECK(out.pools()[2]["name"] == "x_y_2");
    CHECK(out.name_of("a") != out.name_of("b"));
}

TEST_CASE("import pools: an even spread over zones is one pool, and every node keeps its zone") {
    const Outcome out = import_of(list({zoned("a", "z1"), zoned("b", "z2"), zoned("c", "z2"), zoned("d", "z3"), zoned("e", "z3"), service("web")}));
    REQUIRE(out.pools().size() == 1);
    // Zones with more nodes come first: node i is in zone i mod 3 of z2, z3, z1.
    CHECK(out.pools()[0]["zones"] == Json{"z2", "z3", "z1"});
    CHECK(zone_in_scenario(out, "a") == "z1");
    CHECK(zone_in_scenario(out, "b") == "z2");
    CHECK(zone_in_scenario(out, "c") == "z2");
    CHECK(zone_in_scenario(out, "d") == "z3");
    CHECK(zone_in_scenario(out, "e") == "z3");
}

TEST_CASE("import pools: an uneven spread makes a pool for each zone") {
    const Outcome out = import_of(list({zoned("a", "z1"), zoned("b", "z1"), zoned("c", "z1"), zoned("d", "z2"), service("web")}));
    REQUIRE(out.pools().size() == 2);
    CHECK(out.pools()[0] == Json{{"name", "pool-z1"}, {"nodes", 3}, {"zones", {"z1"}}});
    CHECK(out.pools()[1] == Json{{"name", "pool-z2"}, {"nodes", 1}, {"zones", {"z2"}}});
    for (const char* name : {"a", "b", "c"}) CHECK(zone_in_scenario(out, name) == "z1");
    CHECK(zone_in_scenario(out, "d") == "z2");
}

TEST_CASE("import pools: nodes with another kube-proxy or out of load balancers are pools of their own") {
    Json excluded = node("x", {{"agentpool", "p"}, {"node.kubernetes.io/exclude-from-external-load-balancers", "true"}});
    Json old = node("o", {{"agentpool", "p"}});
    old["status"]["nodeInfo"]["kubeProxyVersion"] = "v1.28.2";
    const Outcome out = import_of(list({node("a", {{"agentpool", "p"}}), node("b", {{"agentpool", "p"}}), excluded, old, service("web")}));
    REQUIRE(out.pools().size() == 3);
    CHECK(out.name_of("x") == "p-excluded-0");
    CHECK(out.name_of("o") == "p-kube-proxy-1.28.2-0");
    for (const Json& pool : out.pools()) {
        CHECK(pool.contains("labels") == (pool["name"] == "p-excluded"));
        CHECK(pool.contains("kube_proxy") == (pool["name"] == "p-kube-proxy-1.28.2"));
    }
}

TEST_CASE("import pools: a cluster of 10,000 nodes with all that kubelets report") {
    std::vector<Json> items{service("web")};
    Json images = Json::array();
    for (int i = 0; i < 20; ++i) images.push_back({{"names", {"registry.example/image@sha256:0123456789", "registry.example/image:1"}}, {"sizeBytes", 1}});
    for (int i = 0; i < 10'000; ++i) {
        items.push_back(zoned("node-" + std::to_string(i), "z" + std::to_string(i % 3), "pool-" + std::to_string(i % 7)));
        items.back()["status"]["images"] = images;
    }
    const Outcome out = import_of(list(items));
    CHECK(out.all.nodes == 10'000);
    CHECK(out.pools().size() == 7);
    CHECK(zone_in_scenario(out, "node-9999") == "z0");
}

TEST_CASE("import pools: more nodes than a scenario can have are refused") {
    std::vector<Json> items{service("web")};
    std::string text = R"({"kind":"List","items":[)" + service("web").dump();
    for (int i = 0; i <= 100'000; ++i) text += R"(,{"kind":"Node","metadata":{"name":")" + std::to_string(i) + R"("}})";
    const std::string problems = problems_of(text + "]}");
    CHECK(contains(problems, "found 100001 nodes; allowed: at most 100000"));
}
