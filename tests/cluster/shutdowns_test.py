# SPDX-License-Identifier: Apache-2.0
"""Graceful node shutdown and spot preemption, to the microsecond.

Watch latency 1 s; leases at 5, 15, 25 s …; node lifecycle passes at 0, 5, 10 s …, grace 40 s; cloud node loop at 2, 7, 12 s ….
shutdownGracePeriod 30 s, of which 10 s are for critical pods: the pods of the test have 20 s. Pods serve for 4 s after
SIGTERM's preStop and are Ready 7 s after their placement.
"""
import copy
import sys

from world import World, variation

BASE = {
    "duration": "4m", "seed": 5,
    "cluster": {"release": "1.30", "watch_latency": "1s", "node_lifecycle": {"phase": "0s"},
                "cloud_node_lifecycle": {"phase": "2s"},
                "node_pools": [{"nodes": 3, "lease_phase": "5s", "shutdownGracePeriod": "30s",
                                "shutdownGracePeriodCriticalPods": "10s"}]},
    "services": [{"name": "web", "load_balancer": {"health_check": {"phase": "0s"}, "on_remove": "cut"},
                  "workload": {"replicas": 2, "start_time": "7s", "preStopSeconds": 4}}],
    "traffic": [{"kind": "open", "arrivals_per_second": 5, "lifetime": {"exponential": "30s"}}],
}
KINDS = {"node_shutdown_started", "node_not_ready", "node_ready", "node_unknown", "node_deleted", "node_cordoned", "node_tainted",
         "node_labelled", "node_drain_started", "node_drained", "node_drain_failed", "vm_off", "vm_on", "pod_exited",
         "pod_created", "pod_ready", "pod_not_ready", "pod_terminating", "pod_eviction_refused", "healthz_failing", "lb_update"}
REBOOT = [{"at": "10s", "do": "reboot", "nodes": ["workers-0"], "for": "60s"}]


def scenario(timeline, pool=None, **workload):
    out = variation(BASE, timeline, **workload)
    out["cluster"]["node_pools"][0].update(pool or {})
    return out


def reboot(world):
    """Ready=False at once, nothing else: no deletionTimestamp, /healthz still 200, the endpoint ready until the container
    has stopped at 14 s. Then the pod is replaced, no group has pods left, and the machine goes. It comes back empty. The pass
    of 15 s queues the NoExecute taint, the look 100 ms later places it; the pass after Unknown swaps it."""
    tables = world.run("reboot", scenario(REBOOT))
    world.events("reboot", tables, KINDS, [
        (10, "node_shutdown_started", "workers-0"), (10, "node_not_ready", "workers-0"), (14, "pod_exited", "web-0"),
        (14, "pod_created", "web-2"), (14, "vm_off", "workers-0"), (15.1, "node_tainted", "workers-0"), (21, "pod_ready", "web-2"),
        (50, "node_unknown", "workers-0"), (55, "node_tainted", "workers-0"), (74, "vm_on", "workers-0"),
        (74, "node_ready", "workers-0")])
    world.causes("reboot", tables)


def without(world):
    """Without the period, or with a kubelet that knows no graceful shutdown, the machine goes at once. The pod is Ready=False
    when its machine is back, and Ready 7 s later."""
    expected = [(10, "vm_off", "workers-0"), (70, "vm_on", "workers-0"), (70, "pod_not_ready", "web-0"),
                (77, "pod_ready", "web-0")]
    kinds = KINDS - {"node_unknown", "node_ready"}
    off = world.run("off", scenario(REBOOT, {"shutdownGracePeriod": "0s", "shutdownGracePeriodCriticalPods": "0s"}))
    # Unknown at 50 s (40 s of grace after the pass that saw the last lease) marks the pod before the machine is back; the
    # NoExecute taint is queued by the next pass and placed 100 ms later.
    expected_marked = [(10, "vm_off", "workers-0"), (50, "pod_not_ready", "web-0"), (55.1, "node_tainted", "workers-0"),
                       (70, "vm_on", "workers-0"), (77, "pod_ready", "web-0")]
    world.events("off", off, kinds, expected_marked)
    old = scenario(REBOOT)
    old["cluster"].update(release="1.20", node_lifecycle={"phase": "0s", "grace_period": "90s"})
    world.events("1.20", world.run("1.20", old), kinds - {"lb_update"}, expected)


