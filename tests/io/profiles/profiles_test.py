#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Holds models/cloud/profiles against its own rules and against the numbers of the specification.
"""usage: profiles_test.py --root DIR [--spec FILE]

Every value is [value, tag, source]; the list that CMake embeds is the folder; and where the specification
(cloud-load-balancers.json beside the tree) has a number for a field, ours is that number with that tag."""

import argparse
import json
import os
import pathlib
import re
import sys

TAGS = {"code", "doc", "issue", "recalled", "estimate", "definition"}
TAG_OF_SPEC = {"est": "estimate"}
PLAIN = {"title", "based_on", "remarks"}
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400}
TARGETS = {"nodePort(first listener)": "node_port", "nodePort(each port)": "all_node_ports", "nodePort": "all_node_ports",
           "podPort": "node_port", "traffic-port": "node_port", "servingPort": "node_port", "server": "node_port",
           10256: "proxy_healthz", "healthCheckNodePort": "health_check_node_port"}
ESTABLISHED = {"keep": "keep", "close": "cut", "rst_next_packet": "cut", "drop_silent": {"cut": "silent"},
               "drop/close": {"cut": "silent"}, "rehash": "cut", "drop/rehash": "cut", "in_flight_finish": "keep"}

problems = []


def is_sourced(value):
    return isinstance(value, list) and len(value) == 3 and value[1] in TAGS and isinstance(value[2], str) and value[2].strip()


def lint(name, value, path):
    if path and path[0] in PLAIN:
        return
    if isinstance(value, dict) and value:
        for key, below in value.items():
            lint(name, below, path + (key,))
    elif "quota" in path and len(path) == 3 and isinstance(value, list):
        for bucket in value:
            lint(name, bucket, path + ("bucket",))
    elif not is_sourced(value):
        problems.append(f"{name}: {'.'.join(path)} is not [value, tag, source]: {json.dumps(value)}")
    elif value[1] == "estimate" and len(value[2]) < 4:
        problems.append(f"{name}: {'.'.join(path)} is an estimate without a reason")


def at(profile, path):
    for key in path.split("."):
        profile = profile.get(key) if isinstance(profile, dict) else None
    return profile


def seconds(value):
    """Of a duration, or both ends of a range."""
    if isinstance(value, list):
        return [seconds(v) for v in value]
    match = re.fullmatch(r"([0-9.]+)(us|ms|s|m|h|d)", value)
    return float(match[1]) * UNITS[match[2]]


