#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random clusters with random records of events: each is imported, its scenario runs, and fast and reference mode agree."""
import argparse
import json
import random
import subprocess
import sys
import tempfile

from random_scenarios import differing, run

CLOUDS = ["aws:///z/i-{}", "gce://p/z/{}", "azure:///s/{}", "digitalocean://{}", "hcloud://{}", "openstack:///{}", "kind://k/{}", "{}", ""]
VERSIONS = ["v1.24.17", "v1.26.2", "v1.27.9-gke.1", "v1.28.4+k3s1", "v1.29.3-eks-1", "v1.30.2", "v1.32", "v1.99.1", "", "odd"]
POOL_LABELS = ["eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool", "agentpool", "node.kubernetes.io/instance-type", "other"]
ANNOTATIONS = {
    "service.beta.kubernetes.io/aws-load-balancer-type": ["nlb", "external", "nlb-ip", "odd"],
    "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": ["5", "30", "x"],
    "service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled": ["true", "false"],
    "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled": ["true", "false"],
    "cloud.google.com/l4-rbs": ["enabled"],
    "networking.gke.io/load-balancer-type": ["Internal"],
    "service.beta.kubernetes.io/azure-load-balancer-health-probe-num-of-probe": ["2", "4"],
    "load-balancer.hetzner.cloud/health-check-retries": ["1", "5"],
    "metallb.io/ip-allocated-from-pool": ["a"],
}
REASONS = [("NodeNotReady", "node-controller"), ("NodeNotReady", "kubelet"), ("NodeReady", "kubelet"), ("NodeReady", "kubelet"),
           ("RegisteredNode", "node-controller"), ("RemovingNode", "node-controller"), ("DeletingNode", "cloud-node-lifecycle-controller"),
           ("NodeNotSchedulable", "kubelet"), ("NodeSchedulable", "kubelet"), ("Rebooted", "kubelet"), ("Starting", "kubelet"),
           ("ScaleDown", "cluster-autoscaler"), ("ScaleDownFailed", "cluster-autoscaler")]


def instant(second):
    return f"2024-05-01T{10 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def maybe(rng, share, what, otherwise=None):
    return what if rng.random() < share else otherwise


def node(rng, number, cloud, zones, length):
    labels = {rng.choice(POOL_LABELS): rng.choice(["a", "b", "c/d"])}
    if zones:
        labels["topology.kubernetes.io/zone"] = rng.choice(zones)
    if rng.random() < 0.1:
        labels["node.kubernetes.io/exclude-from-external-load-balancers"] = rng.choice(["", "true", "false"])
    taints = [{"key": rng.choice(["ToBeDeletedByClusterAutoscaler", "gpu"]), "effect": "NoSchedule"}] if rng.random() < 0.1 else None
    version = rng.choice(VERSIONS) if rng.random() < 0.2 else VERSIONS[number % 3]
    return {"kind": "Node", "apiVersion": "v1",
            "metadata": {"name": f"n{number}", "labels": labels,
                         "creationTimestamp": instant(rng.randint(0, length)) if rng.random() < 0.2 else "2024-01-01T00:00:00Z"},
            "spec": {"providerID": cloud.format(number), "unschedulable": maybe(rng, 0.1, True), "taints": taints},
            "status": {"conditions": [{"type": "Ready", "status": rng.choice(["True"] * 9 + ["False", "Unknown"])}],
                       "nodeInfo": {"kubeletVersion": version, "kubeProxyVersion": rng.choice(["", version, version])}}}


def service(rng, number):
    annotations = {key: rng.choice(values) for key, values in ANNOTATIONS.items() if rng.random() < 0.12}
    return {"kind": "Service", "metadata": {"name": f"s{number}", "namespace": "d", "annotations": annotations or None},
            "spec": {"type": "LoadBalancer", "externalTrafficPolicy": rng.choice(["Cluster", "Local", None]),
                     "loadBalancerClass": maybe(rng, 0.1, "service.k8s.aws/nlb"),
                     "ports": [{"port": 80 + i} for i in range(rng.randint(1, 3))], "selector": maybe(rng, 0.9, {"app": f"s{number}"})}}


def hook(rng):
    return rng.choice([None, {"exec": {"command": ["sleep", str(rng.randint(0, 40))]}}, {"sleep": {"seconds": rng.randint(0, 40)}},
                       {"exec": {"command": ["sh", "-c", f"sleep {rng.randint(1, 9)}.5; x"]}}, {"httpGet": {"port": 80}}])


def scaled(rng):
    return rng.choice([None, 0, 1, 2, "25%", "100%"])


def workload(rng, number):
    kind = rng.choice(["Deployment", "Deployment", "DaemonSet", "StatefulSet"])
    return {"kind": kind, "metadata": {"name": f"w{number}", "namespace": "d"},
            "spec": {"replicas": maybe(rng, 0.9, rng.randint(0, 6)), "minReadySeconds": maybe(rng, 0.3, rng.randint(0, 20)),
                     "strategy": {"rollingUpdate": {"maxSurge": scaled(rng), "maxUnavailable": scaled(rng)}},
                     "updateStrategy": {"rollingUpdate": {"maxUnavailable": scaled(rng)}},
                     "template": {"metadata": {"labels": {"app": f"s{number}"}},
                                  "spec": {"terminationGracePeriodSeconds": maybe(rng, 0.5, rng.randint(0, 60)),
                                           "containers": [{"lifecycle": {"preStop": hook(rng)}}]}}}}


