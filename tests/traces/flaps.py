# SPDX-License-Identifier: Apache-2.0
"""F4: a node of 50 is Unknown from 100 s for F; L = 20 load balancers, a = 3 s, w workers, watch latency 1.

The flap is seen at 101, the recovery at 101 + F. A pass lasts L*a/w = 60/w s.
* 1.24 (list at each service's turn, every service updated): turns begin at 101 + k*a, w at a time; those before
  101 + F take the node away: hits = min(L, w * ceil(F/a)). The second pass gives it back: 2L updates.
* 1.26 to 1.28 (list at the start of the pass): every load balancer loses the node, 2L updates; it is missing
  from one for max(F, L*a/w) in the mean over load balancers: the second pass begins when the first ends or when
  the recovery is seen, the later of both, and each runs over the same instants j*a/w.
* 1.29 with the gate off (list at each turn, nothing to do for unchanged sets): the same hits, 2 * hits updates.
* gate on: nothing.
Connections dropped: binomial(hits * 1000, 1/50). Every hit target goes out once and comes back once.
"""
import math

from world import flap

SERVICES, UPDATE, NODES, CONNECTIONS = 20, 3, 50, 1000
ARMS = [("1.24", None), ("1.26", None), ("1.27", False), ("1.28", False), ("1.29", False),
        ("1.27", None), ("1.30", None), ("1.32", None)]
# 1 s and 3 s are one turn, 4 s two; 59 s all but none; 61 s and 100 s outlast a pass.
LENGTHS = [1, 3, 4, 59, 61, 100]


def run(lbsim, report):
    for release, gate in ARMS:
        for length in LENGTHS if release != "1.32" else [60]:
            for workers in (1, 2) if length in (4, 59) else (1,):
                one(lbsim, report, release, gate, length, workers)


def one(lbsim, report, release, gate, length, workers):
    name = f"flap {release}{'' if gate is None else ' gate off'} F={length} w={workers}"
    tables = lbsim.run(flap(release, length, SERVICES, UPDATE, workers, gate))
    minor = int(release.split(".")[1])
    turns = min(SERVICES, workers * math.ceil(length / UPDATE))
    if minor >= 27 and gate is None:
        hits, updates = 0, 0
    elif minor in (26, 27, 28):
        hits, updates = SERVICES, 2 * SERVICES
    else:
        hits, updates = turns, 2 * SERVICES if minor <= 24 else 2 * turns
    report.exact(name, "load balancers hit", len(tables.turned("out", "workers-7")), hits)
    report.exact(name, "updates", tables.metric("lb_updates"), updates)
    report.exact(name, "lost new connections", tables.metric("connections_lost"), tables.metric("dropped_target_removed"))
    p = 1 / NODES
    mean = hits * CONNECTIONS * p
    report.count(name, "dropped", tables.metric("dropped_target_removed"), mean, mean * (1 - p))
    if minor in (26, 27, 28) and hits:
        rows = [r for r in tables.read("targets") if r["node"] == "workers-7"]
        gone = sum(float(r["t_s"]) for r in rows if r["to"] == "out")
        back = sum(float(r["t_s"]) for r in rows if r["from"] == "out")
        report.exact(name, "missing in the mean", (back - gone) / SERVICES, max(length, SERVICES * UPDATE / workers))
