# SPDX-License-Identifier: Apache-2.0
"""One zone of three without power (S15), every node with one pod.

The zone goes at 100. Probes leave at 104, 112, 120 and time out 1 s later: the third failure, at 121, takes its nodes
out of the choice: D = 21 s, in which a third of all first hops is dead. Last lease 95, noticed by the pass of 100, so
the nodes are Unknown at 100 + grace, their pods are not ready and, one watch latency later, out of every proxy's rules:
E = grace + 1 s, in which a third of all endpoints is dead.

Cluster: a new connection is black-holed where its first hop or its endpoint is dead: 1/3 + 1/3 - 1/9 = 5/9 until D, and
1/3, through the nodes that live, until E. Local: the endpoint is on the first hop: 1/3 until D, then nothing, whatever
the grace period. A grace of 120 s instead of 40 costs Cluster 80 s more of its third.

Established flows go with the power: 5/9 or 1/3 of them. Nobody is called: a stable node set does not ask for Ready, and
Node objects of stopped machines stay. blackhole_node_s: seven nodes for D.
"""
from common import binomial, exactly, poisson, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        short, long = doc["traffic"]
        local = doc["services"][0]["externalTrafficPolicy"] == "Local"
        grace = seconds(doc["cluster"]["node_lifecycle"].get("grace_period", "40s"))
        zones, nodes = len(doc["cluster"]["zones"]), doc["cluster"]["node_pools"][0]["nodes"]
        check = doc["services"][0]["load_balancer"]["health_check"]
        interval, at = seconds(check["interval"]), seconds(doc["timeline"][0]["at"])
        first = -(-at // interval) * interval
        detected = first + interval * (check["unhealthy"] - 1) + seconds(check["timeout"]) - at
        ended = grace + seconds(doc["cluster"]["watch_latency"])
        share = 1 / zones
        either = share if local else 2 * share - share * share
        dead = detected * either + (0 if local else (ended - detected) * share)
        alive = short["arrivals_per_second"] * seconds(short["lifetime"]["fixed"]) * either
        flows = binomial(long["connections"], either)
        result[name] = {
            "new_blackholed": poisson(short["arrivals_per_second"] * dead), "new_rejected": exactly(0),
            "new_refused": exactly(0), "dropped_vm_off": (flows[0] + alive, flows[1] + 4 * alive**0.5),
            "dropped_target_removed": exactly(0), "lb_updates": exactly(0),
            "blackhole_node_s": exactly(nodes / zones * detected),
        }
    return result
