# SPDX-License-Identifier: Apache-2.0
"""rolling_upgrade, derived by hand. All times below are after r, the beginning of a round, unless said.

Rounds. Five slots: five machines are ordered at the verb and are Ready boot_time (90 s) later; at that instant
r the next five are ordered and the five old nodes of the round are cordoned (tainted) and evicted. 100 nodes
make 20 rounds, all alike. d is the watch latency (0.1 s), a one update (0.4 s), L = 20 load balancers: a pass
over all of them takes L*a = 8 s. Pods end preStop = 30 s after their eviction, the node is then drained and its
VM off V = 5 s later, at toff = 35.

Which nodes are in the sets. At d a pass starts in every release: five nodes were added. It sees everything
written at r, so
* with the taint, in *every* release the five tainted nodes leave the set of the j-th load balancer at d + j*a,
  before the drain is over, and `cut` resets what runs through them. From 1.27 on the taint starts no pass, but
  it is a predicate, and a surge upgrade always brings the add that starts one. No black hole; per round L
  updates, and nothing later changes a set. 20 * 20 = 400 updates.
* without it the nodes stay, their proxies answer 200 until the VM is off, and leave when Unknown (up to 1.26)
  or when the object is deleted (1.27).

When that is. Ages of the last lease at toff are uniform in [0, 10 s). node_lifecycle.phase is d, so its ticks
fall on toff + d mod 5: leases seen by toff + d - 5 and those seen later, one half each, are noted at two ticks
5 s apart, Unknown grace later: at 70.1 (group A) and 75.1 (group B); the cloud node loop deletes them at 72 and
77. Five nodes are all in one group in 1 round of 16: then one pass (8 s) does it, L updates. Otherwise B is
seen 5 s into the pass of A:
* 1.26 and 1.27 (list read once per pass): the second pass updates all again: 2L.
* 1.24 (unconditional, list per turn): 2L as well.
* 1.30 (list per turn, unchanged sets skipped): turns j with (j-1)*a >= 5 s did both: the second pass has
  ceil(5/a) = 13 left: L + 13.

Cloud API: the updates, one DeleteNodes and one InstanceExists for each of the 100 old nodes.

De-sync. After the add, load balancer j waits d + j*a (the changes are at r, the pass at d, its call ends then).
Group A alone: the same sum. With B: load balancer j is wrong from the change of A to w_j = d + j*a after it,
and again from 5 s after it until its turn in the second pass, unless its first turn did both; overlapping time
counts once. 1.24: the turns in the second pass are random, which gives a sampling error; 1.30: only the 13 left
take time.

Black hole, without taint: from toff until the third failing probe has timed out: W = u + 2*8 + 1, u the wait
for the first probe. Rounds are 90 s apart and 90 = 2 mod 8: u runs through u0, u0+2, u0+4, u0+6 (mod 8) in
turn, mean 3 + (u0 mod 2): W = 21 s in the mean, uniform within 20 .. 22 for each load balancer: 100 nodes * 20
load balancers * 21 s = 42,000 s, standard error 100 * sqrt(20) * 2/sqrt(12). It ends by 60 s, before
any removal (70.2 s at the earliest).

Lost new connections, without taint: 5 of the 105 targets passing then (5 new ones have joined) are dead, so
rate * W * 5/105 for each round and load balancer; a long connection that lost its node comes back at once and
falls on a dead one with p = 1/21, again after a second: p/(1-p) = 1/20 failures each.

Established connections. Expected numbers by (first hop, pod): a connection picks a passing target and a ready
pod, alike and independent, when it is made; its life is exponential, so what exists decays and is replenished
by what arrives. `Service.round` steps through a round: terminating pods leave the rules at d; the update of the load
balancer ends at its turn d + j*a (the cut with the taint), the new targets pass their first probe half an interval
later in the mean; replacement pods are ready at start_time + d; pods exit at 30 (dropped_pod_killed); VM off at 35
(dropped_vm_off). The turn matters: connections cut before start_time + d fall on the 15 old ready pods, later ones on
20. Lost long connections come back at once (`at_once`), short ones do not. Pods of service s: replica r on node
20*s + r mod 100, so services with the same s mod 5 lose 5 pods in each of the same four rounds and none in the
others; the five new empty nodes take the replacements and are not touched again. Tolerance of the counts: four times
the square root, as of Poisson counts (60 runs with other seeds spread by 0.7 to 1.1 of that).

Transitions: each new node out -> failing -> passing in each load balancer, each old one passing -> failing ->
out, or -> out at once with the taint. Capacity: five leave before five have passed a probe with the taint: 95
%; without it never below 100 %.
"""
import copy
import functools
import math

from common import exactly, minor, poisson, seconds, variants


