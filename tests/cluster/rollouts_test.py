# SPDX-License-Identifier: Apache-2.0
"""Rollouts and scaling, to the microsecond.

Pods are Ready 7 s after their placement, serve for 12.5 s after their deletion (preStop), and minReadySeconds is 3, so a
new pod is available 10 s after it was made. A rollout starts at 10 s.
"""
import copy
import sys

from world import World, variation

BASE = {
    "duration": "5m", "seed": 5,
    "cluster": {"release": "1.30", "watch_latency": "1s", "node_pools": [{"nodes": 3}]},
    "services": [{"name": "web", "load_balancer": {"health_check": {"phase": "0s"}},
                  "workload": {"replicas": 2, "start_time": "7s", "preStopSeconds": 12.5, "minReadySeconds": 3}}],
    "traffic": [{"kind": "open", "arrivals_per_second": 5, "lifetime": {"exponential": "30s"}}],
}
ROLLOUT = {"at": "10s", "do": "rollout", "service": "web"}
KINDS = {"rollout_started", "rollout_finished", "workload_scaled", "pod_created", "pod_ready", "pod_terminating", "pod_exited",
         "verb_without_effect"}


def scenario(timeline, **workload):
    return variation(BASE, timeline, **workload)


def nothing_unavailable(world):
    """The defaults, 25 % of 2: one surge pod, none unavailable. web-2 is made at 10 s, Ready at 17 s and available at 20 s;
    one of the two old pods, equally old, may go then, and web-3 is made at once. It is available at 30 s: the other old
    pod goes, and the rollout is complete. Which old pod is first is a draw by uid."""
    tables = world.run("defaults", scenario([ROLLOUT]))
    events = [(float(e["t_s"]), e["kind"]) for e in tables["events"] if e["kind"] in KINDS]
    world.check("defaults", events, [
        (10, "rollout_started"), (10, "pod_created"), (17, "pod_ready"), (20, "pod_terminating"), (20, "pod_created"),
        (27, "pod_ready"), (30, "pod_terminating"), (30, "rollout_finished"), (32.5, "pod_exited"), (42.5, "pod_exited")])
    gone = [e["pod"] for e in tables["events"] if e["kind"] == "pod_exited"]
    world.check("defaults: the old pods", sorted(gone), ["web-0", "web-1"])
    world.causes("defaults", tables)


def nothing_on_top(world):
    """maxSurge 0, maxUnavailable 1: an old pod goes at 10 s, and its successor need not wait for its end. Available at
    20 s, it lets the other go."""
    tables = world.run("no surge", scenario([ROLLOUT], maxSurge=0, maxUnavailable=1))
    events = [(float(e["t_s"]), e["kind"]) for e in tables["events"] if e["kind"] in KINDS]
    world.check("no surge", events, [
        (10, "rollout_started"), (10, "pod_terminating"), (10, "pod_created"), (17, "pod_ready"), (20, "pod_terminating"),
        (20, "pod_created"), (22.5, "pod_exited"), (27, "pod_ready"), (30, "rollout_finished"), (32.5, "pod_exited")])


def all_at_once(world):
    """100 % surge: both new pods at 10 s, both old ones go at 20 s."""
    tables = world.run("all at once", scenario([ROLLOUT], maxSurge="100%"))
    world.events("all at once", tables, {"pod_created", "rollout_finished"},
                 [(10, "pod_created", "web-2"), (10, "pod_created", "web-3"), (20, "rollout_finished", "web")])


def a_second_rollout_overtakes(world):
    """At 12 s web-2 of the first rollout is 2 s old and not available: it is made superfluous by the second one, which
    first takes what is not available. Its place is free for web-3, available at 22 s."""
    tables = world.run("overtaken", scenario([ROLLOUT, {**ROLLOUT, "at": "12s"}]))
    events = [(float(e["t_s"]), e["kind"], e["pod"] or e["service"]) for e in tables["events"]
              if e["kind"] in {"pod_created", "pod_terminating", "rollout_finished"} and float(e["t_s"]) < 22]
    world.check("overtaken", events, [(10, "pod_created", "web-2"), (12, "pod_terminating", "web-2"), (12, "pod_created", "web-3")])
    finished = [float(e["t_s"]) for e in tables["events"] if e["kind"] == "rollout_finished"]
    world.check("overtaken: one end", finished, [32.0])


