# SPDX-License-Identifier: Apache-2.0
"""Targets that a provider's load balancers share, and a limit that a provider enforces.

* gcp_netlb_rbs, 4 workers, 6 services, one node joins: each service lists its zone once, and only the one that first meets
  the difference adds the node, although the others plan before that operation has ended: 6 lists and 1 AddInstances. The
  node is in no set before the operation ends, and then in all six at that instant.
* An own profile like azure_slb_nic that takes 3 nodes: the fourth node's PUT fails for good (6 tries of the provider are not
  made, since repeating mends nothing), the Update fails, and so does every Ensure of the retry ladder; the load balancers
  stay out of sync to the end. Three nodes and a restart of the controller's leader do not hit the limit.
"""
import csv
import json
import subprocess
import sys
import tempfile


def run(lbsim, folder, name, scenario):
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(scenario, file)
    for out, more in ((name, []), (f"{name}_slow", ["--reference"])):
        subprocess.run([lbsim, "run", f"{folder}/{name}.json", "--out", f"{folder}/{out}", "--quiet", *more], check=True)
    tables = {}
    for table in ("runs", "events", "api_calls", "syncs", "targets"):
        with open(f"{folder}/{name}/{table}.csv", newline="") as fast, open(f"{folder}/{name}_slow/{table}.csv") as slow:
            text = fast.read()
            assert text == slow.read(), f"{table}.csv of the slow way differs"
            tables[table] = list(csv.DictReader(text.splitlines()))
    return tables


def main():
    lbsim = sys.argv[1]
    problems = []

    def check(what, found, expected):
        if found != expected:
            problems.append(f"{what}: found {found}, expected {expected}")

    base = {"duration": "20m", "seed": 5, "timeline": [{"at": "1m", "do": "add_nodes", "pool": "workers", "boot_time": "0s"}]}
    with tempfile.TemporaryDirectory() as folder:
        tables = run(lbsim, folder, "shared", dict(
            base, cluster={"release": "1.30", "node_pools": [{"nodes": 5}],
                           "service_controller": {"concurrent_service_syncs": 4}},
            services=[{"name": "web", "count": 6, "load_balancer": "gcp_netlb_rbs"}]))
        calls = [c["operation"] for c in tables["api_calls"]]
        check("lists", calls.count("InstanceGroups.ListInstances"), 6)
        check("changes", calls.count("InstanceGroups.AddInstances"), 1)
        entered = [t["t_s"] for t in tables["targets"] if t["node"] == "workers-5" and t["from"] == "out"]
        check("sets that the node enters", len(entered), 6)
        check("instants at which it does", len(set(entered)), 1)

        with open(f"{folder}/small.json", "w") as file:
            json.dump({"title": "Azure with room for three", "based_on": "azure_slb_nic",
                       "limits": {"cluster": [{"kind": "reject", "most": 3}, "definition", "so that a test reaches it"]}}, file)
        world = dict(base, cluster={"release": "1.30", "node_pools": [{"nodes": 3}]},
                     services=[{"name": "web", "count": 2, "load_balancer": "small.json"}])
        tables = run(lbsim, folder, "limit", world)
        puts = [c for c in tables["api_calls"] if c["operation"] == "VirtualMachineScaleSetVMs.Update"]
        check("results of the PUTs", {c["result"] for c in puts}, {"failed"})
        updates = [s["result"] for s in tables["syncs"] if s["operation"] == "UpdateLoadBalancer"]
        check("Updates", updates, ["failed", "failed"])
        ensures = [s["result"] for s in tables["syncs"] if s["operation"] == "EnsureLoadBalancer"]
        check("Ensures", set(ensures), {"failed"})
        # One Update and at least three Ensures (5, 10, 20 s apart) for each service.
        check("tries", len(ensures) >= 6 and len(puts) == len(updates) + len(ensures), True)
        check("nodes that entered", [t for t in tables["targets"] if t["from"] == "out"], [])
        check("back in sync", [e for e in tables["events"] if e["kind"] == "lb_in_sync"], [])
        world["timeline"] = [{"at": "1m", "do": "service_controller_restart", "gap": "0s"}]
        tables = run(lbsim, folder, "within", world)
        check("syncs within the limit", {s["result"] for s in tables["syncs"]}, {"ok"})
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
