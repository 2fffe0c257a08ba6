// SPDX-License-Identifier: Apache-2.0
// TestCategorizeEndpoints row by row, its history, and the filters of releases before it.
#include "endpoint_notation.hpp"
#include "support/catch.hpp"

using namespace lbsim::policy;
using namespace lbsim::policy::testing;

namespace {
constexpr auto cluster = TrafficPolicy::cluster;
constexpr auto local = TrafficPolicy::local;

enum class Exposure { inside, outside };

ServiceRouting service(TrafficPolicy internal, TrafficPolicy external, Exposure exposure) {
    return {.external = external,
            .internal = internal,
            .is_external = exposure == Exposure::outside,
            .hints_annotation = "auto",
            .topology_keys = {}};
}
const ServiceRouting plain = service(cluster, cluster, Exposure::inside);
const ServiceRouting local_outside = service(cluster, local, Exposure::outside);
const ServiceRouting local_inside = service(local, cluster, Exposure::inside);
const ServiceRouting both_local = service(local, local, Exposure::outside);

struct Row {
    int number;
    ServiceRouting service;
    ProxyNode node;
    const char* endpoints;
    const char* cluster;
    const char* local;
    const char* reachable;
    bool has_any;
};
ProxyNode in_zone(const char* zone) { return {.name = "", .zone = zone, .labels = {}}; }
ProxyNode named(const char* name) { return {.name = name, .zone = "a", .labels = {}}; }
constexpr const char* four_zones = "a[z:a,L] b[z:b,L] c[z:c] d[z:a]";
constexpr const char* four_nodes = "a[z:a,n:1] b[z:b,n:2] c[z:c,n:3] d[z:a,n:4]";

const std::vector<Row> rows{
    {1, plain, in_zone("a"), "a[z:a] b[z:b] c[z:c] d[z:a]", "ad", "-", "ad", true},
    {2, local_outside, in_zone("a"), four_zones, "ad", "ab", "abd", true},
    {3, service(local, cluster, Exposure::outside), in_zone("a"), four_zones, "ad", "ab", "abd", true},
    {4, plain, in_zone(""), "a[z:a]", "a", "-", "a", true},  // 5, an empty label, is the same value here
    {6, plain, in_zone("b"), "a[z:a]", "a", "-", "a", true},
    {7, plain, in_zone("a"), "a[z:a] b[z:b] c[z:c] d[z:a,!]", "a", "-", "a", true},
    {8, plain, in_zone("a"), "a[z:a,!] b[z:b] c[z:c] d[z:a,!]", "bc", "-", "bc", true},
    {9, plain, in_zone("a"), "a[z:a] b[z:b] c d[z:a]", "abcd", "-", "abcd", true},
    {10, plain, in_zone("c"), "a[z:a,z:b,z:c] b[z:b,z:c] c[z:b,z:d] d[z:c]", "abd", "-", "abd", true},
    {15, local_outside, in_zone("a"), "a[z:a,L] b[z:b,L] c[z:a] d[z:b]", "ac", "ab", "abc", true},
    {16, local_inside, {}, "", "-", "", "", false},
    {17, local_inside, {}, "a b", "-", "", "", true},
    {18, local_inside, {}, "a[L] b[L]", "-", "ab", "ab", true},
    {19, local_inside, {}, "a[L] b", "-", "a", "a", true},
    {20, plain, {}, "a[!] b[!]", "", "-", "", false},
    {21, plain, {}, "a[!] b", "b", "-", "b", true},
    {22, plain, {}, "a[T,L] b[T]", "ab", "-", "ab", true},
    {23, service(local, cluster, Exposure::outside), {}, "a[L] b", "ab", "a", "ab", true},
    {24, local_outside, {}, "a[L] b", "ab", "a", "ab", true},
    {25, both_local, {}, "a[L] b", "ab", "a", "ab", true},
    {26, both_local, {}, "a b", "ab", "", "ab", true},
    {27, both_local, {}, "a[T] b[T]", "ab", "", "ab", true},
    {28, local_outside, {}, "a b[!,L] c[T,L] d[T]", "a", "c", "ac", true},
    {29, service(cluster, local, Exposure::inside), {}, "a b[L]", "ab", "-", "ab", true},
    {30, local_inside, {}, "a b[L]", "-", "b", "b", true},
    {31, plain, {}, "", "", "-", "", false},
    {32, plain, in_zone("a"), "a[!]", "", "-", "", false},
};

EndpointLists lists_of(const KubeProxyRules& rules, const Row& row) {
    return categorize_endpoints(rules, row.service, row.node, endpoints_of(row.endpoints));
}

/// The rows that every release has had; `all` are the gates that they were written for.
void check_rows(int minor, const FeatureGates& all) {
    for (const Row& row : rows) {
        CAPTURE(minor, row.number);
        const EndpointLists lists = lists_of(kube_proxy_rules({minor, 0}, all), row);
        const bool is_skipped = minor >= 34 && *row.endpoints == '\0';
        CHECK(letters_of(lists.cluster) == (is_skipped ? "-" : row.cluster));
        CHECK(letters_of(lists.local) == (is_skipped ? "-" : row.local));
        CHECK(letters_of(lists.reachable) == row.reachable);
        CHECK(lists.has_any == row.has_any);
    }
}
}  // namespace

