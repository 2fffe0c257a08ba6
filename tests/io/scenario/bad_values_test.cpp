// SPDX-License-Identifier: Apache-2.0
// One wrong value at a time: where it is, what is found, what is allowed, what is meant.
#include <algorithm>

#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

/// A change of the plain scenario and parts of the one problem that it gives.
struct Fault {
    std::string pointer;
    std::string value;
    std::string at;  ///< pointer of the problem; "" for that of the change
    std::string found{};
    std::string allowed{};
    std::string hint{};
};

void check(const std::vector<Fault>& faults) {
    for (const Fault& fault : faults) {
        INFO(fault.pointer << " = " << fault.value);
        const auto problems = problems_after({{fault.pointer, fault.value}});
        INFO(texts_of(problems));
        CHECK(problems.size() == 1);
        if (problems.empty()) continue;
        CHECK(problems[0].file == "--set");
        CHECK_FALSE(problems[0].line);
        CHECK(problems[0].pointer == (fault.at.empty() ? fault.pointer : fault.at));
        CHECK(contains(problems[0].found, fault.found));
        CHECK(contains(problems[0].allowed, fault.allowed));
        CHECK(contains(problems[0].hint, fault.hint));
    }
}

}  // namespace

TEST_CASE("scenario reader: the plain scenario of these tests is fine") {
    CHECK(texts_of(problems_of(plain_scenario)).empty());
}

TEST_CASE("scenario reader: a value of the wrong type is refused") {
    check({{"/duration", "10", "", "10 (a number without a unit)", "a duration such as \"1.5s\"", "\"10s\""},
           {"/duration", "true", "", "true", "a duration"},
           {"/duration", "null", "", "null", "a duration"},
           {"/seed", "one", "", "\"one\"", "a whole number"},
           {"/replications", "1.5", "", "1.5", "a whole number from 1 to 1000000"},
           {"/cluster/start", "{}", "", "an object of 0 keys", "\"steady\" or \"cold\""},
           {"/cluster/watch_latency", "[]", "", "an array of 0 values", "or an object with \"fixed\""},
           {"/services", "{}", "", "an object of 0 keys", "an array of 1 to 100000 of an object"},
           {"/services/0/workload", "\"x\"", "", "\"x\"", "an object"},
           {"/timeline", "null", "", "null", "an array"},
           {"/timeline/0", "3", "", "3", "an object"},
           {"/cluster/feature_gates", "[]", "", "an array", "an object whose values are each true or false"},
           {"/cluster/feature_gates", R"({"StableLoadBalancerNodeSet": "off"})",
            "/cluster/feature_gates/StableLoadBalancerNodeSet", "\"off\"", "true or false"},
           {"/cluster/node_pools/0/labels", R"({"a": true})", "/cluster/node_pools/0/labels/a", "true", "a string"}});
}

TEST_CASE("scenario reader: an unknown key is refused with the nearest name") {
    check({{"/duraton", "\"1m\"", "", "unknown key \"duraton\"", "\"duration\"", "did you mean \"duration\"?"},
           {"/cluster/nodePools", "[]", "", "unknown key", "\"node_pools\"", "did you mean \"node_pools\"?"},
           {"/services/0/external_traffic_policy", "\"Local\"", "", "unknown key", "\"externalTrafficPolicy\"",
            "did you mean \"externalTrafficPolicy\"?"},
           {"/services/0/load_balancer/health_check/intervall", "\"1s\"", "", "unknown key", "\"interval\"",
            "did you mean \"interval\"?"},
           {"/services/0/workload/terminationGracePeriodSecond", "3", "", "unknown key", "",
            "did you mean \"terminationGracePeriodSeconds\"?"},
           {"/banana", "1", "", "unknown key \"banana\"", "keys \"$schema\", \"name\""},
           {"/cluster/cloud_node_lifecycle", R"({"grace_period": "40s"})", "/cluster/cloud_node_lifecycle/grace_period",
            "unknown key", "\"period\" or \"phase\""}});
}

TEST_CASE("scenario reader: a key of another verb or kind is unknown and the verb's own keys are listed") {
    check({{"/timeline/0/effect", "\"NoExecute\"", "", "unknown key \"effect\"",
            "keys \"nodes\", \"status\", \"for\", \"at\", \"do\" or \"repeat\""},
           {"/traffic/0/connections", "5", "", "unknown key \"connections\"", "\"arrivals_per_second\""},
           {"/traffic/1/arrivals_per_second", "5", "", "unknown key", "\"connections\", \"reconnect\""}});
}

