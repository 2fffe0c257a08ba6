# SPDX-License-Identifier: Apache-2.0
"""Runs a small scenario in both modes, which must agree, and compares its events with those that were derived."""
import copy
import csv
import json
import subprocess
import sys
import tempfile

TABLES = ("runs.csv", "events.csv", "targets.csv", "api_calls.csv", "syncs.csv", "lost_connections.csv")


def variation(base, timeline, **workload):
    """A copy of `base` with this timeline and these keys of its one workload."""
    out = copy.deepcopy(base)
    out["services"][0]["workload"].update(workload)
    out["timeline"] = timeline
    return out


class World:
    def __init__(self, lbsim):
        self.lbsim = lbsim
        self.problems = []

    def check(self, what, found, expected):
        if found != expected:
            self.problems.append(f"{what}\n  found    {found}\n  expected {expected}")

    def run(self, what, scenario):
        """The tables of the run, by name."""
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/scenario.json", "w") as file:
                json.dump(scenario, file)
            for out, more in (("fast", []), ("slow", ["--reference"])):
                subprocess.run([self.lbsim, "run", f"{folder}/scenario.json", "--out", f"{folder}/{out}", "--quiet", *more],
                               check=True)
            tables = {}
            for table in TABLES:
                with open(f"{folder}/fast/{table}", newline="") as fast, open(f"{folder}/slow/{table}", newline="") as slow:
                    rows = list(csv.DictReader(fast))
                    self.check(f"{what}: {table} of the slow way", list(csv.DictReader(slow)) == rows, True)
                tables[table.removesuffix(".csv")] = rows
            return tables

    def events(self, what, tables, kinds, expected, until=float("inf")):
        """Rows of these kinds as (seconds, kind, node or pod), in order, against the expected ones."""
        found = [(float(e["t_s"]), e["kind"], e["pod"] or e["node"] or e["service"]) for e in tables["events"]
                 if e["kind"] in kinds and float(e["t_s"]) < until]
        self.check(what, found, [(float(t), kind, name) for t, kind, name in expected])

    def causes(self, what, tables):
        """Every event but those that the scenario starts has a cause before it."""
        for e in tables["events"]:
            if e["kind"] == "timeline":
                continue
            self.check(f"{what}: event {e['event_id']} {e['kind']} has an earlier cause",
                       e["cause_event_id"] != "" and int(e["cause_event_id"]) < int(e["event_id"]), True)

    def end(self):
        for problem in self.problems:
            print(problem)
        sys.exit(1 if self.problems else 0)
