# SPDX-License-Identifier: Apache-2.0
"""Calls that one node joining or leaving costs under S = 200 services of P = 2 ports in Z = 3 zones, and the floors
that rate limits set, both from cloud-load-balancers.md 0.4 and the call formulas of its sections 1 to 6.

Counted are the calls of one pass with every bucket taken away, so that none is repeated. Operations take no time: each
is polled once where the provider's client polls. A formula is written as a function of S, P and Z; where 0.4 gives a number, that
number is checked, too.

Floors: all latencies 0, one bucket at a time, K calls against rate r and burst b that makes the client wait: the last
one leaves at (K - b) / r. One worker asks one call after the other, so this is when the last call of the pass leaves.
"""

S, P, Z = 200, 2, 3
AT = 600  # seconds; longer than any cache

# Without polls: calls and mutating calls of a join; `polls` of operations, one each; then the same of a leave where it
# differs (the machine stays on). `total` is the number of 0.4.
FORMULAS = {
    # DescribeLoadBalancers, Register or Deregister, DescribeSecurityGroups twice; independent of P
    "aws_clb_ccm": {"calls": 4 * S, "mutating": S, "total": 800},
    # 7 + P reads of Elastic Load Balancing, 4 of EC2, P changes
    "aws_nlb_instance_ccm": {"calls": (11 + 2 * P) * S, "mutating": S * P, "total": 3000},
    # an HTTP check: ModifyTargetGroup and DescribeTargetGroups for each port on top
    "aws_nlb_instance_ccm Local": {"calls": (11 + 4 * P) * S, "mutating": 2 * S * P, "total": 3800},
    # each target group: DescribeTargetHealth (the cache is 5 min old) and the change
    "aws_nlb_instance_albc": {"calls": 2 * S * P, "mutating": S * P, "total": 800},
    "aws_alb_albc": {"calls": 2 * S * P, "mutating": S * P, "total": 800},
    "aws_nlb_ip_albc": {"calls": 0, "mutating": 0, "total": 0},
    # Z lists, GetTargetPool twice, one long operation
    "gcp_netlb_targetpool": {"calls": (Z + 3) * S, "mutating": S, "polls": S, "total": 1200},
    # (2Z + 1) reads each; the first service changes the group of the node's zone for all
    "gcp_ilb_ig": {"calls": (2 * Z + 1) * S + 1, "mutating": 1, "polls": 1, "total": 1401},
    "gcp_netlb_rbs": {"calls": Z * S + 1, "mutating": 1, "polls": 1, "total": 601},
    "gcp_neg_l7": {"calls": 0, "mutating": 0, "total": 0},
    # six reads each (0.4: 4 to 8); the first service changes the pool for all
    "azure_slb_nic": {"calls": 6 * S + 1, "mutating": 1, "polls": 1},
    "azure_slb_ip": {"calls": 6 * S + 1, "mutating": 1, "polls": 0},
    # GetLoadBalancer, ListListeners; each port: pool, members, PUT of all members; no monitor by default
    "octavia_amphora": {"calls": (2 + 3 * P) * S, "mutating": S * P, "polls": S * P},
    # GET and PUT of the whole list
    "digitalocean": {"calls": 2 * S, "mutating": S, "total": 400},
    # list; the node; UpdateService for each port; 0.4 counts the polls
    "hetzner": {"calls": (2 + P) * S, "mutating": (1 + P) * S, "polls": (1 + P) * S, "total with polls": 1400},
    "metallb_l2": {"calls": 0, "mutating": 0, "total": 0},
    "metallb_bgp": {"calls": 0, "mutating": 0, "total": 0},
    "katran": {"calls": 0, "mutating": 0, "total": 0},
    "haproxy": {"calls": 0, "mutating": 0, "total": 0},
    "envoy": {"calls": 0, "mutating": 0, "total": 0},
}
POLLS = {"Operations.Get", "AsyncOperation.Get", "Actions.Get"}
CLASSES = ["describe", "register", "modify", "write", "delete", "poll", "instance", "all"]

# profile, traffic policy, class, rate, burst, calls of the class in one pass, floor of 0.4 (rounded there) or None
FLOORS = [
    ("aws_clb_ccm", "Cluster", "register", 4, 20, S, 45),
    ("aws_clb_ccm", "Cluster", "describe", 10, 40, S, 16),
    ("aws_nlb_instance_ccm", "Cluster", "register", 4, 20, S * P, 95),
    ("aws_nlb_instance_ccm", "Cluster", "describe", 10, 40, (7 + P) * S, 176),
    ("aws_nlb_instance_ccm", "Cluster", "describe", 50, 200, (7 + P) * S, 32),
    ("aws_nlb_instance_ccm", "Local", "modify", 3, 20, S * P, 127),
    ("aws_nlb_instance_albc", "Cluster", "register", 4, 20, S * P, 95),
    ("digitalocean", "Cluster", "all", 250 / 60, 1, 2 * S, 96),
    ("gcp_ilb_subsetting", "Cluster", "describe", 30, 45, Z * S, 18.5),  # 0.4 divides by the rate alone: 20 s
]


