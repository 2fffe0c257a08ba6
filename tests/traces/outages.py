# SPDX-License-Identifier: Apache-2.0
"""Kubelets that cannot write, an API server that is down, a zone without power: who notices, when, and what waits.

Clocks as in node_life: passes at 0, 5, 10 ...; leases and kubelets' loops at 5, 15, 25 ...; watch latency 1 s; grace 50 s.
"""
from node_life import POD, scenario, times
from node_taints import UNREACHABLE, expect, sized

ALL = ["workers-0", "workers-1", "workers-2"]


def outage(at, lasts):
    return {"at": at, "do": "api_server_outage", "for": lasts}


def run(lbsim, report):
    silent_kubelet(lbsim, report)
    api_server(lbsim, report)
    what_waits(lbsim, report)
    zone(lbsim, report)


def silent_kubelet(lbsim, report):
    # From 12 on no write: the last lease is that of 5, so Unknown at 60, tainted at 65.1, as if the machine were off. At
    # 112 the kubelet can write again: its loop of 115 reports Ready and takes the pod's mark back; the copy of 116 lets
    # the pass of 120 lift the taint. The cloud finds the machine running.
    name = "a kubelet cannot write for 100 s"
    def silence(lasts, **keys):
        return [{"at": "12s", "do": "kubelets_cannot_renew", "nodes": ["workers-0"], "for": lasts, **keys}]
    tables = lbsim.run(scenario(silence("100s")))
    report.exact(name, "Unknown", times(tables, "node_unknown"), [60.0])
    report.exact(name, "pod not ready", times(tables, "pod_not_ready", pod=POD), [60.0])
    expect(report, name, tables, UNREACHABLE, [("workers-0", 65.1)])
    report.exact(name, "Ready", times(tables, "node_ready"), [115.0])
    report.exact(name, "pod ready", times(tables, "pod_ready", pod=POD), [115.0])
    expect(report, name, tables, UNREACHABLE, [("workers-0", 120.0)], "node_untainted")
    report.exact(name, "power", times(tables, "vm_off") + times(tables, "node_deleted"), [])
    # Until 55 exactly: the lease of 55 is written, seen at 56 and noticed by the pass of 60. One microsecond more, and
    # that lease is missed; the next is that of 65.
    for lasts, unknown, ready in (("43s", [], []), ("43000001us", [60.0], [65.0])):
        tables = lbsim.run(scenario(silence(lasts)))
        report.exact(f"silent for {lasts}", "Unknown", times(tables, "node_unknown"), unknown)
        report.exact(f"silent for {lasts}", "Ready", times(tables, "node_ready"), ready)
    # The pod's change of 60 is in every proxy's rules at 61; those of a node that hears nothing get it at 113, and the
    # change back, of 115, at 116.
    name = "whose proxies hear"
    for watches, own in (("go_on", [61.0, 116.0]), ("stop", [113.0, 116.0])):
        tables = lbsim.run(scenario(silence("100s", watches=watches)))
        node = "" if watches == "go_on" else "workers-0"
        report.exact(f"{name}, {watches}", "workers-0", times(tables, "rules_synced", node), own)
    report.exact(f"{name}, stop", "workers-1", times(tables, "rules_synced", "workers-1"), [61.0, 116.0])


def api_server(lbsim, report):
    # Down from 12 to 42: the leases of 15, 25 and 35 are not written, that of 45 is. Seen at 46, noticed by the pass of
    # 50; the silence since the pass of 10 would have lasted until 60.
    name = "API server down for 30 s"
    tables = lbsim.run(scenario([outage("12s", "30s")]))
    report.exact(name, "Unknown", sum((times(tables, "node_unknown", n) for n in ALL), []), [])
    # Down until 112: from 60 on the controller finds everybody silent, and its writes fail. The pass of 115 is the first
    # whose writes do not, and the leases of 115 are seen at 116 only: all are Unknown. No node is Ready, so nobody is
    # tainted. The loops of 115 find nothing to report, those of 125 do.
    name = "API server down for 100 s"
    tables = lbsim.run(scenario([outage("12s", "100s")]))
    for node, pod in zip(ALL, ("web-0", "web-1", "web-2")):
        report.exact(name, f"{node} Unknown", times(tables, "node_unknown", node), [115.0])
        report.exact(name, f"{node} Ready", times(tables, "node_ready", node), [125.0])
        report.exact(name, f"{pod} not ready", times(tables, "pod_not_ready", node, pod), [115.0])
        report.exact(name, f"{pod} ready", times(tables, "pod_ready", node, pod), [125.0])
    expect(report, name, tables, UNREACHABLE, [])
    # With loops at 3, 13 ... the leases of 113 are seen at 114, before the pass of 115.
    name = "API server down for 100 s, lucky leases"
    doc = scenario([outage("12s", "100s")])
    doc["cluster"]["node_pools"][0]["lease_phase"] = "3s"
    report.exact(name, "Unknown", times(lbsim.run(doc), "node_unknown"), [])
    # A machine that comes on during the outage registers with its first loop after it.
    name = "registration during the outage"
    tables = lbsim.run(scenario([outage("12s", "30s"), {"at": "10s", "do": "add_nodes", "pool": "workers", "count": 1,
                                                        "boot_time": "10s"}]))
    report.exact(name, "power", times(tables, "vm_on", "workers-3"), [20.0])
    report.exact(name, "registered", times(tables, "node_added", "workers-3"), [45.0])
    report.exact(name, "Ready", times(tables, "node_ready", "workers-3"), [45.0])


