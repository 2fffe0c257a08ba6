// SPDX-License-Identifier: Apache-2.0
// Profile files of a user's own: based on a built-in one or not, good and hostile.
#include "io/scenario/scenario_file.hpp"
#include "sim/io/profiles/profile.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::scenario;
using namespace lbsim::test;

namespace {

constexpr std::string_view scenario_text = R"({"duration": "10m", "cluster": {"node_pools": [{"nodes": 2}]},
  "services": [{"name": "web", "load_balancer": "mine.json"}, {"name": "api", "load_balancer": "mine.json",
  "externalTrafficPolicy": "Local"}]})";

Scenario with_profile(std::string_view profile) {
    const Folder folder;
    folder.write("mine.json", profile);
    return io::read_study(folder.write("test.json", scenario_text)).variants.at(0);
}

std::vector<Problem> problems_with(std::string_view profile) {
    try {
        with_profile(profile);
    } catch (const InputError& error) {
        return error.problems();
    }
    return {};
}

/// The one problem of a profile.
Problem only(std::string_view profile) {
    const auto problems = problems_with(profile);
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 1);
    return problems[0];
}

}  // namespace

TEST_CASE("profiles: a file beside the scenario is a profile of its own") {
    const Scenario s = with_profile(R"({"title": "ours",
      "load_balancer": {"on_remove": [{"drain": "90s"}, "definition", "we set it"]},
      "api": {"latency": {"all": [{"exponential": "2s"}, "estimate", "measured once"], "poll": ["1s", "doc", "manual"]},
              "quota": {"all": [[{"rate": 2, "burst": 3}, "doc", "manual"]]}}})");
    CHECK(s.services[0].load_balancer.profile == "mine.json");
    CHECK(s.services[0].load_balancer.on_remove.drain == 90s);
    REQUIRE(s.clouds.size() == 1);
    CHECK(s.clouds[0].profile == "mine.json");
    CHECK(s.clouds[0].sequence == CallSequence::single);
    CHECK(s.clouds[0].latency[0].kind == Distribution::Kind::exponential);
    CHECK(s.clouds[0].latency[static_cast<std::size_t>(CallClass::poll)] == Distribution::fixed(1s));
    CHECK(s.clouds[0].quota[call_class_count][0] == Bucket{.rate = 2, .burst = 3, .when_empty = Bucket::WhenEmpty::wait});
}

TEST_CASE("profiles: a file says only what differs from the one it is based on") {
    const Scenario s = with_profile(R"({"based_on": "gcp_netlb_rbs",
      "load_balancer": {"health_check": {"cluster": {"interval": ["4s", "definition", "ours"]}}},
      "limits": {"cluster": [{"kind": "reject", "most": 7}, "definition", "ours"]},
      "api": {"retry": {"attempts": [9, "definition", "ours"]}}})");
    const LoadBalancer& web = s.services[0].load_balancer;
    CHECK(web.health_check.interval == 4s);
    CHECK(web.health_check.timeout == 1s);
    CHECK(web.health_check.probers == 3);
    CHECK(web.on_remove.drain == 30s);
    CHECK(web.limit == TargetLimit{.kind = TargetLimit::Kind::reject, .most = 7});
    const LoadBalancer& api = s.services[1].load_balancer;
    CHECK(api.health_check.target == HealthCheckTarget::health_check_node_port);
    CHECK(api.health_check.interval == 3s);
    CHECK(s.clouds[0].sequence == CallSequence::gce_shared_groups);
    CHECK(s.clouds[0].retry.attempts == 9);
    CHECK(s.clouds[0].quota[0].size() == 1);
}

