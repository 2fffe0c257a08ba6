# SPDX-License-Identifier: Apache-2.0
"""A node leaves: the rows of 4.8 for externalTrafficPolicy Cluster and how they read for established connections.

In all rows: taint at 3, watch latency 1, so a kube-proxy of 1.30 or later answers 503 from 4; probes at 0, I,
2I, ...; leases at 5, 15, ...; lifecycle ticks at 0, 5, ...; cloud node loop at 2, 7, ... A probe sent to a
machine that is off is judged at its time-out. W is from VM off to the end of new connections: unhealthy, or out
of the set if that is first. `Unknown` is the first tick at or after s + G with s the first tick that sees the
last lease; the object goes at the first cloud node loop that has seen that. The set follows one watch latency
and one update (a = 2 unless said) later.
"""
from world import removal

# name, scenario, unhealthy, drain, off, W, unknown, deleted, out
ROWS = [
    # Probes 8, 16, 24 refused: 24. Drain at 3 + 5, 300 s: off at 308, last lease 305, seen 306, tick 310, +
    # 50: 360, 362.
    # The target fails long before the VM is off: W = 0. Out at 362 + 1 + 2.
    ("gce_shared P=300", removal("gce_shared", pod_drain=300), 24, 8, 308, 0, 360, 362, 365),
    # kubelet release up to 1.31: G = 40, ten seconds less.
    ("gce_shared P=300 G=40", removal("gce_shared", pod_drain=300, release="1.31"), 24, 8, 308, 0, 350, 352, 355),
    # Nothing to drain: off at 8, before the probe of 8 (VM off counts first). 8, 16 and 24 find no machine; the last is
    # judged at 25. W = 25 - 8. Last lease 5, seen 6, tick 10, + 50: 60, 62, out at 65.
    ("gce_shared empty", removal("gce_shared"), 25, 8, 8, 17, 60, 62, 65),
    ("gce_shared empty G=40", removal("gce_shared", release="1.31"), 25, 8, 8, 17, 50, 52, 55),
    # 60 s between taint and drain: 24 as in the first row, off at 63 while failing. Last lease 55, tick 60, 110, 112.
    ("gce_shared empty delay 60", removal("gce_shared", delay=60), 24, 63, 63, 0, 110, 112, 115),
    ("gce_shared empty delay 60 G=40", removal("gce_shared", delay=60, release="1.31"), 24, 63, 63, 0, 100, 102, 105),
    # Probes 30, 60 and 90 would be judged until 100, but the node is out at 63 + a: W = 55 + a.
    ("aws_nlb_cluster empty a=2", removal("aws_nlb_cluster"), None, 8, 8, 57, 60, 62, 65),
    ("aws_nlb_cluster empty a=7", removal("aws_nlb_cluster", a=7), None, 8, 8, 62, 60, 62, 70),
    ("aws_nlb_cluster empty G=40", removal("aws_nlb_cluster", release="1.31"), None, 8, 8, 47, 50, 52, 55),
    # Checks on the NodePort answer until 8 whatever the taint. 8/1/3: 8, 16, 24 + 1.
    ("NodePort gce-like empty", removal("gce_shared", "node_port"), 25, 8, 8, 17, 60, 62, 65),
    # 8/5/3: 24 + 5.
    ("NodePort aws_clb_ocp empty", removal("aws_clb_ocp", "node_port"), 29, 8, 8, 21, 60, 62, 65),
    # 10/5/6: probes 10 to 60, judged at 65: only if the node is not out at 63 + a before.
    ("NodePort aws_clb empty a=1", removal("aws_clb", "node_port", a=1), None, 8, 8, 56, 60, 62, 64),
    ("NodePort aws_clb empty a=3", removal("aws_clb", "node_port", a=3), 65, 8, 8, 57, 60, 62, 66),
    # 5/5/2: probes 10 and 15, judged at 20.
    ("NodePort azure empty", removal("azure_slb", "node_port"), 20, 8, 8, 12, 60, 62, 65),
    # A kube-proxy before 1.30 does not fail on the taint: 10256 behaves as the NodePort does (F2). 1.29: G = 40.
    ("10256 of 1.29, aws_clb_ocp empty", removal("aws_clb_ocp", release="1.29"), 29, 8, 8, 21, 50, 52, 55),
    # The same with pods: the check sees nothing until the VM is off at 308. Probes 312, 320, 328 + 5: 333, W = 25.
    # Last lease 305: Unknown at 350, deleted 352.
    ("10256 of 1.29, aws_clb_ocp P=300", removal("aws_clb_ocp", release="1.29", pod_drain=300), 333, 8, 308, 25, 350, 352, 355),
    # All ports checked: as one.
    ("all NodePorts azure empty", removal("azure_slb", "all_node_ports"), 20, 8, 8, 12, 60, 62, 65),
]


