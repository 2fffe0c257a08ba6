# SPDX-License-Identifier: Apache-2.0
"""Life of nodes and their pods without a load balancer in the way: evictions, registration, taints, garbage.

Cluster: three nodes, watch latency 1 s, leases at 5, 15, 25 ..., passes every 5 s from 0, grace 50 s (1.32), cloud
node loop at 2, 7, 12 ...; one service of three replicas, replica r on workers-r.
"""
POD = "web-0"


def scenario(timeline, duration="10m"):
    return {
        "name": "trace", "duration": duration, "seed": 1,
        "cluster": {"release": "1.32", "watch_latency": "1s",
                    "node_pools": [{"name": "workers", "nodes": 3, "lease_phase": "5s"}],
                    "node_lifecycle": {"period": "5s", "phase": "0s"},
                    "cloud_node_lifecycle": {"period": "5s", "phase": "2s"}},
        "services": [{"name": "web", "workload": {"replicas": 3}}],
        "timeline": timeline,
    }


def times(tables, kind, node="workers-0", pod=None):
    return [float(r["t_s"]) for r in tables.read("events")
            if r["kind"] == kind and r["node"] == node and (pod is None or r["pod"] == pod)]


def run(lbsim, report):
    stopped(lbsim, report)
    gone(lbsim, report)
    kept_deadline(lbsim, report)
    registers_again(lbsim, report)
    effects(lbsim, report)


def stopped(lbsim, report):
    # Off at 12: last lease 5, delivered 6, noticed by the pass of 10, Unknown at 10 + 50 = 60. The pod is not ready
    # at once. The controller's copy shows Unknown at 61, so the pass of 65 queues the node and the look of 65.1 taints
    # it. The taint is seen at 66.1 and tolerated for 300 s: evicted at 366.1. No kubelet is there to end it, so it never
    # exits. The cloud node loop sees Unknown at 61 and taints the stopped machine at its pass of 62.
    name = "stopped machine"
    tables = lbsim.run(scenario([{"at": "12s", "do": "vm_off", "nodes": ["workers-0"], "instance": "stopped"}]))
    report.exact(name, "Unknown", times(tables, "node_unknown"), [60.0])
    report.exact(name, "pod not ready", times(tables, "pod_not_ready", pod=POD), [60.0])
    report.exact(name, "pod terminating", times(tables, "pod_terminating", pod=POD), [366.1])
    report.exact(name, "pod exited", times(tables, "pod_exited", pod=POD), [])
    report.exact(name, "shutdown taint", times(tables, "node_tainted"), [62.0, 65.1])
    report.exact(name, "Node object deleted", times(tables, "node_deleted"), [])


def gone(lbsim, report):
    # As above, but the machine is gone: its Node object is deleted at 62. Garbage collection passes every 20 s: it
    # sees the deletion at 63, finds the pod with its next pass p in [63, 83) and removes it 40 s later, p + 40.
    name = "machine gone"
    tables = lbsim.run(scenario([{"at": "12s", "do": "vm_off", "nodes": ["workers-0"], "instance": "gone"}]))
    report.exact(name, "Node object deleted", times(tables, "node_deleted"), [62.0])
    exited = times(tables, "pod_exited", pod=POD)
    report.exact(name, "pods collected", len(exited), 1)
    report.within(name, "collection", exited, 103, 123)


def kept_deadline(lbsim, report):
    # Ready=False is written at 20 and queued by the pass of 25; the not-ready taint of 25.1 is seen at 26.1, and its
    # toleration ends at 326.1. Unknown at 60 changes the taint to unreachable; the toleration goes on from its start.
    name = "not-ready, then unreachable"
    tables = lbsim.run(scenario([
        {"at": "20s", "do": "set_ready", "nodes": ["workers-0"], "status": "False"},
        {"at": "60s", "do": "set_ready", "nodes": ["workers-0"], "status": "Unknown"}]))
    report.exact(name, "not ready", times(tables, "node_not_ready"), [20.0])
    report.exact(name, "Unknown", times(tables, "node_unknown"), [60.0])
    report.exact(name, "pod terminating", times(tables, "pod_terminating", pod=POD), [326.1])
    # Ready again at 80: the pass of 85 lifts the taint, which calls the eviction off. The next False, of 200, is in the
    # copy at 201: queued at 205, tainted at 205.1, seen at 206.1 and tolerated until 506.1.
    name = "Ready in between"
    tables = lbsim.run(scenario([
        {"at": "20s", "do": "set_ready", "nodes": ["workers-0"], "status": "False", "for": "60s"},
        {"at": "200s", "do": "set_ready", "nodes": ["workers-0"], "status": "False"}]))
    report.exact(name, "Ready", times(tables, "node_ready"), [80.0])
    report.exact(name, "pod terminating", times(tables, "pod_terminating", pod=POD), [506.1])


def registers_again(lbsim, report):
    # The object is deleted at 20; the kubelet goes on without one. Rebooted from 30 to 50 it registers and is Ready.
    name = "reboot without a Node object"
    tables = lbsim.run(scenario([
        {"at": "20s", "do": "delete_node_object", "nodes": ["workers-0"]},
        {"at": "30s", "do": "reboot", "nodes": ["workers-0"], "for": "20s"}]))
    report.exact(name, "registered", times(tables, "node_added"), [50.0])
    report.exact(name, "Ready", times(tables, "node_ready"), [50.0])
    # A machine that is off already is not rebooted.
    name = "reboot of a machine that is gone"
    tables = lbsim.run(scenario([
        {"at": "20s", "do": "vm_off", "nodes": ["workers-0"], "instance": "gone"},
        {"at": "30s", "do": "reboot", "nodes": ["workers-0"], "for": "20s"}]))
    report.exact(name, "back on", times(tables, "vm_on"), [])
    report.exact(name, "noted", times(tables, "verb_without_effect"), [30.0])


def effects(lbsim, report):
    # Key and effect name a taint: taking away another effect changes nothing, taking away the key takes both.
    name = "effects of taints"
    taint = {"nodes": ["workers-0"], "key": "k"}
    tables = lbsim.run(scenario([
        {"at": "10s", "do": "taint", **taint, "effect": "NoSchedule"},
        {"at": "20s", "do": "taint", **taint, "effect": "PreferNoSchedule"},
        {"at": "30s", "do": "untaint", **taint, "effect": "NoSchedule"},
        {"at": "40s", "do": "untaint", **taint, "effect": "NoSchedule"},
        {"at": "50s", "do": "untaint", **taint}]))
    report.exact(name, "tainted", times(tables, "node_tainted"), [10.0, 20.0])
    report.exact(name, "untainted", times(tables, "node_untainted"), [30.0, 50.0])
