# SPDX-License-Identifier: Apache-2.0
"""Holds the published schema and the reader against each other with an independent validator."""
import copy
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed: skipped")
    sys.exit(77)

probe, scenarios = sys.argv[1:3]
schema = json.loads(subprocess.run([probe, "schema"], capture_output=True, text=True, check=True).stdout)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)

BASE = {
    "duration": "10m",
    "cluster": {"release": "1.30", "node_pools": [{"name": "workers", "nodes": 10}]},
    "services": [{"name": "web", "load_balancer": {"health_check": {}}, "workload": {}}],
    "traffic": [{"name": "a", "kind": "open"}, {"name": "b", "kind": "population"}],
    "timeline": [{"at": "1m", "do": "cordon", "nodes": ["workers-0"]}],
}


def changed(pointer, value):
    document = copy.deepcopy(BASE)
    *path, last = pointer.strip("/").split("/")
    at = document
    for token in path:
        at = at[int(token)] if isinstance(at, list) else at.setdefault(token, {})
    at[int(last) if isinstance(at, list) else last] = value
    return document


NODES = {"at": "1s", "nodes": ["workers-1"]}
GOOD = [BASE] + [changed(pointer, value) for pointer, value in [
    ("/$schema", "lbsim.schema.json"), ("/seed", 18446744073709551615), ("/replications", 1e3), ("/variants", []),
    ("/variants", [{"name": "1.29 gate off", "set": {"/seed": 3, "/cluster/start": "cold"}}]),
    ("/cluster/watch_latency", {"uniform": ["0s", "1s"]}), ("/cluster/watch_latency", "1.5ms"),
    ("/cluster/releases", {"kubelet": "1.28.3"}), ("/cluster/feature_gates", {"StableLoadBalancerNodeSet": True}),
    ("/cluster/zones", ["a"]), ("/cluster/zones", ["a", "b"]), ("/services/0/load_balancer", "gcp_netlb_rbs"),
    ("/services/0/load_balancer", {"profile": "aws_clb_ccm", "limits": False, "on_remove": "keep"}),
    ("/services/0/load_balancer/health_check", {"probers": "zones"}), ("/cloud", {"profile": "neutral"}),
    ("/cloud/api/latency", "1s"), ("/cloud/api/latency", {"exponential": "1s"}), ("/cloud/api/latency", {"poll": "1s", "all": "2s"}),
    ("/cloud/api/quota", {"describe": {"rate": 1, "burst": 5}, "all": [{"rate": 0.5, "burst": 1, "when_empty": "reject"}]}),
    ("/cloud/api/faults", [{"operations": ["RegisterTargets"], "error_rate": 0.5}, {"latency": "9s"}]),
    ("/cluster/service_proxy", {"kind": "kube_proxy", "programming_latency": "1s"}),
    ("/cluster/service_controller", {"concurrent_service_syncs": 10, "node_sync_phase": "3s"}),
    ("/cluster/node_lifecycle", {"grace_period": "40s", "period": "5s", "phase": "1s"}),
    ("/cluster/node_pools/0", {"labels": {"a": "b"}, "lease_phase": "5s", "kube_proxy": "1.29", "boot_time": "1m"}),
    ("/services/0", {"count": 3, "ports": 2, "externalTrafficPolicy": "Local"}),
    ("/services/0/load_balancer/on_remove", {"drain": "5m", "until_idle": False}),
    ("/services/0/load_balancer/on_remove", {"cut": "silent"}), ("/services/0/load_balancer/on_unhealthy", "cut"),
    ("/services/0/load_balancer/all_unhealthy", {"panic_below": 0.5}),
    ("/services/0/load_balancer/slow_start", "0s"), ("/services/0/load_balancer/cross_zone", True),
    ("/services/0/load_balancer/health_check", {"target": "node_port", "phase": "1s", "initial_state": "passing"}),
    ("/services/0/workload", {"kind": "DaemonSet", "nodes": ["workers-1"], "preStopSeconds": 2.5, "minReadySeconds": 5.5}),
    ("/services/0/workload", {"maxSurge": "150%", "maxUnavailable": 0}), ("/services/0/workload/maxUnavailable", "10%"),
    ("/cluster/node_pools/0", {"shutdownGracePeriod": "30s", "shutdownGracePeriodCriticalPods": "10s"}),
    ("/timeline/0", {"at": "1s", "do": "rollout", "service": "web"}),
    ("/timeline/0", {"at": "1s", "do": "scale", "service": "web", "replicas": 0}),
    ("/timeline/0", {**NODES, "do": "spot_preemption", "notice": "2m", "on_notice": "taint_and_drain"}),
    ("/services/0/workload/pdb_min_available", 1), ("/services/0/workload/pdb_min_available", "100%"),
    ("/services/0/workload/pdb_min_available", "0%"), ("/timeline/0", {**NODES, "do": "drain", "timeout": "5m"}),
    ("/traffic/0", {"name": "a", "kind": "open", "arrivals_per_second": 2.5, "lifetime": {"fixed": "1s"}}),
    ("/traffic/0/lifetime", {"lognormal": {"median": "1s", "p99": "1m"}}),
    ("/traffic/0/lifetime", {"pareto": {"minimum": "1s", "shape": 1.5}}),
    ("/traffic/1/reconnect", {"after": {"exponential": "2s"}}), ("/traffic/1/connections", 1000000),
    ("/timeline/0/repeat", {"every": "1m", "times": 3}), ("/timeline/0/repeat", {"mean_every": "1m"}),
    ("/timeline/0", {**NODES, "do": "set_ready", "status": "Unknown", "for": "1m"}),
    ("/timeline/0", {**NODES, "do": "taint", "key": "k", "effect": "PreferNoSchedule"}),
    ("/timeline/0", {**NODES, "do": "unlabel", "key": "k"}), ("/timeline/0", {**NODES, "do": "vm_off"}),
    ("/timeline/0", {**NODES, "do": "reboot", "for": "1m"}),
    ("/timeline/0", {**NODES, "do": "autoscaler_scale_down", "pod_drain": "1m"}),
    ("/timeline/0", {"at": "0s", "do": "add_nodes", "pool": "workers", "count": 3}),
    ("/timeline/0", {"at": "0s", "do": "rolling_upgrade", "pool": "workers", "mode": "in_place", "to_release": "1.31"}),
]]
# Both must refuse these: types, ranges, choices, unknown keys, keys and values of later parts.
BAD = [[], {}, 3] + [changed(pointer, value) for pointer, value in [
    ("/duraton", "1m"), ("/duration", 10), ("/duration", "10"), ("/duration", "-1s"), ("/seed", -1), ("/seed", 1.5),
    ("/replications", 0), ("/name", "../x"), ("/cloud", {"profil": "haproxy"}), ("/budgets", []), ("/sweep", {}), ("/services", []),
    ("/cluster/relase", "1.30"), ("/cluster/release", "v1.30"), ("/cluster/release", 1.3), ("/cluster/links", {}),
    ("/cluster/zones", []), ("/cluster/start", "warm"), ("/cluster/controller", "ingress_gce"),
    ("/cluster/feature_gates", {"NoSuchGate": True}), ("/cluster/feature_gates", {"StableLoadBalancerNodeSet": 1}),
    ("/cluster/service_proxy", {"mode": "ipvs"}), ("/cluster/service_proxy", {"sync_period": "30s"}),
    ("/cluster/node_pools", []), ("/cluster/node_pools/0/nodes", 100001), ("/cluster/node_pools/0/node", 3),
    ("/cluster/watch_latency", {"uniform": ["1s"]}), ("/cluster/watch_latency", {"normal": "1s"}),
    ("/services/0/load_balancer", "aws_clb"), ("/services/0/load_balancer/profile", "gcp"), ("/cloud/profile", 3),
    ("/services/0/load_balancer/health_check/probers", "regions"), ("/cloud/api/latency", {"describ": "1s"}),
    ("/cloud/api/quota", {"describe": {"rate": 1}}), ("/cloud/api/quota", {"describe": "10"}),
    ("/cloud/api/faults", [{"error_rate": 2}]), ("/services/0/load_balancer/balancing", "maglev"),
    ("/services/0/load_balancer/slow_start", "1s"), ("/services/0/load_balancer/limits", 1),
    ("/services/0/load_balancer/on_remove", {"drain": "5m", "until_idle": True}),
    ("/services/0/load_balancer/health_check/intervall", "1s"), ("/services/0/workload/maxSurge", -1),
    ("/services/0/workload/maxUnavailable", "101%"), ("/timeline/0", {"at": "1s", "do": "scale", "service": "web"}),
    ("/timeline/0", {**NODES, "do": "spot_preemption", "on_notice": "pray"}), ("/timeline/0", {"at": "1s", "do": "rollout"}),
    ("/services/0/workload/minReadySeconds", 2147483648), ("/services/0/workload/on_sigterm", "finish_then_exit"),
    ("/traffic/0/kind", "probe"), ("/traffic/0/connections", 3), ("/traffic/1/arrivals_per_second", 3),
    ("/traffic/0/keepalive", "30s"), ("/timeline/0", {"at": "1s", "do": "drain"}),
    ("/services/0/workload/pdb_min_available", "101%"), ("/services/0/workload/pdb_min_available", "050%"),
    ("/services/0/workload/pdb_min_available", 1.5), ("/services/0/workload/pdb_min_available", "half"),
    ("/timeline/0/effect", "NoExecute"),
    ("/timeline/0/repeat", {"times": 3}), ("/timeline/0", {"at": "1s", "do": "cordon"}), ("/variants", [{}]),
    ("/variants", [{"name": "a", "set": {"seed": 1}}]),
]]


