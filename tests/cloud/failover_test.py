# SPDX-License-Identifier: Apache-2.0
"""A leader that ends, services that come and go, and an API that fails, to the microsecond.

Five load balancers, one worker, an update takes a = 2 s, watch latency d = 1 s, release 1.30.
* The leader ends at 65 s and another starts at 80 s. It Ensures every service that exists, one after the other: they end
  at 82, 84, 86 and 88 s (web-2 does not exist yet). The node that was tainted at 60 s leaves with each Ensure, so each load
  balancer is de-synced from 60 s to its Ensure. No pass updates anything: each service's last synced nodes are those of
  its Ensure.
* web-1 is deleted at 120 s: seen at 121 s, Get takes no time, the deletion 2 s: gone at 123 s.
* web-2 and web-1 are created at 180 s, seen at 181 s, Ensured one after the other until 183 and 185 s, in any order.
* From 240 s to 270 s Update and Ensure fail. A node is excluded at 250 s, seen at 251 s. The pass tries its five services
  from 251 s to 261 s, each fails and is asked for by Get. Their Ensures follow at once, from 261 s on, each 2 s: those
  sent before 270 s fail (five, sent at 261 … 269 s). Each is due again 5 s after its failure: the first, failed at 263 s,
  at 268 s; the worker is free at 271 s, and all five succeed one after the other, ending at 273 … 281 s.
* Calls: 4 + 2 + 2 + 5 updates + 5 Gets + 5 + 5 = 28, and two InstanceExists/DeleteNodes more for the machine that went.
"""
import csv
import json
import subprocess
import sys
import tempfile

SCENARIO = {
    "duration": "10m", "seed": 3,
    "cluster": {"release": "1.30", "watch_latency": "1s", "node_pools": [{"nodes": 6}]},
    "services": [{"name": "web", "count": 5, "load_balancer": {"on_remove": "cut", "update_latency": "2s"}}],
    "traffic": [{"service": "*", "kind": "open", "arrivals_per_second": 5, "lifetime": {"exponential": "30s"}}],
    "timeline": [
        {"at": "1m", "do": "autoscaler_scale_down", "nodes": ["workers-0"]},
        {"at": "65s", "do": "service_controller_restart", "gap": "15s"},
        {"at": "2m", "do": "delete_service", "services": ["web-1"]},
        {"at": "3m", "do": "create_service", "services": ["web-2", "web-1"]},
        {"at": "4m", "do": "cloud_api_fault", "operations": ["EnsureLoadBalancer", "UpdateLoadBalancer"], "error_rate": 1,
         "for": "30s"},
        {"at": "250s", "do": "label", "nodes": ["workers-2"],
         "key": "node.kubernetes.io/exclude-from-external-load-balancers", "value": "x"}],
}


def rows(folder, table):
    with open(f"{folder}/{table}", newline="") as file:
        return list(csv.DictReader(file))


def main():
    lbsim = sys.argv[1]
    problems = []

    def check(what, found, expected):
        if found != expected:
            problems.append(f"{what}: found {found}, expected {expected}")

    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/scenario.json", "w") as file:
            json.dump(SCENARIO, file)
        for out, more in (("fast", ["--prom"]), ("slow", ["--reference"])):
            subprocess.run([lbsim, "run", f"{folder}/scenario.json", "--out", f"{folder}/{out}", "--quiet", *more], check=True)
        for table in ("runs.csv", "events.csv", "targets.csv", "api_calls.csv", "syncs.csv", "lost_connections.csv"):
            with open(f"{folder}/fast/{table}") as fast, open(f"{folder}/slow/{table}") as slow:
                check(f"{table} of the slow way is the same", fast.read() == slow.read(), True)
        syncs = rows(f"{folder}/fast", "syncs.csv")

        def ends(operation, result, least, most):
            return [float(s["end_s"]) for s in syncs if s["operation"] == operation and s["result"] == result
                    and least <= float(s["start_s"]) < most]

        check("Ensures of the new leader", ends("EnsureLoadBalancer", "ok", 0, 100), [82.0, 84.0, 86.0, 88.0])
        check("deletion", ends("EnsureLoadBalancerDeleted", "ok", 0, 600), [123.0])
        check("creations", ends("EnsureLoadBalancer", "ok", 180, 200), [183.0, 185.0])
        check("failed updates", ends("UpdateLoadBalancer", "failed", 240, 600), [253.0, 255.0, 257.0, 259.0, 261.0])
        check("failed Ensures", ends("EnsureLoadBalancer", "failed", 240, 600), [263.0, 265.0, 267.0, 269.0, 271.0])
        check("repairs", ends("EnsureLoadBalancer", "ok", 240, 600), [273.0, 275.0, 277.0, 279.0, 281.0])
        run = rows(f"{folder}/fast", "runs.csv")[0]
        check("lb_updates", run["lb_updates"], "5")
        check("lb_ensures", run["lb_ensures"], "16")
        check("sync_retries", run["sync_retries"], "10")
        # 60 s to 82, 84, 86, 88 s; 180 s to 183, 185 s; 250 s to 273 … 281 s.
        check("desync_s", float(run["desync_s"]), 22.0 + 24 + 26 + 28 + 3 + 5 + 23 + 25 + 27 + 29 + 31)
        with open(f"{folder}/fast/metrics.prom") as file:
            prom = dict(line.rsplit(" ", 1) for line in file.read().splitlines() if not line.startswith("#"))
        labels = '{scenario="scenario",variant="default",replication="0"'
        check("prom: syncs", prom["service_controller_loadbalancer_sync_total" + labels + "}"], "5")
        check("prom: errors", prom["service_controller_nodesync_error_total" + labels + "}"], "5")
        check("prom: updates of up to 2 s", prom["service_controller_update_loadbalancer_host_latency_seconds_bucket" + labels + ',le="2"}'], "5")
        check("prom: updates of up to 1 s", prom["service_controller_update_loadbalancer_host_latency_seconds_bucket" + labels + ',le="1"}'], "0")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
