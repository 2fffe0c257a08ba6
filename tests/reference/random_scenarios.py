#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random scenarios with times in whole seconds, so that ties are common; fast and reference mode must agree."""
import argparse
import filecmp
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from random_verbs import RELEASES, cloud_verb, fault, seconds, verb, workload_verb

PROFILES = ["aws_clb_ccm", "aws_nlb_instance_ccm", "aws_nlb_instance_albc", "aws_nlb_ip_albc", "aws_alb_albc",
            "gcp_netlb_targetpool", "gcp_netlb_rbs", "gcp_ilb_ig", "gcp_ilb_subsetting", "gcp_neg_l7", "azure_slb_nic",
            "azure_slb_ip", "octavia_amphora", "digitalocean", "hetzner", "metallb_l2", "metallb_bgp", "katran", "haproxy",
            "envoy"]
CALL_CLASSES = ["describe", "register", "modify", "write", "delete", "poll", "instance", "all"]
GATED = {"1.27", "1.28", "1.29"}


def distribution(rng):
    kind = rng.choice(["fixed", "exponential", "uniform", "lognormal", "pareto"])
    if kind == "fixed":
        return {"fixed": seconds(rng, 1, 60)}
    if kind == "exponential":
        return {"exponential": seconds(rng, 1, 120)}
    if kind == "uniform":
        low = rng.randint(1, 20)
        return {"uniform": [f"{low}s", f"{low + rng.randint(0, 60)}s"]}
    if kind == "lognormal":
        low = rng.randint(1, 20)
        return {"lognormal": {"median": f"{low}s", "p99": f"{low + rng.randint(1, 200)}s"}}
    return {"pareto": {"minimum": seconds(rng, 1, 10), "shape": rng.choice([1.5, 2.0, 3.0])}}


def connection_policy(rng):
    return rng.choice(["keep", "cut", {"cut": "silent"}, {"drain": seconds(rng, 0, 40)}])


def delay(rng):
    """Mostly whole seconds, so that a delay ends where other things happen."""
    drawn = rng.choice([{"exponential": seconds(rng, 1, 20)}, {"uniform": ["0s", seconds(rng, 1, 30)]}])
    return seconds(rng, 0, 20) if rng.random() < 0.7 else drawn


def health_check(rng, local):
    targets = ["proxy_healthz", "node_port", "all_node_ports"] + (["health_check_node_port"] * 3 if local else [])
    check = {
        "target": "none" if rng.random() < 0.07 else rng.choice(targets),
        "interval": seconds(rng, 1, 10),
        "timeout": seconds(rng, 1, 12),
        "unhealthy": rng.randint(1, 4),
        "healthy": rng.randint(1, 3),
        "probers": rng.choice([1, 1, 2, 3]),
        "initial_state": rng.choice(["failing", "passing"]),
        "shared": rng.random() < 0.3,
    }
    if rng.random() < 0.6:
        check["phase"] = seconds(rng, 0, 9)
    if rng.random() < 0.3:
        check["first_probe_after"] = delay(rng)
    return check


def load_balancer(rng, local):
    balancer = {
        "health_check": health_check(rng, local),
        "on_unhealthy": connection_policy(rng),
        "on_remove": connection_policy(rng),
        "all_unhealthy": rng.choice(["fail_open", "fail_closed", {"panic_below": rng.choice([0.3, 0.5, 0.9])}]),
        "update_latency": seconds(rng, 0, 15),
        "on_set_change": rng.choice(["keep", "keep", "keep", "rehash"]),
    }
    if rng.random() < 0.4:
        balancer["registration_delay"] = delay(rng)
    if rng.random() < 0.2:
        balancer["balancing"] = "single_owner"
    else:
        for what in ("unhealthy", "remove"):
            if rng.random() < 0.5:
                # Sometimes as long as the drain, so that both end at one instant.
                knob = balancer[f"on_{what}"]
                same = isinstance(knob, dict) and "drain" in knob and rng.random() < 0.5
                balancer[f"new_flow_lag_after_{what}"] = knob["drain"] if same else delay(rng)
    return balancer


def profiled(rng):
    """A load balancer of a cloud, some of its numbers replaced."""
    balancer = {"profile": rng.choice(PROFILES), "cross_zone": True}
    if rng.random() < 0.3:
        balancer["on_remove"] = connection_policy(rng)
    if rng.random() < 0.3:
        balancer["registration_delay"] = delay(rng)
    if rng.random() < 0.2:
        balancer["limits"] = False
    if rng.random() < 0.2:
        balancer["update_latency"] = seconds(rng, 0, 15)
    if rng.random() < 0.3:
        balancer["health_check"] = {"interval": seconds(rng, 1, 10), "phase": seconds(rng, 0, 9)}
    return balancer


