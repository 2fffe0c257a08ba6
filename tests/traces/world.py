# SPDX-License-Identifier: Apache-2.0
"""Scenarios for the traces, one run of lbsim, and what its tables say. Imports nothing of lbsim."""
import csv
import json
import os
import subprocess
import tempfile

# interval, timeout, unhealthy, healthy of scenarios.md 4.1, in seconds
CHECKS = {
    "gce_shared": (8, 1, 3, 1),
    "gce_local": (3, 1, 2, 1),
    "aws_clb": (10, 5, 6, 2),
    "aws_clb_ocp": (8, 5, 3, 2),
    "aws_nlb_cluster": (30, 10, 3, 3),
    "aws_nlb_local": (10, 6, 2, 2),
    "azure_slb": (5, 5, 2, 1),
}
NODE = "workers-0"
TAINT_AT = 3


def check(profile, target, phase=None, probers=1):
    interval, timeout, unhealthy, healthy = CHECKS[profile]
    result = {"target": target, "interval": f"{interval}s", "timeout": f"{timeout}s", "unhealthy": unhealthy,
              "healthy": healthy, "probers": probers}
    if phase is not None:
        result["phase"] = phase
    return result


def scale_down(delay=None, pod_drain=None):
    verb = {"at": f"{TAINT_AT}s", "do": "autoscaler_scale_down", "nodes": [NODE]}
    if delay is not None:
        verb["delay_after_taint"] = f"{delay}s"
    if pod_drain is not None:
        verb["pod_drain"] = f"{pod_drain}s"
    return verb


def removal(profile, target="proxy_healthz", fixed=True, a=2, release="1.32", probers=1, count=1, on_unhealthy="keep",
            connections=0, duration="10m", **verb):
    """A node without pods is scaled down at 3 s. Fixed: the phases of 4.8; otherwise every phase is drawn."""
    pool = {"name": "workers", "nodes": 10, "vm_off_delay": "0s"}
    cluster = {"release": release, "watch_latency": "1s", "node_pools": [pool],
               "node_lifecycle": {"period": "5s"}, "cloud_node_lifecycle": {"period": "5s"}}
    if fixed:
        pool["lease_phase"] = "5s"
        cluster["node_lifecycle"]["phase"] = "0s"
        cluster["cloud_node_lifecycle"]["phase"] = "2s"
    service = {
        "name": "web", "count": count, "externalTrafficPolicy": "Cluster",
        "load_balancer": {"health_check": check(profile, target, "0s" if fixed else None, probers),
                          "on_unhealthy": on_unhealthy, "on_remove": "cut", "all_unhealthy": "fail_open",
                          "update_latency": f"{a}s"},
        "workload": {"kind": "Deployment", "replicas": 9, "nodes": [f"workers-{i}" for i in range(1, 10)]},
    }
    traffic = []
    if connections:
        traffic = [{"name": "long", "service": "*", "kind": "population", "connections": connections,
                    "lifetime": {"fixed": "30d"}, "reconnect": "no"}]
    return {"name": "trace", "duration": duration, "seed": 1, "cluster": cluster, "services": [service],
            "traffic": traffic, "timeline": [scale_down(**verb)]}


def local(profile, kube_proxy, serves, duration="2m", rate=2000):
    """The last local pod of workers-0 is evicted at 3 s and serves on; workers-1 has the other pod."""
    return {
        "name": "trace", "duration": duration, "seed": 1,
        # From 1.27 the taint that goes with the scale-down starts no pass; the VM outlasts the run.
        "cluster": {"release": "1.30", "releases": {"kube_proxy": kube_proxy}, "watch_latency": "1s",
                    "node_pools": [{"name": "workers", "nodes": 2, "vm_off_delay": "1h"}]},
        "services": [{
            "name": "web", "externalTrafficPolicy": "Local",
            "load_balancer": {"health_check": check(profile, "health_check_node_port", "0s"), "on_unhealthy": "keep",
                              "on_remove": "keep", "all_unhealthy": "fail_open"},
            "workload": {"kind": "Deployment", "replicas": 2, "nodes": ["workers-0", "workers-1"], "preStopSeconds": serves,
                         "terminationGracePeriodSeconds": 100, "on_sigterm": "exit_now"}}],
        "traffic": [{"name": "short", "service": "web", "kind": "open", "arrivals_per_second": rate,
                     "lifetime": {"fixed": "1ms"}, "connect_timeout": "1s"}],
        "timeline": [scale_down(delay=0)],
    }


def flap(release, length, services=20, a=3, workers=1, gate=None):
    """workers-7 of 50 is Unknown from 100 s on for `length` seconds."""
    cluster = {"release": release, "watch_latency": "1s", "node_pools": [{"name": "workers", "nodes": 50}],
               "service_controller": {"concurrent_service_syncs": workers}}
    if gate is not None:
        cluster["feature_gates"] = {"StableLoadBalancerNodeSet": gate}
    return {
        "name": "trace", "duration": "15m", "seed": 1, "cluster": cluster,
        "services": [{"name": "web", "count": services, "externalTrafficPolicy": "Cluster",
                      "load_balancer": {"health_check": check("gce_shared", "proxy_healthz"), "on_unhealthy": "keep",
                                        "on_remove": "cut", "update_latency": f"{a}s"}}],
        "traffic": [{"name": "long", "service": "*", "kind": "population", "connections": 1000,
                     "lifetime": {"fixed": "30d"}, "reconnect": "no"}],
        "timeline": [{"at": "100s", "do": "set_ready", "nodes": ["workers-7"], "status": "Unknown", "for": f"{length}s"}],
    }


class Tables:
    """The tables of one run of lbsim."""

    def __init__(self, folder):
        self.folder = folder
        self.runs = self.read("runs")

    def read(self, name):
        with open(os.path.join(self.folder, f"{name}.csv"), newline="") as file:
            return list(csv.DictReader(file))

    def metric(self, name):
        """The value of the first run."""
        return float(self.runs[0][name])

    def column(self, name):
        return [float(row[name]) for row in self.runs]

    def event(self, kind, node=NODE):
        """Time of the first event of this kind at the node, or None."""
        return next((float(row["t_s"]) for row in self.read("events") if row["kind"] == kind and row["node"] == node), None)

    def turned(self, state, node=NODE):
        """Times at which the node entered this state in any load balancer."""
        return [float(row["t_s"]) for row in self.read("targets") if row["node"] == node and row["to"] == state]


class Lbsim:
    def __init__(self, executable):
        self.executable = executable
        self.folder = tempfile.TemporaryDirectory()

    def write(self, name, document):
        """A file beside the scenario."""
        with open(os.path.join(self.folder.name, name), "w") as f:
            json.dump(document, f)

    def run(self, scenario, replications=1):
        file, out = os.path.join(self.folder.name, "trace.json"), os.path.join(self.folder.name, "out")
        with open(file, "w") as f:
            json.dump(scenario, f)
        command = [self.executable, "run", file, "--out", out, "--quiet", "--jobs", "1", "--replications", str(replications)]
        if replications > 1:
            command += ["--max-rows", "1", "--bin", "1h"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"exit {done.returncode} of {' '.join(command)}\n{done.stderr}{json.dumps(scenario, indent=1)}")
        return Tables(out)
