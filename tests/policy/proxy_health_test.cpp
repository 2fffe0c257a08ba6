// SPDX-License-Identifier: Apache-2.0
// kube-proxy's own health: late syncs of each generation, node eligibility, status of /healthz and /livez.
#include "lbsim/policy/proxy_health.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
constexpr auto v4 = IpFamily::ipv4;
constexpr auto v6 = IpFamily::ipv6;

/// With the gate of KEP-3836 on wherever there is one, as the upstream tests have it.
KubeProxyRules rules_of(int minor) {
    return kube_proxy_rules({minor, 0}, {{"KubeProxyDrainingTerminatingNodes", true}});
}

/// Both servers of the upstream script: a proxy with a timeout of 10 s, and its node.
struct Server {
    explicit Server(int minor) : rules(rules_of(minor)) { rules.health_timeout = 10s; }
    int healthz() const { return healthz_answer(rules, health, node, {.now = now, .wall_now = {}}).status; }
    int livez() const { return livez_answer(rules, health, {.now = now, .wall_now = {}}).status; }
    void pass(Duration d) { now += d; }
    /// /livez tells the same but for the node.
    void check(int healthz_expected, int livez_expected) const {
        CHECK(healthz() == healthz_expected);
        CHECK(livez() == (rules.has_livez ? livez_expected : 404));
        CHECK(livez_status(rules, health.is_healthy(now)) ==
              (rules.has_livez ? std::optional<int>{livez_expected} : std::nullopt));
    }
    KubeProxyRules rules;
    ProxySyncHealth health{rules_with_timeout(rules)};
    NodeEligibility node{rules};
    Time now = second(0);

private:
    static KubeProxyRules rules_with_timeout(KubeProxyRules rules) {
        rules.health_timeout = 10s;
        return rules;
    }
};

NodeFacts tainted() {
    NodeFacts node;
    node.autoscaler_tainted = true;
    return node;
}
NodeFacts deleting() {
    NodeFacts node;
    node.is_deleting = true;
    return node;
}
}  // namespace

TEST_CASE("kube-proxy health: the script of TestHealthzServer and TestLivezServer before families") {
    for (int minor = 19; minor <= 28; ++minor) {
        CAPTURE(minor);
        Server server(minor);
        server.check(200, 200);  // 1: fresh
        server.health.rules_written(server.now);
        server.check(200, 200);  // 2: written
        server.pass(25s);
        server.check(200, 200);  // 3: 25 s later, nothing queued
        server.health.change_queued(server.now);
        server.pass(25s);
        server.check(503, 503);  // 4: queued 25 s ago
        server.health.rules_written(server.now);
        server.pass(5s);
        server.check(200, 200);  // 5: written again
        server.health.change_queued(server.now);
        server.pass(5s);
        server.check(200, 200);  // queued 5 s ago
        server.health.change_queued(server.now);
        server.pass(7s);
        // The oldest change is 12 s old, the newest 7 s.
        server.check(minor >= 25 ? 503 : 200, minor >= 25 ? 503 : 200);
        server.health.rules_written(server.now);
        server.check(200, 200);
    }
}

TEST_CASE("kube-proxy health: the script of TestHealthzServer and TestLivezServer with two families") {
    for (int minor = 29; minor <= 36; ++minor) {
        CAPTURE(minor);
        Server server(minor);
        server.node.node_seen({});
        server.check(200, 200);  // 1: fresh
        server.health.rules_written(server.now, v4);
        server.health.rules_written(server.now, v6);
        server.check(200, 200);  // 2
        server.pass(25s);
        server.check(200, 200);  // 3
        for (const IpFamily family : {v4, v6}) {
            server.health.change_queued(server.now, family);
            server.pass(25s);
            server.check(503, 503);  // 4
            CHECK(server.health.is_family_healthy(server.now, v4) == (family == v6));
            server.health.rules_written(server.now, family);
            server.check(200, 200);  // 5
        }
        server.health.change_queued(server.now, v4);
        server.health.change_queued(server.now, v6);
        server.pass(25s);
        server.check(503, 503);
        server.health.rules_written(server.now, v4);
        server.check(503, 503);  // 6: IPv6 is still late
        server.health.rules_written(server.now, v6);
        server.check(200, 200);
        NodeFacts other_taint;
        other_taint.unschedulable = true;
        server.node.node_seen(other_taint);
        server.check(200, 200);  // 7: other taints are no facts
        server.node.node_seen(tainted());
        server.check(503, 200);
        server.node.node_seen(other_taint);
        server.check(200, 200);
        server.node.node_seen(deleting());
        server.check(503, 200);
    }
}

TEST_CASE("kube-proxy health: an age of exactly the timeout is too old") {
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        ProxySyncHealth health(rules_of(minor));
        health.rules_written(second(0));
        health.change_queued(second(100));
        CHECK(health.unhealthy_from() == second(160));
        CHECK(health.is_healthy(second(160) - Duration{1}));
        CHECK_FALSE(health.is_healthy(second(160)));
        CHECK_FALSE(health.is_healthy(second(160) + Duration{1}));
        health.rules_written(second(1001));
        CHECK(health.is_healthy(second(1001)));
        CHECK(health.unhealthy_from() == never);
    }
}

