# SPDX-License-Identifier: Apache-2.0
"""Fifteen minutes in which no kubelet can write (S3; kubernetes issue 45126).

Leases are written at 5, 15 ...; the one of 5 is the last before the outage of `at` = 10, seen at 6 and noticed by the pass of
10. All nodes are Unknown at that pass + grace (40 s) = 50, and their pods are marked not ready. Writing works again at
910; the kubelets' next loop, 915, reports Ready and takes the marks back.

Who looks at Ready (1.24 and, under Cluster, 1.26.0) hears it one watch latency later, at 51, and goes through the load
balancers one by one, an update of `a` each: the i-th is emptied at 51 + a i. All are wanted full again at 916, the i-th is at
916 + a i. In what order does not matter for the sum of the times without a target, n (916 - 51): 10 x 865 s, in which
every new connection is black-holed, and every established one is cut at its start. Such a load balancer has two updates.
1.26.0 under Local and everybody from 1.27 on keep their sets: no update, no flow lost.

The proxies keep their rules while they hear nothing. With the end of the outage they do, one latency later, at 911: all
endpoints are not ready until the kubelets' report of 915 reaches them at 916. For these 5 s nothing is left to forward to,
and new connections are rejected, except where there is no target anyway. The proxies that hear all the time reject from
51 to 916. The checks look at the node and not at its pods, or (Local) fail less than three times.

So "the data plane is fine" needs proxies that do not hear: the endpoints go with the nodes, in every release.
"""
from common import exactly, poisson, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        service, short, long = doc["services"][0], *doc["traffic"]
        n, a = service["count"], seconds(service["load_balancer"]["update_latency"])
        d = seconds(doc["cluster"]["watch_latency"])
        unknown, back = 10 + 40, 10 + 900 + 5
        reads_ready = doc["cluster"]["release"] in ("1.24", "1.26.0") and service["externalTrafficPolicy"] == "Cluster"
        hears = doc["timeline"][0]["watches"] == "go_on"
        rate, connections = short["arrivals_per_second"], n * long["connections"]
        without_target = n * (back - unknown) if reads_ready else 0
        without_endpoint = 0 if reads_ready else n * (back - unknown if hears else back + d - (910 + d))
        # Open-loop connections of 50 ms that are alive at the cut are dropped, too.
        alive = n * rate * seconds(short["lifetime"]["fixed"])
        cut = (connections + alive, 4 * alive**0.5) if reads_ready else exactly(0)
        # From the change of what is wanted to the end of the i-th update, going and coming.
        late = 2 * sum(d + a * (i + 1) for i in range(n)) if reads_ready else 0
        result[name] = {
            "new_blackholed": poisson(rate * without_target), "new_rejected": poisson(rate * without_endpoint),
            "new_refused": exactly(0), "connections_dropped": cut, "dropped_target_removed": cut,
            "lb_updates": exactly(2 * n if reads_ready else 0), "desync_s": exactly(late),
        }
    return result
