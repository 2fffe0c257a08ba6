# SPDX-License-Identifier: Apache-2.0
"""NoExecute taints: who places them, how fast per zone, who is evicted and when; and whose pods are marked not ready.

Clocks as in node_life: passes at 0, 5, 10 ...; leases at 5, 15, 25 ...; watch latency 1 s; grace 50 s. A machine that
is off from 12 on renewed last at 5, was last heard by the pass of 10, and is Unknown at 60. The controller's own copy
shows that at 61, so the pass of 65 queues the node and the next look at the queue, 65.1, taints it; the eviction
controller sees the taint at 66.1.
"""
from node_life import POD, scenario, times

UNREACHABLE = "node.kubernetes.io/unreachable:NoExecute"
NOT_READY = "node.kubernetes.io/not-ready:NoExecute"


def taints(tables, key, kind="node_tainted"):
    """(node, time) of every write of this taint."""
    return [(r["node"], float(r["t_s"])) for r in tables.read("events") if r["kind"] == kind and r["detail"] == key]


def expect(report, name, tables, key, expected, kind="node_tainted"):
    """The writes of this taint in order of time."""
    got = taints(tables, key, kind)
    report.exact(name, f"{kind}, times", [t for _, t in got], [t for _, t in expected])
    report.exact(name, f"{kind}, as expected", sum(g[0] != e[0] for g, e in zip(got, expected)), 0)


def off(nodes, at="12s"):
    return {"at": at, "do": "vm_off", "nodes": [f"workers-{n}" for n in nodes], "instance": "stopped"}


def sized(nodes, timeline, zones=None, duration="10m"):
    doc = scenario(timeline, duration)
    doc["cluster"]["node_pools"][0]["nodes"] = nodes
    if zones:
        doc["cluster"]["zones"] = zones
    return doc


def run(lbsim, report):
    rates(lbsim, report)
    total(lbsim, report)
    excluded(lbsim, report)
    swapped(lbsim, report)
    tolerations(lbsim, report)
    users_taint(lbsim, report)
    pods_of_a_node_that_was_never_ready(lbsim, report)


def rates(lbsim, report):
    # Two zones take the nodes in turn. All three of zone a are off: the zone is down, zone b is not, so a's nodes are
    # tainted at the normal rate, the first at once and then one in 10 s.
    name = "one zone of two down"
    tables = lbsim.run(sized(6, [off([0, 2, 4])], zones=["a", "b"]))
    expect(report, name, tables, UNREACHABLE, [("workers-0", 65.1), ("workers-2", 75.1), ("workers-4", 85.1)])
    # Each pod leaves 300 s after its own node's taint was seen.
    report.exact(name, "pods", times(tables, "pod_terminating", "workers-2", "web-2"), [376.1])
    # Two of three are 67 %, but two are not more than two: normal.
    name = "two of three down"
    tables = lbsim.run(sized(3, [off([0, 1])]))
    expect(report, name, tables, UNREACHABLE, [("workers-0", 65.1), ("workers-1", 75.1)])
    # Three of five are 60 % and more than two: partial disruption, and a zone of at most 50 nodes stops altogether.
    name = "three of five down"
    tables = lbsim.run(sized(5, [off([0, 1, 2])]))
    expect(report, name, tables, UNREACHABLE, [])
    report.exact(name, "evicted", times(tables, "pod_terminating", "workers-0"), [])
    # 33 of 60 are 55 %: one in 100 s. At the pass of 60, which finds the zone disrupted, the first turn is due and
    # stays so.
    name = "33 of 60 down"
    tables = lbsim.run(sized(60, [off(range(33))], duration="300s"))
    expect(report, name, tables, UNREACHABLE, [("workers-0", 65.1), ("workers-1", 165.1), ("workers-2", 265.1)])
    # 32 of 60 are 53 %.
    tables = lbsim.run(sized(60, [off(range(32))], duration="90s"))
    report.exact("32 of 60 down", "tainted", len(taints(tables, UNREACHABLE)), 3)


def total(lbsim, report):
    # All three at once: the controller suspects itself and taints nobody.
    name = "every node down"
    tables = lbsim.run(sized(3, [off([0, 1, 2])]))
    report.exact(name, "Unknown", times(tables, "node_unknown"), [60.0])
    expect(report, name, tables, UNREACHABLE, [])
    report.exact(name, "pods", times(tables, "pod_terminating"), [])
    # One first, the others off at 102 (last lease 95, heard by the pass of 100, Unknown at 150). workers-0's taint of
    # 65.1 is taken back at 150, before its pod's deadline of 366.1.
    name = "the last nodes follow"
    tables = lbsim.run(sized(3, [off([0]), off([1, 2], "102s")]))
    expect(report, name, tables, UNREACHABLE, [("workers-0", 65.1)])
    expect(report, name, tables, UNREACHABLE, [("workers-0", 150.0)], "node_untainted")
    report.exact(name, "pods", times(tables, "pod_terminating"), [])
    # workers-2 is rebooted from 102 to 200. Ready at 200, in the copy at 201: the pass of 205 ends the disruption and
    # grants everybody a new grace period. The two that are still off are queued since the pass of 155; the limiter
    # stood still, so that a full interval of 10 s passes from 205 on.
    name = "one comes back"
    reboot = {"at": "102s", "do": "reboot", "nodes": ["workers-2"], "for": "98s"}
    tables = lbsim.run(sized(3, [off([0]), off([1], "102s"), reboot]))
    expect(report, name, tables, UNREACHABLE, [("workers-0", 65.1), ("workers-0", 215.0), ("workers-1", 225.0)])


