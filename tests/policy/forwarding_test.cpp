// SPDX-License-Identifier: Apache-2.0
// Where a new external connection may go: the rows of TestCategorizeEndpoints that external traffic meets.
#include "lbsim/policy/endpoint_selection.hpp"

#include <string_view>

#include "support/catch.hpp"

using namespace lbsim::policy;
using Indices = std::vector<std::uint32_t>;

namespace {
/// Endpoints by letters: lower case elsewhere, upper case on this node.
/// r ready, t serving and terminating, x neither.
std::vector<EndpointView> endpoints(std::string_view letters) {
    std::vector<EndpointView> result;
    for (const char c : letters) {
        EndpointView e;
        e.ready = c == 'r' || c == 'R';
        e.terminating = c == 't' || c == 'T';
        e.serving = e.ready || e.terminating;
        e.is_local = c == 'R' || c == 'X' || c == 'T';
        result.push_back(e);
    }
    return result;
}

struct Expected {
    ForwardingVerdict verdict;
    Indices endpoints;
};

void check(const KubeProxyRules& rules, TrafficPolicy policy, std::string_view letters, const Expected& expected) {
    CAPTURE(std::string(letters));
    const auto decision = external_forwarding(rules, policy, endpoints(letters));
    CHECK(decision.verdict == expected.verdict);
    CHECK(decision.endpoints == expected.endpoints);
}

constexpr auto forward = ForwardingVerdict::forward;
constexpr auto drop = ForwardingVerdict::drop;
constexpr auto reject = ForwardingVerdict::reject;
const KubeProxyRules modern = kube_proxy_rules({30, 0}, {});
const KubeProxyRules without_fallback = kube_proxy_rules({24, 0}, {});
}  // namespace

TEST_CASE("forwarding: Cluster policy takes every ready endpoint (rows 20 to 22)") {
    check(modern, TrafficPolicy::cluster, "xx", {reject, {}});       // 20
    check(modern, TrafficPolicy::cluster, "xr", {forward, {1}});     // 21
    check(modern, TrafficPolicy::cluster, "Tt", {forward, {0, 1}});  // 22
    check(modern, TrafficPolicy::cluster, "", {reject, {}});         // 31
    check(modern, TrafficPolicy::cluster, "Rr", {forward, {0, 1}});  // 23: external list under eTP Cluster
}

TEST_CASE("forwarding: a ready endpoint keeps terminating ones out") {
    check(modern, TrafficPolicy::cluster, "tr", {forward, {1}});
    check(modern, TrafficPolicy::local, "TR", {forward, {1}});
}

TEST_CASE("forwarding: Local policy takes local endpoints (rows 24 to 28)") {
    check(modern, TrafficPolicy::local, "Rr", {forward, {0}});    // 24, 25: L = {a}
    check(modern, TrafficPolicy::local, "rr", {drop, {}});        // 26: L empty, endpoints elsewhere
    check(modern, TrafficPolicy::local, "tt", {drop, {}});        // 27: only serving terminating ones elsewhere
    check(modern, TrafficPolicy::local, "rXTt", {forward, {2}});  // 28: the local serving terminating one
    check(modern, TrafficPolicy::local, "RRrr", {forward, {0, 1}});  // 2: topology never cuts the local list
}

TEST_CASE("forwarding: nothing usable anywhere is rejected, not dropped") {
    check(modern, TrafficPolicy::local, "xX", {reject, {}});
    check(modern, TrafficPolicy::local, "", {reject, {}});
}

TEST_CASE("forwarding: a terminating endpoint that stopped serving is no fallback") {
    std::vector<EndpointView> ended(1);
    ended[0].terminating = true;
    ended[0].is_local = true;
    CHECK(external_forwarding(modern, TrafficPolicy::local, ended).verdict == reject);
    CHECK(external_forwarding(modern, TrafficPolicy::cluster, ended).verdict == reject);
}

TEST_CASE("forwarding: before the fallback terminating endpoints get nothing") {
    check(without_fallback, TrafficPolicy::cluster, "Tt", {reject, {}});
    check(without_fallback, TrafficPolicy::local, "T", {reject, {}});
    check(without_fallback, TrafficPolicy::local, "Tr", {drop, {}});   // the black hole of KEP-1669
    check(without_fallback, TrafficPolicy::local, "tt", {reject, {}}); // they do not count as endpoints elsewhere
    check(without_fallback, TrafficPolicy::local, "Rr", {forward, {0}});
}