TEST_CASE("categorize: the rows of TestCategorizeEndpoints hold from 1.24 to 1.36") {
    const FeatureGates all{{"ProxyTerminatingEndpoints", true}};
    for (int minor = 24; minor <= 36; ++minor) check_rows(minor, all);
}

TEST_CASE("categorize: rows 11 to 14, same-node hints") {
    const auto lists = [](bool is_on, const char* node, const char* text) {
        const KubeProxyRules rules = kube_proxy_rules({34, 0}, {{"PreferSameTrafficDistribution", is_on}});
        return letters_of(categorize_endpoints(rules, plain, named(node), endpoints_of(text)).cluster);
    };
    CHECK(lists(false, "1", four_nodes) == "ad");  // 11
    CHECK(lists(true, "1", four_nodes) == "a");    // 12
    CHECK(lists(true, "1", "a[z:a,n:1] b c[z:c,n:3] d[z:a,n:4]") == "abcd");  // 13
    CHECK(lists(true, "0", four_nodes) == "ad");   // 14
    for (int minor = 24; minor <= 36; ++minor) {
        const KubeProxyRules rules = kube_proxy_rules({minor, 0}, {});
        CHECK(letters_of(categorize_endpoints(rules, plain, named("1"), endpoints_of(four_nodes)).cluster) ==
              (minor >= 34 ? "a" : "ad"));
    }
}

TEST_CASE("categorize: without the fallback terminating endpoints are in no list and count for nothing") {
    for (const int minor : {24, 25}) {
        const KubeProxyRules rules = kube_proxy_rules({minor, 0}, {});
        const EndpointLists outside = categorize_endpoints(rules, both_local, {}, endpoints_of("a[T,L] b[T]"));
        CHECK(letters_of(outside.cluster).empty());
        CHECK(letters_of(outside.local).empty());
        CHECK_FALSE(outside.has_any);
    }
}

TEST_CASE("categorize: the annotation that allows zone hints") {
    const auto used = [](int minor, const char* annotation) {
        ServiceRouting annotated = plain;
        annotated.hints_annotation = annotation;
        const KubeProxyRules rules = kube_proxy_rules({minor, 0}, {});
        return letters_of(categorize_endpoints(rules, annotated, in_zone("a"), endpoints_of("a[z:a] b[z:b]")).cluster) ==
               "a";
    };
    for (const char* annotation : {"Auto", "auto"}) {
        for (int minor = 24; minor <= 36; ++minor) CHECK(used(minor, annotation));
    }
    for (const char* annotation : {"", "disabled", "Disabled"}) {
        CAPTURE(annotation);
        for (int minor = 19; minor <= 30; ++minor) CHECK_FALSE(used(minor, annotation));
        for (int minor = 31; minor <= 36; ++minor) CHECK(used(minor, annotation));
    }
    CHECK_FALSE(used(26, "PreferZone"));
    CHECK(used(27, "PreferZone"));
    CHECK_FALSE(used(23, "auto"));  // the gate is off by default
}

TEST_CASE("categorize: which annotation is read") {
    const auto resolved = [](int minor, std::optional<std::string> aware, std::optional<std::string> mode) {
        return hints_annotation(kube_proxy_rules({minor, 0}, {}), aware, mode);
    };
    CHECK(resolved(26, std::nullopt, "Auto").empty());
    CHECK(resolved(27, std::nullopt, "Auto") == "Auto");
    CHECK(resolved(27, "Disabled", "Auto") == "Disabled");
    CHECK(resolved(26, "Auto", std::nullopt) == "Auto");
}

TEST_CASE("categorize: a node without a zone has a mode from 1.33 on only, and only for an empty hint") {
    const auto endpoints = endpoints_of("a[z:] b[z:b]");
    CHECK(letters_of(categorize_endpoints(kube_proxy_rules({32, 0}, {}), plain, {}, endpoints).cluster) == "ab");
    CHECK(letters_of(categorize_endpoints(kube_proxy_rules({33, 0}, {}), plain, {}, endpoints).cluster) == "a");
}