TEST_CASE("scenario reader: an unknown choice is refused with the nearest one") {
    check({{"/cluster/start", "\"stedy\"", "", "\"stedy\"", "\"steady\" or \"cold\"", "did you mean \"steady\"?"},
           {"/timeline/0/do", "\"setReady\"", "", "\"setReady\"", "\"set_ready\", \"taint\"",
            "did you mean \"set_ready\"?"},
           {"/timeline/0/status", "\"false\"", "", "\"false\"", "\"True\", \"False\" or \"Unknown\"",
            "did you mean \"False\"?"},
           {"/traffic/0/kind", "\"opne\"", "", "\"opne\"", "\"open\" or \"population\"", "did you mean \"open\"?"},
           {"/services/0/load_balancer/on_remove", "\"drop\"", "", "\"drop\"", "\"keep\" or \"cut\", or an object"},
           {"/services/0/load_balancer/on_remove", R"({"drian": "1s"})", "", "an object with key \"drian\"",
            "an object with \"cut\" or \"drain\"", "did you mean \"drain\"?"},
           {"/services/0/load_balancer/on_remove", "{}", "", "an object without keys", "\"drain\""},
           {"/services/0/load_balancer/on_remove", R"({"cut": "loud"})", "/services/0/load_balancer/on_remove/cut",
            "\"loud\"", "\"silent\""}});
}

TEST_CASE("scenario reader: a missing required key is named with its own pointer") {
    const auto problems = problems_of("{\"timeline\": [{}]}");
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 4);
    const std::vector<std::string> pointers{"/duration", "/cluster", "/services", "/timeline/0/do"};
    for (const std::string& pointer : pointers) {
        CHECK(std::any_of(problems.begin(), problems.end(), [&](const Problem& p) {
            return p.pointer == pointer && p.line == 1 && contains(p.found, "nothing, but the key is required");
        }));
    }
    check({{"/timeline/0", R"({"at": "1s", "do": "taint", "nodes": ["workers-0"]})", "/timeline/0/key", "nothing"},
           {"/timeline/0", R"({"at": "1s", "do": "cordon"})", "/timeline/0/nodes", "nothing", "at least 1 of"},
           {"/timeline/0", R"({"do": "cordon", "nodes": ["workers-0"]})", "/timeline/0/at", "nothing", "a duration"}});
}

TEST_CASE("scenario reader: numbers and durations out of range are refused") {
    check({{"/duration", "\"0s\"", "", "\"0s\" (too short)", "of at least 1us and at most 3650d"},
           {"/duration", "\"3651d\"", "", "(too long)", "at most 3650d"},
           {"/duration", "\"-1s\"", "", "(negative)"},
           {"/duration", "\"10\"", "", "(without a unit)", "", "did you mean \"10s\"?"},
           {"/duration", "\"1.0000001s\"", "", "not a whole number of microseconds"},
           {"/duration", "\"99999999999999999999d\"", "", "longer than 1000000 days"},
           {"/replications", "0", "", "0", "from 1 to 1000000"},
           {"/replications", "1000001", "", "1000001", "from 1 to 1000000"},
           {"/seed", "18446744073709551616", "", "18446744073709551616", "to 2^64 - 1"},
           {"/seed", "-1", "", "-1", "from 0"},
           {"/cluster/node_pools/0/nodes", "100001", "", "100001", "from 0 to 100000"},
           {"/cluster/node_pools/0/nodes", "1e300", "", "1e300", "from 0 to 100000"},
           {"/services/0/count", "0", "", "0", "from 1 to 100000"},
           {"/services/0/load_balancer/health_check/interval", "\"999us\"", "", "too short", "of at least 1ms"},
           {"/services/0/load_balancer/health_check/unhealthy", "0", "", "0", "from 1"},
           {"/services/0/workload/preStopSeconds", "-0.5", "", "-0.5", "a number of seconds from 0"},
           {"/services/0/workload/terminationGracePeriodSeconds", "\"30s\"", "", "\"30s\"", "a number of seconds"},
           {"/services/0/load_balancer/all_unhealthy", R"({"panic_below": 1.5})",
            "/services/0/load_balancer/all_unhealthy/panic_below", "1.5", "from 0 to 1"},
           {"/traffic/1/connections", "1000000000001", "", "1000000000001", "to 1000000000000"},
           {"/traffic/0/arrivals_per_second", "-1", "", "-1", "from 0"},
           {"/timeline/0/nodes", "[]", "", "an array of 0 values", "at least 1"}});
}