def bucket(rng):
    return {"rate": rng.choice([0.1, 0.5, 1, 4]), "burst": rng.randint(1, 20),
            "when_empty": rng.choice(["wait", "reject", "throttle"])}


def cloud_api(rng):
    api = {}
    if rng.random() < 0.5:
        api["latency"] = rng.choice([seconds(rng, 0, 5), {"uniform": ["0s", "3s"]}])
    if rng.random() < 0.5:
        api["quota"] = {name: bucket(rng) for name in rng.sample(CALL_CLASSES, rng.randint(1, 3))}
    if rng.random() < 0.3:
        api["faults"] = [fault(rng)]
    return api


def strategy(rng, kind):
    """maxSurge and maxUnavailable that Kubernetes allows together."""
    some = [1, 2, 3, "20%", "50%", "100%"]
    if kind == "DaemonSet":
        return rng.choice([{"maxUnavailable": rng.choice(some)}, {"maxUnavailable": 0, "maxSurge": rng.choice(some)}])
    return rng.choice([{"maxSurge": rng.choice(some)}, {"maxUnavailable": rng.choice(some)},
                       {"maxSurge": 0, "maxUnavailable": rng.choice(some)}, {"maxSurge": 1, "maxUnavailable": 0}])


def workload(rng, initial):
    work = {
        "kind": rng.choice(["Deployment", "Deployment", "DaemonSet"]),
        "start_time": seconds(rng, 0, 8),
        "preStopSeconds": rng.choice([0, 0, 5, 20, 40]),
        "terminationGracePeriodSeconds": rng.choice([0, 10, 30]),
        "on_sigterm": rng.choice(["exit_now", "keep_serving"]),
    }
    if rng.random() < 0.5:
        work["minReadySeconds"] = rng.choice([0, 1, 5, 20])
    if rng.random() < 0.5:
        work.update(strategy(rng, work["kind"]))
    if work["kind"] == "Deployment":
        work["replicas"] = rng.randint(1, 6)
        if rng.random() < 0.4:
            work["pdb_min_available"] = rng.choice([0, 1, 2, 4, "30%", "50%", "100%"])
        if rng.random() < 0.5:
            work["tolerationSeconds"] = rng.choice([0, 5, 10, 60])
    if rng.random() < 0.3:
        work["nodes"] = rng.sample(initial, rng.randint(1, len(initial)))
    return work


def traffic(rng, services):
    entry = {"name": f"t{rng.randint(0, 10**9)}", "service": rng.choice(services + ["*"])}
    if rng.random() < 0.5:
        entry.update(kind="open", arrivals_per_second=rng.choice([0.5, 3, 11]), lifetime=distribution(rng))
    else:
        entry.update(kind="population", connections=rng.randint(1, 60), lifetime=distribution(rng))
        entry["reconnect"] = rng.choice(["no", "at_once", {"after": distribution(rng)}])
    if rng.random() < 0.4:
        entry["connect_timeout"] = seconds(rng, 1, 9)
    return entry


def copies(service):
    count = service.get("count", 1)
    return [service["name"]] if count == 1 else [f"{service['name']}-{i}" for i in range(count)]