def world(profile, policy, verb, quota, latency=None):
    api = {"quota": {name: quota.get(name, []) for name in CLASSES}}
    if latency is not None:
        api["latency"] = latency
    return {
        "name": "trace", "duration": "1h", "seed": 1,
        "cluster": {"release": "1.30", "watch_latency": "0s", "zones": ["a", "b", "c"],
                    "node_pools": [{"name": "workers", "nodes": 20, "zones": ["a", "b", "c"], "boot_time": "0s"}]},
        "cloud": {"api": api},
        "services": [{"name": "web", "count": S, "ports": P, "externalTrafficPolicy": policy,
                      "load_balancer": {"profile": profile, "cross_zone": True}, "workload": {"replicas": 1}}],
        "timeline": [{"at": f"{AT}s", **verb}],
    }


def quick(profile, **api):
    """The profile with operations and services that take no time."""
    none = ["0s", "definition", "test"]
    return {"based_on": profile, "api": {"operation_time": none, "service_time": none, **api}}


JOIN = {"do": "add_nodes", "pool": "workers", "count": 1}
LEAVE = {"do": "delete_node_object", "nodes": ["workers-7"]}


def run(lbsim, report):
    for row, formula in FORMULAS.items():
        profile, _, policy = row.partition(" ")
        lbsim.write("quick.json", quick(profile))
        for verb in (JOIN, LEAVE):
            one(lbsim, report, row, formula, policy or "Cluster", verb)
    for verb in (JOIN, LEAVE):
        subset(lbsim, report, verb)
    for floor in FLOORS:
        bound(lbsim, report, *floor)


def one(lbsim, report, row, formula, policy, verb):
    name = f"{row}: {verb['do']}"
    tables = lbsim.run(world("quick.json", policy, verb, {}))
    calls = tables.read("api_calls")
    polls = sum(call["operation"] in POLLS for call in calls)
    mutating = tables.metric("api_calls_mutating")
    wanted_polls = formula.get("polls", 0)
    if row == "octavia_amphora":  # polled by the same call that an Update begins with
        polls = sum(call["operation"] == "GetLoadBalancer" for call in calls) - S
    report.exact(name, "calls without polls", len(calls) - polls, formula["calls"])
    report.exact(name, "mutating calls", mutating, formula["mutating"])
    report.exact(name, "polls", polls, wanted_polls)
    report.exact(name, "calls", tables.metric("api_calls"), formula["calls"] + wanted_polls)
    if "total" in formula:
        report.exact(name, "number of 0.4", len(calls) - polls, formula["total"])
    if "total with polls" in formula:
        report.exact(name, "number of 0.4", len(calls), formula["total with polls"])


def subset(lbsim, report, verb):
    """Subsets of 25: Z lists each, and an attachment and a detachment where the node belongs to the subset: about
    2 S 25 / N. Whether it does is a draw for each service, so the number is binomial."""
    name, nodes = f"gcp_ilb_subsetting: {verb['do']}", 100
    lbsim.write("quick.json", quick("gcp_ilb_subsetting"))
    scenario = world("quick.json", "Cluster", verb, {})
    scenario["cluster"]["node_pools"][0]["nodes"] = nodes
    tables = lbsim.run(scenario)
    p = 25 / (nodes + 1 if verb is JOIN else nodes)
    changes = tables.metric("api_calls_mutating")
    report.count(name, "mutating calls", changes / 2, S * p, S * p * (1 - p))
    lists = sum(call["operation"] == "NetworkEndpointGroups.ListNetworkEndpoints" for call in tables.read("api_calls"))
    report.exact(name, "lists", lists, Z * S)
    report.exact(name, "calls", tables.metric("api_calls"), Z * S + 2 * changes)


def bound(lbsim, report, profile, policy, call_class, rate, burst, calls, floor):
    name = f"{profile} {policy}: {call_class} {rate:g}/s + {burst}"
    lbsim.write("quick.json", quick(profile, poll_every=["0s", "definition", "test"]))
    bucket = {"rate": rate, "burst": burst, "when_empty": "wait"}
    tables = lbsim.run(world("quick.json", policy, JOIN, {call_class: bucket}, {"all": "0s"}))
    expected = (calls - burst) / rate
    found = max(float(call["t_s"]) for call in tables.read("api_calls") if call["operation"] not in POLLS) - AT
    # the clock counts whole microseconds, and a token that comes between two is there at the next
    report.note(abs(found - expected) <= 2e-6, name, "last call", found, expected)
    report.note(abs(found - floor) < 0.5, name, "floor of 0.4", found, floor)
