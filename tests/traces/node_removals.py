# SPDX-License-Identifier: Apache-2.0
"""Who removes nodes, in which order, how many at once, and what comes back: autoscaler and machine controllers.

Clocks as in node_life, watch latency 1 s. An autoscaler of 1.32 waits 5 s after the taint, removes ten nodes at once, one of
them with a drain, and scans every 10 s.
"""
from node_life import scenario, times

AUTOSCALER = "ToBeDeletedByClusterAutoscaler"


def world(timeline, nodes=6, release="1.32"):
    """Pods on workers-0 and workers-1, which end 7 s after their eviction; workers-5 takes their replacements."""
    doc = scenario(timeline)
    doc["cluster"]["release"] = release
    doc["cluster"]["node_pools"][0].update(nodes=nodes, boot_time="10s")
    doc["services"][0]["workload"] = {"replicas": 2, "nodes": ["workers-0", "workers-1", f"workers-{nodes - 1}"],
                                      "preStopSeconds": 7}
    return doc


def scale_down(nodes, **keys):
    return {"at": "3s", "do": "autoscaler_scale_down", "nodes": [f"workers-{n}" for n in nodes], **keys}


def expect(report, name, tables, kind, by_node):
    for node, expected in by_node.items():
        report.exact(name, f"workers-{node} {kind}", times(tables, kind, f"workers-{node}"), expected)


def run(lbsim, report):
    order(lbsim, report)
    limits(lbsim, report)
    failures(lbsim, report)
    upgrades(lbsim, report)


def order(lbsim, report):
    # At 3 the empty nodes 2 and 3 and one drain start. The pod of workers-0 is evicted at 8 and gone at 15, which the look
    # of 18 sees. The scan of 13 finds the drain under way, that of 23 starts the next: 28, 35, 38.
    name = "empty nodes at once, drains one by one"
    tables = lbsim.run(world([scale_down([0, 1, 2, 3])]))
    expect(report, name, tables, "node_tainted", {0: [3.0], 1: [23.0], 2: [3.0], 3: [3.0]})
    expect(report, name, tables, "vm_off", {0: [18.0], 1: [38.0], 2: [8.0], 3: [8.0]})
    name = "two drains at once"
    tables = lbsim.run(world([scale_down([0, 1, 2, 3], max_drain_parallelism=2)]))
    expect(report, name, tables, "vm_off", {0: [18.0], 1: [18.0], 2: [8.0], 3: [8.0]})
    # 1.26 drains only where nothing else goes: the empty ones at 3, the first drain at 13, which is over at 28, and the
    # second at the scan of 33.
    name = "1.26 drains alone"
    tables = lbsim.run(world([scale_down([0, 1, 2, 3], max_drain_parallelism=2)], release="1.26"))
    expect(report, name, tables, "node_tainted", {0: [13.0], 1: [33.0], 2: [3.0], 3: [3.0]})
    expect(report, name, tables, "vm_off", {0: [28.0], 1: [48.0], 2: [8.0], 3: [8.0]})
    name = "1.25 waits not at all after the taint"
    tables = lbsim.run(world([scale_down([2])], release="1.25"))
    expect(report, name, tables, "vm_off", {2: [3.0]})


def limits(lbsim, report):
    # The first two are gone at 8; the scans of 13 and 23 start the next.
    name = "two nodes at once"
    tables = lbsim.run(world([scale_down([2, 3, 4, 5, 6], max_scale_down_parallelism=2)], nodes=8))
    expect(report, name, tables, "node_tainted", {2: [3.0], 3: [3.0], 4: [13.0], 5: [13.0], 6: [23.0]})
    name = "scans every 4 s"
    tables = lbsim.run(world([scale_down([2, 3], max_scale_down_parallelism=1, scan_interval="4s")]))
    expect(report, name, tables, "node_tainted", {2: [3.0], 3: [11.0]})