TEST_CASE("scenario reader: distributions without a finite mean or in the wrong order are refused") {
    const std::string lifetime = "/traffic/0/lifetime";
    check({{lifetime, R"({"pareto": {"minimum": "1s", "shape": 1}})", lifetime + "/pareto/shape",
            "the mean is infinite", "a number above 1"},
           {lifetime, R"({"pareto": {"minimum": "1s", "shape": 0.5}})", lifetime + "/pareto/shape", "infinite"},
           {lifetime, R"({"pareto": {"minimum": "0s", "shape": 2}})", lifetime + "/pareto/minimum", "too short"},
           {lifetime, R"({"lognormal": {"median": "2s", "p99": "2s"}})", lifetime + "/lognormal/p99", "\"2s\"",
            "above the median \"2s\""},
           {lifetime, R"({"lognormal": {"median": "0s", "p99": "2s"}})", lifetime + "/lognormal/median", "too short"},
           {lifetime, R"({"lognormal": {"median": "1s"}})", lifetime + "/lognormal/p99", "nothing"},
           {lifetime, R"({"uniform": ["2s", "1s"]})", lifetime + "/uniform/1", "\"1s\"", "at least \"2s\""},
           {lifetime, R"({"uniform": ["2s"]})", lifetime + "/uniform", "an array of 1 value", "2 of a duration"},
           {lifetime, R"({"exponential": "0s"})", lifetime + "/exponential", "too short"},
           {lifetime, R"({"exponental": "1s"})", "", "key \"exponental\"", "", "did you mean \"exponential\"?"},
           {lifetime, R"({"fixed": "1s", "uniform": ["1s", "2s"]})", lifetime + "/uniform", "unknown key", "\"fixed\""},
           {lifetime, "\"1 s\"", "", "unknown unit"}});
}

TEST_CASE("scenario reader: names go into paths and tables, so they are plain") {
    for (const char* name : {"", "a b", "a,b", "../x", ".x", "-x", "a/b", "caf\xc3\xa9", "a\\u0000"}) {
        const std::string bad = '"' + std::string(name) + '"';
        check({{"/name", bad, "", "", "letters, digits"}, {"/services/0/name", bad, "", "", "letters, digits"}});
        check({{"/cluster/node_pools/1/name", bad, "", "", "letters, digits"}});
        check({{"/traffic/0/name", bad, "", "", "letters, digits"}});
    }
    CHECK(changed({{"/name", "\"1.30_a-b\""}}).name == "1.30_a-b");
}

TEST_CASE("scenario reader: all problems of a file come at once, in the order of its lines") {
    const auto problems = problems_of(R"({
  "duration": "10",
  "cluster": {
    "release": "1.99",
    "node_pools": [{"name": "workers", "nodes": 4}]
  },
  "services": [{"name": "web", "externalTrafficPolicy": "local"}],
  "traffic": [{"service": "wep", "kind": "open"}],
  "timeline": [{"at": "1s", "do": "cordon", "nodes": ["workers-4"]}]
})");
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 5);
    CHECK(problems[0].text() ==
          "test.json:2: /duration: found \"10\" (without a unit); allowed: a duration such as \"1.5s\" (units us, ms, "
          "s, m, h, d) of at least 1us and at most 3650d; did you mean \"10s\"?");
    CHECK(problems[1].line == 4);
    CHECK(problems[1].pointer == "/cluster/release");
    CHECK(problems[2].text() == "test.json:7: /services/0/externalTrafficPolicy: found \"local\"; allowed: \"Cluster\" "
                                "or \"Local\"; did you mean \"Local\"?");
    CHECK(problems[3].text() == "test.json:8: /traffic/0/service: found unknown service \"wep\"; allowed: services "
                                "\"*\" or \"web\"; did you mean \"web\"?");
    CHECK(problems[4].text() == "test.json:9: /timeline/0/nodes/0: found unknown node \"workers-4\"; allowed: nodes "
                                "\"workers-0\" to \"workers-3\"; did you mean \"workers-3\"?");
}

TEST_CASE("scenario reader: a file of nothing but faults gives the first thousand") {
    std::string text = R"({"duration": "1m", "cluster": {"node_pools": [{}]}, "services": [{}], "timeline": [)";
    for (int i = 0; i < 5000; ++i) text += i == 0 ? "0" : ",0";
    CHECK(problems_of(text + "]}").size() == 1001);
}