class Spec:
    """The numbers of one profile of the specification against ours."""

    def __init__(self, spec, ours):
        self.spec, self.ours, self.name, self.compared = spec, ours, spec["name"], 0

    def same(self, where, theirs, path, convert=lambda v: v, tag=True):
        """`theirs` is [value, tag]; `convert` makes our value comparable."""
        self.compared += 1
        mine = at(self.ours, path)
        if mine is None:
            problems.append(f"{self.name}: {where} is {theirs[0]} in the specification, and {path} is absent")
            return
        value = convert(mine[0])
        if value != theirs[0]:
            problems.append(f"{self.name}: {path} is {value}, in the specification {where} is {theirs[0]}")
        if tag and TAG_OF_SPEC.get(theirs[1], theirs[1]) != mine[1]:
            problems.append(f"{self.name}: {path} is tagged {mine[1]}, in the specification {where} {theirs[1]}")

    def check(self, which):
        theirs = self.spec.get("hc_" + which)
        if not isinstance(theirs, dict):
            return
        path = f"load_balancer.health_check.{which}."
        port = theirs["port"]
        self.same("port", [TARGETS[port[0]], port[1]], path + "target")
        self.same("interval", theirs["interval"], path + "interval", seconds)
        self.same("timeout", theirs["timeout"], path + "timeout", seconds)
        self.same("up", theirs["up"], path + "healthy")
        self.same("down", theirs["down"], path + "unhealthy")

    def established(self):
        estab = self.spec.get("estab", {})
        for event, key in (("unhealthy", "on_unhealthy"), ("removed", "on_remove")):
            if event not in estab or self.name in ("envoy", "metallb_bgp", "metallb_l2"):
                continue  # said in words there
            said, tag = estab[event]
            word = re.split(r"[ ?]", said)[0]
            if word == "drain":
                drained = seconds(at(self.ours, "load_balancer.on_remove")[0]["drain"])
                self.compared += 1
                if drained != self.spec["drain"]["default"][0]:
                    problems.append(f"{self.name}: drains for {drained} s")
                continue
            self.same("estab." + event, [ESTABLISHED[word], tag], "load_balancer." + key)

    def data_plane(self):
        spec = self.spec
        if "probers_per_target" in spec and not isinstance(spec["probers_per_target"][0], str):
            self.same("probers", spec["probers_per_target"], "load_balancer.health_check.probers")
        if spec.get("probers_per_target", [None])[0] == "Z":
            self.same("probers", ["zones", "est"], "load_balancer.health_check.probers")
        if isinstance(spec.get("fail_open", [None])[0], bool):
            theirs = ["fail_open" if spec["fail_open"][0] else "fail_closed", spec["fail_open"][1]]
            self.same("fail_open", theirs, "load_balancer.all_unhealthy")
        for key, path in (("prop_add", "registration_delay"), ("prop_remove", "new_flow_lag_after_remove"),
                          ("unhealthy_new_flow_lag", "new_flow_lag_after_unhealthy"),
                          ("new_flow_stop_after_remove", "new_flow_lag_after_remove"), ("idle_tcp", "idle_timeout"),
                          ("withdraw", "new_flow_lag_after_remove")):
            if spec.get(key, [None])[0] is not None:
                self.same(key, spec[key], "load_balancer." + path, seconds)
        if "cross_zone" in spec:
            self.same("cross_zone", spec["cross_zone"], "load_balancer.cross_zone")
        if "panic_threshold" in spec:
            self.same("panic", spec["panic_threshold"], "load_balancer.all_unhealthy", lambda v: v["panic_below"])

    def buckets(self):
        limits = dict(self.spec.get("api_limits", {}))
        client = self.spec.get("client_limiter", [None])
        for call in ("describe", "register", "modify"):
            if call + "_rps" in limits:
                self.bucket(call, "throttle", limits[call + "_rps"][0], limits[call + "_burst"][0])
        if "mutate_rps" in limits:
            self.bucket("register", "throttle", limits["mutate_rps"][0], limits["mutate_burst"][0])
        if "group_rpm" in limits:
            for call in ("describe", "register", "modify", "write", "delete", "poll"):
                self.bucket(call, "throttle", limits["group_rpm"][0] / 60, limits["group_rpm"][0])
        for key, call in (("arm_read", "describe"), ("arm_write", "write"), ("arm_delete", "delete")):
            if key in limits:
                self.bucket(call, "throttle", *limits[key][0])
        if "per_min" in limits:
            self.bucket("all", "throttle", limits["per_min"][0] / 60, limits["per_min"][0])
        if "per_hour" in limits:
            self.bucket("all", "throttle", limits["per_hour"][0] / 3600, limits["per_hour"][0])
        if isinstance(client[0], dict):
            calls = {"register": "register", "describe": "describe", "modify": "modify", "op_poll": "poll",
                     "op_get": "poll", "neg_attach": "register", "neg_list": "describe"}
            for key, (rate, burst) in client[0].items():
                if key in calls:
                    self.bucket(calls[key], "wait", rate, burst)

    def bucket(self, call, when_empty, rate, burst):
        self.compared += 1
        ours = [bucket[0] for bucket in at(self.ours, "api.quota." + call) or []]
        if not any(b["when_empty"] == when_empty and abs(b["rate"] - rate) < 1e-9 and b["burst"] == burst for b in ours):
            problems.append(f"{self.name}: no bucket of {call} that would {when_empty} with {rate}/s, burst {burst}: {ours}")

    def api(self):
        spec = self.spec
        for key, path in (("op_latency", "operation_time"), ("action_time", "operation_time"), ("vm_put", "operation_time"),
                          ("service_time", "service_time"), ("poll", "poll_every"), ("action_poll", "poll_every")):
            if key in spec:
                self.same(key, spec[key], "api." + path, seconds)
        for key in ("batch", "create_batch"):
            if spec.get(key, [None])[0] is not None:
                self.same(key, spec[key], "api." + key)
        if "put_latency" in spec:
            self.same("put_latency", spec["put_latency"], "api.latency.write", seconds)
        if "api_latency" in spec:
            low, high = seconds(at(self.ours, "api.latency.all")[0])
            self.compared += 1
            if not low <= spec["api_latency"][0] <= high:
                problems.append(f"{self.name}: a call takes {low} to {high} s, in the specification {spec['api_latency'][0]}")
        if "wait" in spec:
            first, factor, steps = re.fullmatch(r"(\d+)s x([0-9.]+), (\d+) steps", spec["wait"][0]).groups()
            self.same("wait", [float(first), spec["wait"][1]], "api.poll_every", seconds)
            self.same("wait", [float(factor), spec["wait"][1]], "api.poll_factor")
            self.same("wait", [int(steps), spec["wait"][1]], "api.poll_limit")
        self.retry(spec.get("backoff", [""])[0])

    def retry(self, words):
        for pattern, path, convert in ((r"(?:SDK )?(\d+) (?:tries|attempts)", "attempts", float),
                                       (r"tries (\d+)(?:s|\.\.)", "first_delay", seconds), (r"x([0-9.]+)", "factor", float),
                                       (r"\.\.(\d+)s x", "max_delay", seconds)):
            match = re.search(pattern, words)
            if match:
                self.same("backoff", [float(match[1]), None], "api.retry." + path, convert, tag=False)
        if "cross-request" in words:
            self.same("backoff", [True, "code"], "api.retry.cross_request_delay")

    def limits(self):
        spec = self.spec
        for key in ("max_targets", "max_targets_per_tg"):
            theirs = spec.get(key, [None])
            if theirs[0] is not None:
                least = min(theirs[0]) if isinstance(theirs[0], list) else theirs[0]
                self.same(key, [least, theirs[1]], "limits.cluster", lambda v: v["most"])
        numbers = re.fullmatch(r"cluster (\d+) .*, local (\d+)", spec.get("subset", [""])[0])
        if numbers:
            for which, number in zip(("cluster", "local"), numbers.groups()):
                self.same("subset", [int(number), spec["subset"][1]], "limits." + which, lambda v: v["most"])

    def compare(self):
        for which in ("cluster", "local"):
            self.check(which)
        self.established()
        self.data_plane()
        self.buckets()
        self.api()
        self.limits()
        return self.compared


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--spec", type=pathlib.Path)
    args = parser.parse_args()
    folder = args.root / "models" / "cloud" / "profiles"
    profiles = {f.stem: json.loads(f.read_text(encoding="utf-8")) for f in sorted(folder.glob("*.json"))}
    for name, profile in profiles.items():
        for key in ("title", "sequence"):
            if key not in profile:
                problems.append(f"{name}: no {key}")
        lint(name, profile, ())
    listed = (args.root / "sim" / "io" / "profiles" / "CMakeLists.txt").read_text(encoding="utf-8")
    embedded = set(re.search(r"set\(profiles\s+([^)]*)\)", listed)[1].split())
    if embedded != set(profiles):
        problems.append(f"embedded and in the folder differ: {sorted(embedded ^ set(profiles))}")
    spec_file = args.spec or args.root / ".." / "shared" / "spec" / "cloud-load-balancers.json"
    said = f"{len(profiles)} profiles have tag and source everywhere"
    if spec_file.exists():
        spec = json.loads(spec_file.read_text(encoding="utf-8"))["profiles"]
        if {p["name"] for p in spec} != set(profiles):
            problems.append("other profiles than in the specification")
        compared = sum(Spec(p, profiles[p["name"]]).compare() for p in spec if p["name"] in profiles)
        said += f"; {compared} values are those of the specification"
        if compared < 300:
            problems.append(f"only {compared} values compared")
    else:
        said += f"; numbers not compared: there is no {os.path.normpath(spec_file)}"
    print("\n".join(problems) or said)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