TEST_CASE("kube-proxy health: a steady stream of changes hides a dead loop up to 1.24 only") {
    // A change every 30 s from 0 and no write after the first: the newest change is never 60 s old, the oldest is at
    // 60.
    ProxySyncHealth newest(rules_of(24));
    ProxySyncHealth oldest(rules_of(25));
    newest.rules_written(second(0));
    oldest.rules_written(second(0));
    for (std::int64_t s = 0; s <= 3600; s += 30) {
        newest.change_queued(second(s));
        oldest.change_queued(second(s));
    }
    CHECK(newest.is_healthy(second(3600)));
    CHECK(newest.unhealthy_from() == second(3660));
    CHECK(oldest.unhealthy_from() == second(60));
}

TEST_CASE("kube-proxy health: nothing is judged before the first write, which covers what was queued by then") {
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        ProxySyncHealth health(rules_of(minor));
        health.change_queued(second(0));
        CHECK(health.is_healthy(second(500)));
        CHECK(health.unhealthy_from() == never);
        health.rules_written(second(500));
        CHECK(health.is_healthy(second(1000)));
    }
}

TEST_CASE("kube-proxy health: a family that was never written is not judged, and only its own write clears it") {
    for (const int minor : {29, 32, 36}) {
        CAPTURE(minor);
        ProxySyncHealth health(rules_of(minor));
        health.rules_written(second(0), v4);
        health.change_queued(second(0), v6);
        CHECK(health.unhealthy_from() == never);  // IPv6 was never written
        health.rules_written(second(1), v6);
        health.change_queued(second(2), v6);
        health.rules_written(second(30), v4);
        CHECK(health.unhealthy_from() == second(62));
    }
    // Before 1.29 the families share one record: a write of IPv4 hides the backlog of IPv6.
    for (const int minor : {19, 24, 25, 28}) {
        CAPTURE(minor);
        ProxySyncHealth health(rules_of(minor));
        health.rules_written(second(0), v4);
        health.change_queued(second(2), v6);
        CHECK(health.unhealthy_from() == second(62));
        health.rules_written(second(30), v4);
        CHECK(health.unhealthy_from() == never);
    }
}

TEST_CASE("kube-proxy health: a change and a write of one instant count in the order they came") {
    ProxySyncHealth covered(rules_of(24));
    covered.rules_written(second(0));
    covered.change_queued(second(5));
    covered.rules_written(second(5));
    CHECK(covered.unhealthy_from() == never);
    ProxySyncHealth waiting(rules_of(24));
    waiting.rules_written(second(5));
    waiting.change_queued(second(5));
    CHECK(waiting.unhealthy_from() == second(65));
}

TEST_CASE("kube-proxy health: readings of a fake clock that are equal leave the change uncovered up to 1.24") {
    for (const int minor : {19, 24, 25, 29}) {
        CAPTURE(minor);
        ProxySyncHealth health(rules_of(minor), EqualReadings::strictly_later);
        health.rules_written(second(0));
        health.change_queued(second(5));
        health.rules_written(second(5));
        CHECK(health.unhealthy_from() == (minor <= 24 ? second(65) : never));
        health.rules_written(second(6));
        CHECK(health.unhealthy_from() == never);
    }
}

TEST_CASE("kube-proxy eligibility: cordon, readiness and exclusion do not count") {
    NodeFacts node;
    node.unschedulable = true;
    node.ready = ConditionStatus::is_false;
    node.exclusion = ExclusionLabel::excludes;
    CHECK(is_node_eligible(node));
}

TEST_CASE("kube-proxy eligibility: a pushed flag starts as eligible, a pulled one needs a node") {
    CHECK(NodeEligibility(rules_of(28)).is_eligible());
    CHECK(NodeEligibility(rules_of(33)).is_eligible());
    NodeEligibility pulled(rules_of(34));
    CHECK_FALSE(pulled.is_eligible());
    pulled.node_seen({});
    CHECK(pulled.is_eligible());
}

TEST_CASE("kube-proxy eligibility: a deletion changes nothing that the last object did not") {
    for (const int minor : {28, 31, 33, 34, 36}) {
        CAPTURE(minor);
        NodeEligibility node(rules_of(minor));
        node.node_seen({});
        node.node_deleted({});
        CHECK(node.is_eligible());
        node.node_seen(tainted());
        CHECK_FALSE(node.is_eligible());
        node.node_deleted(tainted());
        CHECK_FALSE(node.is_eligible());
        node.node_seen({});  // created again
        CHECK(node.is_eligible());
    }
    // The pushed flag is judged from the object that the deletion carries, even one that was never seen before.
    NodeEligibility pushed(rules_of(33));
    pushed.node_seen({});
    pushed.node_deleted(tainted());
    CHECK_FALSE(pushed.is_eligible());
    NodeEligibility pulled(rules_of(34));
    pulled.node_seen({});
    pulled.node_deleted(tainted());
    CHECK(pulled.is_eligible());
}

TEST_CASE("kube-proxy eligibility: without its gate nothing is pushed") {
    NodeEligibility node(kube_proxy_rules({29, 0}, {}));
    node.node_seen(tainted());
    CHECK(node.is_eligible());
    CHECK(healthz_status(kube_proxy_rules({29, 0}, {}), true, false) == 200);
    CHECK(healthz_status(rules_of(29), true, false) == 503);
}

TEST_CASE("kube-proxy health: the timeout is twice the syncPeriod, up to 1.30 that of iptables in every mode") {
    CHECK(health_timeout({30, 0}, {}) == 60s);
    CHECK(health_timeout({30, 0}, {.iptables = 30s, .own_mode = 10s}) == 60s);
    CHECK(health_timeout({31, 0}, {.iptables = 30s, .own_mode = 10s}) == 20s);
    CHECK(health_timeout({36, 0}, {}) == KubeProxyRules{}.health_timeout);
}
