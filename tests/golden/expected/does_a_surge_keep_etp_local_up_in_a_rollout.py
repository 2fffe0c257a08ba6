# SPDX-License-Identifier: Apache-2.0
"""F7 and S10 (rollout under externalTrafficPolicy Local): a DaemonSet on N = 5 nodes, node after node.

One node of a rollout; its pod is deleted at t0 and serves S = preStop. d: watch latency. A new pod is Ready 10 s after it is
made and available 10 s later; then it is the next node's turn.

One unavailable (the default): the new pod is made when the old one is gone, so the node has none for 10 s. The node's
health port answers 503 from t0 + d on; the U-th failing probe comes D = u + (U-1)I later, u uniform in [0, I): no new
connections after t0 + d + D, at most 7 s.
* kube-proxy up to 1.25 drops the terminating endpoint: SYNs are dropped from t0 + d until t0 + d + D, 4.5 s in the mean.
* from 1.26, S = 0: the dead pod stays in the rules for d (refused), then SYNs are dropped for D.
* from 1.26, S = 10 s: the terminating pod serves until the load balancer has left. Nothing is lost.
Each node fails and passes once: 2N transitions. It passes again before the next turn, so each gets rate/N until it fails.
Turns are S + 20 s apart, so u shifts by -(S + 20) mod I from node to node; its spread over the drawn phase follows from
all five together.

Surge 1, none unavailable: the new pod is available beside the old one before that is deleted. The node always has a ready
pod and its check never fails.
* S = 0: for d the rules still name the dead pod beside the new one: half of the node's connections are refused.
* S = 2 s > d: nothing is lost.
The answer: with a surge, preStop need only outlast the rules (d); without, it must outlast the check, d + U x I = 7 s.

A connection of 50 ms that is alive on a pod at its exit is killed: rate/N x 50 ms a node where new ones still came then.
"""
import math

from common import exactly, seconds, variants

STEPS = 3000


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        service, traffic, runs = doc["services"][0], doc["traffic"][0], doc["replications"]
        check, work = service["load_balancer"]["health_check"], service["workload"]
        interval, count = seconds(check["interval"]), check["unhealthy"]
        d, serves, nodes = seconds(doc["cluster"]["watch_latency"]), work["preStopSeconds"], doc["cluster"]["node_pools"][0]["nodes"]
        rate, life = traffic["arrivals_per_second"] / nodes, seconds(traffic["lifetime"]["fixed"])
        old = doc["cluster"]["releases"]["kube_proxy"] == "1.25"
        surge = work["maxSurge"] > 0
        turn = serves + seconds(work["start_time"]) + work["minReadySeconds"]
        holes = []  # of all nodes together, over the phase
        for i in range(STEPS):
            u = (i + 0.5) / STEPS * interval
            holes.append(sum((u - k * turn) % interval + (count - 1) * interval for k in range(nodes)))
        is_hole = not surge and (old or serves == 0)
        mean = sum(holes) / STEPS if is_hole else 0.0
        variance = sum((h - mean) ** 2 for h in holes) / STEPS if is_hole else 0.0
        refused = (nodes * rate * d * (0.5 if surge else 1.0)) if serves == 0 else 0.0
        killed = nodes * rate * life * (0.5 if surge else 1.0) if serves == 0 else 0.0

        def poisson(value, spread=0.0):
            return value, 4 * math.sqrt((value + spread) / runs)

        result[name] = {
            "new_blackholed": poisson(rate * mean, rate**2 * variance), "new_refused": poisson(refused),
            "dropped_pod_killed": poisson(killed), "blackhole_node_s": (mean, 4 * math.sqrt(variance / runs) + 1e-6),
            "target_transitions": exactly(0 if surge else 2 * nodes), "lb_updates": exactly(0), "sync_passes": exactly(0),
            "api_calls": exactly(0),
        }
    return result