def what_waits(lbsim, report):
    taint = {"do": "taint", "nodes": ["workers-0"], "key": "ToBeDeletedByClusterAutoscaler"}
    # Written at 11.5, the taint would be seen at 12.5: the watch brings it one latency after the outage.
    name = "a delivery during the outage"
    tables = lbsim.run(scenario([{"at": "11500ms", **taint}, outage("12s", "30s")]))
    report.exact(name, "tainted", times(tables, "node_tainted"), [11.5])
    report.exact(name, "/healthz fails", times(tables, "healthz_failing"), [43.0])
    name = "a write during the outage"
    tables = lbsim.run(scenario([{"at": "20s", **taint}, outage("12s", "30s")]))
    report.exact(name, "tainted", times(tables, "node_tainted"), [42.0])
    # Evicted at 5, the pod's process ends at 25 whatever the API server does; its object goes at 42, which the autoscaler's
    # look of 45 sees. Its replacement was created at 5.
    name = "a pod that ends during the outage"
    doc = scenario([{"at": "5s", "do": "autoscaler_scale_down", "nodes": ["workers-0"], "delay_after_taint": "0s"},
                    outage("12s", "30s")])
    doc["services"][0]["workload"]["preStopSeconds"] = 20
    tables = lbsim.run(doc)
    report.exact(name, "exited", times(tables, "pod_exited", pod=POD), [25.0])
    report.exact(name, "drained", times(tables, "node_drained"), [45.0])
    # Off at 12, tainted at 65.1, seen at 66.1, endured for 60 s: deleted at 126.1, but for the outage from 100 to 200.
    name = "an eviction during the outage"
    doc = scenario([{"at": "12s", "do": "vm_off", "nodes": ["workers-0"], "instance": "stopped"}, outage("100s", "100s")])
    doc["services"][0]["workload"]["tolerationSeconds"] = 60
    report.exact(name, "terminating", times(lbsim.run(doc), "pod_terminating", pod=POD), [200.0])
    # Two that overlap are one, from 12 to 60.
    name = "two outages"
    tables = lbsim.run(scenario([outage("12s", "30s"), outage("30s", "30s"), {"at": "20s", **taint}]))
    report.exact(name, "down", times(tables, "api_server_down", ""), [12.0])
    report.exact(name, "up", times(tables, "api_server_up", ""), [60.0])
    report.exact(name, "tainted", times(tables, "node_tainted"), [60.0])


def zone(lbsim, report):
    # Zone a has workers-0 and workers-2. Off at 12, Unknown at 60, the cloud calls them stopped: the node loop's pass of
    # 62 taints them. Power comes back at 112 with Ready at once; the loop of 117 takes the taint.
    name = "zone outage"
    down = {"at": "12s", "do": "zone_outage", "zone": "a", "for": "100s"}
    tables = lbsim.run(sized(4, [down], zones=["a", "b"]))
    for node in ("workers-0", "workers-2"):
        report.exact(name, f"{node} off", times(tables, "vm_off", node), [12.0])
        report.exact(name, f"{node} Unknown", times(tables, "node_unknown", node), [60.0])
        report.exact(name, f"{node} on", times(tables, "vm_on", node), [112.0])
        report.exact(name, f"{node} Ready", times(tables, "node_ready", node), [112.0])
    expect(report, name, tables, "node.cloudprovider.kubernetes.io/shutdown", [("workers-0", 62.0), ("workers-2", 62.0)])
    report.exact(name, "zone b off", times(tables, "vm_off", "workers-1") + times(tables, "vm_off", "workers-3"), [])
    # A machine that is to boot there at 30, and one that is rebooted at 10 for 20 s, wait for the zone.
    name = "boots in a zone that is down"
    tables = lbsim.run(sized(4, [{"at": "10s", "do": "reboot", "nodes": ["workers-0"], "for": "20s"}, down,
                                 {"at": "20s", "do": "add_nodes", "pool": "workers", "count": 1, "boot_time": "10s"}],
                             zones=["a", "b"]))
    report.exact(name, "rebooted", times(tables, "vm_on", "workers-0"), [112.0])
    report.exact(name, "new", times(tables, "node_added", "workers-4"), [112.0])
