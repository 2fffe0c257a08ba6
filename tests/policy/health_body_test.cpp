// SPDX-License-Identifier: Apache-2.0
// Bodies and headers of /healthz and /livez per release, and Go's two texts of a point in time.
#include "lbsim/policy/proxy_health.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
/// 2000-01-01 00:00:00 UTC
constexpr std::int64_t millennium_us = 946'684'800'000'000;

HealthQuestion ask(std::int64_t s, std::int64_t us = 0) {
    return {.now = second(s) + Duration{us},
            .wall_now = {.us_since_epoch = millennium_us + s * 1'000'000 + us, .monotonic_us = {}}};
}
KubeProxyRules rules_of(int minor) {
    return kube_proxy_rules({minor, 0}, {{"KubeProxyDrainingTerminatingNodes", true}});
}
NodeFacts tainted() {
    NodeFacts node;
    node.autoscaler_tainted = true;
    return node;
}
}  // namespace

TEST_CASE("wall time: Go's text drops trailing zeros of the fraction") {
    const auto text = [](std::int64_t us) { return go_text(WallTime{.us_since_epoch = us, .monotonic_us = {}}); };
    CHECK(text(millennium_us + 25'000'000) == "2000-01-01 00:00:25 +0000 UTC");
    CHECK(text(millennium_us + 500'000) == "2000-01-01 00:00:00.5 +0000 UTC");
    CHECK(text(millennium_us + 1) == "2000-01-01 00:00:00.000001 +0000 UTC");
    CHECK(text(millennium_us - 1) == "1999-12-31 23:59:59.999999 +0000 UTC");
    CHECK(text(0) == "1970-01-01 00:00:00 +0000 UTC");
    CHECK(text(-1) == "1969-12-31 23:59:59.999999 +0000 UTC");
    // 951782400 s is 2000-02-29, the leap day of a century; the next day is 1 March.
    CHECK(text(951'782'400'000'000) == "2000-02-29 00:00:00 +0000 UTC");
    CHECK(text(951'868'800'000'000) == "2000-03-01 00:00:00 +0000 UTC");
    CHECK(go_text(std::nullopt) == "0001-01-01 00:00:00 +0000 UTC");
}

TEST_CASE("wall time: a monotonic reading is told after the text, in nanoseconds") {
    CHECK(go_text(WallTime{.us_since_epoch = millennium_us, .monotonic_us = 12'345'678}) ==
          "2000-01-01 00:00:00 +0000 UTC m=+12.345678000");
    CHECK(go_text(WallTime{.us_since_epoch = millennium_us, .monotonic_us = -1'500'000}) ==
          "2000-01-01 00:00:00 +0000 UTC m=-1.500000000");
    CHECK(rfc3339_text(WallTime{.us_since_epoch = millennium_us, .monotonic_us = 1}) == "2000-01-01T00:00:00Z");
}

TEST_CASE("wall time: JSON has RFC 3339 with a fraction of what is needed") {
    const auto text = [](std::int64_t us) { return rfc3339_text(WallTime{.us_since_epoch = us, .monotonic_us = {}}); };
    CHECK(text(millennium_us + 25'000'000) == "2000-01-01T00:00:25Z");
    CHECK(text(millennium_us + 250'000) == "2000-01-01T00:00:00.25Z");
    CHECK(rfc3339_text(std::nullopt) == "0001-01-01T00:00:00Z");
}

TEST_CASE("health body: up to 1.27 two times, the last write while late and else the present") {
    for (const int minor : {19, 24, 25, 27}) {
        CAPTURE(minor);
        const KubeProxyRules rules = rules_of(minor);
        ProxySyncHealth health(rules);
        const NodeEligibility node(rules);
        HttpAnswer answer = healthz_answer(rules, health, node, ask(0));
        CHECK(answer.body ==
              R"({"lastUpdated": "2000-01-01 00:00:00 +0000 UTC","currentTime": "2000-01-01 00:00:00 +0000 UTC"})");
        health.rules_written(second(1));
        health.change_queued(second(2));
        answer = healthz_answer(rules, health, node, ask(61, 500'000));
        CHECK(answer.status == 200);
        CHECK(answer.body ==
              R"({"lastUpdated": "2000-01-01 00:01:01.5 +0000 UTC","currentTime": "2000-01-01 00:01:01.5 +0000 UTC"})");
        answer = healthz_answer(rules, health, node, ask(62));
        CHECK(answer.status == 503);
        CHECK(answer.body ==
              R"({"lastUpdated": "2000-01-01 00:00:01 +0000 UTC","currentTime": "2000-01-01 00:01:02 +0000 UTC"})");
        CHECK(answer.headers == std::vector<std::pair<std::string, std::string>>{
                                    {"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}});
        CHECK(livez_answer(rules, health, ask(62)) == not_found_answer());
    }
}

TEST_CASE("health body: from 1.28 to 1.32 /healthz tells of the node and /livez does not") {
    for (const int minor : {28, 29, 32}) {
        CAPTURE(minor);
        const KubeProxyRules rules = rules_of(minor);
        ProxySyncHealth health(rules);
        NodeEligibility node(rules);
        CHECK(healthz_answer(rules, health, node, ask(3)).body ==
              R"({"lastUpdated": "2000-01-01 00:00:03 +0000 UTC","currentTime": "2000-01-01 00:00:03 +0000 UTC", "nodeEligible": true})");
        node.node_seen(tainted());
        // Nothing was ever written, and an ineligible node shows the last write: Go's zero time.
        CHECK(healthz_answer(rules, health, node, ask(3)).body ==
              R"({"lastUpdated": "0001-01-01 00:00:00 +0000 UTC","currentTime": "2000-01-01 00:00:03 +0000 UTC", "nodeEligible": false})");
        health.rules_written(second(2), IpFamily::ipv6);
        CHECK(healthz_answer(rules, health, node, ask(3)).body ==
              R"({"lastUpdated": "2000-01-01 00:00:02 +0000 UTC","currentTime": "2000-01-01 00:00:03 +0000 UTC", "nodeEligible": false})");
        CHECK(livez_answer(rules, health, ask(3)).body ==
              R"({"lastUpdated": "2000-01-01 00:00:03 +0000 UTC","currentTime": "2000-01-01 00:00:03 +0000 UTC"})");
    }
    // The gate is off by default at 1.28 and 1.29: the body tells of the node all the same.
    const KubeProxyRules off = kube_proxy_rules({29, 0}, {});
    CHECK(healthz_answer(off, ProxySyncHealth(off), NodeEligibility(off), ask(3)).body ==
          R"({"lastUpdated": "2000-01-01 00:00:03 +0000 UTC","currentTime": "2000-01-01 00:00:03 +0000 UTC", "nodeEligible": true})");
}

TEST_CASE("health body: from 1.29 to 1.32 a late family's own write is told") {
    const KubeProxyRules rules = rules_of(30);
    ProxySyncHealth health(rules);
    health.rules_written(second(1), IpFamily::ipv4);
    health.rules_written(second(2), IpFamily::ipv6);
    health.change_queued(second(3), IpFamily::ipv4);
    CHECK(livez_answer(rules, health, ask(63)).body ==
          R"({"lastUpdated": "2000-01-01 00:00:01 +0000 UTC","currentTime": "2000-01-01 00:01:03 +0000 UTC"})");
    health.change_queued(second(4), IpFamily::ipv6);
    CHECK(livez_answer(rules, health, ask(64)).body ==  // both are late: IPv4 first
          R"({"lastUpdated": "2000-01-01 00:00:01 +0000 UTC","currentTime": "2000-01-01 00:01:04 +0000 UTC"})");
}

TEST_CASE("health body: from 1.33 on JSON with the health of each family that was written") {
    for (const int minor : {33, 34, 36}) {
        CAPTURE(minor);
        const KubeProxyRules rules = rules_of(minor);
        ProxySyncHealth health(rules);
        NodeEligibility node(rules);
        node.node_seen({});
        CHECK(healthz_answer(rules, health, node, ask(1)).body ==
              R"({"lastUpdated":"2000-01-01T00:00:01Z","currentTime":"2000-01-01T00:00:01Z","nodeEligible":true,"healthy":true})");
        health.rules_written(second(1), IpFamily::ipv6);
        CHECK(livez_answer(rules, health, ask(2)).body ==
              R"({"lastUpdated":"2000-01-01T00:00:02Z","currentTime":"2000-01-01T00:00:02Z","healthy":true,"status":{"IPv6":{"lastUpdated":"2000-01-01T00:00:01Z","healthy":true}}})");
        health.rules_written(second(3), IpFamily::ipv4);
        health.change_queued(second(4), IpFamily::ipv6);
        CHECK(healthz_answer(rules, health, node, ask(64)).body ==
              R"({"lastUpdated":"2000-01-01T00:00:03Z","currentTime":"2000-01-01T00:01:04Z","nodeEligible":true,"healthy":false,"status":{"IPv4":{"lastUpdated":"2000-01-01T00:00:03Z","healthy":true},"IPv6":{"lastUpdated":"2000-01-01T00:00:01Z","healthy":false}}})");
        health.rules_written(second(65), IpFamily::ipv6);
        node.node_seen(tainted());
        // 503, though the proxy itself is healthy.
        const HttpAnswer answer = healthz_answer(rules, health, node, ask(66));
        CHECK(answer.status == 503);
        CHECK(answer.body ==
              R"({"lastUpdated":"2000-01-01T00:01:05Z","currentTime":"2000-01-01T00:01:06Z","nodeEligible":false,"healthy":true,"status":{"IPv4":{"lastUpdated":"2000-01-01T00:00:03Z","healthy":true},"IPv6":{"lastUpdated":"2000-01-01T00:01:05Z","healthy":true}}})");
    }
}
