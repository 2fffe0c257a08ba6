// SPDX-License-Identifier: Apache-2.0
// De-sync of load balancers that take fewer targets than there are nodes, in both modes.
#include "models/traffic/reference/replay.hpp"
#include "sim/study/run/control_plane.hpp"
#include "sim/study/run/result.hpp"
#include "sim/study/run/streamed.hpp"
#include "support/catch.hpp"
#include "support/own_process.hpp"

namespace lbsim {
namespace {

using scenario::TargetLimit;

/// Four nodes, two of which are labelled as excluded at 10 s; the watch takes 1 s and the update 2 s.
scenario::Scenario two_excluded(TargetLimit limit) {
    const policy::Release release = *policy::parse_release("1.30").release;
    scenario::Scenario s;
    s.duration = 60s;
    s.cluster.service_controller = s.cluster.kube_proxy = s.cluster.kubelet = s.cluster.autoscaler = release;
    s.cluster.watch_latency = scenario::Distribution::fixed(1s);
    scenario::NodePool pool;
    pool.name = "workers";
    pool.nodes = 4;
    s.cluster.node_pools.push_back(pool);
    s.services.resize(1);
    s.services[0].name = "web";
    s.services[0].load_balancer.update_latency = 2s;
    s.services[0].load_balancer.limit = limit;
    scenario::SetLabel label;
    label.nodes = {"workers-0", "workers-1"};
    label.key = "node.kubernetes.io/exclude-from-external-load-balancers";
    label.value = "true";
    s.timeline.push_back({.at = 10s, .verb = "label", .what = label, .repeat = {}});
    return s;
}

/// desync_s of both modes. make_result() holds the reference's own count against the control plane's.
void check_desync(TargetLimit limit, double seconds) {
    test::in_own_process([&] {
        const scenario::Scenario s = two_excluded(limit);
        const history::History history = study::run_control_plane(s, {});
        const auto desync = [&](traffic::DataPlane plane) {
            return study::make_result(history, std::move(plane), s, {}).metrics[scenario::Metric::desync_s];
        };
        CHECK(desync(study::run_streamed(history, s, {})) == seconds);
        CHECK(desync(traffic::reference::replay(history, s, 0, Duration{1s})) == seconds);
    });
}

}  // namespace

TEST_CASE("truncated set: de-synced while more nodes are desired than it takes, or another version is in place") {
    // Four desired of which it takes two: de-synced from the start. From 10 s on two are desired, but the version of
    // four is in place until 10 s + 1 s + 2 s.
    check_desync({.kind = TargetLimit::Kind::truncate, .most = 2}, 13.0);
    check_desync({.kind = TargetLimit::Kind::truncate, .most = 3}, 13.0);
    // It takes all four: only from 10 s to 13 s.
    check_desync({.kind = TargetLimit::Kind::truncate, .most = 4}, 3.0);
    // Two of which it takes one: for the whole minute.
    check_desync({.kind = TargetLimit::Kind::truncate, .most = 1}, 60.0);
}

TEST_CASE("truncated set: what a subset leaves out is no de-sync") {
    check_desync({.kind = TargetLimit::Kind::subset, .most = 1}, 3.0);
}

}  // namespace lbsim