def excluded(lbsim, report):
    # workers-0 has a label of its own and does not count: of the two that do, one is down. Without it none is Ready.
    name = "a node that does not count"
    label = {"at": "1s", "do": "label", "nodes": ["workers-0"], "key": "node.kubernetes.io/exclude-disruption"}
    tables = lbsim.run(sized(3, [label, off([1, 2])]))
    expect(report, name, tables, UNREACHABLE, [])


def swapped(lbsim, report):
    # False at 20 is in the copy at 21: the pass of 25 queues, the look of 25.1 taints. Unknown at 60 is in the copy at
    # 61: the pass of 65 changes the taint without the queue, although workers-1, not ready since 55, has taken the turn
    # of 55.1 and workers-2's comes at 65.1 only.
    name = "from not-ready to unreachable"
    def set_ready(node, at, status):
        return {"at": at, "do": "set_ready", "nodes": [node], "status": status}
    tables = lbsim.run(sized(9, [set_ready("workers-0", "20s", "False"), set_ready("workers-1", "50s", "False"),
                                 set_ready("workers-2", "51s", "False"), set_ready("workers-0", "60s", "Unknown")]))
    expect(report, name, tables, NOT_READY, [("workers-0", 25.1), ("workers-1", 55.1), ("workers-2", 65.1)])
    expect(report, name, tables, UNREACHABLE, [("workers-0", 65.0)])


def tolerations(lbsim, report):
    name = "tolerationSeconds 60"
    doc = sized(3, [off([0])])
    doc["services"][0]["workload"]["tolerationSeconds"] = 60
    report.exact(name, "pod", times(lbsim.run(doc), "pod_terminating", pod=POD), [126.1])
    name = "a DaemonSet's pods stay"
    doc["services"][0]["workload"] = {"kind": "DaemonSet"}
    report.exact(name, "pod", times(lbsim.run(doc), "pod_terminating", pod=POD), [])


def users_taint(lbsim, report):
    # Nobody endures it: seen at 11, gone at 11. A Deployment's pod is replaced elsewhere; a DaemonSet's comes back to
    # the node when the taint goes.
    name = "a taint of the user"
    taint = {"nodes": ["workers-0"], "key": "example.com/maintenance", "effect": "NoExecute"}
    for kind, created in (("Deployment", [11.0]), ("DaemonSet", [40.0])):
        doc = sized(3, [{"at": "10s", "do": "taint", **taint}, {"at": "40s", "do": "untaint", **taint}])
        doc["services"][0]["workload"] = {"kind": kind, **({"replicas": 3} if kind == "Deployment" else {})}
        tables = lbsim.run(doc)
        report.exact(f"{name}, {kind}", "terminating", times(tables, "pod_terminating", pod=POD), [11.0])
        report.exact(f"{name}, {kind}", "new pod", times(tables, "pod_created", ""), created)
    # Deliveries come one by one: the taint is seen at 11, and nobody looks whether it still stands.
    name = "a taint that is gone before it is seen"
    tables = lbsim.run(sized(3, [{"at": "10s", "do": "taint", **taint}, {"at": "10500ms", "do": "untaint", **taint}]))
    report.exact(name, "terminating", times(tables, "pod_terminating", pod=POD), [11.0])


def pods_of_a_node_that_was_never_ready(lbsim, report):
    # workers-3 registers at 10 and would be Ready at 310; its DaemonSet's pod is Ready at 12. Off at 22: last lease 15,
    # heard at 16, so by the pass of 20: Unknown at 70. The controller's step is from False to Unknown, so it leaves the
    # pod as it is. The same on a node that was Ready marks it.
    name = "False, then Unknown"
    doc = sized(3, [{"at": "0s", "do": "add_nodes", "pool": "workers", "count": 1, "boot_time": "10s",
                     "ready_after": "300s"}, off([3], "22s")])
    doc["services"][0]["workload"] = {"kind": "DaemonSet"}
    tables = lbsim.run(doc)
    report.exact(name, "Unknown", times(tables, "node_unknown", "workers-3"), [70.0])
    report.exact(name, "pod ready", times(tables, "pod_ready", "workers-3"), [12.0])
    report.exact(name, "pod not ready", times(tables, "pod_not_ready", "workers-3"), [])
    doc["timeline"][0]["ready_after"] = "2s"
    tables = lbsim.run(doc)
    report.exact("True, then Unknown", "pod not ready", times(tables, "pod_not_ready", "workers-3"), [70.0])