class Service:
    """Expected numbers of connections of one service by (first hop, pod), and of those lost."""

    def __init__(self, arrivals, stay, comes_back, per_class, sizes):
        self.nodes, self.surge, self.replicas = sizes
        self.stay, self.comes_back, self.per_class = stay, comes_back, per_class
        self.pods_a_round = self.replicas // len(per_class)
        self.rounds = self.nodes // self.surge
        self.width = {h: self.surge for h in range(self.rounds)} | {"new": 0}  # passing targets of a group
        self.ready = {p: self.pods_a_round for p in per_class} | {"new": 0}  # ready pods of a group
        self.total = arrivals * stay
        self.flows = {(h, p): self.total * self.width[h] / self.nodes * self.ready[p] / self.replicas
                      for h in self.width for p in self.ready}
        self.lost = {"cut": 0.0, "off": 0.0, "killed": 0.0}

    def fork(self):
        twin = copy.copy(self)
        twin.width, twin.ready, twin.flows, twin.lost = dict(self.width), dict(self.ready), dict(self.flows), dict(self.lost)
        return twin

    def spread(self, amount):
        """New connections: any passing target, any ready pod."""
        each = amount / sum(self.width.values()) / sum(self.ready.values())
        for h, p in self.flows:
            self.flows[h, p] += each * self.width[h] * self.ready[p]

    def wait(self, time):
        left = math.exp(-time / self.stay)
        for key in self.flows:
            self.flows[key] *= left
        self.spread(self.total * (1 - left))

    def lose(self, keys, why):
        amount = sum(self.flows[key] for key in keys)
        for key in keys:
            self.flows[key] = 0.0
        self.lost[why] += amount
        if self.comes_back:
            self.spread(amount)

    def through(self, hop):
        return [key for key in self.flows if key[0] == hop]

    def to_pod(self, pod):
        return [key for key in self.flows if key[1] == pod]

    def round(self, k, turn, times, taint):
        """One round in which the update of this load balancer ends at `turn`."""
        marks = [(times["seen"], "terminating"), (times["seen"] + times["start"], "replaced"),
                 (turn + times["probe"], "join"), (times["exit"], "exit"), (times["off"], "off")]
        if taint:
            marks.append((turn, "cut"))
        now = 0.0
        for at, what in sorted(marks, key=lambda mark: round(mark[0], 6)):
            self.wait(at - now)
            now = at
            if what == "terminating" and k in self.per_class:
                self.ready[k] = 0
            elif what == "replaced" and k in self.per_class:
                self.ready["new"] += self.pods_a_round
            elif what == "join":
                self.width["new"] += self.surge
            elif what == "cut":
                self.width[k] = 0
                self.lose(self.through(k), "cut")
            elif what == "exit" and k in self.per_class:
                self.lose(self.to_pod(k), "killed")
            elif what == "off" and not taint:
                self.width[k] = 0  # who falls on it fails and tries again
                self.lose(self.through(k), "off")
        self.wait(times["round"] - now)


@functools.cache
def follow(arrivals, stay, comes_back, per_class, sizes, turns, times, taint):
    """What a service loses in all rounds. Its turn in the pass is random, anew in each round, and what comes out of a
    round is linear in what goes in: so each round is the average over the turns."""
    service, times = Service(arrivals, stay, comes_back, per_class, sizes), dict(times)
    for k in range(service.rounds):
        ends = []
        for turn in turns:
            end = service.fork()
            end.round(k, turn, times, taint)
            ends.append(end)
        service = ends[0]
        for key in service.flows:
            service.flows[key] = sum(end.flows[key] for end in ends) / len(ends)
        for why in service.lost:
            service.lost[why] = sum(end.lost[why] for end in ends) / len(ends)
    return service.lost


