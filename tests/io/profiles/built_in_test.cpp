// SPDX-License-Identifier: Apache-2.0
// Every built-in profile reads, lists with its provenance and can be played with both traffic policies.
#include <algorithm>

#include "io/scenario/scenario_file.hpp"
#include "lbsim/scenario/cloud.hpp"
#include "sim/io/profiles/profile.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::scenario;
using namespace lbsim::test;

namespace {

LoadBalancer played(const std::string& profile, const std::string& policy = "Cluster") {
    return changed({{"/services/0/load_balancer", profile}, {"/services/0/externalTrafficPolicy", policy}})
        .variants[0]
        .services[0]
        .load_balancer;
}
CloudApi cloud(const std::string& profile) {
    return changed({{"/cloud/profile", profile}}).variants[0].clouds.at(0);
}
Distribution between(Duration low, Duration high) {
    return {.kind = Distribution::Kind::uniform, .a = low, .b = high, .shape = 0.0, .samples = {}};
}
std::size_t at(CallClass c) { return static_cast<std::size_t>(c); }

}  // namespace

TEST_CASE("profiles: all twenty read, with title, sequence and provenance") {
    const std::vector<std::string> names = io::profile_names();
    REQUIRE(names.size() == 21);
    CHECK(names.front() == "neutral");
    for (const std::string& name : names) {
        INFO(name);
        const io::Profile profile = io::read_profile(name);
        CHECK(profile.name == name);
        CHECK_FALSE(profile.title.empty());
        if (name == "neutral") continue;
        REQUIRE_FALSE(profile.values.empty());
        CHECK(profile.values.front().key == "sequence");
        CHECK(find_call_sequence(profile.values.front().value));
        for (const std::vector<io::SourcedValue>* list : {&profile.values, &profile.facts}) {
            for (const io::SourcedValue& value : *list) {
                INFO(value.key);
                CHECK_FALSE(value.value.empty());
                CHECK_FALSE(value.tag.empty());
                CHECK_FALSE(value.source.empty());
            }
        }
        for (const char* policy : {"Cluster", "Local"}) CHECK(played(name, policy).profile == name);
    }
}

TEST_CASE("profiles: the classic AWS load balancer reads as the specification has it") {
    const LoadBalancer lb = played("aws_clb_ccm");
    CHECK(lb.health_check.target == HealthCheckTarget::node_port);
    CHECK(lb.health_check.interval == 10s);
    CHECK(lb.health_check.timeout == 5s);
    CHECK(lb.health_check.thresholds.unhealthy == 6);
    CHECK(lb.health_check.thresholds.healthy == 2);
    CHECK(lb.health_check.probers == 1);
    CHECK(lb.on_unhealthy.kind == ConnectionPolicy::Kind::cut);
    CHECK(lb.on_remove.kind == ConnectionPolicy::Kind::cut);
    CHECK(lb.all_unhealthy.kind == AllUnhealthyPolicy::Kind::fail_closed);
    CHECK(lb.registration_delay == Distribution::fixed(3s));
    CHECK(lb.limit == TargetLimit{.kind = TargetLimit::Kind::reject, .most = 1000});
    CHECK_FALSE(lb.update_latency);
    const CloudApi api = cloud("aws_clb_ccm");
    CHECK(api.sequence == CallSequence::aws_clb);
    CHECK(api.latency[at(CallClass::instance)] == between(100ms, 500ms));
    REQUIRE(api.quota[at(CallClass::describe)].size() == 1);
    CHECK(api.quota[at(CallClass::describe)][0] ==
          Bucket{.rate = 10, .burst = 40, .when_empty = Bucket::WhenEmpty::throttle});
    CHECK(api.quota[at(CallClass::write)].empty());
    CHECK(api.retry.attempts == 3);
    CHECK(api.retry.cross_request_delay);
}

