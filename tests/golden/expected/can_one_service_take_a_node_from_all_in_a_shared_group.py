# SPDX-License-Identifier: Apache-2.0
"""S29 (kubernetes #121094, #121116): C Cluster and C Local services whose load balancers share the instance groups.

The answer: in 1.26.0 to 1.26.10, where readiness counts for Cluster only, yes: the update of the first Cluster service takes the
node from the Local ones, too, whose only endpoint it has, though they want it. When another node joins, the services
of each kind in turn put it back and take it away. From 1.26.11 readiness counts for both again: the loss is the same, but
the load balancers are as the release wants them. From 1.27 on with the gate nothing is lost.

d = 0.1 s. NotReady is written at t1, node N+1 joins at t2.

* 1.26.0: t1 starts a pass of which only the C Cluster services take part; the first one removes the node from the group (one
  call). t2 starts one of all 2C services in random order; the first adds the new node (and, if it is Local, the old
  one: the same call); each service that follows one of the other kind changes the group again: 1 to 2C - 1 times.
* 1.26 and 1.29 without the gate: 2C updates for t1, 2C for t2, one change of the group each.
* with the gate: readiness starts no pass; 2C updates and one change for t2.
* The first removal is over after at most 3 reads, the call, an operation of 5 to 15 s and its polls: tr is within
  [5.5, 17.5] of t1. Then (`cut`) all long connections of the Local services are lost (their other nodes fail the
  check), 1/N of those of the Cluster services, and the short ones alive then and when the lag of 5 to 30 s is over.
* From then on no target of a Local load balancer passes, so it fails open to nodes without an endpoint, which drop: black-holed,
  until the end (what is younger than connect_timeout at the end is not lost yet), in 1.26.0 until the node is back and passes,
  which is after t2.
Before 360 s no pod is evicted from the NotReady node; the run is shorter."""
import math

from common import at_least, at_most, between, exactly, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        cluster = doc["cluster"]
        release = cluster["release"]
        gate = cluster.get("feature_gates", {}).get("StableLoadBalancerNodeSet", int(release.split(".")[1]) >= 27)
        count = doc["services"][0]["count"]
        nodes = cluster["node_pools"][0]["nodes"]
        short, long = doc["traffic"]
        first, second = (seconds(verb["at"]) for verb in doc["timeline"])
        end = seconds(doc["duration"])
        assert end < first + 300
        none = exactly(0)
        if gate:
            result[name] = {"lb_updates": exactly(2 * count), "api_calls_mutating": exactly(1), "connections_lost": none,
                            "desync_max_s": at_most(17.6)}
            continue
        mixed = release == "1.26.0"
        rate = count * short["arrivals_per_second"]
        alive = 2 * rate * seconds(short["lifetime"]["fixed"])
        through = count * long["connections"] / nodes
        longest = rate * (end - 1 - first - 5.5 - 5)
        shortest = rate * ((second if mixed else end - 1) - first - 17.5 - 30)
        lost = count * long["connections"] + through + alive * (1 + 1 / nodes)
        result[name] = {
            "lb_updates": exactly(3 * count if mixed else 4 * count),
            "api_calls_mutating": between(3, 2 * count + 1) if mixed else exactly(2),
            "dropped_target_removed": (lost, 4 * math.sqrt(through + alive) + (alive * count if mixed else 0)),
            "new_blackholed": between(shortest - 4 * math.sqrt(shortest), longest + 4 * math.sqrt(longest)),
            "new_refused": none, "new_rejected": none, "dropped_pod_killed": none,
            "desync_max_s": at_least(second - first - 17.5) if mixed else at_most(17.6),
        }
    return result
