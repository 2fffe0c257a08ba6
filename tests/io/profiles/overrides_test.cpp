// SPDX-License-Identifier: Apache-2.0
// How a scenario picks profiles, and that its own keys win over them.
#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::scenario;
using namespace lbsim::test;

namespace {

const std::string balancer = "/services/0/load_balancer";

Scenario with(const std::vector<io::Override>& overrides) { return changed(overrides).variants.at(0); }
LoadBalancer first(const std::vector<io::Override>& overrides) { return with(overrides).services[0].load_balancer; }

}  // namespace

TEST_CASE("profiles: a scenario without one reads as the neutral cloud") {
    const Scenario s = with({});
    REQUIRE(s.clouds.size() == 1);
    CHECK(s.clouds[0] == CloudApi{});
    CHECK(s.services[0].load_balancer.profile.empty());
    CHECK(s.services[0].load_balancer.cloud == 0);
    CHECK(s.services[0].load_balancer.limit == TargetLimit{});
    CHECK(s.services[0].load_balancer.registration_delay == Distribution{});
}

TEST_CASE("profiles: a service names one as a string or as a key; cloud.profile is the default") {
    CHECK(first({{balancer, "haproxy"}}).profile == "haproxy");
    CHECK(first({{balancer, R"({"profile": "haproxy"})"}}).profile == "haproxy");
    const Scenario s = with({{"/cloud/profile", "envoy"}, {balancer + "/profile", "haproxy"}});
    CHECK(s.services[0].load_balancer.profile == "haproxy");
    CHECK(s.services[1].load_balancer.profile == "envoy");
    CHECK(with({{"/cloud/profile", "envoy"}, {balancer, "neutral"}}).services[0].load_balancer.profile.empty());
}

TEST_CASE("profiles: clouds are one for each profile, in the order of first use") {
    const Scenario s = with({{"/services", R"([{"name": "a", "load_balancer": "hetzner"}, {"name": "b"},
        {"name": "c", "load_balancer": {"profile": "hetzner"}}, {"name": "d", "load_balancer": "digitalocean"}])"},
                             {"/traffic", "[]"}});
    REQUIRE(s.clouds.size() == 3);
    CHECK(s.clouds[0].profile == "hetzner");
    CHECK(s.clouds[1].profile.empty());
    CHECK(s.clouds[2].profile == "digitalocean");
    std::vector<std::uint32_t> indices;
    for (const Service& service : s.services) indices.push_back(service.load_balancer.cloud);
    CHECK(indices == std::vector<std::uint32_t>{0, 1, 0, 2});
}

TEST_CASE("profiles: a scenario's keys win, each for itself in the health check") {
    const LoadBalancer lb = first({{balancer, R"({"profile": "gcp_netlb_rbs", "on_remove": {"cut": "silent"},
        "all_unhealthy": "fail_closed", "update_latency": "3s",
        "health_check": {"interval": "2s", "target": "node_port", "probers": 1}})"}});
    CHECK(lb.on_remove.kind == ConnectionPolicy::Kind::cut_silently);
    CHECK(lb.all_unhealthy.kind == AllUnhealthyPolicy::Kind::fail_closed);
    CHECK(lb.update_latency == Duration(3s));
    CHECK(lb.health_check.interval == 2s);
    CHECK(lb.health_check.target == HealthCheckTarget::node_port);
    CHECK(lb.health_check.probers == 1);
    CHECK(lb.health_check.thresholds.unhealthy == 3);
    CHECK(lb.on_unhealthy.kind == ConnectionPolicy::Kind::keep);
    CHECK(first({{balancer, R"({"profile": "octavia_amphora", "health_check": {"target": "node_port"}})"}})
              .health_check.target == HealthCheckTarget::node_port);
}

TEST_CASE("profiles: limits are the profile's unless they are switched off") {
    CHECK(first({{balancer, R"({"profile": "aws_clb_ccm", "limits": false})"}}).limit == TargetLimit{});
    CHECK(first({{balancer, R"({"profile": "aws_clb_ccm", "limits": true})"}}).limit.most == 1000);
    const auto problems = problems_after({{balancer + "/limits", "true"}});
    REQUIRE(problems.size() == 1);
    CHECK(contains(problems[0].found, "no profile"));
}

TEST_CASE("profiles: probers may be one for each zone") {
    const io::Override zones{"/cluster/zones", R"(["a", "b", "c"])"};
    CHECK(first({zones, {balancer + "/health_check/probers", "zones"}}).health_check.probers == 3);
    CHECK(first({zones, {balancer + "/health_check/probers", "2"}}).health_check.probers == 2);
    CHECK(first({zones, {balancer, R"({"profile": "aws_clb_ccm", "cross_zone": true})"}}).health_check.probers == 3);
    CHECK(problems_after({{balancer + "/health_check/probers", "regions"}}).size() == 1);
    CHECK(problems_after({{balancer + "/health_check/probers", "0"}}).size() == 1);
    CHECK(problems_after({{balancer + "/health_check/probers", "1.5"}}).size() == 1);
}

TEST_CASE("profiles: cross-zone off in a cluster of several zones is refused until part 5") {
    const io::Override zones{"/cluster/zones", R"(["a", "b"])"};
    const auto problems = problems_after({zones, {balancer, "aws_nlb_instance_ccm"}});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].pointer == balancer);
    CHECK(contains(problems[0].found, "part 5"));
    CHECK(contains(problems[0].allowed, "cross_zone true or use one zone"));
    CHECK(problems_after({{balancer, "aws_nlb_instance_ccm"}}).empty());
    CHECK(problems_after({zones, {balancer, "gcp_netlb_rbs"}}).empty());
    CHECK(problems_after({zones, {balancer, R"({"profile": "aws_clb_ccm", "cross_zone": true})"}}).empty());
}

TEST_CASE("profiles: an unknown name is refused with the nearest") {
    for (const auto& [pointer, at] : std::vector<std::pair<std::string, std::string>>{
             {balancer, balancer}, {balancer + "/profile", balancer + "/profile"}, {"/cloud/profile", "/cloud/profile"}}) {
        const auto problems = problems_after({{pointer, "gcp_netlb_rsb"}});
        INFO(texts_of(problems));
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].pointer == at);
        CHECK(problems[0].hint == "did you mean \"gcp_netlb_rbs\"?");
        CHECK(contains(problems[0].allowed, "\"hetzner\""));
    }
}

TEST_CASE("profiles: what a scenario must not say of a load balancer stays refused over a profile") {
    const auto problems = problems_after({{balancer, R"({"profile": "aws_clb_ccm", "idle_timeout": "1h", "on_remove": 3,
        "health_check": {"target": "health_check_node_port", "intervall": "1s"}})"}});
    INFO(texts_of(problems));
    CHECK(problems.size() == 4);
}
