# SPDX-License-Identifier: Apache-2.0
"""F7 (rollout under externalTrafficPolicy Local), one drained node of N.

The last local pod of the node is evicted at t0 and exits S (preStop) later. Its kube-proxy sees it terminating
at t0 + d: the health check node port answers 503 from then on. The first probe after that comes u later, u
uniform in [0, I) over the drawn phases; the U-th failing probe is at t0 + d + D, D = u + (U-1)I: no new
connections from then on.

* kube-proxy up to 1.25 drops a terminating endpoint from its rules at once: from t0 + d until t0 + d + D a SYN
  is dropped by the node: black hole D, uniform in [3, 6), mean 4.5 s, however long the pod would serve.
* kube-proxy from 1.26 sends to terminating endpoints that still serve when there is no other: nothing is lost
  before the pod exits at t0 + S. From then for d the rules still name the dead pod (refused, RST by its node),
  then, no endpoint being left, SYNs are dropped until t0 + d + D. So refused lasts min(d, max(0, d + D - S)),
  the black hole max(0, D - S) (S >= d; for S = 0 the exit is seen with the terminating state, at t0 + d, so D);
  together max(0, d + D - S): zero iff S >= d + U*I.

The mean over u of such a piecewise linear function is taken by summing over a fine grid; lost connections come
at rate/N. A connection of 50 ms alive on the pod at its exit is killed with it: rate/N x life, if new ones
still arrived then (u large enough), which for S = 0 is always. One DeleteNodes (the pool's vm_off_delay
outlasts the run, nobody else calls); the taint starts no pass from 1.27 on, and the set still has the node at
the end.
"""
import math

from common import exactly, mean_of_uniform, seconds, variants

GRID = 6000


def moments(values):
    mean = sum(values) / len(values)
    return mean, sum((v - mean) ** 2 for v in values) / len(values)


def expected(scenario):
    result = {}
    runs = scenario["replications"]
    for name, doc in variants(scenario):
        service, traffic = doc["services"][0], doc["traffic"][0]
        check, work = service["load_balancer"]["health_check"], service["workload"]
        interval, count = seconds(check["interval"]), check["unhealthy"]
        d = seconds(doc["cluster"]["watch_latency"])
        serves = work["preStopSeconds"]
        rate = traffic["arrivals_per_second"] / doc["cluster"]["node_pools"][0]["nodes"]
        life = seconds(traffic["lifetime"]["fixed"])
        old = int(doc["cluster"]["releases"]["kube_proxy"].split(".")[1]) <= 25
        detect = [(i + 0.5) / GRID * interval + (count - 1) * interval for i in range(GRID)]
        if old:
            holes, refusals, killed = detect, [0.0] * GRID, [0.0] * GRID
            assert serves >= d + life, "else the exit itself refuses"
        else:
            from_exit = max(d, d + serves)  # the rules have lost the last endpoint
            holes = [max(0.0, d + x - from_exit) for x in detect]
            refusals = [max(0.0, min(d + x, from_exit) - serves) for x in detect]
            # new ones came until d + x; those that began at most `life` before the exit are alive at it
            killed = [max(0.0, min(life, d + x - (serves - life))) for x in detect]

        def counted(times):
            mean, variance = moments(times)
            return rate * mean, 4 * math.sqrt((rate * mean + rate**2 * variance) / runs)

        hole, spread = moments(holes)
        total = d + (count - 1) * interval
        result[name] = {
            "blackhole_node_s": (hole, 4 * math.sqrt(spread / runs)),
            "new_blackholed": counted(holes), "new_refused": counted(refusals), "dropped_pod_killed": counted(killed),
            "time_to_new_zero_s": mean_of_uniform(total, total + interval, runs),
            "lb_updates": exactly(0), "sync_passes": exactly(0), "api_calls": exactly(1), "target_transitions": exactly(1),
        }
    return result
