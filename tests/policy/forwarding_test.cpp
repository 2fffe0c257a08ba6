// SPDX-License-Identifier: Apache-2.0
// Where a new external connection may go: the rows of TestCategorizeEndpoints that external traffic meets.
#include <string_view>

#include "lbsim/policy/kube_proxy.hpp"
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