TEST_CASE("profiles: a value without tag or source is an error") {
    const auto value = [](const std::string& text) { return only(R"({"load_balancer": {"idle_timeout": )" + text + "}}"); };
    const Problem bare = value(R"("60s")");
    CHECK(bare.pointer == "/load_balancer/idle_timeout");
    CHECK(bare.line == 1u);
    CHECK(bare.file.ends_with("mine.json"));
    CHECK(contains(bare.found, "no value with a tag and a source"));
    CHECK(contains(bare.allowed, "\"estimate\""));
    CHECK(value(R"(["60s", "doc"])").pointer == "/load_balancer/idle_timeout");
    CHECK(value(R"(["60s", "docs", "a page"])").hint == "did you mean \"doc\"?");
    CHECK(value(R"(["60s", "doc", ""])").pointer == "/load_balancer/idle_timeout/2");
    CHECK(value(R"(["60s", "doc", "  "])").found == "an empty source");
    CHECK(value(R"(["60s", "doc", 3])").pointer == "/load_balancer/idle_timeout/2");
    CHECK(value(R"(["60", "doc", "a page"])").pointer == "/load_balancer/idle_timeout/0");
    CHECK(value("null").pointer == "/load_balancer/idle_timeout");
    CHECK(only(R"({"facts": {"lbs": "20"}})").pointer == "/facts/lbs");
    CHECK(only(R"({"api": {"quota": {"all": [{"rate": 1, "burst": 1}]}}})").pointer == "/api/quota/all/0");
    CHECK(only(R"({"api": {"latency": {"all": "1s"}}})").pointer == "/api/latency/all");
}

TEST_CASE("profiles: all problems of a file are told at once, with lines") {
    const auto problems = problems_with(R"({
  "load_balancer": {
    "on_remov": ["keep", "doc", "a page"],
    "registration_delay": [["5s", "1s"], "doc", "a page"],
    "balancing": ["maglev", "doc", "a page"],
    "health_check": {"cluster": {"target": ["health_check_node_port", "doc", "a page"]}}
  },
  "sequence": ["aws_nlbs", "code", "a file"],
  "remarks": "none"
})");
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 5);
    CHECK(problems[0].line == 3u);
    CHECK(problems[0].hint == "did you mean \"on_remove\"?");
    CHECK(contains(problems[1].found, "part 5"));
    CHECK(problems[2].line == 6u);
    CHECK(problems[3].hint == "did you mean \"aws_nlb\"?");
    CHECK(problems[4].pointer == "/remarks");
    // Values are held against each other once each of them is one.
    CHECK(contains(only(R"({"load_balancer": {"registration_delay": [["5s", "1s"], "doc", "a page"]}})").allowed, "5s"));
}

TEST_CASE("profiles: what a file is based on must be built in") {
    CHECK(only(R"({"based_on": "hetzne"})").hint == "did you mean \"hetzner\"?");
    CHECK(only(R"({"based_on": "mine.json"})").pointer == "/based_on");
    CHECK(only(R"({"based_on": "neutral"})").pointer == "/based_on");
    CHECK(only(R"({"based_on": 3})").pointer == "/based_on");
}

TEST_CASE("profiles: hostile files are problems, never a crash") {
    for (const std::string text : {"", "[]", "3", "{", "{\"load_balancer\": []}", "{\"api\": {\"quota\": 1}}", "{\"api\": null}",
                                   "{\"title\": {}}", "\"x\"", "{\"facts\": []}", "{\"limits\": {\"cluster\": [[], \"doc\", \"x\"]}}",
                                   "{\"title\": \"a\", \"title\": \"b\"}", "{\"load_balancer\": {\"health_check\": [1,2,3]}}"}) {
        INFO(text);
        CHECK_FALSE(problems_with(text).empty());
    }
    CHECK_FALSE(problems_with(std::string(100'000, '[')).empty());
}

TEST_CASE("profiles: a file that is not there is a problem of the scenario") {
    const Folder folder;
    const std::string file = folder.write("test.json", scenario_text);
    try {
        io::read_study(file);
        FAIL("read");
    } catch (const InputError& error) {
        REQUIRE(error.problems().size() == 1);  // told where it is named first
        CHECK(error.problems()[0].file == file);
        CHECK(error.problems()[0].pointer == "/services/0/load_balancer");
        CHECK(contains(error.problems()[0].found, "no such file"));
    }
    CHECK_THROWS_AS(io::read_profile("nowhere.json"), InputError);
    CHECK_THROWS_AS(io::read_profile("no_such"), InputError);
}