def no_room(world):
    """All nodes are cordoned: the surge pod stays without a node, and no old pod ever goes. A scaling to one pod in the
    middle shares 1 + 1 pods among 2 old and 1 new: one old one goes, and the new one, being pending, stays."""
    cordon = {"at": "5s", "do": "cordon", "nodes": ["workers-0", "workers-1", "workers-2"]}
    tables = world.run("no room", scenario([cordon, ROLLOUT]))
    world.events("no room", tables, KINDS, [(10, "rollout_started", "web"), (10, "pod_created", "web-2")])
    down = world.run("no room, scaled", scenario([cordon, ROLLOUT, {"at": "50s", "do": "scale", "service": "web", "replicas": 1}]))
    events = [(float(e["t_s"]), e["kind"]) for e in down["events"] if e["kind"] in KINDS]
    world.check("no room, scaled", events, [(10, "rollout_started"), (10, "pod_created"), (50, "workload_scaled"),
                                            (50, "pod_terminating"), (62.5, "pod_exited")])


def scaled_on_the_way(world):
    """6 replicas, surge 2, one unavailable: at 10 s two new pods are made, one old one goes, a third new one is made: 5 old
    and 3 new. Scaled to 2 at 12 s, surge 1, of 3 pods: 5 x 3/8 = 1.9 and 3 x 3/8 = 1.1, so 2 old and 1 new stay: five go, none
    of the old ones more. The new one is available at 20 s: an old one goes, another new one is made, and at 30 s the last old
    one goes."""
    tables = world.run("scaled on the way", scenario([ROLLOUT, {"at": "12s", "do": "scale", "service": "web", "replicas": 2}],
                                                     replicas=6))
    events = [(float(e["t_s"]), e["kind"]) for e in tables["events"]
              if e["kind"] in {"pod_created", "pod_terminating", "workload_scaled", "rollout_finished"}]
    world.check("scaled on the way", events, [
        (10, "pod_created"), (10, "pod_created"), (10, "pod_terminating"), (10, "pod_created"), (12, "workload_scaled"),
        *[(12, "pod_terminating")] * 5, (20, "pod_terminating"), (20, "pod_created"), (30, "pod_terminating"),
        (30, "rollout_finished")])
    # Overtaken at 12 s, three pods of the third template are available at 22 s: 2 old ones and 6 new ones are left, three of
    # them starting. Scaled to 2 at 25 s: 6 x 3/8 = 2.25 and 2 x 3/8 = 0.75, 2 and 1 stay (four and one go, first what starts);
    # the two are available, so the last old one goes, too, and the rollout ends in that instant.
    tables = world.run("ended by a scaling", scenario(
        [ROLLOUT, {**ROLLOUT, "at": "12s"}, {"at": "25s", "do": "scale", "service": "web", "replicas": 2}], replicas=6))
    events = [(float(e["t_s"]), e["kind"]) for e in tables["events"]
              if e["kind"] in {"pod_created", "pod_terminating", "workload_scaled", "rollout_finished"} and float(e["t_s"]) > 22]
    world.check("ended by a scaling", events,
                [(25, "workload_scaled"), *[(25, "pod_terminating")] * 6, (25, "rollout_finished")])


