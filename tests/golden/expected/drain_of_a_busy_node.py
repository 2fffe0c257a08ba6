# SPDX-License-Identifier: Apache-2.0
"""drain_of_a_busy_node, derived by hand.

The taint is written at 3 s and kube-proxy of workers-0 sees it 1 s later: /healthz fails from 4 s. Probes leave
at 0, 8, 16, 24, ...; those at 8, 16 and 24 are refused at once (a round trip is 0), the third failure is at 24
s: new connections may go to the node for 24 - 3 = 21 s after the first verb. The drain starts 5 s after the
taint, at 8 s, lasts exactly 300 s, and the VM is off at 308 s: established connections live there until 308 - 3
= 305 s after the verb. While the VM is off the target is failing, so no new connection meets it: the black hole
is 0.

Leases are renewed at 5, 15, ..., 305; the node lifecycle controller sees the last one at 306, its first tick at
or after that is 310, and 310 + 50 = 360: Unknown. The watch shows it at 361, the cloud node loop (2, 7, ...)
looks at 362, asks InstanceExists once, gone: Node object deleted. At 363 the service controller starts one
UpdateLoadBalancer of 2 s: the node leaves at 365. Release 1.32 does not start a pass for the taint, but the
taint is a predicate: the desired set lacks the node from 3 s on, so the load balancer is de-synced from 3 to
365, 362 s.

Calls: DeleteNodes, InstanceExists, UpdateLoadBalancer. Target transitions: passing to failing, failing to out.
One pass (the node's deletion).

Dropped: a connection goes through workers-0 with probability 1/10 until 24 s; those alive at 308 s have lived
284 s more. Each of the 1,000 slots is then on workers-0 with probability exp(-284/3600) / 10: binomial.
"""
import math

from common import binomial, exactly, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        check = doc["services"][0]["load_balancer"]["health_check"]
        verb = doc["timeline"][0]
        d = seconds(doc["cluster"]["watch_latency"])
        taint = seconds(verb["at"])
        interval = seconds(check["interval"])
        phase = seconds(check["phase"])
        first = phase + math.ceil((taint + d - phase) / interval) * interval
        failing = first + (check["unhealthy"] - 1) * interval
        off = taint + seconds(verb["delay_after_taint"]) + seconds(verb["pod_drain"])
        nodes = doc["cluster"]["node_pools"][0]["nodes"]
        lease = 5 + 10 * math.floor((off - 5 - 1e-6) / 10)  # last renewal before the VM is off; its phase is 5 s
        tick = 5 * math.ceil((lease + d) / 5)
        unknown = tick + seconds(doc["cluster"]["node_lifecycle"]["grace_period"])
        deleted = 2 + 5 * math.ceil((unknown + d - 2) / 5)
        out = deleted + d + seconds(doc["services"][0]["load_balancer"]["update_latency"])
        traffic = doc["traffic"][0]
        share = math.exp(-(off - failing) / seconds(traffic["lifetime"]["exponential"])) / nodes
        dropped = binomial(traffic["connections"], share)
        result[name] = {
            "connections_initial": exactly(traffic["connections"]),
            "new_blackholed": exactly(0), "new_refused": exactly(0), "new_rejected": exactly(0),
            "connections_dropped": dropped, "dropped_vm_off": dropped, "dropped_target_removed": exactly(0),
            "blackhole_node_s": exactly(0),
            "time_to_new_zero_s": exactly(failing - taint), "time_to_established_zero_s": exactly(off - taint),
            "desync_s": exactly(out - taint), "full_sync_s": exactly(out - taint),
            "api_calls": exactly(3), "lb_updates": exactly(1), "lb_ensures": exactly(0), "sync_passes": exactly(1),
            "target_transitions": exactly(2), "capacity_min_share": exactly((nodes - 1) / nodes),
        }
    return result