def budget(rng, number):
    return {"kind": "PodDisruptionBudget", "metadata": {"name": f"b{number}", "namespace": "d"},
            "spec": {rng.choice(["minAvailable", "maxUnavailable"]): scaled(rng), "selector": {"matchLabels": {"app": f"s{number}"}}}}


def endpoints(rng, number, nodes):
    return {"kind": "EndpointSlice", "metadata": {"name": f"e{number}", "namespace": "d", "labels": {"kubernetes.io/service-name": f"s{number}"}},
            "endpoints": [{"nodeName": rng.choice(nodes), "addresses": [f"10.0.0.{i}"], "conditions": {"ready": rng.choice([True, True, None, False])}}
                          for i in range(rng.randint(0, 5))]}


def event(rng, nodes, length):
    reason, component = rng.choice(REASONS)
    first = rng.randint(0, length)
    return {"kind": "Event", "metadata": {"name": "e"}, "involvedObject": {"kind": "Node", "name": rng.choice(nodes)}, "reason": reason,
            "source": {"component": component}, "firstTimestamp": instant(first),
            "lastTimestamp": instant(min(length, first + rng.choice([0, 0, 0, 30]))), "count": rng.choice([1, 1, 1, 2])}


def samples(rng, nodes, length):
    lines = [f"{rng.choice(nodes)},{rng.randint(0, length)},{rng.choice(['True', 'False', 'Unknown'])}" for _ in range(rng.randint(1, 15))]
    return "node,time,Ready\n" + "\n".join(lines) + "\n"


def cluster(seed):
    """A dump, and a record or None; what happens, happens in whole seconds within a few minutes, so that ties are common."""
    rng = random.Random(seed)
    length = rng.choice([60, 300, 900])
    cloud = rng.choice(CLOUDS)
    zones = ["z1", "z2", "z3"][:rng.randint(0, 3)]
    items = [node(rng, i, cloud, zones, length) for i in range(rng.randint(1, 8))]
    nodes = [item["metadata"]["name"] for item in items]
    for i in range(rng.randint(1, 3)):
        items.append(service(rng, i))
        items += [make(rng, i) for make in (workload, budget) if rng.random() < 0.7]
        if rng.random() < 0.7:
            items.append(endpoints(rng, i, nodes + ["gone"]))
    nodes += ["gone", "young"]
    record = rng.random()
    if record < 0.2:
        return {"kind": "List", "items": items}, None
    if record < 0.4:
        return {"kind": "List", "items": items}, samples(rng, nodes, length)
    events = [event(rng, nodes, length) for _ in range(rng.randint(5, 40))] + [event(rng, nodes[:1], length) | {"reason": "NodeReady"}]
    return {"kind": "List", "items": items}, json.dumps({"kind": "List", "items": events})


def compare(lbsim, seed, folder):
    """What is wrong with this seed, "" where nothing is; and how many connections were lost."""
    dump, record = cluster(seed)
    with open(f"{folder}/cluster.json", "w", encoding="utf-8") as f:
        json.dump(dump, f)
    command = [lbsim, "import", f"{folder}/cluster.json", "--out", f"{folder}/imported_{seed}.json"]
    if record is not None:
        with open(f"{folder}/record", "w", encoding="utf-8") as f:
            f.write(record)
        command += ["--events", f"{folder}/record"]
    imported = subprocess.run(command, capture_output=True, text=True)
    if imported.returncode:
        return f"import: exit {imported.returncode} {imported.stderr}", 0
    fast = run(lbsim, f"{folder}/imported_{seed}.json", f"{folder}/fast", [])
    slow = run(lbsim, f"{folder}/imported_{seed}.json", f"{folder}/slow", ["--reference"])
    if fast.returncode or slow.returncode:
        return f"exit {fast.returncode} fast, {slow.returncode} reference\n{fast.stderr}{slow.stderr}", 0
    with open(f"{folder}/fast/runs.csv", encoding="utf-8") as f:
        head, row = (line.rstrip("\n").split(",") for line in f)
    return " ".join(differing(f"{folder}/fast", f"{folder}/slow")), int(row[head.index("connections_lost")] or 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lbsim", required=True, help="the executable")
    parser.add_argument("--first", type=int, default=1, help="first seed")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--print", type=int, help="print the dump and the record of this seed and stop")
    args = parser.parse_args()
    if args.print is not None:
        dump, record = cluster(args.print)
        print(json.dumps(dump, indent=1), record or "", sep="\n")
        return 0
    failures = []
    lost = 0
    for seed in range(args.first, args.first + args.count):
        with tempfile.TemporaryDirectory() as folder:
            wrong, lost_here = compare(args.lbsim, seed, folder)
        lost += lost_here
        if wrong:
            failures.append(seed)
            print(f"seed {seed}: {wrong}", flush=True)
    print(f"seeds {args.first} to {args.first + args.count - 1}: {args.count - len(failures)} imported and equal, "
          f"{len(failures)} not {failures}; {lost} connections lost")
    # Clusters in which nothing is ever lost would compare nothing.
    return 1 if failures or lost < args.count else 0


if __name__ == "__main__":
    sys.exit(main())
