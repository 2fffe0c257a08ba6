# SPDX-License-Identifier: Apache-2.0
"""One dead node of N that nobody notices (F8; V1: 50 % of two nodes, 14.3 % of seven).

From the instant the VM is off each new connection picks one of N nodes alike and is lost if it picks the dead
one: 1/N. With pods on the dead node too (k of m pods, still in the endpoints since the node is not noticed), a
connection through a living node is lost if the endpoint picked is on the dead node: b = k/m, so the share is a
+ b - a*b with a = 1/N.

Attempts after the failure are Poisson with mean rate x (duration - at); lost ones are a thinning of them,
Poisson too. A SYN to a dead machine is not answered: black-holed after connect_timeout, so the attempts of the
last connect_timeout are still connecting at the end and not lost: the window is (duration - at -
connect_timeout).

The black hole is one (load balancer, node) pair from `at` to the end. Nothing is called and nothing probed: the
health check of one hour has its first probe after the end, the lifecycle grace is an hour. Dropped at the
failure: of rate x life connections alive those with the dead node as first hop or the dead pod.
"""
from common import exactly, poisson, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        nodes = doc["cluster"]["node_pools"][0]["nodes"]
        work = doc["services"][0]["workload"]
        dead = doc["timeline"][0]["nodes"]
        homes = [work["nodes"][r % len(work["nodes"])] for r in range(work["replicas"])]
        a = len(dead) / nodes
        b = sum(home in dead for home in homes) / len(homes)
        share = a + b - a * b
        traffic = doc["traffic"][0]
        rate, life = traffic["arrivals_per_second"], seconds(traffic["lifetime"]["fixed"])
        end, at = seconds(doc["duration"]), seconds(doc["timeline"][0]["at"])
        lost = poisson(rate * share * (end - at - seconds(traffic["connect_timeout"])))
        result[name] = {
            "connections_attempted": poisson(rate * end), "connections_initial": poisson(rate * life),
            "new_blackholed": lost, "new_refused": exactly(0), "new_rejected": exactly(0),
            "dropped_vm_off": poisson(rate * life * share), "blackhole_node_s": exactly(end - at),
            "api_calls": exactly(0), "lb_updates": exactly(0), "sync_passes": exactly(0), "target_transitions": exactly(0),
            "desync_s": exactly(0), "health_probes": exactly(0), "capacity_min_share": exactly(1),
        }
    return result
