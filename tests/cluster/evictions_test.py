# SPDX-License-Identifier: Apache-2.0
"""Who empties a node, and what a disruption budget does to them, to the microsecond.

Watch latency 1 s, one service with two pods on workers-0 and workers-1, Ready 7 s after their placement.
"""
import sys

from world import World, variation

BASE = {
    "duration": "5m", "seed": 5,
    "cluster": {"release": "1.34", "watch_latency": "1s", "node_pools": [{"nodes": 3}]},
    "services": [{"name": "web", "load_balancer": {"health_check": {"phase": "0s"}},
                  "workload": {"replicas": 2, "start_time": "7s", "preStopSeconds": 12.5, "pdb_min_available": 1}}],
    "traffic": [{"kind": "open", "arrivals_per_second": 5, "lifetime": {"exponential": "30s"}}],
}
DRAIN = {"node_cordoned", "node_uncordoned", "node_tainted", "node_untainted", "node_drain_started", "node_drained",
         "node_drain_failed", "pod_eviction_refused", "pod_terminating", "pod_exited", "pod_ready", "node_deleted", "vm_off"}


def scenario(timeline, duration="5m", **workload):
    return variation({**BASE, "duration": duration}, timeline, **workload)


def two_drains(world):
    """The first takes the one disruption of the budget. Its pod's replacement, placed at 10 s, is Ready at 17 s; the
    other drain tries at 10, 15 and 20 s. Pods exit 12.5 s after their eviction; looks come in whole seconds."""
    tables = world.run("two drains", scenario([{"at": "10s", "do": "drain", "nodes": ["workers-0"]},
                                               {"at": "10s", "do": "drain", "nodes": ["workers-1"]}]))
    world.events("two drains", tables, DRAIN, [
        (10, "node_cordoned", "workers-0"), (10, "node_drain_started", "workers-0"), (10, "pod_terminating", "web-0"),
        (10, "node_cordoned", "workers-1"), (10, "node_drain_started", "workers-1"), (10, "pod_eviction_refused", "web-1"),
        (17, "pod_ready", "web-2"), (20, "pod_terminating", "web-1"), (22.5, "pod_exited", "web-0"),
        (23, "node_drained", "workers-0"), (27, "pod_ready", "web-3"), (32.5, "pod_exited", "web-1"),
        (33, "node_drained", "workers-1")])
    refused = [e["detail"] for e in tables["events"] if e["kind"] == "pod_eviction_refused"]
    world.check("two drains: why", refused, ["the budget needs 1 healthy pods and has 1"])
    world.causes("two drains", tables)
    world.check("two drains: no machine goes", tables["api_calls"], [])


def one_command_for_two_nodes(world):
    """kubectl cordons both, then empties them one after the other; without a budget the first is empty at 23 s."""
    tables = world.run("one command", scenario([{"at": "10s", "do": "drain", "nodes": ["workers-1", "workers-0"]}],
                                               pdb_min_available=0))
    world.events("one command", tables, DRAIN - {"pod_ready", "pod_exited"}, [
        (10, "node_cordoned", "workers-1"), (10, "node_cordoned", "workers-0"), (10, "node_drain_started", "workers-1"),
        (10, "pod_terminating", "web-1"), (23, "node_drained", "workers-1"), (23, "node_drain_started", "workers-0"),
        (23, "pod_terminating", "web-0"), (36, "node_drained", "workers-0")])


def timeout(world):
    """Both must stay: tries at 10, 15 and 20 s, the next would come after the 12 s. The node stays cordoned, and
    kubectl goes on with the next one."""
    tables = world.run("time-out", scenario(
        [{"at": "10s", "do": "drain", "nodes": ["workers-0", "workers-2"], "timeout": "12s"}], pdb_min_available="51%"))
    world.events("time-out", tables, DRAIN, [
        (10, "node_cordoned", "workers-0"), (10, "node_cordoned", "workers-2"), (10, "node_drain_started", "workers-0"),
        (10, "pod_eviction_refused", "web-0"), (22, "node_drain_failed", "workers-0"),
        (22, "node_drain_started", "workers-2"), (22, "node_drained", "workers-2")])
    # A pod that leaves too slowly: 12.5 s after 10 s, the look that would see it comes at 23 s.
    slow = world.run("slow pod", scenario([{"at": "10s", "do": "drain", "nodes": ["workers-0"], "timeout": "12s"}]))
    world.events("slow pod", slow, {"node_drained", "node_drain_failed"}, [(22, "node_drain_failed", "workers-0")])


