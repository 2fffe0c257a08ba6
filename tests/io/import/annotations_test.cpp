// SPDX-License-Identifier: Apache-2.0
// From providerIDs, classes, annotations and finalizers to profiles and keys of the load balancer.
#include "io/import/clusters.hpp"
#include "sim/io/import/profile_guess.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

struct Case {
    const char* provider;
    Json annotations;
    const char* load_balancer_class;
    const char* finalizer;
    const char* profile;
};

Outcome outcome_of_case(const Case& c) {
    Json dump = cluster(1);
    dump["items"][1]["spec"]["providerID"] = c.provider;
    dump["items"][0]["metadata"]["annotations"] = c.annotations;
    if (*c.load_balancer_class != '\0') dump["items"][0]["spec"]["loadBalancerClass"] = c.load_balancer_class;
    dump["items"][0]["metadata"]["finalizers"] = {c.finalizer};
    return import_of(dump);
}

Outcome annotated(const std::string& provider, const Json& annotations, std::size_t zones = 1) {
    std::vector<Json> items{service("web")};
    items[0]["metadata"]["annotations"] = annotations;
    for (std::size_t z = 0; z < zones; ++z) {
        items.push_back(node("n" + std::to_string(z), {{"agentpool", "p"}, {"topology.kubernetes.io/zone", "z" + std::to_string(z)}}));
        items.back()["spec"]["providerID"] = provider;
    }
    return import_of(list(items));
}

const std::string aws = "service.beta.kubernetes.io/aws-load-balancer-";

}  // namespace

TEST_CASE("import profiles: each cloud's rule") {
    const Json none = Json::object();
    for (const Case& c : {
             Case{"aws:///a/i-1", none, "", "", "aws_clb_ccm"},
             Case{"aws:///a/i-1", {{aws + "type", "nlb"}}, "", "", "aws_nlb_instance_ccm"},
             Case{"aws:///a/i-1", {{aws + "type", "external"}}, "", "", "aws_nlb_instance_albc"},
             Case{"aws:///a/i-1", {{aws + "type", "external"}, {aws + "nlb-target-type", "ip"}}, "", "", "aws_nlb_ip_albc"},
             Case{"aws:///a/i-1", {{aws + "type", "nlb-ip"}}, "", "", "aws_nlb_ip_albc"},
             Case{"aws:///a/i-1", none, "service.k8s.aws/nlb", "", "aws_nlb_instance_albc"},
             Case{"gce://p/z/n", none, "", "", "gcp_netlb_targetpool"},
             Case{"gce://p/z/n", {{"cloud.google.com/l4-rbs", "enabled"}}, "", "", "gcp_netlb_rbs"},
             Case{"gce://p/z/n", none, "", "gke.networking.io/l4-netlb-v2", "gcp_netlb_rbs"},
             Case{"gce://p/z/n", none, "networking.gke.io/l4-regional-external", "", "gcp_netlb_rbs"},
             Case{"gce://p/z/n", {{"networking.gke.io/load-balancer-type", "Internal"}}, "", "", "gcp_ilb_ig"},
             Case{"gce://p/z/n", {{"cloud.google.com/load-balancer-type", "internal"}}, "", "gke.networking.io/l4-ilb-v2", "gcp_ilb_subsetting"},
             Case{"azure:///s/v", none, "", "", "azure_slb_nic"},
             Case{"digitalocean://1", none, "", "", "digitalocean"},
             Case{"hcloud://1", none, "", "", "hetzner"},
             Case{"openstack:///1", none, "", "", "octavia_amphora"},
             Case{"kind://docker/k/n", none, "", "", "envoy"},
             Case{"openstack:///1", {{"metallb.universe.tf/ip-allocated-from-pool", "a"}}, "", "", "metallb_l2"},
             Case{"hcloud://1", none, "metallb.io/metallb", "", "metallb_l2"},
             Case{"vsphere://1", none, "", "", "neutral"},
             Case{"", none, "", "", "neutral"},
             Case{"aws", none, "", "", "neutral"},
         }) {
        CAPTURE(c.provider, c.annotations.dump(), c.load_balancer_class, c.finalizer);
        const Outcome out = outcome_of_case(c);
        CHECK(out.profile() == c.profile);
        CHECK(out.left_out("Service shop/web", "spec.loadBalancerClass") == (*c.load_balancer_class != '\0'));
        CHECK(out.assumed("", "spec.providerID") == (io::cloud_of(c.provider) == io::CloudKind::none));
    }
}

