# SPDX-License-Identifier: Apache-2.0
"""F6 and S2 (kubernetes #111539, cloud-provider-azure #5904): L load balancers, one call of a seconds each, w workers.

The answer: two hours with one worker in 1.24 and 1.26, half an hour with ten workers but more than five times the
calls, a minute with 200 workers and 46 times the calls; nothing at all from 1.30 on. A client-side limiter that waits
lengthens every pass to its floor of (L - burst) / rate seconds; one that rejects keeps the fleet out of sync from the
first flap to minutes after the last one.

A flap is written at t and at t + 60 s and seen d = 1 s later; each of the two wakes the controller.

* 1.26: the node's key enters a queue, where a key that waits is not put twice. A key is taken when the pass before has
  ended. It takes one snapshot of the nodes; if that equals the one before, nothing happens, else all L are updated,
  ceil(L/w) a seconds. So events coalesce while a pass lasts, and everything follows from the times of the flaps: calls
  = L x passes whose snapshot differs. While a pass runs, some load balancers have the old set and some the new; one is
  out of sync while its set is not the desired one, which changes at the write. At most 100 L calls (100 events), at least 2 L.
* 1.26 with a waiting bucket of rate r and burst b: the calls of a pass leave at max(0, (k - b)/r), k = 1 to L. Each
  pass lasts (L-b)/r + a = 63 s, so that the bucket is full again at the next one: the longest wait is exactly 45 s.
* 1.24: one pending wake-up, every pass updates all L and reads the nodes at each one's turn. Passes follow each other
  until one started after the last event was seen; the 100 s tick retries failed ones only, there are none. A load
  balancer is out of sync at the end of the first pass if a node was missing at its turn. The last of these in the
  random order of the second pass ends it: within the last 20 of 200 (if a third of them are out of sync, the odds
  against it are (2/3)^20 = 3e-4, here more than half are).
* 1.29 without the gate: each service compares the nodes at its turn with its own last set and is updated only if they
  differ. The order of services is random, and with it the totals: the rule is played 60 times here with orders of its
  own; mean and four standard deviations.
* 1.30: readiness does not count.
* 1.26, 10 workers, a client that rejects above 1/s after 5: passes are 18 s or more apart, so each finds 5 tokens: 5
  calls are sent, the other L - 5 fail in that instant and go to the service queue. So a pass lasts a, as with 200
  workers, and so many passes there are. 5 s after the first failures 195 Ensures meet 5 tokens: 190 fail. From
  then on the queue is never empty until after the last flap (195 Ensures of 18 s with 10 workers are 351 s, the
  longest time without an event is shorter: asserted), 10 workers send at most 10/18 = 0.56 calls/s, less than 1/s, and
  none fails any more. Rejected: (L - 5) x passes + 190. In sync again: after the last recovery is seen at least one
  more call, at most the longest back-off of 300 s, one round of all L and a call.
"""
import bisect
import math
import random

from common import at_least, between, exactly, minor, seconds, variants


def flaps_of(doc):
    """(written, node, ready) in order."""
    flips = []
    for verb in doc["timeline"]:
        at = seconds(verb["at"])
        flips += [(at, verb["nodes"][0], False), (at + seconds(verb["for"]), verb["nodes"][0], True)]
    return sorted(flips, key=lambda flip: flip[0])


class Nodes:
    """Which nodes are missing, as one sees it who waits `late`."""

    def __init__(self, flips, late):
        self.times, self.sets = [], [frozenset()]
        for at, node, ready in flips:
            self.times.append(at + late)
            self.sets.append(self.sets[-1] - {node} if ready else self.sets[-1] | {node})

    def missing(self, t):
        return self.sets[bisect.bisect_right(self.times, t)]


def queue_passes(flips, d, work):
    """Keys in a queue that holds each once; `work(t)` does what a key asks for at t and says when it is done."""
    arrivals = [(at + d, node) for at, node, _ in flips]
    waiting, done, free = [], 0, 0.0
    while done < len(arrivals) or waiting:
        if not waiting:
            free = max(free, arrivals[done][0])
        while done < len(arrivals) and arrivals[done][0] <= free:
            if arrivals[done][1] not in waiting:
                waiting.append(arrivals[done][1])
            done += 1
        waiting.pop(0)
        free = work(free)


def snapshot_passes(flips, d, turns):
    """1.26. `turns`: when each load balancer has its new set, after the start of a pass, in order."""
    seen = Nodes(flips, d)
    passes = []  # (start, set before, set after)
    has = frozenset()

    def work(t):
        nonlocal has
        wants = seen.missing(t)
        if wants == has:
            return t
        passes.append((t, has, wants))
        has = wants
        return t + turns[-1]

    queue_passes(flips, d, work)
    return passes


