// SPDX-License-Identifier: Apache-2.0
// The two normative examples of the contract, read as they stand.
#include "lbsim/policy/release.hpp"
#include "sim/io/scenario/reader.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::scenario;

namespace {
Study example(const std::string& name) { return io::read_study(LBSIM_SOURCE_DIR "/scenarios/" + name + ".json"); }
}  // namespace

TEST_CASE("scenario reader: drain_of_a_busy_node reads as the contract says") {
    const Study study = example("drain_of_a_busy_node");
    CHECK(study.name == "drain_of_a_busy_node");
    CHECK(study.question.starts_with("The autoscaler removes a node"));
    REQUIRE(study.variants.size() == 1);
    const Scenario& s = study.variants.front();
    CHECK(s.variant == "default");
    CHECK(s.duration == 10min);
    CHECK(s.seed == 1);
    CHECK(to_string(s.cluster.kubelet) == "1.32.13");
    CHECK(s.cluster.watch_latency == Distribution::fixed(1s));
    REQUIRE(s.cluster.node_pools.size() == 1);
    CHECK(s.cluster.node_pools[0].name == "workers");
    CHECK(s.cluster.node_pools[0].nodes == 10);
    CHECK(s.cluster.node_pools[0].lease_phase == Duration(5s));
    CHECK(s.cluster.node_pools[0].vm_off_delay == 0s);
    CHECK(s.cluster.grace_period == Duration(50s));
    CHECK(s.cluster.node_lifecycle.phase == Duration(0s));
    CHECK(s.cluster.cloud_node_lifecycle.period == 5s);
    CHECK(s.cluster.cloud_node_lifecycle.phase == Duration(2s));

    REQUIRE(s.services.size() == 1);
    const Service& web = s.services[0];
    CHECK(web.name == "web");
    CHECK(web.load_balancer.health_check.interval == 8s);
    CHECK(web.load_balancer.health_check.phase == Duration(0s));
    CHECK(web.load_balancer.on_unhealthy.kind == ConnectionPolicy::Kind::keep);
    CHECK(web.load_balancer.on_remove.kind == ConnectionPolicy::Kind::cut);
    CHECK(web.load_balancer.update_latency == 2s);
    CHECK(web.workload.replicas == 9);
    CHECK(web.workload.nodes.size() == 9);
    CHECK(web.workload.nodes.back() == "workers-9");

    REQUIRE(s.traffic.size() == 1);
    CHECK(s.traffic[0].kind == TrafficKind::population);
    CHECK(s.traffic[0].connections == 1000);
    CHECK(s.traffic[0].lifetime.kind == Distribution::Kind::exponential);
    CHECK(s.traffic[0].lifetime.a == 1h);

    REQUIRE(s.timeline.size() == 1);
    CHECK(s.timeline[0].at == 3s);
    CHECK(s.timeline[0].verb == "autoscaler_scale_down");
    const auto& down = std::get<AutoscalerScaleDown>(s.timeline[0].what);
    CHECK(down.nodes == std::vector<std::string>{"workers-0"});
    CHECK(down.delay_after_taint == Duration(5s));
    CHECK(down.pod_drain == Duration(300s));
    CHECK_FALSE(down.cordon);
}

TEST_CASE("scenario reader: one_node_flaps has four variants of 200 services") {
    const Study study = example("one_node_flaps");
    REQUIRE(study.variants.size() == 4);
    const std::vector<std::string> names{"1.24", "1.26", "1.29 gate off", "1.30"};
    const std::vector<std::string> releases{"1.24.17", "1.26.15", "1.29.15", "1.30.14"};
    for (std::size_t i = 0; i < 4; ++i) {
        const Scenario& s = study.variants[i];
        CHECK(s.variant == names[i]);
        CHECK(s.name == "one_node_flaps");
        CHECK(to_string(s.cluster.service_controller) == releases[i]);
        CHECK(to_string(s.cluster.kube_proxy) == releases[i]);
        CHECK(to_string(s.cluster.kubelet) == releases[i]);
        CHECK(to_string(s.cluster.autoscaler) == releases[i]);
        CHECK(s.cluster.feature_gates.size() == (i == 2 ? 1 : 0));
        REQUIRE(s.services.size() == 200);
        CHECK(s.services.front().name == "web-0");
        CHECK(s.services.back().name == "web-199");
        REQUIRE(s.traffic.size() == 200);
        CHECK(s.traffic[17].service == 17);
        CHECK(s.traffic[17].name == "long");
        CHECK(s.traffic[17].lifetime == Distribution::fixed(std::chrono::hours(24 * 30)));
        CHECK(s.traffic[17].reconnect.kind == Reconnect::Kind::no);
        const auto& flap = std::get<SetReady>(s.timeline.at(0).what);
        CHECK(flap.status == policy::ConditionStatus::unknown);
        CHECK(flap.hold == Duration(60s));
    }
    CHECK_FALSE(study.variants[2].cluster.feature_gates.at("StableLoadBalancerNodeSet"));
}