def reader_says(documents):
    """Files in one folder, one call."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, document in enumerate(documents):
            files.append(os.path.join(folder, f"{i}.json"))
            with open(files[-1], "w", encoding="utf-8") as file:
                json.dump(document, file)
        run = subprocess.run([probe, *files], capture_output=True, text=True, check=True)
        return [line == "ok" for line in run.stdout.splitlines()], run.stderr


failures = []
examples = [json.load(open(f, encoding="utf-8")) for f in sorted(glob.glob(os.path.join(scenarios, "*.json")))]
assert len(examples) >= 2, "no scenarios found"
for documents, expected in ((examples + GOOD, True), (BAD, False)):
    said, messages = reader_says(documents)
    assert len(said) == len(documents), "the reader answered for fewer files than asked"
    for document, accepted in zip(documents, said):
        errors = [error.message[:300] for error in validator.iter_errors(document)]
        if accepted != expected:
            failures.append(f"reader, expected {expected}: {json.dumps(document)}\n{messages}")
        if (not errors) != expected:
            failures.append(f"schema, expected {expected}: {json.dumps(document)}\n{errors}")
print("\n".join(failures) or f"{len(examples) + len(GOOD)} good and {len(BAD)} bad documents: schema and reader agree")
sys.exit(1 if failures else 0)
