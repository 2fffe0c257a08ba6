# SPDX-License-Identifier: Apache-2.0
"""A node falsely NotReady (closed form F4), for one_node_flaps and readiness_flap.

L load balancers, one update takes a, watch latency d, the node is Unknown from f to f + F, N nodes, C
connections each. The order of the services in a pass is random; the totals below do not depend on it unless
said.

1.26 (one list read per pass): the flap is seen at f + d and the pass takes the list without the node. Load
balancer j loses the node at f + d + j*a. Ready is seen at f + F + d, but the pass goes on with its list until f
+ d + L*a; the second pass, with the node, gives it back at f + d + L*a + j'*a. Calls 2L. Every load balancer
cuts its C/N connections. De-sync: with R the moment of recovery f + F, load balancers whose removal ends by R
are de-synced from f to their removal, then from R to their return; the others from f to R (the node is still in
a set that should not have it), then from their removal (by now wrong) to their return.

1.24 (list read at each service's turn, update unconditional): only a service whose turn begins before f + F + d
reads a list without the node: k = min(L, ceil(F/a)) of them. Pass two gives it back. Every service is updated
twice: 2L calls; dropped k*C/N. A removal that ends after R is wrong from its end on; before that, de-sync ends
at R. The return of those k is at f + d + L*a + j'*a with j' random: the only number with a sampling error
besides the cut ones.

1.29 with the gate off (list read per turn, unchanged sets skipped): the same k lose it; the skipped ones take
no time, so the second pass starts at f + d + k*a at the earliest and has only those k to do: 2k calls.

1.27 and later with the gate: Ready is no predicate and no trigger. No call, nothing cut.

In every release the cloud node loop sees the node not Ready from f + d to f + F + d: F/5 s passes, each asking
InstanceExists and InstanceShutdown: 2*F/5 calls more.

Cut connections: each of the k*C (or L*C) connections goes through the node with probability 1/N: binomial.
"""
import math

from common import binomial, exactly, minor, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        lb = doc["services"][0]["load_balancer"]
        verb = doc["timeline"][0]
        services = doc["services"][0]["count"]
        nodes = doc["cluster"]["node_pools"][0]["nodes"]
        a, d = seconds(lb["update_latency"]), seconds(doc["cluster"]["watch_latency"])
        f, flap = seconds(verb["at"]), seconds(verb["for"])
        recovery = f + flap
        connections = doc["traffic"][0]["connections"]
        release = minor(doc)
        stable = release >= 27 and doc["cluster"].get("feature_gates", {}).get("StableLoadBalancerNodeSet", True)
        hit = min(services, math.ceil(flap / a))
        desync_error = 0.0
        if stable:
            touched, calls, desync = 0, 0, 0.0
        elif release in (26, 27, 28):
            touched, calls = services, 2 * services
            second = f + d + services * a
            desync = 0.0
            for j in range(1, services + 1):
                removed, back = f + d + j * a, second + j * a
                desync += min(removed, recovery) - f + back - max(removed, recovery)
        elif release <= 25:
            touched, calls = hit, 2 * services
            second = f + d + services * a
            desync = 0.0
            for j in range(1, services + 1):
                removed = f + d + j * a
                desync += min(removed, recovery) - f if j <= hit else flap
                if j <= hit:
                    desync += second + a * (services + 1) / 2 - max(removed, recovery)
            variance = hit * (services**2 - 1) / 12 * (services - hit) / (services - 1)  # hit of L turns, no repetition
            desync_error = 4 * a * math.sqrt(variance)
        else:
            touched, calls = hit, 2 * hit
            second = max(f + d + hit * a, recovery + d)
            desync = 0.0
            for j in range(1, services + 1):
                removed, back = f + d + j * a, second + j * a
                desync += min(removed, recovery) - f + back - max(removed, recovery) if j <= hit else flap
        cut = binomial(touched * connections, 1 / nodes)
        result[name] = {
            "connections_initial": exactly(services * connections),
            "new_blackholed": exactly(0), "new_refused": exactly(0), "new_rejected": exactly(0),
            "connections_dropped": cut, "dropped_target_removed": cut, "blackhole_node_s": exactly(0),
            "lb_updates": exactly(calls), "lb_ensures": exactly(0), "api_calls_mutating": exactly(calls),
            "api_calls": exactly(calls + 2 * round(flap / 5)), "desync_s": (desync, desync_error),
            # out, in again as failing, passing; the first as it leaves while passing
            "target_transitions": exactly(3 * touched),
            "capacity_min_share": exactly(1 if touched == 0 else (nodes - 1) / nodes),
        }
    return result
