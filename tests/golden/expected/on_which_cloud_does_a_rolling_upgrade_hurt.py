# SPDX-License-Identifier: Apache-2.0
"""The rolling upgrade of `rolling_upgrade.json` in 1.30 on four untouched profiles: n nodes, S services, `surge` at a time.

The answer: on every cloud a hundred machines take their connections with them; what differs is the new ones. DigitalOcean with
the taint loses none (its check asks /healthz, 6 to 9 s); Google Cloud 1 in 3,500, as the data plane goes on sending for up to 30 s
after the group has changed; a network load balancer loses tens of thousands with and without the taint, because it asks a NodePort and
lags for up to two minutes; Azure neither keeps up with the upgrade (a PUT of 42 s a node, against a new node every 25 s) nor sees the taint,
and has a few targets left at the end.

Times of a node: tainted or cordoned, its pods evicted (they stop 30 s later), off V = 5 s after that: L = 35 s, and a call.
Black hole, each of n S (node, load balancer) pairs:
* DigitalOcean, /healthz: without the taint from off until the U-th failed probe, (U-1)I + T = 11 to 14 s, 12.5 in the mean; a load balancer has
  one phase for its nodes, so four errors are 4 n I sqrt(S/12). With the taint it is over before: none.
* Azure, NodePort: 10 to 15 s, 12.5 in the mean, taint or not.
* Google Cloud: without the taint three probers must agree: 17 to 25 s. With it the check takes 24.1 s at most, but the group changes after 10 to 40 s (two
  operations), and a node that leaves before it has failed gets new connections for 5 to 30 s more: at most 24 + 30 - L.
* Network load balancer: without the taint, from off, failed probes and lag 100 to 140 s, or the removal after 31 s at least and
  a lag of 30 to 120 s: 61 to 220 s. With the taint, the pass that adds the new nodes takes the tainted ones out (`rolling_upgrade`): the service of
  rank j in its random order after 14 j calls of 0.3 s; then the lag, 75 s in the mean: 14 x 10.5 x 0.3 + 75 - L s.

Calls: an update each for S services and a round, which adds nodes and with the taint takes others out: S n/surge. Without the taint
there are passes for the deletions, too. AWS 11 + 2 P = 13, 14 where it registers and deregisters; DigitalOcean 2; Google Cloud Z for each
service, one Add and one Remove a round, polled. DeleteNodes and InstanceExists for each node.

Azure: a service PUTs every node that joined since its turn, 15 to 60 s each, polled every 10 s: 42 s. All n are 70 min, so no load balancer
is ever in sync again after the first new nodes, and few services have their turn. Removed nodes are gone with their machines."""
import math

from common import at_most, between, exactly, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        profile, taint = doc["cloud"]["profile"], doc["timeline"][0]["taint_first"]
        services, verb = doc["services"][0]["count"], doc["timeline"][0]
        pool = doc["cluster"]["node_pools"][0]
        nodes, surge = pool["nodes"], verb["max_surge"]
        stay = doc["services"][0]["workload"]["preStopSeconds"] + seconds(pool["vm_off_delay"])
        rounds = nodes // surge
        pairs, updates = nodes * services, services * rounds
        short, long = doc["traffic"]
        arrivals = short["arrivals_per_second"] + long["connections"] / seconds(long["lifetime"]["exponential"])
        none = exactly(0)
        values = {"lb_ensures": none, "api_calls_failed": none, "api_calls_throttled": none, "api_calls_rejected": none,
                  "new_refused": none, "dropped_drain_timeout": none}

        one_phase = lambda interval: 4 * nodes * interval * math.sqrt(services / 12)  # noqa: E731
        if profile == "digitalocean":
            hole = none if taint else (pairs * 12.5, one_phase(3))
        elif profile == "azure_slb_nic":
            hole = pairs * 12.5, one_phase(5)
        elif profile == "gcp_netlb_rbs":
            hole = at_most(pairs * (24.1 + 30 - stay)) if taint else between(pairs * 17, pairs * 25)
        elif taint:
            hole = pairs * (14 * (services + 1) / 2 * 0.3 + 75 - stay), pairs * 3
        else:
            hole = between(pairs * 61, pairs * 220)
        values["blackhole_node_s"] = hole
        if hole == none:
            values["new_blackholed"] = none
        elif profile != "azure_slb_nic":
            low, high = (hole[0], hole[1]) if type(hole) is not tuple else (hole[0] - hole[1], hole[0] + hole[1])
            # between 0.8 n and n + surge nodes share the arrivals; what is lost comes again
            low, high = low * arrivals / (nodes + surge), 1.1 * high * arrivals / (0.8 * nodes)
            values["new_blackholed"] = between(max(0, low - 4 * math.sqrt(low)), high + 4 * math.sqrt(high))

        if profile == "azure_slb_nic":
            first_new = seconds(verb["at"]) + seconds(pool["boot_time"])
            never = seconds(doc["duration"]) - first_new
            values.update(lb_updates=between(1, services), desync_s=exactly(services * never), desync_max_s=exactly(never),
                          capacity_min_share=at_most(1 - surge / nodes), dropped_target_removed=none,
                          dropped_target_unhealthy=none)
            result[name] = values
            continue
        each = {"digitalocean": 2, "aws_nlb_instance_ccm": 14 if taint else 13, "gcp_netlb_rbs": 1}[profile]
        compute = 2 * nodes
        if taint:
            values["lb_updates"] = exactly(updates)
            if profile == "gcp_netlb_rbs":
                changes = 2 * rounds
                values.update(api_calls_mutating=exactly(changes + nodes),
                              api_calls=between(updates + compute + changes * 5, updates + compute + changes * 20))
            else:
                values.update(api_calls=exactly(each * updates + compute),
                              api_calls_mutating=exactly((2 if each == 14 else 1) * updates + nodes))
        else:
            values["lb_updates"] = between(updates, 3 * updates)
            values["api_calls_mutating"] = between(2 * rounds + nodes, 2 * 3 * updates + nodes)
        if profile == "aws_nlb_instance_ccm" or profile == "gcp_netlb_rbs":
            values["dropped_target_removed"] = none
            values["dropped_target_unhealthy"] = none
        if profile == "digitalocean" and taint:
            values["dropped_vm_off"] = none
        result[name] = values
    return result