namespace {
/// Every list of up to three endpoints, each in one of six states.
std::vector<std::vector<ProxyEndpoint>> all_small_lists() {
    std::vector<std::vector<ProxyEndpoint>> lists{{}};
    for (std::size_t begin = 0, size = 1; size <= 3; ++size) {
        const std::size_t end = lists.size();
        for (std::size_t i = begin; i < end; ++i) {
            for (const char letter : std::string_view("rxtRXT")) {
                std::vector<ProxyEndpoint> longer = lists[i];
                ProxyEndpoint endpoint;
                endpoint.ip = "10.0.0." + std::to_string(size);
                endpoint.port = 80;
                endpoint.view = endpoints(std::string_view(&letter, 1)).front();
                longer.push_back(endpoint);
                lists.push_back(longer);
            }
        }
        begin = end;
    }
    return lists;
}

ForwardingDecision by_lists(const KubeProxyRules& rules, ProxyMode mode, TrafficPolicy policy,
                            const std::vector<ProxyEndpoint>& endpoints) {
    ServiceRouting service;
    service.external = policy;
    service.is_external = true;
    return external_decision(rules, mode, policy, categorize_endpoints(rules, service, {}, endpoints));
}
}  // namespace

TEST_CASE("forwarding: the simulator's short way is what the lists say, for every small set of endpoints") {
    const auto lists = all_small_lists();
    CHECK(lists.size() == 1 + 6 + 36 + 216);
    for (int minor = 19; minor <= 36; ++minor) {
        for (const bool gate : {false, true}) {
            const KubeProxyRules rules = kube_proxy_rules({minor, 4}, {{"ProxyTerminatingEndpoints", gate}});
            for (const auto policy : {TrafficPolicy::cluster, TrafficPolicy::local}) {
                for (const auto& list : lists) {
                    std::vector<EndpointView> views;
                    for (const ProxyEndpoint& endpoint : list) {
                        // Up to 1.20 the cache holds ready endpoints only; the short way is told of all.
                        if (rules.caches_only_ready && !endpoint.view.ready) continue;
                        views.push_back(endpoint.view);
                    }
                    std::vector<ProxyEndpoint> cached;
                    for (const ProxyEndpoint& endpoint : list) {
                        if (!rules.caches_only_ready || endpoint.view.ready) cached.push_back(endpoint);
                    }
                    for (const auto mode : {ProxyMode::iptables, ProxyMode::nftables}) {
                        if (external_forwarding(rules, policy, views) != by_lists(rules, mode, policy, cached)) {
                            CAPTURE(minor, gate, policy == TrafficPolicy::local, list.size());
                            FAIL("the short way differs");
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("forwarding: what finds no local endpoint, by mode and release") {
    const auto verdict = [](int minor, ProxyMode mode, TrafficPolicy policy, bool is_ready) {
        ProxyEndpoint elsewhere;
        elsewhere.ip = "10.0.0.1";
        elsewhere.view = {.ready = is_ready, .serving = is_ready, .terminating = false, .is_local = false};
        return by_lists(kube_proxy_rules({minor, 4}, {}), mode, policy, {elsewhere}).verdict;
    };
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        CHECK(verdict(minor, ProxyMode::iptables, TrafficPolicy::local, true) == drop);
        CHECK(verdict(minor, ProxyMode::iptables, TrafficPolicy::local, false) == reject);
        CHECK(verdict(minor, ProxyMode::nftables, TrafficPolicy::local, true) == drop);
        CHECK(verdict(minor, ProxyMode::ipvs, TrafficPolicy::local, true) == (minor >= 24 ? drop : reject));
        CHECK(verdict(minor, ProxyMode::ipvs, TrafficPolicy::local, false) == reject);
        for (const auto mode : {ProxyMode::iptables, ProxyMode::ipvs, ProxyMode::nftables}) {
            CHECK(verdict(minor, mode, TrafficPolicy::cluster, true) == forward);
            CHECK(verdict(minor, mode, TrafficPolicy::cluster, false) == reject);
        }
    }
}

TEST_CASE("forwarding: at 1.22.0 to 1.22.3 unready endpoints keep the REJECT away") {
    ProxyEndpoint unready;
    unready.ip = "10.0.0.1";
    for (const auto policy : {TrafficPolicy::cluster, TrafficPolicy::local}) {
        CHECK(by_lists(kube_proxy_rules({22, 3}, {}), ProxyMode::iptables, policy, {unready}).verdict == drop);
        CHECK(by_lists(kube_proxy_rules({22, 4}, {}), ProxyMode::iptables, policy, {unready}).verdict == reject);
    }
}

TEST_CASE("forwarding: TestTerminatingEndpointsTrafficPolicyLocal and Cluster") {
    // Local: ready ones here; terminating ones here though a ready one is elsewhere; only terminating ones elsewhere;
    // nobody serves.
    check(modern, TrafficPolicy::local, "RRTXr", {forward, {0, 1}});
    check(modern, TrafficPolicy::local, "TTXr", {forward, {0, 1}});
    check(modern, TrafficPolicy::local, "t", {drop, {}});
    check(modern, TrafficPolicy::local, "Xx", {reject, {}});
    // Cluster: ready ones anywhere; terminating ones only where nobody is ready.
    check(modern, TrafficPolicy::cluster, "RRTXr", {forward, {0, 1, 4}});
    check(modern, TrafficPolicy::cluster, "TTXt", {forward, {0, 1, 3}});
    check(modern, TrafficPolicy::cluster, "TXr", {forward, {2}});
    check(modern, TrafficPolicy::cluster, "Xx", {reject, {}});
}
