// SPDX-License-Identifier: Apache-2.0
// lbsim import on objects that upstream's own Go types marshalled, cloud by cloud; what to expect is worked out by hand.
#include <fstream>
#include <map>

#include "io/import/clusters.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

/// The clusters of a golden file by name. See tests/upstream/objects/clusters.go for what each is about.
std::map<std::string, Json> clusters_of(const std::string& release) {
    std::ifstream in(LBSIM_SOURCE_DIR "/tests/upstream/objects/golden/" + release + ".jsonl");
    std::map<std::string, Json> out;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        Json cluster = Json::parse(line);
        const std::string name = cluster["name"];
        out[name] = std::move(cluster);
    }
    return out;
}

Outcome outcome_of_cluster(const Json& cluster) {
    io::ImportRequest request{.dumps = {{"dump", cluster.at("dump").dump()}}, .events = {}, .release = {}};
    if (cluster.contains("events")) request.events = io::ImportInput{"events", cluster.at("events").dump()};
    return outcome_of(request);
}

/// The types of both ends of the supported range say the same.
void for_each_release(const std::string& name, void (*check)(const Outcome&)) {
    for (const char* release : {"1.24.17", "1.36.0"}) {
        CAPTURE(release);
        const std::map<std::string, Json> clusters = clusters_of(release);
        REQUIRE(clusters.size() == 7);
        check(outcome_of_cluster(clusters.at(name)));
    }
}

}  // namespace

TEST_CASE("upstream objects: EKS with two node groups, two kinds of load balancers and a record") {
    for_each_release("eks", [](const Outcome& out) {
        // Group "general" has 2, 2 and 1 nodes in zones a, b, c: one pool; "old" has two in zone a, with a kube-proxy of its own.
        CHECK(out.pools() == Json::array({{{"name", "general"}, {"nodes", 5}, {"zones", {"eu-west-1a", "eu-west-1b", "eu-west-1c"}}},
                                          {{"name", "old-kube-proxy-1.28.5"}, {"nodes", 2}, {"zones", {"eu-west-1a"}}, {"kube_proxy", "1.28.5"}}}));
        CHECK(out.scenario["cluster"]["release"] == "1.29.3");
        REQUIRE(out.scenario["services"].size() == 2);
        // One Service asks for a Network Load Balancer, one for none: the classic one, with draining.
        CHECK(out.profile(0) == "aws_nlb_instance_ccm");
        CHECK(out.service(0)["load_balancer"]["health_check"] == Json{{"interval", "10s"}});
        CHECK(out.profile(1) == "aws_clb_ccm");
        CHECK(out.service(1)["load_balancer"]["on_remove"] == Json{{"drain", "90s"}});
        CHECK(out.service(0)["externalTrafficPolicy"] == "Local");
        CHECK(out.service(0)["ports"] == 2);
        CHECK(out.workload(0)["replicas"] == 3);
        CHECK(out.workload(0)["preStopSeconds"] == 15);
        CHECK(out.workload(0)["terminationGracePeriodSeconds"] == 60);
        // Endpoints on ip-10-0-0 (zone b), -2 (a), -4 (c): index = zone's rank + 3 * rank within the zone.
        CHECK(out.workload(0)["nodes"] == Json{"general-1", "general-2", "general-3"});
        CHECK(out.name_of("ip-10-0-2-1.ec2.internal") == "general-3");
        CHECK(out.timeline() ==
              Json::array({{{"at", "60s"}, {"do", "set_ready"}, {"nodes", {out.name_of("ip-10-0-1-1.ec2.internal")}}, {"status", "Unknown"}, {"for", "45s"}},
                           {{"at", "180s"}, {"do", "autoscaler_scale_down"}, {"nodes", {out.name_of("ip-10-0-3-1.ec2.internal")}}}}));
        CHECK(out.left_out("Service shop/web", "aws-load-balancer-ssl-cert"));
        CHECK(out.left_out("Node ip-10-0-5-1.ec2.internal", "spec.taints dedicated"));
    });
}

TEST_CASE("upstream objects: the dump that ships is the one of EKS") {
    const Json eks = clusters_of("1.36.0").at("eks");
    const auto shipped = [](const char* name) {
        std::ifstream in(std::string(LBSIM_SOURCE_DIR "/scenarios/import/") + name);
        return Json::parse(in);
    };
    CHECK(shipped("cluster.json") == eks["dump"]);
    CHECK(shipped("events.json") == eks["events"]);
}

