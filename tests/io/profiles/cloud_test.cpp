// SPDX-License-Identifier: Apache-2.0
// `cloud.api` over every cloud of a scenario, and zones of cluster and pools.
#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::scenario;
using namespace lbsim::test;

namespace {
Scenario with(const std::vector<io::Override>& overrides) { return changed(overrides).variants.at(0); }
constexpr std::size_t describe = static_cast<std::size_t>(CallClass::describe);
constexpr std::size_t poll = static_cast<std::size_t>(CallClass::poll);
}  // namespace

TEST_CASE("cloud.api: one latency for all calls, or one by kind of call") {
    const Scenario one = with({{"/cloud/api/latency", R"({"exponential": "2s"})"}, {"/services/0/load_balancer", "hetzner"}});
    REQUIRE(one.clouds.size() == 2);
    for (const CloudApi& cloud : one.clouds) {
        for (const Distribution& latency : cloud.latency) CHECK(latency.kind == Distribution::Kind::exponential);
    }
    const Scenario some = with({{"/cloud/api/latency", R"({"poll": "7s"})"}, {"/cloud/profile", "digitalocean"}});
    CHECK(some.clouds[0].latency[poll] == Distribution::fixed(7s));
    CHECK(some.clouds[0].latency[describe].kind == Distribution::Kind::uniform);
    const Scenario rest = with({{"/cloud/api/latency", R"({"poll": "7s", "all": "1s"})"}});
    CHECK(rest.clouds[0].latency[poll] == Distribution::fixed(7s));
    CHECK(rest.clouds[0].latency[describe] == Distribution::fixed(1s));
}

TEST_CASE("cloud.api: a quota replaces the profile's for that kind of call") {
    const Scenario s = with({{"/cloud/profile", "aws_nlb_instance_albc"},
                             {"/cloud/api/quota", R"({"describe": {"rate": 1, "burst": 2, "when_empty": "reject"},
                               "all": [{"rate": 0.5, "burst": 9}, {"rate": 8, "burst": 80, "when_empty": "throttle"}]})"}});
    const auto& quota = s.clouds[0].quota;
    REQUIRE(quota[describe].size() == 1);
    CHECK(quota[describe][0] == Bucket{.rate = 1, .burst = 2, .when_empty = Bucket::WhenEmpty::reject});
    CHECK(quota[static_cast<std::size_t>(CallClass::membership)].size() == 2);
    REQUIRE(quota[call_class_count].size() == 2);
    CHECK(quota[call_class_count][0].when_empty == Bucket::WhenEmpty::wait);
    CHECK(with({{"/cloud/profile", "hetzner"}, {"/cloud/api/quota", R"({"all": []})"}}).clouds[0].quota[call_class_count].empty());
}

TEST_CASE("cloud.api: faults hold for every cloud") {
    const Scenario s = with({{"/cloud/api/faults", R"([{"operations": ["RegisterTargets"], "error_rate": 0.25},
                               {"latency": {"uniform": ["1s", "2s"]}}])"}});
    REQUIRE(s.clouds[0].faults.size() == 2);
    CHECK(s.clouds[0].faults[0].operations == std::vector<std::string>{"RegisterTargets"});
    CHECK(s.clouds[0].faults[0].error_rate == 0.25);
    CHECK_FALSE(s.clouds[0].faults[0].latency);
    CHECK(s.clouds[0].faults[1].operations.empty());
    CHECK(s.clouds[0].faults[1].latency->b == 2s);
    const auto problems = problems_after({{"/cloud/api/faults", R"([{"operations": ["x"]}])"}});
    REQUIRE(problems.size() == 1);
    CHECK(contains(problems[0].found, "does nothing"));
}

TEST_CASE("cloud.api: typing errors are told with what is meant") {
    const auto only = [](const std::string& pointer, const std::string& value) {
        const auto problems = problems_after({{pointer, value}});
        INFO(texts_of(problems));
        REQUIRE(problems.size() == 1);
        return problems[0];
    };
    CHECK(only("/cloud", R"({"profil": "haproxy"})").hint == "did you mean \"profile\"?");
    CHECK(only("/cloud/api/quota", R"({"describes": {"rate": 1, "burst": 1}})").hint == "did you mean \"describe\"?");
    CHECK(only("/cloud/api/quota", R"({"describe": {"rate": 1}})").pointer == "/cloud/api/quota/describe/burst");
    CHECK(only("/cloud/api/quota", R"({"describe": {"rate": 0, "burst": 1}})").pointer == "/cloud/api/quota/describe/rate");
    CHECK(only("/cloud/api/quota", R"({"describe": [{"rate": 1, "burst": 1, "when_empty": "waits"}]})").hint ==
          "did you mean \"wait\"?");
    CHECK(only("/cloud/api/latency", R"({"uniform": ["2s", "1s"]})").pointer == "/cloud/api/latency/uniform/1");
    CHECK(only("/cloud/api/latency", "[1]").pointer == "/cloud/api/latency");
}

TEST_CASE("cluster.zones: a pool has all zones or those it names") {
    const Cluster c = with({{"/cluster/zones", R"(["a", "b", "c"])"}, {"/cluster/node_pools/1/zones", R"(["c", "a"])"}}).cluster;
    CHECK(c.zones == std::vector<std::string>{"a", "b", "c"});
    CHECK(c.node_pools[0].zones == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(c.node_pools[1].zones == std::vector<std::uint32_t>{2, 0});
    const Cluster pools = with({{"/cluster/node_pools/0/zones", R"(["x"])"}, {"/cluster/node_pools/1/zones", R"(["y", "x"])"}}).cluster;
    CHECK(pools.zones == std::vector<std::string>{"x", "y"});
    CHECK(pools.node_pools[1].zones == std::vector<std::uint32_t>{1, 0});
    CHECK(with({}).cluster.zones.size() == 1);
    CHECK(with({}).cluster.node_pools[1].zones == std::vector<std::uint32_t>{0});
}

TEST_CASE("cluster.zones: unknown zones and zones named twice are refused") {
    const io::Override zones{"/cluster/zones", R"(["zone-a", "zone-b"])"};
    const auto unknown = problems_after({zones, {"/cluster/node_pools/0/zones", R"(["zone-b", "zonea", "zone-x"])"}});
    REQUIRE(unknown.size() == 2);
    CHECK(unknown[0].pointer == "/cluster/node_pools/0/zones/1");
    CHECK(unknown[0].hint == "did you mean \"zone-a\"?");
    CHECK(problems_after({{"/cluster/zones", R"(["a", "a"])"}}).size() == 1);
    CHECK(problems_after({zones, {"/cluster/node_pools/0/zones", R"(["zone-a", "zone-a"])"}}).size() == 1);
}
