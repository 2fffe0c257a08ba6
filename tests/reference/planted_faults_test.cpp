// SPDX-License-Identifier: Apache-2.0
// The reference mode must notice faults of the streamed data plane: each is planted in what the fast path reads only.
#include <functional>
#include <string>

#include "lbsim/core/time.hpp"
#include "models/cloud/target_health.hpp"
#include "models/traffic/reference/replay.hpp"
#include "models/traffic/traffic.hpp"
#include "sim/study/run/control_plane.hpp"
#include "sim/study/run/result.hpp"
#include "sim/study/run/streamed.hpp"
#include "support/catch.hpp"

namespace lbsim {
namespace {

using history::History;
using scenario::RunResult;

scenario::RollingUpgrade in_place_upgrade() {
    scenario::RollingUpgrade upgrade;
    upgrade.pool = "workers";
    upgrade.mode = scenario::UpgradeMode::in_place;
    upgrade.max_surge = 0;
    upgrade.max_unavailable = 1;
    upgrade.taint_first = true;
    upgrade.reboot_time = 20s;
    return upgrade;
}

/// An in-place upgrade of four nodes under two services, with nodes that join meanwhile so that the tainted one leaves
/// the set; all knobs in use, times in whole seconds so that ties are common.
scenario::Scenario small_upgrade() {
    const policy::Release release = *policy::parse_release("1.30").release;
    scenario::Scenario s;
    s.name = "small_upgrade";
    s.duration = 300s;
    s.seed = 7;
    s.cluster.service_controller = s.cluster.kube_proxy = s.cluster.kubelet = s.cluster.autoscaler = release;
    s.cluster.watch_latency = scenario::Distribution::fixed(1s);
    scenario::NodePool pool;
    pool.name = "workers";
    pool.nodes = 4;
    pool.boot_time = 20s;
    pool.lease_phase = 0s;
    s.cluster.node_pools.push_back(pool);
    for (const char* name : {"cut", "drain"}) {
        scenario::Service service;
        service.name = name;
        service.load_balancer.health_check.interval = 4s;
        service.load_balancer.health_check.phase = 3s;  // a probe at 11 s, when the first taint is seen
        service.load_balancer.health_check.thresholds = {.unhealthy = 2, .healthy = 1};
        service.load_balancer.on_unhealthy.kind = scenario::ConnectionPolicy::Kind::cut;
        service.load_balancer.on_remove = {.kind = scenario::ConnectionPolicy::Kind::drain, .drain = 3s};
        service.load_balancer.update_latency = 2s;
        service.workload.replicas = 3;
        service.workload.pre_stop = 10s;
        s.services.push_back(service);
    }
    s.services[1].load_balancer.on_unhealthy.kind = scenario::ConnectionPolicy::Kind::keep;
    s.services[1].workload.pre_stop = 4s;  // its pods exit before their machine goes off
    for (std::uint32_t i = 0; i < 2; ++i) {
        scenario::Traffic open;
        open.name = "open" + std::to_string(i);
        open.service = i;
        open.arrivals_per_second = 20.0;
        open.lifetime = scenario::Distribution::fixed(7s);
        s.traffic.push_back(open);
        scenario::Traffic population = open;
        population.name = "population" + std::to_string(i);
        population.kind = scenario::TrafficKind::population;
        population.connections = 50;
        population.lifetime = scenario::Distribution::fixed(60s);
        population.reconnect.kind = scenario::Reconnect::Kind::at_once;
        s.traffic.push_back(population);
    }
    s.timeline.push_back({.at = 10s,
                          .verb = "rolling_upgrade",
                          .what = in_place_upgrade(),
                          .repeat = {}});
    s.timeline.push_back({.at = 21s,  // registered at 41 s, when the second node is tainted and still drains
                          .verb = "add_nodes",
                          .what = scenario::AddNodes{.pool = "workers", .count = 1, .boot_time = {}, .ready_after = {}},
                          .repeat = {}});
    return s;
}

const scenario::Scenario& the_scenario() {
    static const scenario::Scenario s = small_upgrade();
    return s;
}

/// One control plane per process: SimGrid's engine runs once.
const History& the_history() {
    static const History history = study::run_control_plane(the_scenario(), {});
    return history;
}

RunResult result_of(traffic::DataPlane plane) {
    return study::make_result(the_history(), std::move(plane), the_scenario(), {});
}

const RunResult& the_reference() {
    static const RunResult result =
        result_of(traffic::reference::replay(the_history(), the_scenario(), 0, Duration{1s}));
    return result;
}

/// The first thing in which two results differ; empty where they are equal.
std::string difference(const RunResult& a, const RunResult& b) {
    for (std::size_t m = 0; m < scenario::metric_count; ++m) {
        const auto metric = static_cast<scenario::Metric>(m);
        if (a.metrics[metric] != b.metrics[metric]) return "metric " + std::string(info(metric).name);
    }
    if (a.targets.size() != b.targets.size()) return "number of target changes";
    for (std::size_t i = 0; i < a.targets.size(); ++i) {
        if (a.targets[i].t != b.targets[i].t || a.targets[i].to != b.targets[i].to) return "target change " + std::to_string(i);
    }
    if (a.events.size() != b.events.size()) return "number of events";
    for (std::size_t i = 0; i < a.events.size(); ++i) {
        if (a.events[i].t != b.events[i].t || a.events[i].cause != b.events[i].cause) return "event " + std::to_string(i);
    }
    if (a.lost_connections.size() != b.lost_connections.size()) return "number of lost connections";
    for (std::size_t i = 0; i < a.lost_connections.size(); ++i) {
        const scenario::LostConnection& x = a.lost_connections[i];
        const scenario::LostConnection& y = b.lost_connections[i];
        if (x.t != y.t || x.slot != y.slot || x.k != y.k || x.cause != y.cause || x.cause_event != y.cause_event ||
            x.age != y.age || x.first_hop != y.first_hop || x.endpoint != y.endpoint) {
            return "lost connection " + std::to_string(i);
        }
    }
    for (std::size_t i = 0; i < a.bins.size(); ++i) {
        if (a.bins[i].completed != b.bins[i].completed || a.bins[i].new_ok != b.bins[i].new_ok ||
            a.bins[i].healthy_targets != b.bins[i].healthy_targets) {
            return "bin " + std::to_string(i);
        }
    }
    return {};
}

std::string caught(const std::function<void(History&)>& fault) {
    History faulty = the_history();
    fault(faulty);
    return difference(result_of(study::run_streamed(faulty, the_scenario(), {})), the_reference());
}

history::MachineSpan& first_off(History& h) {
    for (history::NodeHistory& node : h.nodes) {
        for (history::MachineSpan& life : node.machine) {
            if (life.off != never) return life;
        }
    }
    FAIL("no machine went off");
    return h.nodes.front().machine.front();
}

}  // namespace

TEST_CASE("planted faults: without one, the streamed data plane equals the reference") {
    CHECK(difference(result_of(study::run_streamed(the_history(), the_scenario(), {})), the_reference()).empty());
    // The scenario is worth comparing: every kind of loss that it can produce is there.
    const scenario::Metrics& m = the_reference().metrics;
    using scenario::Metric;
    for (const Metric metric : {Metric::dropped_vm_off, Metric::dropped_target_unhealthy, Metric::dropped_pod_killed,
                                Metric::dropped_drain_timeout,
                                Metric::connections_completed, Metric::reconnects_peak_per_s}) {
        INFO(info(metric).name);
        CHECK(m[metric].value_or(0) > 0);
    }
}

TEST_CASE("planted faults: a machine that goes off a microsecond late is caught") {
    CHECK_FALSE(caught([](History& h) { first_off(h).off += Duration{1}; }).empty());
}

TEST_CASE("planted faults: a machine that goes off a microsecond early is caught") {
    CHECK_FALSE(caught([](History& h) { first_off(h).off -= Duration{1}; }).empty());
}

TEST_CASE("planted faults: a loss with another cause event is caught") {
    CHECK_FALSE(caught([](History& h) { first_off(h).off_event = EventId{0u}; }).empty());
}

TEST_CASE("planted faults: a pod that exits a microsecond late is caught") {
    CHECK_FALSE(caught([](History& h) {
                    for (history::PodHistory& pod : h.pods) {
                        for (history::ServingSpan& span : pod.serving) {
                            if (span.to != never) span.to += Duration{1};
                        }
                    }
                }).empty());
}

TEST_CASE("planted faults: a health answer that loses the tie with a probe is caught") {
    // The answer changes at a whole second, and so does a probe; a microsecond later the probe would come first.
    CHECK_FALSE(caught([](History& h) {
                    for (history::NodeHistory& node : h.nodes) {
                        for (history::HealthzChange& change : node.healthz) change.t += Duration{1};
                    }
                }).empty());
}

TEST_CASE("planted faults: a load balancer set that changes a microsecond late is caught") {
    CHECK_FALSE(caught([](History& h) {
                    for (history::ServiceHistory& service : h.services) {
                        for (std::size_t i = 1; i < service.sets.size(); ++i) service.sets[i].t += Duration{1};
                    }
                }).empty());
}

TEST_CASE("planted faults: rules that are written a second early are caught") {
    CHECK_FALSE(caught([](History& h) {
                    for (history::ServiceHistory& service : h.services) {
                        for (std::size_t i = 1; i < service.view.size(); ++i) service.view[i].t -= 1s;
                    }
                }).empty());
}

TEST_CASE("planted faults: an endpoint that is never seen ready is caught") {
    CHECK_FALSE(caught([](History& h) {
                    for (history::ServiceHistory& service : h.services) {
                        for (history::EndpointChange& change : service.endpoints) {
                            if (change.t > time_zero) change.ready = false;
                        }
                    }
                }).empty());
}

namespace {

/// Streams one service with its load balancer's timeline changed in between.
std::string caught_in_targets(const std::function<void(history::TargetTimeline&)>& fault) {
    const scenario::Scenario& scenario = the_scenario();
    traffic::DataPlane plane = study::run_streamed(the_history(), scenario, {});
    const RunResult right = result_of(std::move(plane));
    const ServiceId service{0u};
    const history::Forwarding forwarding(the_history(), service, scenario.services[0].external_traffic_policy);
    const auto stream = [&](bool with_fault) {
        history::TargetTimeline targets = cloud::resolve_targets(the_history(), scenario, service, forwarding, 0, 0);
        if (with_fault) fault(targets);
        const traffic::Path path(the_history(), targets, forwarding);
        traffic::Tally tally(scenario.duration, 1s);
        for (const std::uint32_t t : {0u, 1u}) traffic::stream(path, tally, scenario, t, 0);
        RunResult result;
        tally.finish(result);
        return result;
    };
    return difference(stream(true), stream(false));
}

}  // namespace

TEST_CASE("planted faults: a cut that comes a microsecond late changes the list of lost connections") {
    CHECK_FALSE(caught_in_targets([](history::TargetTimeline& targets) {
                    for (history::Cut& cut : targets.cuts.of_nodes()) cut.t += Duration{1};
                }).empty());
}

TEST_CASE("planted faults: a cut of another kind changes the list of lost connections") {
    CHECK_FALSE(caught_in_targets([](history::TargetTimeline& targets) {
                    for (history::Cut& cut : targets.cuts.of_nodes()) cut.kind = history::CutKind::removed;
                }).empty());
}

TEST_CASE("planted faults: an admission that ends a microsecond late changes where connections go") {
    CHECK_FALSE(caught_in_targets([](history::TargetTimeline& targets) {
                    for (history::Membership& m : targets.memberships) {
                        for (history::Admission& a : m.admissions) {
                            if (a.to != never) a.to += 100ms;
                        }
                    }
                }).empty());
}

namespace {

/// The same run with load balancers that act late: what follows changes the data plane only.
scenario::Scenario with_delays() {
    scenario::Scenario s = the_scenario();
    scenario::LoadBalancer& lb = s.services[0].load_balancer;
    lb.registration_delay = scenario::Distribution::fixed(3s);
    lb.health_check.first_probe_after = scenario::Distribution::fixed(3s);  // node 4 enters at 44 s; a tick at 47 s
    lb.new_flow_lag_after_unhealthy = scenario::Distribution::fixed(4s);
    lb.new_flow_lag_after_remove = scenario::Distribution::fixed(5s);
    s.services[1].load_balancer.admission = scenario::Admission::single_owner;
    return s;
}

/// The same run with routers that hash anew, and with fewer targets than nodes.
scenario::Scenario with_routers() {
    scenario::Scenario s = the_scenario();
    s.services[0].load_balancer.rehashes_on_change = true;
    s.services[1].load_balancer.limit = {.kind = scenario::TargetLimit::Kind::subset, .most = 3};
    return s;
}

/// Streams a scenario with a fault against the reference without it.
std::string caught_in_knobs(const scenario::Scenario& right,
                            const std::function<void(scenario::LoadBalancer&, scenario::LoadBalancer&)>& fault) {
    scenario::Scenario wrong = right;
    fault(wrong.services[0].load_balancer, wrong.services[1].load_balancer);
    return difference(result_of(study::run_streamed(the_history(), wrong, {})),
                      result_of(traffic::reference::replay(the_history(), right, 0, Duration{1s})));
}

void add_microsecond(scenario::Distribution& distribution) { distribution.a += Duration{1}; }

}  // namespace

TEST_CASE("planted faults: without one, delays, lags, one owner, rehash and subset equal the reference") {
    const auto none = [](scenario::LoadBalancer&, scenario::LoadBalancer&) {};
    CHECK(caught_in_knobs(with_delays(), none).empty());
    CHECK(caught_in_knobs(with_routers(), none).empty());
}

TEST_CASE("planted faults: a delay or lag that is a microsecond longer is caught") {
    using scenario::LoadBalancer;
    const std::vector<std::function<void(LoadBalancer&, LoadBalancer&)>> faults{
        [](LoadBalancer& lb, LoadBalancer&) { add_microsecond(lb.registration_delay); },
        [](LoadBalancer& lb, LoadBalancer&) { add_microsecond(lb.health_check.first_probe_after); },
        [](LoadBalancer& lb, LoadBalancer&) { add_microsecond(lb.new_flow_lag_after_unhealthy); },
        [](LoadBalancer& lb, LoadBalancer&) { add_microsecond(lb.new_flow_lag_after_remove); }};
    for (std::size_t i = 0; i < faults.size(); ++i) {
        INFO(i);
        CHECK_FALSE(caught_in_knobs(with_delays(), faults[i]).empty());
    }
}

TEST_CASE("planted faults: an owner, a rehash or a limit that is left out is caught") {
    using scenario::LoadBalancer;
    CHECK_FALSE(caught_in_knobs(with_delays(), [](LoadBalancer&, LoadBalancer& lb) {
                    lb.admission = scenario::Admission::passing;
                }).empty());
    CHECK_FALSE(caught_in_knobs(with_routers(), [](LoadBalancer& lb, LoadBalancer&) {
                    lb.rehashes_on_change = false;
                }).empty());
    CHECK_FALSE(caught_in_knobs(with_routers(), [](LoadBalancer&, LoadBalancer& lb) {
                    lb.limit.kind = scenario::TargetLimit::Kind::truncate;
                }).empty());
}

}  // namespace lbsim
