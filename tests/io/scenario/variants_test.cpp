// SPDX-License-Identifier: Apache-2.0
// Changes by JSON pointer: the variants of a file and --set.
#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

std::string with_variants(const std::string& variants) {
    std::string text(plain_scenario);
    text.insert(text.rfind('}'), ",\n\"variants\": [\n" + variants + "]\n");
    return text;
}

}  // namespace

TEST_CASE("scenario reader: overrides change, replace and create keys before the variants do") {
    const auto study = study_of(with_variants(R"({"name": "a"}, {"name": "b", "set": {"/seed": 9}})"),
                                {{"/seed", "5"},
                                 {"/cluster/node_lifecycle/phase", "1s"},
                                 {"/services/0/load_balancer/on_remove", R"({"drain": "5m"})"},
                                 {"/question", "not JSON: a string"},
                                 {"/cluster/release", "1.30"}});
    REQUIRE(study.variants.size() == 2);
    CHECK(study.variants[0].seed == 5);
    CHECK(study.variants[1].seed == 9);
    CHECK(study.seed == 5);
    CHECK(study.question == "not JSON: a string");
    CHECK(study.variants[1].cluster.node_lifecycle.phase == Duration(1s));
    CHECK(study.variants[1].services[0].load_balancer.on_remove.drain == 5min);
    // 1.30 is a number in JSON and 1.3 to a careless reader.
    CHECK(to_string(study.variants[0].cluster.kubelet) == "1.30.14");
}

TEST_CASE("scenario reader: pointers escape / and ~") {
    const auto study = changed({{"/cluster/node_pools/0/labels/topology~1zone~0x", "a"}});
    CHECK(study.variants[0].cluster.node_pools[0].labels.at("topology/zone~x") == "a");
}

TEST_CASE("scenario reader: a pointer that leads nowhere is a problem of --set") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "the whole document"},
        {"seed", "no JSON pointer"},
        {"/cluster/node_pools/2/nodes", "\"2\" is no index of /cluster/node_pools, an array of 2 values"},
        {"/cluster/node_pools/-", "\"-\" is no index"},
        {"/cluster/node_pools/00/nodes", "\"00\" is no index"},
        {"/cluster/node_pools/-1/nodes", "\"-1\" is no index"},
        {"/duration/x", "/duration is \"10m\", which has no keys"},
        {"/a~2b", "\"~\" that is neither"},
        {"/a~", "\"~\" that is neither"},
        {std::string(2000, '/'), "deeper than 64 levels"}};
    for (const auto& [pointer, why] : cases) {
        INFO(pointer);
        const auto problems = problems_after({{pointer, "1"}});
        INFO(texts_of(problems));
        REQUIRE(problems.size() == 1);
        CHECK(problems[0].file == "--set");
        CHECK(contains(problems[0].found, why));
    }
}

TEST_CASE("scenario reader: a value of --set is read as strictly as a file") {
    const std::string twice = R"({"at": "1s", "at": "2s", "do": "cordon", "nodes": ["edge-0"]})";
    CHECK(contains(texts_of(problems_after({{"/timeline/0", twice}})),
                   "--set: /timeline/0/at: found key \"at\" a second time"));
    CHECK(contains(texts_of(problems_after({{"/seed", std::string(70, '[') + std::string(70, ']')}})),
                   "nesting deeper than 64 levels"));
    CHECK(contains(texts_of(problems_after({{"/cluster/foo/bar/baz", "1"}})),
                   "--set: /cluster/foo: found unknown key \"foo\""));
    CHECK(problems_after({{"/question", std::string("a\0b", 3)}}).empty());
}

TEST_CASE("scenario reader: no variants and [] give one variant named default") {
    CHECK(study_of(plain_scenario).variants.at(0).variant == "default");
    const auto study = study_of(with_variants(""));
    REQUIRE(study.variants.size() == 1);
    CHECK(study.variants[0].variant == "default");
}

TEST_CASE("scenario reader: a variant may name keys that the file does not have") {
    const auto study = study_of(with_variants(R"({"name": "no drain"}, {"name": "drain 5m", "set": {
        "/services/1/load_balancer/on_remove/drain": "5m",
        "/cluster/feature_gates/StableLoadBalancerNodeSet": true}})"));
    CHECK(study.variants.at(1).services[1].load_balancer.on_remove.drain == 5min);
    CHECK(study.variants.at(1).cluster.feature_gates.size() == 1);
    CHECK(study.variants.at(0).cluster.feature_gates.empty());
}

TEST_CASE("scenario reader: variants have names of their own") {
    const auto problems = problems_of(with_variants(R"({"name": "a"},
{"name": "a"}, {"name": "b,c"}, {}, {"name": ""})"));
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 4);
    CHECK(problems[0].pointer == "/variants/1/name");
    CHECK(contains(problems[0].found, "\"a\" a second time"));
    CHECK(problems[0].line == 21);
    for (const Problem& problem : problems) CHECK_FALSE(contains(problem.found, "(variant"));
}

TEST_CASE("scenario reader: a problem of a variant names the variant and the line of its set entry") {
    const auto problems = problems_of(with_variants(R"({"name": "good", "set": {"/seed": 2}},
{"name": "bad", "set": {
    "/cluster/release": "1.99",
    "/timeline/7/at": "1s",
    "/servces/0/count": 2}},
{"name": "worse", "set": {"/seed": -1, "/variants/0/name": "x"}})"));
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 5);
    CHECK(problems[0].pointer == "/cluster/release");
    CHECK(problems[0].line == 22);
    CHECK(contains(problems[0].found, "\"1.99\" (no such Kubernetes release is known) (variant \"bad\")"));
    CHECK(problems[1].pointer == "/variants/1/set/~1timeline~17~1at");
    CHECK(problems[1].line == 23);
    CHECK(problems[2].pointer == "/servces");
    CHECK(problems[2].line == 24);
    CHECK(contains(problems[2].hint, "services"));
    CHECK(problems[3].line == 25);
    CHECK(problems[4].line == 25);
    CHECK(contains(texts_of({problems[3], problems[4]}), "a change of the variants themselves (variant \"worse\")"));
    CHECK(contains(texts_of({problems[3], problems[4]}), "/seed: found -1 (variant \"worse\")"));
}

TEST_CASE("scenario reader: a problem of the whole file is told once, whatever the number of variants") {
    const auto problems = problems_of(with_variants(R"({"name": "a"}, {"name": "b"}, {"name": "c"})"),
                                      {{"/replications", "0"}});
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 1);
    CHECK_FALSE(contains(problems[0].found, "variant"));
}

TEST_CASE("scenario reader: a fault of the file that every variant mends is none") {
    const std::string both = R"({"name": "a", "set": {"/duration": "1h"}}, {"name": "b", "set": {"/duration": "2h"}})";
    CHECK(study_of(with_variants(both), {{"/duration", "soon"}}).variants.size() == 2);
}

TEST_CASE("scenario reader: a short hostile file does not expand to more than lbsim holds") {
    // 99,999 copies of a list of 1,000 node names are 10^8 strings.
    std::string nodes;
    for (int i = 0; i < 1000; ++i) nodes += (i == 0 ? "[\"workers-" : ",\"workers-") + std::to_string(i) + '"';
    const auto problems = problems_after({{"/cluster/node_pools/0/nodes", "1000"},
                                          {"/services/0/workload/nodes", nodes + "]"},
                                          {"/services/0/count", "99999"},
                                          {"/traffic", "[]"}});
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 1);
    CHECK(contains(problems[0].found, "than lbsim holds"));
}