TEST_CASE("profiles: with externalTrafficPolicy Local the local check and limit hold") {
    const LoadBalancer cluster = played("gcp_ilb_subsetting");
    const LoadBalancer local = played("gcp_ilb_subsetting", "Local");
    CHECK(cluster.health_check.target == HealthCheckTarget::proxy_healthz);
    CHECK(cluster.health_check.interval == 8s);
    CHECK(cluster.health_check.is_shared);
    CHECK(cluster.health_check.probers == 3);
    CHECK(cluster.limit == TargetLimit{.kind = TargetLimit::Kind::subset, .most = 25});
    CHECK(local.health_check.target == HealthCheckTarget::health_check_node_port);
    CHECK(local.health_check.interval == 3s);
    CHECK(local.health_check.thresholds.unhealthy == 2);
    CHECK_FALSE(local.health_check.is_shared);
    CHECK(local.health_check.probers == 3);
    CHECK(local.limit == TargetLimit{.kind = TargetLimit::Kind::subset, .most = 250});
}

TEST_CASE("profiles: a check of Cluster alone holds for Local, too") {
    CHECK(played("aws_alb_albc", "Local").health_check.target == HealthCheckTarget::node_port);
    CHECK(played("aws_alb_albc", "Local").health_check.interval == 15s);
    // What a check of Local leaves out is that of Cluster.
    const LoadBalancer envoy = played("envoy", "Local");
    CHECK(envoy.health_check.target == HealthCheckTarget::health_check_node_port);
    CHECK(envoy.health_check.interval == 2s);
}

TEST_CASE("profiles: a neutral key stays as without a profile") {
    const LoadBalancer katran = played("katran");
    CHECK(katran.health_check.target == HealthCheckTarget::proxy_healthz);
    CHECK(katran.health_check.interval == HealthCheck{}.interval);
    CHECK(katran.limit == TargetLimit{});
    CHECK(played("katran", "Local").health_check.target == HealthCheckTarget::health_check_node_port);
}

TEST_CASE("profiles: the data plane of each kind of load balancer reads") {
    const LoadBalancer nlb = played("aws_nlb_instance_ccm");
    CHECK(nlb.health_check.first_probe_after == between(70s, 120s));
    CHECK(nlb.registration_delay == between(90s, 180s));
    CHECK(nlb.new_flow_lag_after_unhealthy == between(30s, 40s));
    CHECK(nlb.new_flow_lag_after_remove == between(30s, 120s));
    CHECK(played("metallb_l2").admission == Admission::single_owner);
    CHECK(played("metallb_bgp").rehashes_on_change);
    CHECK(played("octavia_amphora").health_check.target == HealthCheckTarget::none);
    CHECK(played("octavia_amphora", "Local").health_check.target == HealthCheckTarget::none);
    CHECK(played("gcp_netlb_rbs").on_remove == ConnectionPolicy{.kind = ConnectionPolicy::Kind::drain, .drain = 30s});
    CHECK(played("azure_slb_nic").on_remove.kind == ConnectionPolicy::Kind::cut_silently);
    CHECK(played("envoy").all_unhealthy.panic_below == 0.5);
}

TEST_CASE("profiles: clouds with locks, operations and back-off read") {
    const CloudApi azure = cloud("azure_slb_nic");
    CHECK(azure.lock == CallLock::account);
    CHECK(azure.operation_time == between(15s, 60s));
    CHECK(azure.poll_every == 10s);
    CHECK(azure.service_time == between(5s, 20s));
    CHECK(azure.retry.attempts == 6);
    CHECK(azure.retry.first_delay == 5s);
    CHECK(azure.retry.factor == 1.5);
    CHECK(azure.retry.jitter == 1.0);
    CHECK(azure.retry.gate_after_throttle > 0s);
    const CloudApi octavia = cloud("octavia_amphora");
    CHECK(octavia.lock == CallLock::load_balancer);
    CHECK(octavia.poll_factor == 1.2);
    CHECK(octavia.poll_limit == 23);
    const CloudApi ocean = cloud("digitalocean");
    CHECK(ocean.quota[call_class_count].size() == 2);
    CHECK(ocean.latency[at(CallClass::write)] == Distribution::fixed(1s));
    CHECK(ocean.latency[at(CallClass::describe)] == between(100ms, 300ms));
    const CloudApi pool = cloud("gcp_netlb_targetpool");
    CHECK(pool.batch == 1000);
    CHECK(pool.create_batch == 200);
    REQUIRE(pool.quota[at(CallClass::poll)].size() == 2);
    CHECK(pool.quota[at(CallClass::poll)][0].when_empty == Bucket::WhenEmpty::wait);
    CHECK(pool.quota[at(CallClass::poll)][1].when_empty == Bucket::WhenEmpty::throttle);
}
