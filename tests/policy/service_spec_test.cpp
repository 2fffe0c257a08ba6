// SPDX-License-Identifier: Apache-2.0
// Which change of a Service queues it: upstream's TestNeedsUpdate and TestNeedsCleanup, and the releases' differences.
#include <functional>

#include "controller_driver.hpp"
#include "lbsim/policy/service_spec.hpp"
#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
ServiceSpec exposed() {
    ServiceSpec service;
    service.ports = {{.name = "http", .port = 80, .node_port = 30080, .target_port = "8080", .app_protocol = "http"}};
    service.external_ips = {"192.0.2.1", "192.0.2.2"};
    service.annotations = {{"a", "1"}};
    service.uid = "u1";
    return service;
}

/// Both the function and the facts that the controller takes say so.
bool changes(const std::function<void(ServiceSpec&)>& change, const char* release = "1.36") {
    ServiceSpec after = exposed();
    change(after);
    const Release r = release_named(release);
    const bool says_function = needs_update(exposed(), after, r);
    CHECK(says_function == needs_update(after, exposed(), r));
    const ServiceFacts a = facts_of(exposed(), r);
    ServiceFacts b = facts_of(after, r);
    b.needs_cleanup = a.needs_cleanup;
    CHECK(says_function == !(a == b));
    return says_function;
}
}  // namespace

TEST_CASE("needs_update: upstream's table") {
    CHECK(changes([](ServiceSpec& s) { s.type = "ClusterIP"; }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].port = 81; }));
    CHECK(changes([](ServiceSpec& s) { s.external_ips.pop_back(); }));
    CHECK(changes([](ServiceSpec& s) { s.external_ips[1] = "192.0.2.3"; }));
    CHECK(changes([](ServiceSpec& s) { std::swap(s.external_ips[0], s.external_ips[1]); }));
    CHECK(changes([](ServiceSpec& s) { s.uid = "u2"; }));
    CHECK(changes([](ServiceSpec& s) { s.external_traffic_policy = TrafficPolicy::local; }));
    CHECK(changes([](ServiceSpec& s) { s.health_check_node_port = 30123; }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].target_port = "8081"; }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].target_port = "http"; }));
    CHECK_FALSE(changes([](ServiceSpec& s) { s.ports[0].app_protocol = "http"; }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].app_protocol = "https"; }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].app_protocol.reset(); }));
    CHECK(changes([](ServiceSpec& s) { s.ip_family_count = 2; }));
    CHECK_FALSE(changes([](ServiceSpec&) {}));
}

TEST_CASE("needs_update: the other fields that count") {
    CHECK(changes([](ServiceSpec& s) { s.load_balancer_class = "x"; }));
    CHECK(changes([](ServiceSpec& s) { s.load_balancer_source_ranges = {"10.0.0.0/8"}; }));
    CHECK(changes([](ServiceSpec& s) { s.ports.push_back(s.ports[0]); }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].name = "web"; }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].protocol = "UDP"; }));
    CHECK(changes([](ServiceSpec& s) { s.ports[0].node_port = 30081; }));
    CHECK(changes([](ServiceSpec& s) { s.session_affinity = "ClientIP"; }));
    CHECK(changes([](ServiceSpec& s) { s.client_ip_timeout_seconds = 10; }));
    CHECK(changes([](ServiceSpec& s) { s.load_balancer_ip = "192.0.2.9"; }));
    CHECK(changes([](ServiceSpec& s) { s.annotations["b"] = ""; }));
    CHECK_FALSE(changes([](ServiceSpec& s) { s.is_deleting = true; }));
}

TEST_CASE("needs_update: appProtocol, IP families and the class count from the release that took them up") {
    const auto app_protocol = [](ServiceSpec& s) { s.ports[0].app_protocol = "https"; };
    for (const auto* release : {"1.19", "1.22", "1.23.13", "1.24.7", "1.25.3"}) {
        CAPTURE(release);
        CHECK_FALSE(changes(app_protocol, release));
    }
    for (const auto* release : {"1.23.14", "1.24.8", "1.25.4", "1.26.0"}) {
        CAPTURE(release);
        CHECK(changes(app_protocol, release));
    }
    const auto second_family = [](ServiceSpec& s) { s.ip_family_count = 2; };
    CHECK_FALSE(changes(second_family, "1.27"));
    CHECK(changes(second_family, "1.28.0"));
    const auto load_balancer_class = [](ServiceSpec& s) { s.load_balancer_class = "x"; };
    CHECK_FALSE(changes(load_balancer_class, "1.20"));
    CHECK(changes(load_balancer_class, "1.21.0"));
}

TEST_CASE("needs_update: nothing counts in a service that wants no load balancer") {
    ServiceSpec before = exposed();
    before.type = "ClusterIP";
    ServiceSpec after = before;
    after.annotations["b"] = "2";
    CHECK_FALSE(needs_update(before, after, release_named("1.36")));
}

TEST_CASE("needs_cleanup: upstream's table") {
    ServiceSpec service = exposed();
    service.is_deleting = true;
    CHECK_FALSE(needs_cleanup(service));  // no finalizer
    service.has_cleanup_finalizer = true;
    CHECK(needs_cleanup(service));        // deleting
    service.is_deleting = false;
    CHECK_FALSE(needs_cleanup(service));  // still wanted
    service.type = "ClusterIP";
    CHECK(needs_cleanup(service));        // no longer a load balancer
}
