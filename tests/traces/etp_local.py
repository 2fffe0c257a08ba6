# SPDX-License-Identifier: Apache-2.0
"""externalTrafficPolicy Local: the last local pod is terminating at 3, the health check node port answers 503 from
4.

Probes leave at 0, I, 2I, ...; an answer of 503 is judged at once. A kube-proxy before 1.26 has no rule for the
node from 4 on: new connections are swallowed until the target is unhealthy. From 1.26 it sends to the
terminating pod while that serves: loss begins at its exit, 3 + S. For one watch latency the rules still name it
and the node refuses; then nothing answers. So with u = unhealthy at:

    refused from 3 + S to min(4 + S, u), swallowed from 4 + S to u (before 1.26: swallowed from 4 to u, if S >= 1)

and the whole loss is max(0, u - 3 - S). 2,000 connections a second over two targets tell the borders of the
loss to 20 ms (a longer gap has probability e^-20), W of lbsim tells the swallowed part to the microsecond."""
from world import local

# name, profile, kube-proxy, S, unhealthy at, loss
ROWS = [
    # 3/1/2: probes 6 and 9.
    ("gce_local before 1.26", "gce_local", "1.25", 10, 9, 5),
    ("gce_local 1.26 S=0", "gce_local", "1.26", 0, 9, 6),
    ("gce_local 1.26 S=5", "gce_local", "1.26", 5, 9, 1),
    ("gce_local 1.26 S=10", "gce_local", "1.26", 10, 9, 0),
    # 5/5/2: probes 5 and 10.
    ("azure before 1.26", "azure_slb", "1.25", 10, 10, 6),
    ("azure 1.26 S=5", "azure_slb", "1.26", 5, 10, 2),
    ("azure 1.26 S=10", "azure_slb", "1.26", 10, 10, 0),
    # 10/6/2: probes 10 and 20.
    ("nlb_local before 1.26", "aws_nlb_local", "1.25", 30, 20, 16),
    ("nlb_local 1.26 S=0", "aws_nlb_local", "1.26", 0, 20, 17),
    # 30/10/3: probes 30, 60 and 90.
    ("nlb 30x3 before 1.26", "aws_nlb_cluster", "1.25", 90, 90, 86),
    ("nlb 30x3 1.26 S=10", "aws_nlb_cluster", "1.26", 10, 90, 77),
    # Releases on both sides of the change agree with their neighbours.
    ("gce_local 1.30 S=5", "gce_local", "1.30", 5, 9, 1),
    ("gce_local 1.24", "gce_local", "1.24", 10, 9, 5),
    # Just before, at and after the rule S >= d + U*I at its sharpest: unhealthy at 9, the exit at 3 + S.
    ("gce_local 1.26 S=6", "gce_local", "1.26", 6, 9, 0),
    ("gce_local 1.26 S=4", "gce_local", "1.26", 4, 9, 2),
]
RATE = 2000


def run(lbsim, report):
    for name, profile, kube_proxy, serves, unhealthy, loss in ROWS:
        tables = lbsim.run(local(profile, kube_proxy, serves, rate=RATE))
        old = int(kube_proxy.split(".")[1]) < 26
        begins = 4 if old else 3 + serves
        swallowed = max(0, unhealthy - (4 if old else 4 + serves))
        refused = 0 if old else max(0, min(4 + serves, unhealthy) - 3 - serves)
        report.exact(name, "the row itself", swallowed + refused, loss)
        report.exact(name, "unhealthy at", tables.turned("failing"), [unhealthy])
        report.exact(name, "W", tables.metric("blackhole_node_s"), swallowed)
        report.count(name, "new_blackholed", tables.metric("new_blackholed"), RATE / 2 * swallowed)
        report.count(name, "new_refused", tables.metric("new_refused"), RATE / 2 * refused)
        began = sorted(float(r["t_s"]) - float(r["age_s"]) for r in tables.read("lost_connections") if r["phase"] == "new")
        if loss == 0:
            report.exact(name, "lost new connections", began, [])
        else:
            report.within(name, "first lost SYN", began[:1], begins, begins + 0.02)
            report.within(name, "last lost SYN", began[-1:], unhealthy - 0.02, unhealthy)
