#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What must hold between two runs of one scenario, whatever the right number is. One random event in a random small world:

* twice the rate and burst of every bucket: in sync no later (the client waits when a bucket is empty);
* twice the latency of every call: in sync no earlier;
* more workers: no more calls, and no fewer updates;
* no event: no mutating call, no update, no de-sync.

The first two are asked of integrations that do not poll: the grid of polls may meet the end of an operation sooner by being
late. The third is not asked of gcp_netlb_rbs: its services share groups without a lock, and each worker that finds a
difference before the first change has ended changes them again. No load balancer is larger than any limit, so that quiet
ones are in sync."""
import argparse
import csv
import json
import os
import random
import sys
import tempfile

from random_scenarios import run

RELEASES = ["1.24", "1.25.0", "1.26.0", "1.26", "1.27", "1.28", "1.29", "1.30", "1.32", "1.36"]
WITHOUT_POLLS = ["aws_clb_ccm", "aws_nlb_instance_ccm", "aws_nlb_instance_albc", "aws_alb_albc", "digitalocean", "neutral"]
WITH_POLLS = ["gcp_netlb_targetpool", "gcp_ilb_ig", "gcp_ilb_subsetting", "gcp_netlb_rbs", "gcp_neg_l7", "azure_slb_nic",
              "azure_slb_ip", "octavia_amphora", "hetzner", "metallb_l2", "envoy"]
CLASSES = ["describe", "register", "modify", "write", "delete", "poll", "instance"]
EVENTS = [{"do": "add_nodes", "pool": "workers", "count": 1}, {"do": "delete_node_object", "nodes": ["workers-1"]},
          {"do": "label", "nodes": ["workers-0"], "key": "node.kubernetes.io/exclude-from-external-load-balancers",
           "value": "true"}]


def buckets(rng):
    chosen = rng.sample(CLASSES + ["all"], rng.randint(1, 4))
    return {c: {"rate": rng.choice([0.5, 1, 3, 4, 10, 25]), "burst": rng.choice([1, 2, 5, 20, 40]), "when_empty": "wait"}
            if c in chosen else [] for c in CLASSES + ["all"]}


def scenario(rng):
    profile = rng.choice(WITHOUT_POLLS * 2 + WITH_POLLS)
    latency = rng.randint(0, 4) * 100
    low, high = latency, latency + rng.randint(0, 5) * 100
    quota = buckets(rng)
    balancer = {"update_latency": f"{max(1, high)}ms"} if profile == "neutral" else {"profile": profile, "cross_zone": True}
    zones = ["a", "b", "c"][: rng.randint(1, 3)]
    document = {
        "name": "metamorphic", "duration": "6h", "seed": rng.randint(1, 10**6),
        "cluster": {"release": rng.choice(RELEASES), "watch_latency": f"{rng.randint(0, 2)}s", "zones": zones,
                    "service_controller": {"concurrent_service_syncs": rng.randint(1, 2)},
                    "node_pools": [{"name": "workers", "nodes": rng.randint(3, 24), "zones": zones, "boot_time": "0s"}]},
        "cloud": {"api": {"latency": {"all": {"uniform": [f"{low}ms", f"{high}ms"]}}, "quota": quota}},
        "services": [{"name": "web", "count": rng.randint(1, 25), "ports": rng.randint(1, 3),
                      "externalTrafficPolicy": rng.choice(["Cluster", "Local"]), "load_balancer": balancer,
                      "workload": {"kind": "DaemonSet"}}],
        "timeline": [{"at": "10m", **rng.choice(EVENTS)}],
    }
    more = {c: {**b, "rate": 2 * b["rate"], "burst": 2 * b["burst"]} if b else [] for c, b in quota.items()}
    slow = {"/cloud/api/latency": {"all": {"uniform": [f"{2 * low}ms", f"{2 * high}ms"]}}}
    if profile == "neutral":
        slow["/services/0/load_balancer/update_latency"] = f"{2 * max(1, high)}ms"
    workers = document["cluster"]["service_controller"]["concurrent_service_syncs"] * rng.randint(2, 5)
    document["variants"] = [
        {"name": "base", "set": {}}, {"name": "quota", "set": {"/cloud/api/quota": more}}, {"name": "slow", "set": slow},
        {"name": "workers", "set": {"/cluster/service_controller/concurrent_service_syncs": workers}},
        {"name": "quiet", "set": {"/timeline": []}}]
    return profile, document


def broken(profile, rows):
    """Which of the relations does not hold."""
    def number(variant, metric):
        return float(rows[variant][metric] or 0)

    base, eps = number("base", "full_sync_s"), 5e-6  # each bucket and call rounds to whole microseconds
    if profile in WITHOUT_POLLS:
        if number("quota", "full_sync_s") > base + eps:
            yield f"more quota, in sync after {number('quota', 'full_sync_s')} s instead of {base} s"
        if number("slow", "full_sync_s") < base - eps:
            yield f"twice the latency, in sync after {number('slow', 'full_sync_s')} s instead of {base} s"
    if number("workers", "api_calls_mutating") > number("base", "api_calls_mutating"):
        yield (f"more workers, {number('workers', 'api_calls_mutating'):g} mutating calls instead of "
               f"{number('base', 'api_calls_mutating'):g}")
    if profile in WITHOUT_POLLS and number("workers", "api_calls") > number("base", "api_calls"):
        yield f"more workers, {number('workers', 'api_calls'):g} calls instead of {number('base', 'api_calls'):g}"
    if number("workers", "lb_updates") != number("base", "lb_updates"):
        yield f"more workers, {number('workers', 'lb_updates'):g} updates instead of {number('base', 'lb_updates'):g}"
    for metric in ("api_calls_mutating", "lb_updates", "desync_s"):
        if number("quiet", metric):
            yield f"nothing happens, but {metric} is {number('quiet', metric):g}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lbsim", required=True)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=None, help="printed if absent, so that a failure can be repeated")
    args = parser.parse_args()
    seed = args.seed if args.seed is not None else random.SystemRandom().randint(0, 10**9)
    print(f"metamorphic.py --seed {seed} --count {args.count}", flush=True)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for index in range(args.count):
            profile, document = scenario(random.Random(seed * 1000 + index))
            file = os.path.join(folder, f"{index}.json")
            with open(file, "w") as out:
                json.dump(document, out)
            done = run(args.lbsim, file, f"{folder}/{index}", ["--max-rows", "1", "--bin", "1h"])
            if done.returncode:
                print(f"scenario {index}: exit {done.returncode}\n{done.stderr}{json.dumps(document)}")
                failures += 1
                continue
            with open(f"{folder}/{index}/runs.csv", newline="") as table:
                rows = {row["variant"]: row for row in csv.DictReader(table)}
            problems = list(broken(profile, rows))
            if problems:
                failures += 1
                print(f"scenario {index}, {profile}: {'; '.join(problems)}\n{json.dumps(document)}")
    print(f"{args.count} scenarios, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
