// SPDX-License-Identifier: Apache-2.0
// Conditions of endpoints by gate, kube-proxy's defaults and cache, and the count of a health port.
#include "lbsim/policy/endpoints.hpp"

#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
constexpr auto withheld = NotReadyAddresses::withheld;
constexpr auto published = NotReadyAddresses::published;

std::optional<EndpointConditions> conditions(int minor, const PodFacts& pod, NotReadyAddresses not_ready = withheld,
                                             const FeatureGates& gates = {}) {
    return endpoint_conditions({minor, 0}, gates, pod, not_ready);
}
PodFacts pod(bool is_ready, bool is_deleting) {
    PodFacts facts;
    facts.is_ready = is_ready;
    facts.is_deleting = is_deleting;
    return facts;
}
SliceEndpoint listed(const char* ip, EndpointConditions conditions, bool is_local) {
    SliceEndpoint endpoint;
    endpoint.ip = ip;
    endpoint.port = 80;
    endpoint.conditions = conditions;
    endpoint.is_local = is_local;
    return endpoint;
}
}  // namespace

TEST_CASE("endpoint conditions: with the gate a pod that ends is terminating, without it the pod is left out") {
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        const bool tells = minor >= 22;  // beta from 1.22 on
        const auto told = [&](bool ready, bool serving, bool terminating) {
            return tells ? EndpointConditions{ready, serving, terminating}
                         : EndpointConditions{ready, std::nullopt, std::nullopt};
        };
        CHECK(conditions(minor, pod(true, false)) == told(true, true, false));
        CHECK(conditions(minor, pod(false, false)) == told(false, false, false));
        const auto ending = conditions(minor, pod(true, true));
        CHECK(ending.has_value() == tells);
        if (ending) CHECK(*ending == told(false, true, true));
        // publishNotReadyAddresses makes everything ready, also what ends.
        CHECK(conditions(minor, pod(false, false), published) == told(true, false, false));
        CHECK(conditions(minor, pod(true, true), published) == told(true, true, true));
    }
    const FeatureGates on{{"EndpointSliceTerminatingCondition", true}};
    const FeatureGates off{{"EndpointSliceTerminatingCondition", false}};
    CHECK_FALSE(conditions(19, pod(true, true), withheld, on));
    CHECK(conditions(20, pod(true, true), withheld, on) == EndpointConditions{false, true, true});
    CHECK_FALSE(conditions(25, pod(true, true), withheld, off));
    CHECK(conditions(26, pod(true, true), withheld, off));
}

TEST_CASE("endpoint conditions: pods without an address and pods that have ended are left out") {
    PodFacts ended = pod(false, false);
    ended.has_ip = false;
    CHECK_FALSE(conditions(30, ended, published));
    ended.has_ip = true;
    for (const auto policy : {RestartPolicy::always, RestartPolicy::on_failure, RestartPolicy::never}) {
        ended.restart_policy = policy;
        for (const auto phase : {PodPhase::failed, PodPhase::succeeded}) {
            ended.phase = phase;
            CHECK_FALSE(conditions(23, ended, published));
            // Before 1.23 a pod that could be started again stayed.
            const bool stays = policy == RestartPolicy::always ||
                               (policy == RestartPolicy::on_failure && phase == PodPhase::failed);
            CHECK(conditions(22, ended, published).has_value() == stays);
        }
    }
}

TEST_CASE("endpoint view: absent conditions are ready, serving and not terminating") {
    const EndpointView silent = endpoint_view({}, true);
    CHECK((silent.ready && silent.serving && !silent.terminating && silent.is_local));
    // An old slice has no serving: it is true even where ready is false.
    const EndpointView unready = endpoint_view({false, std::nullopt, std::nullopt}, false);
    CHECK((!unready.ready && unready.serving));
}

