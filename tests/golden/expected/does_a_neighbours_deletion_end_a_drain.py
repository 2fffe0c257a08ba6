# SPDX-License-Identifier: Apache-2.0
"""Ten tainted nodes, and the hole that KEP-3458 accepts: the taint is a predicate but no trigger (S7).

The taint is written at 3; the machine of node k goes at off_k = 8 + 30 k. Flows never end by themselves, so each of the
n x C flows through a node is lost once: with its machine, or when an update takes the node out and `on_remove` cuts,
whatever comes first. A first hop is one of 50 nodes alike.

1.30 starts no pass for the taint. Node 0 is silent since its lease of 5 (noticed by the pass of 10), Unknown at 50, in
the copy of the cloud node loop at 51, deleted by its round of 52; the controller hears that at 53 and starts a pass,
which takes *all* tainted nodes out: the i-th load balancer at 53 + 2 i, 55 to 63. Nodes 0 and 1 (off at 8 and 38) have
lost their flows with the machine by then, nodes 2 (68) to 9 lose the rest of their drain. The later deletions find
nothing to change. A node that joins at 13 has the same effect at 16 to 24, as any other event: only node 0 was off
before. 1.26 does not wait: the taint itself starts a pass at 4, which is done at 6 to 14; where it comes at 8 or later,
node 0 has gone first (power goes before an update of the same instant).

The node that joins (at 360 where it has nothing left to spoil) is one update of each load balancer more; at 13 it is the
update. A load balancer is de-synced from the taint, and from the new node, to its update.
"""
from common import binomial, exactly, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        service = doc["services"][0]
        n, a, d = service["count"], seconds(service["load_balancer"]["update_latency"]), seconds(doc["cluster"]["watch_latency"])
        nodes, flows = doc["cluster"]["node_pools"][0]["nodes"], doc["traffic"][0]["connections"]
        tainted = seconds(doc["timeline"][0]["at"])
        off = [seconds(line["at"]) for line in doc["timeline"] if line["do"] == "vm_off"]
        joins = seconds(doc["timeline"][-1]["at"])
        deleted = 52
        reads_taint = doc["cluster"]["release"] == "1.26"
        start = d + (tainted if reads_taint else min(deleted, joins))
        updates = [start + a * (i + 1) for i in range(n)]
        with_machine = sum(t <= update for update in updates for t in off)
        by_update = n * len(off) - with_machine
        joined_apart = joins > start
        late = sum(update - tainted for update in updates)
        if joined_apart:
            late += sum(d + a * (i + 1) for i in range(n))
        lost = {key: binomial(flows * count, 1 / nodes) for key, count in (("vm", with_machine), ("removed", by_update))}
        result[name] = {
            "dropped_vm_off": lost["vm"], "dropped_target_removed": lost["removed"],
            "connections_dropped": binomial(n * flows, len(off) / nodes),
            "lb_updates": exactly(2 * n if joined_apart else n), "desync_s": exactly(late),
        }
    return result
