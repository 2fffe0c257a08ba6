# SPDX-License-Identifier: Apache-2.0
"""A defect of 1.25.0 to 1.25.2 (S24; kubernetes issue 112793, reverted by PR 112807).

Node 3 + k registers NotReady at 30 + 100 k and is Ready 20 s later; the machine of node k goes at 100 + 100 k. Its last
lease is 5 s old and noticed by the pass of that instant, so it is Unknown 40 s later and, a round of the cloud node loop
at 2 s past, deleted at 142 + 100 k.

1.25.0 asks whether the set of *Ready* nodes changed, by the rule for Cluster; a Local load balancer may have any node. The
new node that is not Ready changes no Ready set, so its pass updates no load balancer, but remembers the node list as
synced. When the node turns Ready, and when the old one no longer is, the pass goes through the services and finds for
Local the list that it remembers: nothing to do. The deletion again changes no Ready set. So the Local load balancer is
never updated and ends with the three old nodes. Until its check gives node k up, 1/3, then 1/2 of the new connections go
into the dead one; with the last machine, at 300, everything is lost, for the check finds no target and the load balancer
uses all of them: to the end, less the last connect_timeout, whose attempts still wait.

The others hold three old or new nodes that live, and the dead one: 1/4 until the check gives it up. Under Cluster, whose
first rule is right in 1.25.0 as well, the pod on the dead node also counts, a quarter of the endpoints until Unknown and
one watch latency. Six changes are one update each, late by the watch and the update.

The check probes at multiples of 8: machines off at 100, 200, 300 are given up after 21, 17 and 21 s.
"""
from common import exactly, poisson, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        service, traffic = doc["services"][0], doc["traffic"][0]
        check, d = service["load_balancer"]["health_check"], seconds(doc["cluster"]["watch_latency"])
        a, end = seconds(service["load_balancer"]["update_latency"]), seconds(doc["duration"])
        interval = seconds(check["interval"])
        off = [seconds(line["at"]) for line in doc["timeline"] if line["do"] == "vm_off"]
        added = [seconds(line["at"]) for line in doc["timeline"] if line["do"] == "add_nodes"]
        given_up = [-(-t // interval) * interval + interval * (check["unhealthy"] - 1) + seconds(check["timeout"]) - t
                    for t in off]
        local = service["externalTrafficPolicy"] == "Local"
        stranded = doc["cluster"]["release"] == "1.25.0" and local
        if stranded:
            last = end - off[-1] - seconds(traffic["connect_timeout"])
            dead = given_up[0] / 3 + given_up[1] / 2 + last
            open_for = end - off[-1] - given_up[-1]
            holes = sum(given_up) + len(off) * open_for
        elif local:
            dead, holes = sum(given_up) / 4, sum(given_up)
        else:
            dead = sum(t * 7 / 16 + (40 + d - t) / 4 for t in given_up)
            holes = sum(given_up)
        result[name] = {
            "new_blackholed": poisson(traffic["arrivals_per_second"] * dead), "blackhole_node_s": exactly(holes),
            "lb_updates": exactly(0 if stranded else 6),
            "desync_s": exactly(end - added[0] if stranded else 6 * (d + a)),
        }
    return result