def scenario(seed):
    rng = random.Random(seed)
    count = rng.randint(2, 12)
    initial = [f"workers-{i}" for i in range(count)]
    release = rng.choice(RELEASES)
    duration = rng.randint(60, 600)
    cluster = {
        "release": release,
        "watch_latency": rng.choice(["0s", "1s", "1s", "2s", {"uniform": ["0s", "3s"]}, {"exponential": "1s"}]),
        "node_pools": [{"name": "workers", "nodes": count, "boot_time": seconds(rng, 0, 40),
                        "vm_off_delay": seconds(rng, 0, 20)}],
        "service_controller": {"concurrent_service_syncs": rng.choice([1, 1, 2, 4])},
        "service_proxy": {"programming_latency": seconds(rng, 0, 3)},
        "start": rng.choice(["steady", "steady", "steady", "cold"]),
        "releases": {},
    }
    if rng.random() < 0.5:
        cluster["node_pools"][0]["lease_phase"] = seconds(rng, 0, 9)
    if rng.random() < 0.4:
        grace = rng.randint(0, 40)
        cluster["node_pools"][0].update(shutdownGracePeriod=f"{grace}s",
                                        shutdownGracePeriodCriticalPods=seconds(rng, 0, grace))
    if rng.random() < 0.5:
        cluster["node_lifecycle"] = {"grace_period": seconds(rng, 6, 50), "period": "5s", "phase": seconds(rng, 0, 4)}
        cluster["cloud_node_lifecycle"] = {"period": "5s", "phase": seconds(rng, 0, 4)}
    if rng.random() < 0.3:
        cluster["releases"]["kube_proxy"] = rng.choice(RELEASES)
    if rng.random() < 0.2:
        cluster["releases"]["kubelet"] = rng.choice(RELEASES)
    if not cluster["releases"]:
        del cluster["releases"]
    if release in GATED and rng.random() < 0.5:
        cluster["feature_gates"] = {"StableLoadBalancerNodeSet": rng.random() < 0.5}
    services = []
    for i in range(rng.randint(1, 3)):
        local = rng.random() < 0.4
        service = {"name": f"s{i}", "externalTrafficPolicy": "Local" if local else "Cluster",
                   "load_balancer": profiled(rng) if rng.random() < 0.35 else load_balancer(rng, local), "workload": workload(rng, initial)}
        if rng.random() < 0.2:
            service["count"] = 2
        if rng.random() < 0.3:
            service["ports"] = rng.randint(1, 3)
        services.append(service)
    names = [name for s in services for name in copies(s)]
    zones = ["a", "b", "c"][:rng.randint(1, 3)] if rng.random() < 0.4 else ["zone"]
    cluster["zones"] = zones
    upgraded = False
    timeline = []
    for _ in range(rng.randint(0, 7)):
        entry = verb(rng, initial, "workers", zones, seconds(rng, 0, duration - 1))
        if entry["do"] == "rolling_upgrade":
            if upgraded:
                continue
            upgraded = True
        timeline.append(entry)
    kinds = [(name, s["workload"]["kind"]) for s in services for name in copies(s)]
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        timeline.append(workload_verb(rng, kinds, seconds(rng, 0, duration - 1)))
    for _ in range(rng.choice([0, 0, 1, 2, 3])):
        timeline.append(cloud_verb(rng, names, seconds(rng, 0, duration - 1)))
    whole = {
        "name": f"random_{seed}", "question": "Do fast and reference mode agree?", "duration": f"{duration}s",
        "seed": seed, "cluster": cluster, "services": services,
        "traffic": [traffic(rng, names) for _ in range(rng.randint(1, 3))], "timeline": timeline,
    }
    if rng.random() < 0.5:
        whole["cloud"] = {"api": cloud_api(rng)}
    return whole


def differing(a, b):
    names = sorted(set(os.listdir(a)) | set(os.listdir(b)))
    return [n for n in names if n != "manifest.json"
            and not (os.path.exists(f"{a}/{n}") and os.path.exists(f"{b}/{n}") and filecmp.cmp(f"{a}/{n}", f"{b}/{n}", False))]


def run(lbsim, file, out, extra):
    return subprocess.run([lbsim, "run", file, "--out", out, "--quiet", *extra], capture_output=True, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lbsim", required=True, help="the executable")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--keep", help="folder to keep scenarios and results of failures in")
    parser.add_argument("--print", type=int, help="print the scenario of this seed and stop")
    args = parser.parse_args()
    if args.print is not None:
        print(json.dumps(scenario(args.print), indent=1))
        return 0
    failures = []
    lost = attempted = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(args.first, args.first + args.count):
            file = f"{folder}/random_{seed}.json"
            with open(file, "w") as f:
                json.dump(scenario(seed), f, indent=1)
            fast = run(args.lbsim, file, f"{folder}/fast", [])
            slow = run(args.lbsim, file, f"{folder}/slow", ["--reference"])
            if fast.returncode or slow.returncode:
                failures.append(seed)
                print(f"seed {seed}: exit {fast.returncode} fast, {slow.returncode} reference\n{fast.stderr}{slow.stderr}")
            else:
                bad = differing(f"{folder}/fast", f"{folder}/slow")
                if bad:
                    failures.append(seed)
                    print(f"seed {seed}: {', '.join(bad)} differ")
                with open(f"{folder}/fast/runs.csv") as f:
                    head, row = (line.rstrip("\n").split(",") for line in f)
                    lost += int(row[head.index("connections_lost")] or 0)
                    attempted += int(row[head.index("connections_attempted")] or 0)
            if args.keep and seed in failures:
                keep = f"{args.keep}/{seed}"
                shutil.rmtree(keep, ignore_errors=True)
                os.makedirs(keep)
                shutil.copy(file, keep)
                for name in ("fast", "slow"):
                    if os.path.isdir(f"{folder}/{name}"):
                        shutil.copytree(f"{folder}/{name}", f"{keep}/{name}")
            for name in ("fast", "slow"):
                shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
    print(f"seeds {args.first} to {args.first + args.count - 1}: {args.count - len(failures)} equal, "
          f"{len(failures)} differ {failures}; {attempted} attempts, {lost} connections lost")
    # A set of scenarios in which nothing is ever lost would compare nothing.
    return 1 if failures or lost < args.count else 0


if __name__ == "__main__":
    sys.exit(main())