TEST_CASE("filter before 1.24: hints of unready endpoints count up to 1.22") {
    const FeatureGates on{{"TopologyAwareHints", true}};
    const auto cluster_of = [&](int minor, const char* text) {
        return letters_of(
            categorize_endpoints(kube_proxy_rules({minor, 5}, on), plain, in_zone("a"), endpoints_of(text)).cluster);
    };
    for (const int minor : {21, 22, 23}) CHECK(cluster_of(minor, "a[z:a] b[z:b]") == "a");
    // The only hint for this zone is on an endpoint that is not ready: nobody is left, or, from 1.23, all are.
    CHECK(cluster_of(22, "a[z:a,!] b[z:b]").empty());
    CHECK(cluster_of(23, "a[z:a,!] b[z:b]") == "b");
    // An unready endpoint without hint calls the hints off, or, from 1.23, does not.
    CHECK(cluster_of(21, "a[z:a] b[z:b] c[!]") == "ab");
    CHECK(cluster_of(23, "a[z:a] b[z:b] c[!]") == "a");
}

TEST_CASE("filter before 1.24: an internal policy Local holds for traffic from outside too") {
    const ServiceRouting internal = service(local, cluster, Exposure::outside);
    for (const int minor : {22, 23}) {
        const EndpointLists lists =
            categorize_endpoints(kube_proxy_rules({minor, 5}, {}), internal, {}, endpoints_of("a[L] b"));
        CHECK(letters_of(lists.cluster) == "a");
        CHECK(letters_of(lists.local) == "-");
    }
    CHECK(letters_of(categorize_endpoints(kube_proxy_rules({24, 0}, {}), internal, {}, endpoints_of("a[L] b")).cluster) ==
          "ab");
    // Under an external policy Local the filter lets everything through.
    const EndpointLists lists =
        categorize_endpoints(kube_proxy_rules({23, 0}, {}), both_local, {}, endpoints_of("a[L] b"));
    CHECK(letters_of(lists.cluster) == "ab");
    CHECK(letters_of(lists.local) == "a");
}

TEST_CASE("filter before 1.22: topologyKeys take the first key that somebody shares") {
    const KubeProxyRules rules = kube_proxy_rules({20, 0}, {{"ServiceTopology", true}});
    ServiceRouting keyed = plain;
    keyed.topology_keys = {"host", "zone"};
    auto endpoints = endpoints_of("a b c");
    endpoints[0].topology = {{"host", "h1"}, {"zone", "z1"}};
    endpoints[1].topology = {{"host", "h2"}, {"zone", "z1"}};
    endpoints[2].topology = {{"host", "h3"}, {"zone", "z2"}};
    const auto used = [&](const ServiceRouting& routing, std::map<std::string, std::string> labels) {
        const ProxyNode node{.name = "", .zone = "", .labels = std::move(labels)};
        return letters_of(categorize_endpoints(rules, routing, node, endpoints).cluster);
    };
    CHECK(used(keyed, {{"host", "h2"}, {"zone", "z1"}}) == "b");
    CHECK(used(keyed, {{"host", "h9"}, {"zone", "z1"}}) == "ab");
    CHECK(used(keyed, {{"zone", "z2"}}) == "c");
    CHECK(used(keyed, {{"zone", "z9"}}).empty());
    CHECK(used(keyed, {}).empty());
    CHECK(used(plain, {{"zone", "z9"}}) == "abc");
    keyed.topology_keys.push_back("*");
    CHECK(used(keyed, {{"zone", "z9"}}) == "abc");
    CHECK(used(keyed, {}) == "abc");
    keyed.external = local;
    CHECK(used(keyed, {{"zone", "z2"}}) == "abc");  // mutually exclusive with the policy Local
}

TEST_CASE("external policy: Local counts for types that take traffic from outside") {
    const auto counts = [](int minor, ServiceType type, ExternalIps ips) {
        return external_policy(kube_proxy_rules({minor, 0}, {}), local, type, ips) == local;
    };
    for (const int minor : {19, 24, 28, 29, 36}) {
        CHECK(counts(minor, ServiceType::load_balancer, ExternalIps::none));
        CHECK(counts(minor, ServiceType::node_port, ExternalIps::none));
        CHECK_FALSE(counts(minor, ServiceType::cluster_ip, ExternalIps::none));
        CHECK(counts(minor, ServiceType::cluster_ip, ExternalIps::some) == (minor >= 29));
    }
}