def out_of_sync(flips, passes, turns):
    """Load-balancer seconds out of sync, and the longest time with one out of sync."""
    desired = Nodes(flips, 0)
    marks = {at for at, _, _ in flips} | {start + turn for start, _, _ in passes for turn in turns}
    marks = sorted(marks)
    first_new = [start + turns[0] for start, _, _ in passes]
    total = longest = 0.0
    since = None
    for at, until in zip(marks, marks[1:] + [marks[-1] + 1]):
        wants = desired.missing(at)
        started = bisect.bisect_right(first_new, at)
        if not started:
            wrong = 0 if wants == frozenset() else len(turns)
        else:
            start, before, after = passes[started - 1]
            new = bisect.bisect_right(turns, at - start)
            wrong = (new if after != wants else 0) + (len(turns) - new if before != wants else 0)
        total += wrong * (until - at)
        if wrong and since is None:
            since = at
        if not wrong and since is not None:
            longest, since = max(longest, at - since), None
    assert since is None
    return total, longest


def own_sets_calls(flips, d, a, count, rng):
    """1.29: a service is updated if the nodes at its turn are not what it had."""
    seen = Nodes(flips, d)
    has = [frozenset()] * count
    calls = 0

    def work(t):
        nonlocal calls
        for service in rng.sample(range(count), count):
            wants = seen.missing(t)
            if wants != has[service]:
                has[service] = wants
                calls += 1
                t += a
        return t

    queue_passes(flips, d, work)
    return calls


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        service = doc["services"][0]
        count, a = service["count"], seconds(service["load_balancer"]["update_latency"])
        d = seconds(doc["cluster"]["watch_latency"])
        workers = doc["cluster"]["service_controller"]["concurrent_service_syncs"]
        flips = flaps_of(doc)
        first, last = flips[0][0], flips[-1][0]
        quota = doc.get("cloud", {}).get("api", {}).get("quota", {}).get("register")
        same = {"lb_ensures": exactly(0), "api_calls_rejected": exactly(0), "api_calls_throttled": exactly(0),
                "api_wait_max_s": exactly(0)}
        if minor(doc) >= 30:
            result[name] = {**same, "lb_updates": exactly(0), "desync_s": exactly(0), "full_sync_s": exactly(0),
                            "sync_passes": exactly(0)}
            continue
        if minor(doc) == 24:
            length = count * a
            end = first + d + 2 * length
            assert last + d <= first + d + length, "two passes see everything"
            missing = Nodes(flips, d)
            assert sum(bool(missing.missing(first + d + k * a)) for k in range(count)) > count / 2
            result[name] = {**same, "lb_updates": exactly(2 * count),
                            "full_sync_s": between(end - 20 * a - first, end - first)}
            continue
        if minor(doc) == 29:
            rng = random.Random(1)
            plays = [own_sets_calls(flips, d, a, count, rng) for _ in range(60)]
            mean = sum(plays) / len(plays)
            spread = math.sqrt(sum((p - mean) ** 2 for p in plays) / (len(plays) - 1))
            result[name] = {**same, "lb_updates": (mean, 4 * spread)}
            continue
        rejects = quota is not None and quota["when_empty"] == "reject"
        turns = [math.ceil((k + 1) / workers) * a for k in range(count)]
        if quota is not None:
            waits = [max(0.0, (k + 1 - quota["burst"]) / quota["rate"]) for k in range(count)]
            turns = [a] * count if rejects else [wait + a for wait in waits]
        passes = snapshot_passes(flips, d, turns)
        assert 2 <= len(passes) <= len(flips)
        calls = {"lb_updates": exactly(count * len(passes))}
        if rejects:
            sent = quota["burst"]
            assert all(q[0] - p[0] >= sent / quota["rate"] for p, q in zip(passes, passes[1:]))
            assert max(q[0] - p[0] for p, q in zip(passes, passes[1:])) < (count - sent) / workers * a
            assert workers / a < quota["rate"]
            seen_last = last + d - first
            result[name] = {**same, **calls,
                            "api_calls_rejected": exactly((count - sent) * len(passes) + count - 2 * sent),
                            "lb_ensures": at_least(count - 2 * sent),
                            "full_sync_s": between(seen_last + a, seen_last + 300 + math.ceil(count / workers) * a + a)}
            continue
        total, longest = out_of_sync(flips, passes, turns)
        result[name] = {**same, **calls, "desync_s": exactly(total), "full_sync_s": exactly(longest)}
        if quota is not None:
            assert all(q[0] - p[0] >= turns[-1] and turns[-1] - waits[-1] >= quota["burst"] / quota["rate"]
                       for p, q in zip(passes, passes[1:]))
            result[name]["api_wait_max_s"] = exactly(waits[-1])
            result[name]["api_wait_s"] = exactly(len(passes) * sum(waits))
    return result