def refused_scale_down(world):
    """Taint and cordon at 10 s, evictions from 15 s on every 10 s; at 135 s the 2 minutes are over and both come off.
    /healthz follows a watch latency behind."""
    tables = world.run("refused scale-down", scenario(
        [{"at": "10s", "do": "autoscaler_scale_down", "nodes": ["workers-0"]}], pdb_min_available="100%"))
    world.events("refused scale-down", tables, DRAIN | {"healthz_failing", "healthz_ok"}, [
        (10, "node_tainted", "workers-0"), (10, "node_cordoned", "workers-0"), (11, "healthz_failing", "workers-0"),
        (15, "node_drain_started", "workers-0"), (15, "pod_eviction_refused", "web-0"),
        (135, "node_drain_failed", "workers-0"), (135, "node_untainted", "workers-0"),
        (135, "node_uncordoned", "workers-0"), (136, "healthz_ok", "workers-0")])
    world.causes("refused scale-down", tables)
    world.check("refused scale-down: no machine is deleted", tables["api_calls"], [])


def slow_scale_down(world):
    """The autoscaler looks every 5 s: a pod gone 12.5 s after 15 s is seen at 30 s. It cuts grace periods to 600 s, so one
    that would serve for 700 s is killed at 615 s, which a look meets. A pod on a machine that is off never goes: at
    15 + 630 s the autoscaler gives up."""
    down = [{"at": "10s", "do": "autoscaler_scale_down", "nodes": ["workers-0"], "cordon": False}]
    ends = {"node_drained", "node_drain_failed", "node_untainted", "pod_exited"}
    world.events("12.5 s", world.run("12.5 s", scenario(down)), ends,
                 [(27.5, "pod_exited", "web-0"), (30, "node_drained", "workers-0")])
    long = world.run("700 s", scenario(down, "20m", terminationGracePeriodSeconds=700, on_sigterm="keep_serving"))
    world.events("700 s", long, ends, [(615, "pod_exited", "web-0"), (615, "node_drained", "workers-0")])
    off = scenario([*down, {"at": "12s", "do": "vm_off", "nodes": ["workers-0"], "instance": "stopped"}], "11m")
    world.events("off", world.run("off", off), ends,
                 [(645, "node_drain_failed", "workers-0"), (645, "node_untainted", "workers-0")])


def exact_drain(world):
    """pod_drain fixes the length whatever the budget says, unless the autoscaler loses patience before."""
    down = {"at": "10s", "do": "autoscaler_scale_down", "nodes": ["workers-0"], "cordon": False}
    ends = {"node_drained", "node_drain_failed"}
    exact = world.run("exactly 37 s", scenario([{**down, "pod_drain": "37s"}], pdb_min_available=2))
    world.events("exactly 37 s", exact, ends, [(52, "node_drained", "workers-0")])
    late = world.run("exactly 3 min", scenario([{**down, "pod_drain": "3m"}], pdb_min_available=2))
    world.events("exactly 3 min", late, ends, [(135, "node_drain_failed", "workers-0")])


def upgrade_waits_for_the_budget(world):
    """Lanes of an upgrade drain like kubectl. Two at once: workers-0 first; web/1 is refused at 10 and 15 s and leaves at
    20 s, once web/2 is Ready on workers-2."""
    tables = world.run("upgrade", scenario([{"at": "10s", "do": "rolling_upgrade", "pool": "workers", "mode": "in_place",
                                             "max_surge": 0, "max_unavailable": 2, "reboot_time": "5m"}]))
    world.events("upgrade", tables, {"pod_eviction_refused", "pod_terminating", "node_drained"}, [
        (10, "pod_terminating", "web-0"), (10, "pod_eviction_refused", "web-1"), (20, "pod_terminating", "web-1"),
        (23, "node_drained", "workers-0"), (33, "node_drained", "workers-1")])


def main():
    world = World(sys.argv[1])
    for case in (two_drains, one_command_for_two_nodes, timeout, refused_scale_down, slow_scale_down, exact_drain,
                 upgrade_waits_for_the_budget):
        case(world)
    world.end()


main()