TEST_CASE("upstream objects: GKE with an uneven pool, five kinds of load balancers, a reboot and a cordon") {
    for_each_release("gke", [](const Outcome& out) {
        CHECK(out.pools() == Json::array({{{"name", "main-europe-west1-b"}, {"nodes", 3}, {"zones", {"europe-west1-b"}}},
                                          {{"name", "main-europe-west1-c"}, {"nodes", 1}, {"zones", {"europe-west1-c"}}}}));
        std::map<std::string, std::string> profiles;
        for (std::size_t i = 0; i < out.scenario["services"].size(); ++i) profiles[out.service(i)["name"]] = out.profile(i);
        CHECK(profiles == std::map<std::string, std::string>{{"default.class", "gcp_netlb_rbs"},
                                                             {"default.internal", "gcp_ilb_ig"},
                                                             {"default.rbs", "gcp_netlb_rbs"},
                                                             {"default.subsetting", "gcp_ilb_subsetting"},
                                                             {"default.targetpool", "gcp_netlb_targetpool"}});
        CHECK(out.left_out("Service default/class", "spec.loadBalancerClass"));
        // The hook is a command in 1.24 and a sleep action in 1.36.
        CHECK(out.workload(3)["kind"] == "DaemonSet");
        CHECK(out.workload(3)["preStopSeconds"] == 20);
        CHECK(out.workload(3)["terminationGracePeriodSeconds"] == 45);
        CHECK(out.timeline() == Json::array({{{"at", "60s"}, {"do", "reboot"}, {"nodes", {"main-europe-west1-c-0"}}, {"for", "70s"}},
                                             {{"at", "360s"}, {"do", "cordon"}, {"nodes", {"main-europe-west1-b-0"}}},
                                             {{"at", "420s"}, {"do", "uncordon"}, {"nodes", {"main-europe-west1-b-0"}}}}));
    });
}

TEST_CASE("upstream objects: AKS with a machine that disappears and one that comes") {
    for_each_release("aks", [](const Outcome& out) {
        // The record knows a fourth old node of the user pool; the one of three minutes later is added as its next.
        CHECK(out.pools() == Json::array({{{"name", "system"}, {"nodes", 2}, {"zones", {"0"}}}, {{"name", "user"}, {"nodes", 4}, {"zones", {"0"}}}}));
        CHECK(out.profile() == "azure_slb_nic");
        CHECK(out.service()["load_balancer"]["health_check"] == Json{{"interval", "6s"}, {"unhealthy", 3}, {"healthy", 3}});
        CHECK(out.workload() == Json{{"replicas", 2}});
        CHECK(out.timeline() == Json::array({{{"at", "20s"}, {"do", "vm_off"}, {"nodes", {"user-3"}}, {"instance", "gone"}},
                                             {{"at", "240s"}, {"do", "add_nodes"}, {"pool", "user"}, {"count", 1}, {"boot_time", "0s"}, {"ready_after", "20s"}}}));
        CHECK(out.name_of("aks-user-vmss000003") == "user-4");
    });
}

TEST_CASE("upstream objects: DigitalOcean, dumped with a sick and a cordoned node") {
    for_each_release("doks", [](const Outcome& out) {
        CHECK(out.pools() == Json::array({{{"name", "pool-a"}, {"nodes", 3}}}));
        CHECK(out.profile() == "digitalocean");
        CHECK(out.service()["load_balancer"]["health_check"] == Json{{"interval", "5s"}});
        CHECK(out.timeline() == Json::array({{{"at", "0s"}, {"do", "cordon"}, {"nodes", {"pool-a-1"}}},
                                             {{"at", "0s"}, {"do", "set_ready"}, {"nodes", {"pool-a-2"}}, {"status", "Unknown"}}}));
        CHECK(out.left_out("Service default/web", "spec.sessionAffinity"));
        CHECK(out.assumed("Deployment default/web", "lifecycle.preStop"));
    });
}

TEST_CASE("upstream objects: Hetzner with an excluded control plane and two workloads behind one Service") {
    for_each_release("hetzner", [](const Outcome& out) {
        CHECK(out.pools() == Json::array({{{"name", "control-plane-excluded"},
                                           {"nodes", 1},
                                           {"zones", {"fsn1-dc14"}},
                                           {"labels", {{"node.kubernetes.io/exclude-from-external-load-balancers", ""}}}},
                                          {{"name", "cx32"}, {"nodes", 3}, {"zones", {"fsn1-dc14"}}}}));
        CHECK(out.profile() == "hetzner");
        CHECK(out.workload()["replicas"] == 6);
        CHECK(out.workload()["preStopSeconds"] == 20);
        CHECK(out.assumed("Node cp-0", "status.nodeInfo.kubeProxyVersion"));
        CHECK(out.left_out("Service default/web", "spec.ports[].protocol"));
    });
}

TEST_CASE("upstream objects: OpenStack with releases that are not modelled, and MetalLB; kind with next to nothing") {
    for_each_release("openstack", [](const Outcome& out) {
        CHECK(out.profile(0) == "octavia_amphora");
        CHECK(out.profile(1) == "octavia_amphora");
        CHECK(out.profile(2) == "metallb_l2");
        CHECK(out.assumed("Node os-0", "status.nodeInfo.kubeletVersion"));
        CHECK(out.assumed("Node os-2", "status.nodeInfo.kubeletVersion"));
    });
    for_each_release("kind", [](const Outcome& out) {
        CHECK(out.pools() == Json::array({{{"name", "nodes"}, {"nodes", 1}}}));
        CHECK(out.profile() == "envoy");
        CHECK(out.scenario["cluster"]["release"] == "1.30.0");
    });
}