def pods_that_will_not_go(world):
    """One that ignores SIGTERM is killed after its group's 20 s, less than its own 30 s. A reboot waits for that and no longer;
    a preemption ends when the notice says."""
    stubborn = [{"at": "10s", "do": "spot_preemption", "nodes": ["workers-0"], "notice": "100s"}]
    tables = world.run("stubborn", scenario(REBOOT, on_sigterm="keep_serving"))
    world.events("stubborn", tables, {"vm_off", "pod_exited", "pod_not_ready", "vm_on"},
                 [(30, "pod_exited", "web-0"), (30, "vm_off", "workers-0"), (90, "vm_on", "workers-0")])
    gone = world.run("gone", scenario(stubborn, on_sigterm="keep_serving"))
    world.events("gone", gone, {"vm_off", "pod_exited", "pod_terminating", "pod_created"}, [
        (30, "pod_exited", "web-0"), (30, "pod_created", "web-2"), (110, "vm_off", "workers-0")])


def unmarked(world):
    """A notice too short for the kubelet: 2 s of 4. The pod goes with its machine at 12 s, its endpoint stays ready. The cloud
    node loop, which hears of Ready=False at 11 s, finds the machine running at 12 s (off comes first in that instant: gone)
    and deletes the node; nothing has marked the pod, until it is collected."""
    verb = [{"at": "10s", "do": "spot_preemption", "nodes": ["workers-0"], "notice": "2s"}]
    tables = world.run("unmarked", scenario(verb))
    world.events("unmarked", tables, {"vm_off", "node_deleted", "pod_not_ready", "node_unknown"},
                 [(12, "vm_off", "workers-0"), (12, "node_deleted", "workers-0")])
    # Kept out of the cloud's sight, the node turns Unknown in the end, and still nobody marks its pod.
    hidden = scenario([*verb, {"at": "5s", "do": "cloud_api_fault", "operations": ["InstanceExists"], "error_rate": 1}])
    tables = world.run("hidden", hidden)
    world.events("hidden", tables, {"node_not_ready", "node_unknown", "pod_not_ready"},
                 [(10, "node_not_ready", "workers-0"), (50, "node_unknown", "workers-0")])
    # Without graceful shutdown the same silence marks it: the step from True to Unknown.
    hidden["cluster"]["node_pools"][0].update(shutdownGracePeriod="0s", shutdownGracePeriodCriticalPods="0s")
    tables = world.run("hidden, abrupt", hidden)
    world.events("hidden, abrupt", tables, {"node_not_ready", "node_unknown", "pod_not_ready"},
                 [(50, "node_unknown", "workers-0"), (50, "pod_not_ready", "web-0")])


def old_controllers_drop_the_node(world):
    """Before 1.27 Ready=False takes a node out of the load balancers at once, 1 s after the signal; back it comes 1 s after
    the reboot. Stable mode (1.30, above) does nothing."""
    old = scenario(REBOOT)
    old["cluster"].update(release="1.26")
    world.events("1.26", world.run("1.26", old), {"lb_update"}, [(11, "lb_update", "web"), (75, "lb_update", "web")])


def scale_down(world):
    """A DaemonSet's pod ends in place when the guest is told at DeleteNodes, 15 s, and waits for a machine that never
    returns. The power goes at exactly vm_off_delay. Ready=False is known already, so the first cloud node loop after
    that (37 s) deletes the node; without graceful shutdown the kubelet's silence costs 35 s more (leases end at 25 s, seen at
    30 s, Unknown at 70 s, heard at 71 s, loop at 72 s)."""
    verb = [{"at": "10s", "do": "autoscaler_scale_down", "nodes": ["workers-0"]}]
    graceful = scenario(verb, {"vm_off_delay": "20s"}, kind="DaemonSet")
    del graceful["services"][0]["workload"]["replicas"]
    kinds = {"node_shutdown_started", "node_not_ready", "pod_exited", "pod_not_ready", "vm_off", "node_deleted", "node_unknown"}
    world.events("scale-down", world.run("scale-down", graceful), kinds - {"node_unknown"}, [
        (15, "node_shutdown_started", "workers-0"), (15, "node_not_ready", "workers-0"), (19, "pod_exited", "web-0"),
        (19, "pod_not_ready", "web-0"), (35, "vm_off", "workers-0"), (37, "node_deleted", "workers-0")], until=60)
    abrupt = copy.deepcopy(graceful)
    abrupt["cluster"]["node_pools"][0].update(shutdownGracePeriod="0s", shutdownGracePeriodCriticalPods="0s")
    world.events("abrupt scale-down", world.run("abrupt scale-down", abrupt), {"vm_off", "node_unknown", "node_deleted"}, [
        (35, "vm_off", "workers-0"), (70, "node_unknown", "workers-0"), (72, "node_deleted", "workers-0")])


