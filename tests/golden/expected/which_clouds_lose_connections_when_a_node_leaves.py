# SPDX-License-Identifier: Apache-2.0
"""Every profile as it is: S services of one port in one zone, a node leaves (taint, drain, machine off at toff) and one joins.

The answer: where the check asks /healthz (Google Cloud, DigitalOcean, Envoy, Katran, MetalLB) no new connection is lost, since kube-proxy of
1.30 says no two minutes before the machine goes. Where it asks a NodePort, new ones are lost until probes have failed or the node
is removed, whichever is first, and for the lag of the data plane after that: 10 s with HAProxy, 1 to 3 minutes
on AWS; with Octavia, which does not probe by default, until the removal. The tenth of the established ones that pass through the node
dies with the machine, with the check where that cuts, and everything with MetalLB's BGP, twice.

Calls (cloud-load-balancers.md sections 1 to 7, Z = P = 1): two passes of S updates; DeleteNodes and one InstanceExists. An
operation is polled once each interval and latency until it is over: so many times at least and at most.

Times from the taint: toff = 5 + 120 + 5 s and the call DeleteNodes. The Node object goes, and the pass starts, 31 to 51 s after toff
(G = 40 s, d = 0.1 s, as in `empty_node.py`), and the pass takes its calls. Black hole of a load balancer: with a NodePort from toff until the U-th
failed probe, (U-1)I + T to U I + T later, or until the removal, and the lag; none where /healthz is asked (3 I + T < 130 s).
New connections come at (rate + churn) / N to the node.

Dropped: of the long ones C/N a load balancer, less those that ended since the check failed, and of the short ones the rate x mean
life / N that are alive, if new ones still came. The addresses of MetalLB's layer 2 have one owner each, one node in ten: a draw. BGP's routers rehash all
flows when a node stops announcing and when one starts: S (C + short ones) each time."""
import math

from common import at_most, between, exactly, seconds, variants

# Per change: calls of one service; calls of the first service on top, for the leaving and for the joining node; how many of
# all are mutating, of one service, of the first at the leaving, of the first at the joining; operations likewise; polls of
# one operation at least and at most.
SHARED = (0, 1, 1)
CALLS = {
    "aws_clb_ccm": (4, 0, 0, 1, 0, 0, 0, 0), "aws_nlb_instance_ccm": (13, 0, 0, 1, 0, 0, 0, 0),
    "aws_nlb_instance_albc": (2, 0, 0, 1, 0, 0, 0, 0), "aws_alb_albc": (2, 0, 0, 1, 0, 0, 0, 0),
    "gcp_netlb_targetpool": (4, 0, 0, 1, 0, 0, 4, 19), "gcp_ilb_ig": (3, 1, 1, *SHARED, 4, 14),
    "gcp_netlb_rbs": (1, 1, 1, *SHARED, 4, 19), "gcp_ilb_subsetting": (2, 0, 0, 1, 0, 0, 4, 14),
    "azure_slb_nic": (6, 0, 1, 0, 0, 1, 2, 6), "azure_slb_ip": (6, 1, 1, *SHARED, 0, 0),
    "octavia_amphora": (5, 0, 0, 1, 0, 0, 2, 20), "digitalocean": (2, 0, 0, 1, 0, 0, 0, 0),
    "hetzner": (3, 0, 0, 2, 0, 0, 2, 9),
}
NONE = (0, 0, 0, 0, 0, 0, 0, 0)
# Checks of a NodePort: interval, timeout, unhealthy, lag after unhealthy, lag after removal.
NODE_PORT = {
    "aws_clb_ccm": (10, 5, 6, (0, 0), (2, 2)), "aws_nlb_instance_ccm": (30, 10, 3, (30, 40), (30, 120)),
    "aws_nlb_instance_albc": (10, 10, 3, (30, 40), (30, 120)), "aws_nlb_ip_albc": (10, 10, 3, (30, 40), (30, 120)),
    "aws_alb_albc": (15, 5, 2, (0, 0), (5, 5)), "azure_slb_nic": (5, 5, 2, (0, 0), (0, 0)),
    "azure_slb_ip": (5, 5, 2, (0, 0), (0, 0)), "gcp_neg_l7": (15, 15, 2, (0, 0), (5, 30)),
    "hetzner": (15, 10, 3, (0, 0), (0, 0)), "haproxy": (2, 2, 3, (0, 0), (0, 0)), "octavia_amphora": None,
}
CUTS = {"digitalocean"}


