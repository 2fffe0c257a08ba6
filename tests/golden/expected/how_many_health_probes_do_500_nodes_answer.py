# SPDX-License-Identifier: Apache-2.0
"""S28 (kubernetes #28028, ingress-gce #137): N nodes, L load balancers, P probers, interval I.

The answer, per second: 10,000 with own checks of 10 s, three times that with three probers, 62.5 with one shared check of
8 s; Google Cloud 187.5 (three probers, one shared check), a network load balancer 10,000 (every zone, 30 s), Azure
20,000, an Octavia without monitor none; 1,000 nodes every second 1,000.

Every prober probes every target once an interval, whatever its phase: in a time that is a multiple of I exactly
N * L * P * time / I probes, and a shared check counts once for all load balancers. Nothing happens, so nothing else
is counted."""
from common import exactly, seconds, variants

# interval, probers for each zone or in all, shared (cloud-load-balancers.md 0.3, 1.2, 2.2, 3.2, 4)
PROFILES = {"gcp_netlb_rbs": (8, lambda zones: 3, True), "aws_nlb_instance_ccm": (30, lambda zones: zones, False),
            "azure_slb_nic": (5, lambda zones: 1, False), "octavia_amphora": (None, None, False)}


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        service, lb = doc["services"][0], doc["services"][0]["load_balancer"]
        nodes, time = doc["cluster"]["node_pools"][0]["nodes"], seconds(doc["duration"])
        profile = lb if isinstance(lb, str) else lb.get("profile")
        if profile:
            interval, probers_of, shared = PROFILES[profile]
            probers = probers_of and probers_of(len(doc["cluster"]["zones"]))
        else:
            check = lb["health_check"]
            interval, probers, shared = seconds(check["interval"]), check.get("probers", 1), check.get("shared", False)
        probes = 0
        if interval is not None:
            assert time % interval == 0
            probes = nodes * (1 if shared else service["count"]) * probers * time / interval
        result[name] = {"health_probes": exactly(probes), "target_transitions": exactly(0), "api_calls": exactly(0),
                        "desync_s": exactly(0)}
    return result