TEST_CASE("import annotations: health checks, draining and cross-zone of AWS") {
    const Outcome out = annotated("aws:///a/i-1", {{aws + "healthcheck-interval", "7"},
                                                   {aws + "healthcheck-timeout", "3"},
                                                   {aws + "healthcheck-healthy-threshold", "4"},
                                                   {aws + "healthcheck-unhealthy-threshold", "5"},
                                                   {aws + "connection-draining-enabled", "true"},
                                                   {aws + "connection-draining-timeout", "120"}});
    CHECK(out.service()["load_balancer"] ==
          Json{{"health_check", {{"interval", "7s"}, {"timeout", "3s"}, {"healthy", 4}, {"unhealthy", 5}}}, {"on_remove", {{"drain", "120s"}}}});
    // In several zones this version plays cross-zone balancing as on; it says so unless an annotation asks for it.
    const std::string cross_zone = aws + "cross-zone-load-balancing-enabled";
    const Outcome silent = annotated("aws:///a/i-1", Json::object(), 2);
    CHECK(silent.service()["load_balancer"] == Json{{"cross_zone", true}});
    CHECK(silent.left_out("Service shop/web", cross_zone));
    const Outcome asked = annotated("aws:///a/i-1", {{cross_zone, "true"}}, 2);
    CHECK(asked.service()["load_balancer"] == Json{{"cross_zone", true}});
    CHECK_FALSE(asked.left_out("Service shop/web", cross_zone));
    CHECK_FALSE(annotated("digitalocean://1", Json::object(), 2).service().contains("load_balancer"));
}

TEST_CASE("import annotations: other clouds' health checks") {
    const Outcome azure = annotated("azure:///s", {{"service.beta.kubernetes.io/azure-load-balancer-health-probe-interval", "6"},
                                                   {"service.beta.kubernetes.io/azure-load-balancer-health-probe-num-of-probe", "3"}});
    CHECK(azure.service()["load_balancer"]["health_check"] == Json{{"interval", "6s"}, {"unhealthy", 3}, {"healthy", 3}});
    const Outcome hetzner = annotated("hcloud://1", {{"load-balancer.hetzner.cloud/health-check-interval", "1500ms"},
                                                     {"load-balancer.hetzner.cloud/health-check-retries", "2"}});
    CHECK(hetzner.service()["load_balancer"]["health_check"] == Json{{"interval", "1500ms"}, {"unhealthy", 2}, {"healthy", 2}});
    const Outcome ocean =
        annotated("digitalocean://1", {{"service.beta.kubernetes.io/do-loadbalancer-healthcheck-response-timeout-seconds", "9"}});
    CHECK(ocean.service()["load_balancer"]["health_check"] == Json{{"timeout", "9s"}});
}

TEST_CASE("import annotations: a value that no scenario can have keeps the profile's, and says so") {
    for (const char* value : {"0", "-5", "", "ten", "99999999999999999999", "5s"}) {
        CAPTURE(value);
        const Outcome out = annotated("aws:///a/i-1", {{aws + "healthcheck-interval", value}});
        CHECK_FALSE(out.service().contains("load_balancer"));
        CHECK(out.left_out("Service shop/web", "healthcheck-interval"));
    }
    const Outcome unknown = annotated("aws:///a/i-1", {{aws + "ssl-cert", "arn"}, {"example.com/other", "x"}});
    CHECK(unknown.left_out("Service shop/web", "ssl-cert"));
    CHECK_FALSE(unknown.left_out("Service shop/web", "example.com"));
}
