// SPDX-License-Identifier: Apache-2.0
// What the format has and this version does not act on is refused and names its part; neutral values pass.
#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

struct Later {
    std::string pointer;
    std::string value;
    int part;
    std::string at;  ///< "" for the pointer itself
};

const std::string balancer = "/services/0/load_balancer";
const std::string workload = "/services/0/workload";
const std::string entry = "/timeline/0";

void check(const std::vector<Later>& cases) {
    for (const Later& later : cases) {
        INFO(later.pointer << " = " << later.value);
        const auto problems = problems_after({{later.pointer, later.value}});
        INFO(texts_of(problems));
        CHECK(problems.size() == 1);
        if (problems.empty()) continue;
        CHECK(problems[0].pointer == (later.at.empty() ? later.pointer : later.at));
        CHECK(contains(problems[0].found,
                       "which this version does not act on yet (part " + std::to_string(later.part) + ")"));
        CHECK_FALSE(problems[0].allowed.empty());
    }
}

}  // namespace

TEST_CASE("scenario reader: keys of later parts are refused and name their part") {
    check({{"/sweep", "{}", 7, ""},
           {"/budgets", "[]", 7, ""},
           {"/cluster/links", "{}", 4, ""},
           {"/cluster/service_proxy", R"({"sync_period": "30s"})", 6, "/cluster/service_proxy/sync_period"},
           {"/cluster/service_proxy", R"({"min_sync_period": "1s"})", 6, "/cluster/service_proxy/min_sync_period"},
           {"/cluster/service_proxy", R"({"majority_report": {}})", 6, "/cluster/service_proxy/majority_report"},
           {"/cluster/service_proxy", R"({"healthz_fails_on": []})", 6, "/cluster/service_proxy/healthz_fails_on"},
           {balancer + "/idle_timeout", "350s", 5, ""},
           {balancer + "/session_affinity", "ClientIP", 5, ""},
           {"/traffic/0/requests", "{}", 5, ""},
           {"/traffic/0/idle_gap", "1s", 5, ""},
           {"/traffic/1/keepalive", "30s", 5, ""}});
}

TEST_CASE("scenario reader: values of later parts are refused and name their part") {
    check({{balancer + "/slow_start", "1s", 5, ""},
           {balancer + "/balancing", "maglev", 5, ""},
           {balancer + "/balancing", "round_robin", 5, ""},
           {balancer + "/balancing", "least_connections", 5, ""},
           {balancer + "/balancing", "random_two", 5, ""},
           {balancer + "/cross_zone", "false", 5, ""},
           {balancer + "/on_remove", R"({"drain": "1s", "until_idle": true})", 5, balancer + "/on_remove/until_idle"},
           {workload + "/on_sigterm", "finish_then_exit", 5, ""},
           {"/cluster/controller", "ingress_gce", 4, ""},
           {"/cluster/controller", "aws_load_balancer_controller", 4, ""},
           {"/cluster/service_proxy", R"({"kind": "cilium"})", 6, "/cluster/service_proxy/kind"},
           {"/cluster/service_proxy", R"({"mode": "ipvs"})", 6, "/cluster/service_proxy/mode"},
           {"/cluster/service_proxy", R"({"health_server": "decoupled_endpoints_only"})", 6,
            "/cluster/service_proxy/health_server"},
           {"/cluster/service_proxy", R"({"health_server": {"decoupled_file": "60s"}})", 6,
            "/cluster/service_proxy/health_server"},
           {"/traffic/0/kind", "probe", 5, ""}});
}

TEST_CASE("scenario reader: verbs of later parts are refused whatever keys they have") {
    const std::vector<std::pair<std::string, int>> verbs{
        {"partition", 4}, {"edit_service", 6},
        {"service_proxy_restart", 6}, {"service_proxy_rollout", 6}, {"service_proxy_wedge", 6},
        {"block_health_checks", 6}};
    for (const auto& [verb, part] : verbs)
        check({{entry, R"({"at": "1s", "for": "5s", "whatever": 1, "do": ")" + verb + "\"}", part, entry + "/do"}});
}

TEST_CASE("scenario reader: the neutral value of a key of a later part is accepted") {
    const std::vector<io::Override> neutral{
        {"/cluster/zones", R"(["a"])"},
        {"/cluster/node_pools/0/zones", R"(["a"])"},
        {"/cluster/controller", "service_controller"},
        {"/cluster/service_proxy", R"({"kind": "kube_proxy", "mode": "iptables", "health_server": "coupled"})"},
        {balancer + "/balancing", "five_tuple"},
        {balancer + "/cross_zone", "true"},
        {balancer + "/limits", "false"},
        {balancer + "/slow_start", "0s"},
        {balancer + "/on_remove", R"({"drain": "1s", "until_idle": false})"},
        {"/variants", "[]"}};
    CHECK(texts_of(problems_after(neutral)).empty());
}