def expected(scenario):
    result = {}
    for profile, doc in variants(scenario):
        assert doc["cloud"]["profile"] == profile
        services, nodes = doc["services"][0]["count"], doc["cluster"]["node_pools"][0]["nodes"]
        short, long = doc["traffic"]
        count, life = long["connections"], seconds(long["lifetime"]["exponential"])
        rate = short["arrivals_per_second"]
        alive = rate * seconds(short["lifetime"]["exponential"])
        none = exactly(0)

        each, leave, join, mutating, first_leave, first_join, least, most = CALLS.get(profile, NONE)
        calls = 2 * services * each + leave + join + 2
        changes = 2 * services * mutating + first_leave + first_join
        values = {"lb_updates": exactly(2 * services), "lb_ensures": none, "api_calls_failed": none, "api_calls_throttled": none,
                  "api_calls_mutating": exactly(changes + 1), "api_calls": between(calls + changes * least, calls + changes * most)}

        off = 5 + seconds(doc["timeline"][0]["pod_drain"]) + seconds(doc["cluster"]["node_pools"][0]["vm_off_delay"])
        holes = (0, 0)
        if profile in NODE_PORT:
            # a call of at most 0.5 s, an operation of Octavia of at most 180 s and two polls; service time on Azure
            longest = {"octavia_amphora": 260, "azure_slb_nic": 80, "azure_slb_ip": 20, "hetzner": 20}.get(profile, 7)
            removal = 31, 51 + services * longest
            holes = removal
            if NODE_PORT[profile]:
                interval, timeout, unhealthy, told, gone = NODE_PORT[profile]
                holes = (min((unhealthy - 1) * interval + timeout + told[0], removal[0] + gone[0]),
                         max(unhealthy * interval + timeout + told[1], removal[1] + gone[1]))
        low, high = services * holes[0], services * holes[1]
        arrivals = (rate + count / life) / nodes
        values["blackhole_node_s"] = between(low, high)
        values["new_blackholed"] = between(max(0, arrivals * low - 4 * math.sqrt(arrivals * low)),
                                           arrivals * high + 4 * math.sqrt(arrivals * high))
        values["new_refused"] = none

        dropped = dict.fromkeys(("vm_off", "target_removed", "target_unhealthy", "drain_timeout", "pod_killed"), none)
        through = services * (count + alive) / nodes
        if profile == "metallb_l2":
            values.pop("new_blackholed")
            dropped = {"vm_off": none, "target_removed": at_most(services * (count + 2 * alive)),
                       "target_unhealthy": at_most(services * (count + 2 * alive))}
        elif profile == "metallb_bgp":
            mean = 2 * services * (count + alive)
            dropped["target_removed"] = mean, 4 * math.sqrt(2 * services * alive)
        elif profile in CUTS:
            dropped["target_unhealthy"] = through, 4 * math.sqrt(through)
        elif profile in NODE_PORT:
            dropped["vm_off"] = through, 4 * math.sqrt(through)
        else:
            # failing at most 31 s after the taint, at once at least
            stay = services * count / nodes
            dropped["vm_off"] = between(stay * math.exp(-off / life) - 4 * math.sqrt(stay),
                                        stay * math.exp(-(off - 31) / life) + 4 * math.sqrt(stay))
        values.update({f"dropped_{cause}": value for cause, value in dropped.items()})
        result[profile] = values
    return result