TEST_CASE("endpoint cache: up to 1.20 only ready endpoints enter") {
    const std::vector<SliceEndpoint> slice{listed("10.0.0.2", {false, true, true}, true),
                                           listed("10.0.0.1", {true, true, false}, true)};
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        const auto cached = cached_endpoints(kube_proxy_rules({minor, 0}, {}), slice);
        REQUIRE(cached.size() == (minor <= 20 ? 1 : 2));
        CHECK(cached.front().address() == "10.0.0.1:80");
    }
}

TEST_CASE("endpoint cache: of duplicates the local one stays up to 1.35, the one that does not end from 1.36 on") {
    const EndpointConditions ready{true, true, false};
    const EndpointConditions ending{false, true, true};
    const auto kept = [](int minor, const std::vector<SliceEndpoint>& slice) {
        const auto cached = cached_endpoints(kube_proxy_rules({minor, 0}, {}), slice);
        REQUIRE(cached.size() == 1);
        return cached.front().view;
    };
    // A pod that ends here and its successor elsewhere have one address, in either order of slices.
    const SliceEndpoint ends_here = listed("10.0.0.1", ending, true);
    const SliceEndpoint runs_there = listed("10.0.0.1", ready, false);
    for (const int minor : {22, 35}) {
        CHECK(kept(minor, {ends_here, runs_there}).terminating);
        CHECK(kept(minor, {runs_there, ends_here}).terminating);
    }
    CHECK_FALSE(kept(36, {ends_here, runs_there}).terminating);
    CHECK_FALSE(kept(36, {runs_there, ends_here}).terminating);
    // Up to 1.21 the port does not tell two endpoints apart.
    SliceEndpoint other_port = runs_there;
    other_port.port = 81;
    CHECK(cached_endpoints(kube_proxy_rules({21, 0}, {}), std::vector{ends_here, other_port}).size() == 1);
    CHECK(cached_endpoints(kube_proxy_rules({22, 0}, {}), std::vector{ends_here, other_port}).size() == 2);
}

TEST_CASE("endpoint cache: hints stay out while their gates are off") {
    SliceEndpoint hinted = listed("10.0.0.1", {}, false);
    hinted.zone_hints = {"a"};
    hinted.node_hints = {"n1"};
    const auto cached = [&](int minor, const FeatureGates& gates) {
        return cached_endpoints(kube_proxy_rules({minor, 0}, gates), std::vector{hinted}).front();
    };
    CHECK(cached(23, {}).zone_hints.empty());
    CHECK(cached(24, {}).zone_hints == hinted.zone_hints);
    CHECK(cached(32, {{"TopologyAwareHints", false}}).zone_hints.empty());
    CHECK(cached(33, {}).node_hints.empty());
    CHECK(cached(34, {}).node_hints == hinted.node_hints);
}

TEST_CASE("local ready count: distinct addresses over all ports, never a terminating one (TestHealthCheckNodePort)") {
    const KubeProxyRules rules = kube_proxy_rules({36, 0}, {});
    const EndpointConditions ready{true, true, false};
    const EndpointConditions ending{false, true, true};
    SliceEndpoint second_port = listed("10.0.0.1", ready, true);
    second_port.port = 81;
    // TestHealthCheckNodePortWhenTerminating: three ready and one that is not make one service with local endpoints.
    std::vector<SliceEndpoint> slice{listed("10.0.0.1", ready, true), second_port, listed("10.0.0.2", ready, true),
                                     listed("10.0.0.3", ready, true), listed("10.0.0.4", {false, false, false}, true),
                                     listed("10.0.0.5", ready, false)};
    CHECK(local_ready_count(cached_endpoints(rules, slice)) == 3);
    // All of them end and still serve: traffic flows, and the health port fails.
    for (SliceEndpoint& endpoint : slice) endpoint.conditions = ending;
    CHECK(local_ready_count(cached_endpoints(rules, slice)) == 0);
    // publishNotReadyAddresses keeps what ends ready.
    for (SliceEndpoint& endpoint : slice) endpoint.conditions = {true, true, true};
    CHECK(local_ready_count(cached_endpoints(rules, slice)) == 4);
}
