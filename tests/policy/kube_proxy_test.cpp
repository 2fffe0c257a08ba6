// SPDX-License-Identifier: Apache-2.0
// kube-proxy's health answers by release: late sync, node eligibility, the service's own port.
#include "lbsim/policy/kube_proxy.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
KubeProxyRules rules_of(int minor, const FeatureGates& gates = {}) { return kube_proxy_rules({minor, 0}, gates); }
}  // namespace

TEST_CASE("kube-proxy rules: each minor has the rules that its column says") {
    KubeProxyRules expected;
    expected.late_sync_counts_from_oldest = false;
    expected.healthz_reads_node_eligibility = false;
    expected.has_livez = false;
    expected.terminating_fallback = false;
    expected.service_port_reads_proxy_health = false;
    CHECK(rules_of(24) == expected);
    expected.late_sync_counts_from_oldest = true;
    CHECK(rules_of(25) == expected);
    expected.terminating_fallback = true;
    CHECK(rules_of(26) == expected);
    expected.service_port_reads_proxy_health = true;
    CHECK(rules_of(27) == expected);
    expected.has_livez = true;
    CHECK(rules_of(28) == expected);
    CHECK(rules_of(29) == expected);
    expected.healthz_reads_node_eligibility = true;
    for (const int minor : {30, 31, 32, 33}) CHECK(rules_of(minor) == expected);
    expected.eligibility_is_pulled = true;
    CHECK(rules_of(34) == expected);
    CHECK(expected.health_timeout == 60s);
}

TEST_CASE("kube-proxy rules: gates count where they can be set") {
    const FeatureGates drain_on{{"KubeProxyDrainingTerminatingNodes", true}};
    const FeatureGates drain_off{{"KubeProxyDrainingTerminatingNodes", false}};
    CHECK_FALSE(rules_of(27, drain_on).healthz_reads_node_eligibility);
    CHECK(rules_of(28, drain_on).healthz_reads_node_eligibility);
    CHECK_FALSE(rules_of(30, drain_off).healthz_reads_node_eligibility);
    CHECK(rules_of(31, drain_off).healthz_reads_node_eligibility);
    const FeatureGates terminating_on{{"ProxyTerminatingEndpoints", true}};
    const FeatureGates terminating_off{{"ProxyTerminatingEndpoints", false}};
    CHECK(rules_of(24, terminating_on).terminating_fallback);
    CHECK_FALSE(rules_of(27, terminating_off).terminating_fallback);
    CHECK(rules_of(28, terminating_off).terminating_fallback);
}

TEST_CASE("kube-proxy health: TestHealthzServer's script with one family and a timeout of 10 s") {
    for (const int minor : {24, 26, 28, 29, 30, 32}) {
        CAPTURE(minor);
        KubeProxyRules rules = rules_of(minor);
        rules.health_timeout = 10s;
        const bool reads_node = rules.healthz_reads_node_eligibility;
        ProxySyncHealth health(rules);
        const auto status = [&](Time now, bool eligible = true) {
            return healthz_status(rules, health.is_healthy(now), eligible);
        };
        CHECK(status(second(0)) == 200);  // 1: fresh
        health.rules_written(second(0));
        CHECK(status(second(0)) == 200);   // 2: written
        CHECK(status(second(25)) == 200);  // 3: 25 s later, nothing queued
        health.change_queued(second(25));
        CHECK(status(second(50)) == 503);  // 4: queued 25 s ago
        CHECK(livez_status(rules, health.is_healthy(second(50))) ==
              (minor >= 28 ? std::optional<int>{503} : std::nullopt));
        health.rules_written(second(50));
        CHECK(status(second(50)) == 200);  // 5: written again
        NodeFacts node;
        CHECK(status(second(50), is_node_eligible(node)) == 200);  // 7: other taints are no facts
        node.autoscaler_tainted = true;
        CHECK(status(second(50), is_node_eligible(node)) == (reads_node ? 503 : 200));
        CHECK(livez_status(rules, true) == (minor >= 28 ? std::optional<int>{200} : std::nullopt));
        node.autoscaler_tainted = false;
        CHECK(status(second(50), is_node_eligible(node)) == 200);
        node.is_deleting = true;
        CHECK(status(second(50), is_node_eligible(node)) == (reads_node ? 503 : 200));
    }
}

TEST_CASE("kube-proxy health: an age of exactly the timeout is too old") {
    for (const int minor : {24, 30}) {
        CAPTURE(minor);
        ProxySyncHealth health(rules_of(minor));
        health.rules_written(second(0));
        health.change_queued(second(100));
        CHECK(health.unhealthy_from() == second(160));
        CHECK(health.is_healthy(second(160) - Duration{1}));
        CHECK_FALSE(health.is_healthy(second(160)));
        CHECK_FALSE(health.is_healthy(second(1000)));
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

TEST_CASE("kube-proxy health: nothing is judged before the first write") {
    for (const int minor : {24, 26, 32}) {
        CAPTURE(minor);
        ProxySyncHealth health(rules_of(minor));
        health.change_queued(second(0));
        CHECK(health.is_healthy(second(500)));
        CHECK(health.unhealthy_from() == never);
        health.rules_written(second(500));
        CHECK(health.is_healthy(second(1000)));
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

TEST_CASE("kube-proxy eligibility: cordon, readiness and exclusion do not count") {
    NodeFacts node;
    node.unschedulable = true;
    node.ready = ConditionStatus::is_false;
    node.exclusion = ExclusionLabel::excludes;
    CHECK(is_node_eligible(node));
}

TEST_CASE("service health port: TestServer's counts, with and without the proxy's own health") {
    // Counts 0, 18, 0, 11, 0, 18 of one service: 503 where nothing is local and ready.
    for (const int minor : {24, 26, 27, 30, 32}) {
        CAPTURE(minor);
        const KubeProxyRules rules = rules_of(minor);
        for (const std::uint32_t count : {0U, 18U, 0U, 11U, 0U, 18U}) {
            CHECK(service_health_status(rules, count, true) == (count > 0 ? 200 : 503));
        }
        CHECK(service_health_status(rules, 7, false) == (minor >= 27 ? 503 : 200));
        CHECK(service_health_status(rules, 0, false) == 503);
    }
}