def failures(lbsim, report):
    # The cloud refuses at 8: the node comes back, and its proxy hears of it at 9.
    name = "DeleteNodes fails"
    fault = {"at": "0s", "do": "cloud_api_fault", "operations": ["DeleteNodes"], "error_rate": 1}
    tables = lbsim.run(world([fault, scale_down([2], cordon=True)]))
    expect(report, name, tables, "node_tainted", {2: [3.0]})
    expect(report, name, tables, "node_scale_down_failed", {2: [8.0]})
    expect(report, name, tables, "node_untainted", {2: [8.0]})
    expect(report, name, tables, "node_uncordoned", {2: [8.0]})
    expect(report, name, tables, "healthz_failing", {2: [4.0]})
    expect(report, name, tables, "healthz_ok", {2: [9.0]})
    expect(report, name, tables, "vm_off", {2: []})
    report.exact(name, "calls", len([r for r in tables.read("api_calls") if r["operation"] == "DeleteNodes"]), 1)
    # The taint of workers-3 is tried for 5 s; then that of workers-2 goes, and neither node is removed. The drain, whose
    # turn comes after the empty nodes, waits for the next scan, at 13: evicted at 18, gone at 25, seen at 28.
    name = "a taint fails"
    tables = lbsim.run(world([scale_down([0, 2, 3], taint_fails_on=["workers-3"])]))
    expect(report, name, tables, "node_tainted", {0: [13.0], 2: [3.0], 3: []})
    expect(report, name, tables, "node_untainted", {2: [8.0], 3: []})
    expect(report, name, tables, "vm_off", {0: [28.0], 2: [], 3: []})


def upgrades(lbsim, report):
    # Two machines are ordered at 10 and Ready at 20; the two old nodes are empty and off then. The next batch begins 30 s
    # later.
    name = "batches"
    def upgrade(**keys):
        doc = world([{"at": "10s", "do": "rolling_upgrade", "pool": "workers", "max_surge": 2, **keys}], nodes=4)
        doc["services"][0]["workload"] = {"replicas": 1, "nodes": ["workers-3"]}
        return doc
    tables = lbsim.run(upgrade(batch=2, soak="30s"))
    expect(report, name, tables, "vm_off", {0: [20.0], 1: [20.0], 2: [60.0], 3: [60.0]})
    report.exact(name, "finished", times(tables, "upgrade_finished", ""), [60.0])
    tables = lbsim.run(upgrade(batch=3, soak="30s"))
    # The third node's turn comes at 20; its batch is done at 30, and the fourth begins at 60.
    expect(report, "batches of three", tables, "vm_off", {0: [20.0], 1: [20.0], 2: [30.0], 3: [70.0]})
    tables = lbsim.run(upgrade())
    expect(report, "no batches", tables, "vm_off", {0: [20.0], 1: [20.0], 2: [30.0], 3: [30.0]})
    # In place a node is off for 10 s and Ready with its power.
    doc = upgrade(batch=1, soak="30s")
    doc["timeline"][0].update(mode="in_place", max_surge=0, max_unavailable=1, reboot_time="10s")
    tables = lbsim.run(doc)
    expect(report, "batches in place", tables, "vm_off", {0: [10.0], 1: [50.0], 2: [90.0], 3: [130.0]})
    # Nobody deletes the object but the cloud node loop, when the node is Unknown: last lease 15, heard by the pass of 20,
    # Unknown at 70, deleted at 72.
    tables = lbsim.run(upgrade())
    expect(report, "no machine controller", tables, "node_deleted", {0: [72.0]})
    expect(report, "no machine controller", tables, "node_tainted", {0: []})
    tables = lbsim.run(upgrade(machine_controller="cluster_api"))
    expect(report, "Cluster API", tables, "node_tainted", {0: []})
    expect(report, "Cluster API", tables, "vm_off", {0: [20.0]})
    expect(report, "Cluster API", tables, "node_deleted", {0: [20.0]})
    # The proxy fails its check for 4 s before the machine goes.
    tables = lbsim.run(upgrade(machine_controller="gardener"))
    expect(report, "Gardener", tables, "node_tainted", {0: [20.0]})
    expect(report, "Gardener", tables, "healthz_failing", {0: [21.0]})
    expect(report, "Gardener", tables, "vm_off", {0: [25.0]})
    expect(report, "Gardener", tables, "node_deleted", {0: [25.0]})