def handlers(world):
    """30 s of notice, no graceful shutdown. Leases end at 35 s, seen at 40 s: Unknown at 80 s, deleted at 82 s."""
    plain = {"shutdownGracePeriod": "0s", "shutdownGracePeriodCriticalPods": "0s"}

    def notice(how, **workload):
        verb = {"at": "10s", "do": "spot_preemption", "nodes": ["workers-0"], "on_notice": how}
        tables = world.run(how, scenario([verb], plain, **workload))
        world.causes(how, tables)
        return tables

    kinds = KINDS - {"pod_ready", "pod_created"}
    end = [(40, "vm_off", "workers-0"), (80, "node_unknown", "workers-0")]
    world.events("nothing", notice("nothing"), kinds - {"pod_exited", "pod_terminating"}, [
        *end, (80, "pod_not_ready", "web-0"), (82, "node_deleted", "workers-0"), (83, "lb_update", "web")])
    drained = [(10, "node_cordoned", "workers-0"), (10, "node_drain_started", "workers-0"), (10, "pod_terminating", "web-0")]
    left = [(14, "pod_exited", "web-0"), (14, "node_drained", "workers-0"), *end, (82, "node_deleted", "workers-0"),
            (83, "lb_update", "web")]
    world.events("drain", notice("drain"), kinds, [*drained, *left])
    world.events("taint_and_drain", notice("taint_and_drain"), kinds, [
        (10, "node_tainted", "workers-0"), *drained, (11, "healthz_failing", "workers-0"), *left])
    world.events("deregister", notice("deregister"), {"node_labelled", "lb_update", "vm_off"}, [
        (10, "node_labelled", "workers-0"), (11, "lb_update", "web"), (40, "vm_off", "workers-0")])
    # A budget that never gives way: the handler tries until the machine is gone.
    world.events("refused", notice("drain", pdb_min_available=2), kinds - {"lb_update", "pod_not_ready", "pod_exited", "pod_terminating"}, [
        (10, "node_cordoned", "workers-0"), (10, "node_drain_started", "workers-0"), (10, "pod_eviction_refused", "web-0"),
        (40, "vm_off", "workers-0"), (40, "node_drain_failed", "workers-0"), (80, "node_unknown", "workers-0"),
        (82, "node_deleted", "workers-0")])


def handler_and_kubelet(world):
    """What the handler evicts in the instant of the notice is not the kubelet's to end; what a budget keeps is."""
    verb = [{"at": "10s", "do": "spot_preemption", "nodes": ["workers-0"], "on_notice": "drain"}]
    kinds = {"node_shutdown_started", "pod_terminating", "pod_eviction_refused", "pod_exited", "node_drained"}
    world.events("both", world.run("both", scenario(verb)), kinds, [
        (10, "pod_terminating", "web-0"), (10, "node_shutdown_started", "workers-0"), (14, "pod_exited", "web-0"),
        (14, "node_drained", "workers-0")])
    # The refused eviction is tried again at 15 s, finds no pod any more, and the drain is over.
    world.events("kept", world.run("kept", scenario(verb, pdb_min_available=2)), kinds, [
        (10, "pod_eviction_refused", "web-0"), (10, "node_shutdown_started", "workers-0"), (14, "pod_exited", "web-0"),
        (15, "node_drained", "workers-0")])


def main():
    world = World(sys.argv[1])
    for case in (reboot, without, pods_that_will_not_go, unmarked, old_controllers_drop_the_node, scale_down, handlers,
                 handler_and_kubelet):
        case(world)
    world.end()


main()