def passes(release, services, a, d, gap):
    """Updates and de-sync of the removals of one round: (one group, two groups, variance of the second's de-sync)."""
    turns = range(1, services + 1)
    alone = sum(d + j * a for j in turns)
    pass_end = services * a
    early = [j for j in turns if (j - 1) * a < gap]  # turns that began before group B was seen
    if release <= 25:
        again, done = services, early
        wait_again = [a * (services + 1) / 2] * len(early)  # a random turn, in the mean
        variance = a**2 * len(early) * (services**2 - 1) / 12 * (services - len(early)) / (services - 1)
    elif release <= 28:
        again, done, variance = services, list(turns), 0.0
        wait_again = [a * j for j in turns]
    else:
        again, done, variance = len(early), early, 0.0
        wait_again = [a * j for j in range(1, len(early) + 1)]
    # B changes at `gap` after A; the second pass starts at d + pass_end after A.
    overlap = sum(max(0.0, d + j * a - gap) for j in done)
    both = alone + sum(d + pass_end - gap + w for w in wait_again) - overlap
    return (services, alone), (services + again, both), variance


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        pool, verb, service = doc["cluster"]["node_pools"][0], doc["timeline"][0], doc["services"][0]
        lb, work, taint = service["load_balancer"], service["workload"], doc["timeline"][0]["taint_first"]
        check = lb["health_check"]
        nodes, surge, services, replicas = pool["nodes"], verb["max_surge"], service["count"], work["replicas"]
        rounds = nodes // surge
        a, d = seconds(lb["update_latency"]), seconds(doc["cluster"]["watch_latency"])
        interval, timeout = seconds(check["interval"]), seconds(check["timeout"])
        boot, end = seconds(pool["boot_time"]), seconds(doc["duration"])
        off = work["preStopSeconds"] + seconds(pool["vm_off_delay"])
        release = minor(doc)
        # What the derivation takes for granted of the scenario.
        assert math.gcd(int(boot), int(interval)) == 2 and rounds % (interval / 2) == 0
        assert seconds(doc["cluster"]["node_lifecycle"]["phase"]) == d and (boot * 1000 + off * 1000) % 5000 == 0
        gap = seconds(doc["cluster"]["node_lifecycle"]["period"])

        added = sum(d + j * a for j in range(1, services + 1))
        (one, one_wrong), (two, two_wrong), variance = passes(release, services, a, d, gap)
        p = 2 * 0.5**surge  # all nodes of a round in one group
        spread = math.sqrt(rounds * p * (1 - p))
        if taint:
            updates, desync = exactly(services * rounds), (added * rounds, 0)
        else:
            updates = (rounds * (services + p * one + (1 - p) * two), 4 * spread * (two - one))
            desync = (rounds * (added + p * one_wrong + (1 - p) * two_wrong),
                      4 * math.sqrt((spread * (two_wrong - one_wrong)) ** 2 + rounds * variance))

        hole = (check["unhealthy"] - 1) * interval + timeout + interval / 2
        times = {"seen": d, "start": seconds(work["start_time"]), "probe": interval / 2, "exit": work["preStopSeconds"],
                 "off": off, "round": boot}
        turns = tuple(d + a * j for j in range(1, services + 1))
        lost = {"cut": 0.0, "off": 0.0, "killed": 0.0}
        long_off = 0.0
        initial = attempted = 0.0
        rate = stay = connections = 0.0
        for traffic in doc["traffic"]:
            stay = seconds(traffic["lifetime"]["exponential"])
            comes_back = traffic["kind"] == "population"
            connections = traffic["connections"] if comes_back else traffic["arrivals_per_second"] * stay
            rate = connections / stay
            classes = {}
            for s in range(services):
                per_class = tuple(sorted({(s * replicas + r) % nodes // surge for r in range(replicas)}))
                classes[per_class] = classes.get(per_class, 0) + 1
            for per_class, count in classes.items():
                of_one = follow(rate, stay, comes_back, per_class, (nodes, surge, replicas), turns, tuple(times.items()), taint)
                for why, amount in of_one.items():
                    lost[why] += count * amount
                attempted += count * (rate * end + (sum(of_one.values()) if comes_back else 0))
                long_off += count * of_one["off"] if comes_back else 0
            initial += services * connections
        dead = surge / (nodes + surge)
        failures = 0.0
        failures_variance = 0.0
        if not taint:
            windows = services * rounds
            open_rate = sum(t["arrivals_per_second"] for t in doc["traffic"] if t["kind"] == "open")
            churn = sum(t["connections"] / seconds(t["lifetime"]["exponential"])
                        for t in doc["traffic"] if t["kind"] == "population")
            again = dead / (1 - dead)
            failures = windows * hole * (open_rate * dead + churn * again) + long_off * again
            # u0 mod 2 of each load balancer is uniform: it shifts all its windows alike
            failures_variance = services * (rounds * open_rate * dead * 2) ** 2 / 12
            attempted += failures - windows * hole * open_rate * dead  # those of open traffic are attempts already
        population = sum(t["connections"] for t in doc["traffic"] if t["kind"] == "population") * services
        result[name] = {
            "connections_initial": (initial, 4 * math.sqrt(initial - population)),
            "connections_attempted": poisson(attempted),
            "new_blackholed": poisson(failures, failures_variance), "new_refused": exactly(0), "new_rejected": exactly(0),
            "dropped_target_removed": poisson(lost["cut"]), "dropped_vm_off": poisson(lost["off"]),
            "dropped_pod_killed": poisson(lost["killed"]), "dropped_target_unhealthy": exactly(0),
            "blackhole_node_s": exactly(0) if taint else (nodes * services * hole, 4 * nodes * 2 * math.sqrt(services / 12)),
            "lb_updates": updates, "lb_ensures": exactly(0), "api_calls": (updates[0] + 2 * nodes, updates[1]),
            "desync_s": desync,
            "target_transitions": exactly(services * nodes * (3 if taint else 4)),
            "capacity_min_share": exactly((nodes - surge) / nodes if taint else 1),
        }
    return result
