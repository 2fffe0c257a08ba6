// SPDX-License-Identifier: Apache-2.0
// Health ports of services: TestServer, TestServerWithSelectiveListeningAddress, bodies, and kept connections.
#include "lbsim/policy/service_health.hpp"

#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
KubeProxyRules rules_of(int minor) { return kube_proxy_rules({minor, 0}, {}); }
const ServiceName first{"ns1", "first"};
const ServiceName second_{"ns2", "second"};
const ServiceName third{"ns3", "third"};
const ServiceName fourth{"ns4", "fourth"};

/// Status of the service's port, 0 where nobody listens.
int status(const ServiceHealthServer& server, const ServiceName& service, bool proxy_is_healthy = true) {
    const auto answer = server.answer(service, proxy_is_healthy);
    return answer ? answer->status : 0;
}
bool tells(const ServiceHealthServer& server, const ServiceName& service, std::uint32_t count, bool healthy = true) {
    return server.answer(service, healthy).value().body.find("\"localEndpoints\": " + std::to_string(count)) !=
           std::string::npos;
}
}  // namespace

TEST_CASE("service health server: TestServer, one service") {
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        ServiceHealthServer server(rules_of(minor));
        server.sync_services({});
        CHECK(server.size() == 0);
        server.sync_endpoints({{first, 18}});  // an unknown service is dropped
        CHECK(server.size() == 0);
        CHECK(server.sync_services({{first, 9376}}) == HealthPortChanges{{}, {first}, {}});
        CHECK(server.port_of(first) == 9376);
        CHECK(status(server, first) == 503);
        for (const std::uint32_t count : {18U, 0U, 11U}) {
            server.sync_endpoints({{first, count}});
            CHECK(status(server, first) == (count > 0 ? 200 : 503));
            CHECK(tells(server, first, count));
        }
        server.sync_endpoints({});
        CHECK(status(server, first) == 503);
        CHECK(tells(server, first, 0));
        server.sync_endpoints({{first, 18}});
        CHECK(status(server, first) == 200);
        CHECK(server.sync_services({}) == HealthPortChanges{{first}, {}, {}});
        CHECK(status(server, first) == 0);
    }
}

TEST_CASE("service health server: TestServer, services that move, and the proxy's own health") {
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        const bool reads_proxy = minor >= 27;
        ServiceHealthServer server(rules_of(minor));
        server.sync_services({{first, 9376}, {second_, 12909}, {third, 11113}});
        for (const ServiceName& service : {first, second_, third}) CHECK(status(server, service) == 503);
        server.sync_endpoints({{first, 9}, {second_, 3}, {third, 7}});
        for (const ServiceName& service : {first, second_, third}) CHECK(status(server, service) == 200);
        const HealthPortChanges moved = server.sync_services({{second_, 12909}, {third, 11114}, {fourth, 11878}});
        CHECK(moved == HealthPortChanges{{first, third}, {third, fourth}, {}});
        CHECK(status(server, first) == 0);
        CHECK(tells(server, second_, 3));
        CHECK(status(server, third) == 503);
        CHECK(status(server, fourth) == 503);
        server.sync_endpoints({{first, 9}, {second_, 3}, {third, 7}, {fourth, 6}});
        for (const ServiceName& service : {second_, third, fourth}) CHECK(status(server, service) == 200);
        server.sync_endpoints({{third, 7}, {fourth, 6}});
        CHECK(status(server, second_) == 503);
        // The proxy is unhealthy: the counts are told all the same.
        CHECK(status(server, second_, false) == 503);
        CHECK(status(server, third, false) == (reads_proxy ? 503 : 200));
        CHECK(tells(server, second_, 0, false));
        CHECK(tells(server, third, 7, false));
        CHECK(tells(server, fourth, 6, false));
        CHECK(status(server, third) == 200);
    }
}

