#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every shipped scenario gives the same tables, byte for byte, in fast and in reference mode and for any --jobs."""
import argparse
import glob
import os
import sys
import tempfile

from random_scenarios import differing, run

NODES, SERVICES = "/cluster/node_pools/0/nodes", "/services/0/count"
# What would take the slow way minutes is asked of a smaller world, which has the same kinds of events.
SMALLER = {
    "how_long_is_a_fleet_out_of_date_while_nodes_flap": {NODES: 60, SERVICES: 40},
    "how_many_api_calls_does_my_1000_node_cluster_make": {NODES: 60},
    "how_many_health_probes_do_500_nodes_answer": {NODES: 50, SERVICES: 20},
    "on_which_cloud_does_a_rolling_upgrade_hurt": {SERVICES: 4},
    "what_happens_when_a_cluster_outgrows_its_load_balancers": {NODES: 100},
    "which_qps_and_bucket_for_650_nodes_and_600_services": {NODES: 20, SERVICES: 60},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lbsim", required=True)
    parser.add_argument("--scenarios", required=True, help="folder of scenario files")
    args = parser.parse_args()
    files = sorted(glob.glob(f"{args.scenarios}/*.json"))
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            name = os.path.splitext(os.path.basename(file))[0]
            modes = {"fast": ["--jobs", "1"], "jobs": ["--jobs", "2"], "reference": ["--reference"]}
            smaller = [f"--set={pointer}={value}" for pointer, value in SMALLER.get(name, {}).items()]
            for mode, extra in modes.items():
                done = run(args.lbsim, file, f"{folder}/{name}_{mode}", extra + smaller)
                if done.returncode:
                    failures.append(f"{name} {mode}: exit {done.returncode} {done.stderr}")
            if any(f.startswith(name) for f in failures):
                continue
            for mode in ("jobs", "reference"):
                bad = differing(f"{folder}/{name}_fast", f"{folder}/{name}_{mode}")
                if bad:
                    failures.append(f"{name}: {', '.join(bad)} differ from those of the run \"{mode}\"")
            print(f"{name}: compared", flush=True)
    print("\n".join(failures) or f"{len(files)} scenarios: fast, --jobs 2 and --reference give the same bytes")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main())