def run(lbsim, report):
    for name, scenario, unhealthy, drain, off, hole, unknown, deleted, out in ROWS:
        tables = lbsim.run(scenario)
        failing = tables.turned("failing")
        report.exact(name, "unhealthy at", failing[0] if failing else None, unhealthy)
        report.exact(name, "drain starts", tables.event("node_drain_started"), drain)
        report.exact(name, "VM off", tables.event("vm_off"), off)
        report.exact(name, "W", tables.metric("blackhole_node_s"), hole)
        report.exact(name, "node Unknown", tables.event("node_unknown"), unknown)
        report.exact(name, "Node object deleted", tables.event("node_deleted"), deleted)
        report.exact(name, "out of the set", tables.turned("out"), [out])
        report.exact(name, "updates", tables.metric("lb_updates"), 1)
    exactly_then(lbsim, report)
    established(lbsim, report)


def exactly_then(lbsim, report):
    """aws_clb with a = 2: the time-out of the sixth probe and the end of the update meet at 65. W is the same either way;
    the change of the set counts first (ends of cloud calls come before probe time-outs), so it is never unhealthy."""
    name = "NodePort aws_clb empty a=2"
    tables = lbsim.run(removal("aws_clb", "node_port"))
    report.exact(name, "unhealthy at", tables.turned("failing"), [])
    report.exact(name, "out of the set", tables.turned("out"), [65])
    report.exact(name, "W", tables.metric("blackhole_node_s"), 57)


def lost(tables, cause):
    rows = tables.read("lost_connections")
    return sorted({float(row["t_s"]) for row in rows if row["cause"] == cause}), len(rows), {row["first_hop"] for row in rows}


def established(lbsim, report):
    """What 4.8 says under the table about established connections: 3 load balancers of 1,000 flows over 10 nodes.
    Flows through the node: binomial(3000, 1/10), which nothing but the cause at hand ends (lifetime 30 days: a completion
    in 10 minutes has probability 2e-4 for each of them)."""
    flows, through = 1000, 300
    spread = 3 * flows * 0.1 * 0.9

    # gce_shared, P = 300: unhealthy at 24, established ones live until the VM is off at 308; the node leaves set q at
    # 362 + 1 + 2q; one call for each.
    name = "established, gce_shared P=300"
    tables = lbsim.run(removal("gce_shared", pod_drain=300, count=3, connections=flows))
    times, count, hops = lost(tables, "vm_off")
    report.exact(name, "new flows stop at", sorted(tables.turned("failing")), [24, 24, 24])
    report.exact(name, "reset at", times, [308])
    report.exact(name, "all reset connections are dropped_vm_off", tables.metric("dropped_vm_off"), count)
    report.count(name, "reset", count, through, spread)
    report.exact(name, "first hops", sorted(hops) == ["workers-0"], True)
    report.exact(name, "leaves the sets at", sorted(tables.turned("out")), [365, 367, 369])
    report.exact(name, "updates", tables.metric("lb_updates"), 3)
    report.exact(name, "established zero after the taint", tables.metric("time_to_established_zero_s"), 305)

    # NLB default: the third failing probe is at 90 and resets them.
    name = "established, NLB default P=300"
    tables = lbsim.run(removal("aws_nlb_cluster", pod_drain=300, count=3, connections=flows, on_unhealthy="cut"))
    times, count, _ = lost(tables, "target_unhealthy")
    report.exact(name, "reset at", times, [90])
    report.exact(name, "nothing else is dropped", tables.metric("connections_dropped"), count)
    report.count(name, "reset", count, through, spread)

    # NLB with R = 100: 90 + 100. With R = 300 the VM is off first.
    for interval, at, cause in ((100, 190, "drain_timeout"), (300, 308, "vm_off")):
        name = f"established, NLB R={interval} P=300"
        drain = {"drain": f"{interval}s"}
        tables = lbsim.run(removal("aws_nlb_cluster", pod_drain=300, count=3, connections=flows, on_unhealthy=drain))
        times, count, _ = lost(tables, cause)
        report.exact(name, f"{cause} at", times, [at])
        report.count(name, cause, count, through, spread)
        report.exact(name, "nothing else is dropped", tables.metric("connections_dropped"), count)

    # 1.26 (F3): the taint starts the pass at 4; the node leaves set q at 4 + 2q and its flows are cut
    # there. The VM goes later. No black hole.
    for extra in ({}, {"pod_drain": 300}):
        name = f"established, 1.26 preset {extra}"
        tables = lbsim.run(removal("gce_shared", release="1.26", count=3, connections=flows, **extra))
        times, count, _ = lost(tables, "target_removed")
        # Without pods the VM is off at 8: set 2 leaves then too, and set 3 only at 10.
        expected = [6, 8, 10] if extra else [6]
        report.exact(name, "leaves the sets at", sorted(tables.turned("out")), [6, 8, 10])
        report.exact(name, "cut at", times, expected)
        report.exact(name, "W", tables.metric("blackhole_node_s"), 0 if extra else 2)
        report.count(name, "lost", count, through, spread)
        report.exact(name, "updates", tables.metric("lb_updates"), 3)