TEST_CASE("service health server: bodies and headers by release") {
    const auto answer_of = [](int minor, bool healthy) {
        ServiceHealthServer server(rules_of(minor));
        server.sync_services({{first, 9376}});
        server.sync_endpoints({{first, 2}});
        return server.answer(first, healthy).value();
    };
    using Headers = std::vector<std::pair<std::string, std::string>>;
    const Headers plain{{"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}};
    Headers weighted = plain;
    weighted.emplace_back("X-Load-Balancing-Endpoint-Weight", "2");
    for (int minor = 19; minor <= 36; ++minor) {
        CAPTURE(minor);
        for (const bool healthy : {true, false}) {
            const HttpAnswer answer = answer_of(minor, healthy);
            const std::string health = healthy ? "true" : "false";
            CHECK(answer.body == "{\n\t\"service\": {\n\t\t\"namespace\": \"ns1\",\n\t\t\"name\": \"first\"\n\t},\n"
                                 "\t\"localEndpoints\": 2" +
                                     (minor >= 27 ? ",\n\t\"serviceProxyHealthy\": " + health : "") + "\n}");
            CHECK(answer.headers == (minor >= 28 ? weighted : plain));
        }
    }
}

TEST_CASE("service health server: up to 1.26 a kept connection outlives its port") {
    for (const int minor : {19, 26}) {
        CAPTURE(minor);
        ServiceHealthServer server(rules_of(minor));
        server.sync_services({{first, 9376}});
        server.sync_endpoints({{first, 1}});
        server.sync_services({});
        CHECK(server.answer_on_kept_connection(first, true) == HttpAnswer{});  // 200, empty, no header of its own
        server.sync_services({{first, 9377}});  // another port of the same service answers on the old connection
        CHECK(server.answer_on_kept_connection(first, true).value().status == 503);
        server.sync_endpoints({{first, 1}});
        CHECK(server.answer_on_kept_connection(first, true).value().status == 200);
    }
    ServiceHealthServer later(rules_of(27));
    later.sync_services({{first, 9376}});
    later.sync_services({});
    CHECK_FALSE(later.answer_on_kept_connection(first, true));
}

TEST_CASE("service health server: a port that somebody else holds is tried again at the next sync") {
    ServiceHealthServer server(rules_of(30));
    CHECK(server.sync_services({{first, 9376}}, {9376}) == HealthPortChanges{{}, {}, {first}});
    CHECK(status(server, first) == 0);
    CHECK(server.sync_services({{first, 9376}}) == HealthPortChanges{{}, {first}, {}});
    // Two services with one port: the first by name. A port freed in a sync can be taken in the same.
    CHECK(server.sync_services({{first, 9376}, {second_, 9376}}) == HealthPortChanges{{}, {}, {second_}});
    CHECK(server.sync_services({{second_, 9376}}) == HealthPortChanges{{first}, {second_}, {}});
}

TEST_CASE("service health port: only a load balancer under Local with a port number has one") {
    const HealthPortFacts wanted{ServiceType::load_balancer, TrafficPolicy::local, 30000};
    CHECK(service_health_port(wanted) == 30000);
    for (const auto type : {ServiceType::cluster_ip, ServiceType::node_port, ServiceType::external_name}) {
        CHECK_FALSE(service_health_port({type, TrafficPolicy::local, 30000}));
    }
    CHECK_FALSE(service_health_port({ServiceType::load_balancer, TrafficPolicy::cluster, 30000}));
    CHECK_FALSE(service_health_port({ServiceType::load_balancer, TrafficPolicy::local, 0}));
}

TEST_CASE("service health port: TestServerWithSelectiveListeningAddress") {
    using Listeners = std::vector<HealthListener>;
    const NodePortAddresses one{.match_all = false, .ips = {"192.0.2.1"}};
    const NodePortAddresses several{.match_all = false, .ips = {"2001:db8::1", "192.0.2.1"}};
    const auto v4 = IpFamily::ipv4;
    CHECK(health_listeners(rules_of(22), 9376, v4, one) == Listeners{{"tcp", ":9376"}});
    for (const int minor : {23, 27, 28, 35}) {
        CHECK(health_listeners(rules_of(minor), 9376, v4, one) == Listeners{{"tcp", "192.0.2.1:9376"}});
    }
    CHECK(health_listeners(rules_of(30), 9376, v4, several) ==
          Listeners{{"tcp", "192.0.2.1:9376"}, {"tcp", "[2001:db8::1]:9376"}});
    CHECK(health_listeners(rules_of(27), 9376, v4, {}) == Listeners{{"tcp", ":9376"}});
    CHECK(health_listeners(rules_of(28), 9376, v4, {}) == Listeners{{"tcp", "0.0.0.0:9376"}});
    // Nothing matches: every address up to 1.27, none from 1.28 on.
    CHECK(health_listeners(rules_of(27), 9376, v4, {.match_all = false, .ips = {}}) == Listeners{{"tcp", ":9376"}});
    CHECK(health_listeners(rules_of(28), 9376, v4, {.match_all = false, .ips = {}}).empty());
}

TEST_CASE("service health port: both families ask for one socket up to 1.35 and for their own from 1.36 on") {
    for (const int minor : {22, 27, 35}) {
        CHECK(health_listeners(rules_of(minor), 1, IpFamily::ipv4, {}) ==
              health_listeners(rules_of(minor), 1, IpFamily::ipv6, {}));
    }
    CHECK(health_listeners(rules_of(36), 1, IpFamily::ipv4, {}) ==
          std::vector<HealthListener>{{"tcp4", "0.0.0.0:1"}});
    CHECK(health_listeners(rules_of(36), 1, IpFamily::ipv6, {}) == std::vector<HealthListener>{{"tcp6", "[::]:1"}});
}