def scaling(world):
    """2 to 4 at 10 s: web-2 goes where fewest pods are, workers-2, and web-3 to workers-0 beside web-0. 4 to 2 at 20 s: the
    two on workers-0 are most crowded, and once one of the two is chosen the order stands: both go. To 2 again: nothing."""
    scale = {"do": "scale", "service": "web"}
    tables = world.run("scaling", scenario([{"at": "10s", **scale, "replicas": 4}, {"at": "20s", **scale, "replicas": 2},
                                            {"at": "40s", **scale, "replicas": 2}]))
    world.events("scaling", tables, KINDS - {"pod_terminating"}, [
        (10, "workload_scaled", "web"), (10, "pod_created", "web-2"), (10, "pod_created", "web-3"),
        (17, "pod_ready", "web-2"), (17, "pod_ready", "web-3"), (20, "workload_scaled", "web"),
        (32.5, "pod_exited", "web-0"), (32.5, "pod_exited", "web-3"), (40, "verb_without_effect", "web")])
    victims = [e["pod"] for e in tables["events"] if e["kind"] == "pod_terminating"]
    world.check("scaling: the younger of the crowded ones first", victims, ["web-3", "web-0"])
    # A pod that has no node costs nobody anything: it is the first victim, and gone at once.
    full = world.run("pending first", scenario([{"at": "5s", "do": "cordon", "nodes": ["workers-0", "workers-1", "workers-2"]},
                                                {"at": "10s", **scale, "replicas": 3}, {"at": "20s", **scale, "replicas": 2}]))
    world.events("pending first", full, KINDS, [(10, "workload_scaled", "web"), (10, "pod_created", "web-2"),
                                                (20, "workload_scaled", "web"), (20, "pod_exited", "web-2")])
    world.causes("scaling", tables)


def daemon_set(world):
    """One may be unavailable: the pod of workers-0 goes at 10 s, ends at 22.5 s, its successor is made then and available
    10 s later, at 32.5 s; that is when the next one goes. With surge 1 the successor comes first, and the old pod goes
    when it is available: nodes follow 10 s after each other."""
    one = scenario([ROLLOUT], kind="DaemonSet")
    del one["services"][0]["workload"]["replicas"]
    tables = world.run("daemon set", one)
    world.events("daemon set", tables, KINDS - {"pod_ready"}, [
        (10, "rollout_started", "web"), (10, "pod_terminating", "web-0"), (22.5, "pod_exited", "web-0"),
        (22.5, "pod_created", "web-3"), (32.5, "pod_terminating", "web-1"), (45, "pod_exited", "web-1"),
        (45, "pod_created", "web-4"), (55, "pod_terminating", "web-2"), (67.5, "pod_exited", "web-2"),
        (67.5, "pod_created", "web-5"), (77.5, "rollout_finished", "web")])
    surge = copy.deepcopy(one)
    surge["services"][0]["workload"].update(maxSurge=1, maxUnavailable=0)
    tables = world.run("daemon set with surge", surge)
    world.events("daemon set with surge", tables, KINDS - {"pod_ready", "pod_exited"}, [
        (10, "rollout_started", "web"), (10, "pod_created", "web-3"), (20, "pod_created", "web-4"),
        (20, "pod_terminating", "web-0"), (30, "pod_created", "web-5"), (30, "pod_terminating", "web-1"),
        (40, "pod_terminating", "web-2"), (40, "rollout_finished", "web")])
    world.causes("daemon set with surge", tables)


def budget_follows_the_scale(world):
    """A budget of 100 %: scaled from 2 to 1, it wants one healthy pod, but there is only one: the drain is refused."""
    tables = world.run("budget", scenario(
        [{"at": "10s", "do": "scale", "service": "web", "replicas": 1},
         {"at": "20s", "do": "drain", "nodes": ["workers-0", "workers-1"], "timeout": "1s"}], pdb_min_available="100%"))
    details = [e["detail"] for e in tables["events"] if e["kind"] == "pod_eviction_refused"]
    world.check("budget", details, ["the budget needs 1 healthy pods and has 1"])


def main():
    world = World(sys.argv[1])
    for case in (nothing_unavailable, nothing_on_top, all_at_once, a_second_rollout_overtakes, no_room, scaled_on_the_way, scaling, daemon_set,
                 budget_follows_the_scale):
        case(world)
    world.end()


main()
