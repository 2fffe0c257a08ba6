# SPDX-License-Identifier: Apache-2.0
"""cloud-provider-azure #5904: S services on one Azure load balancer, a client-side limiter of rate r and burst b.

The answer: any rate of 1/s or more; then a pass takes S x 12.5 s = 2 hours, because the provider holds one lock and a
service takes 5 to 20 s, and the second node, which 1.28 sees only in the next pass, waits for all of them. No 429 comes
with one lock: six reads in 12.5 s are half a call a second. A limiter below that demand sets the pace: 6 S / r seconds (5 hours at
0.2/s, whether it makes the client wait or fails its calls, which the client then repeats), and at 0.02/s the fleet is never in sync
within a day. Failing below 1/s costs a repetition for each service. What helps is 1.30: there each service reads the nodes
at its turn, and the pool is one for all, so the next service in line puts the second node in, within two minutes.

Joins at t1 = 60 s and t2 = 300 s, seen d = 1 s later. A service makes 6 reads of 0.1 to 0.3 s and takes at least U(5,20) s, in all;
the first one of a pass that meets a difference PUTs the node (15 to 60 s, polled every 10 s), so takes 16 to 74 s.

* 1.28, r >= 1/s: pass 1 ends at t1 + d + S x 12.5 s + 32 s +- 4 standard errors, the first service of pass 2 puts the
  second node in, 45 s later. Failures add at most 10 s to a service each. Calls: 12 S reads, 2 PUTs, their polls.
* Failures with burst 5: five reads have tokens. The sixth comes after five latencies, 1.0 s in the mean, 1.5 s at most.
  r = 1/s: it finds one if they took 1 s, half of the time and less if the service before ended less than 5 s ago; else
  it comes again 5 to 10 s later and finds one. r = 0.5/s: there never is one (at most 0.75 tokens came): once or twice for
  each service. r = 10/s with burst 100: none.
* r = 0.2/s: 6 S reads take (6 S - 5)/r; a client that fails comes back late, by at most the longest of its first two delays,
  15 s, per read. 0.02/s: in the 86,339 s after t1 + d at most (5 + 0.02 x 86,339)/6 services can read.
* 1.30: services that had their turn before t2 + d get a second update: at least (t2 - t1 - 74)/20, at most (t2 - t1)/5."""
import math

from common import at_least, at_most, between, exactly, minor, seconds, variants

PUT = 16, 74


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        count = doc["services"][0]["count"]
        d = seconds(doc["cluster"]["watch_latency"])
        first, second = (seconds(verb["at"]) for verb in doc["timeline"])
        end = seconds(doc["duration"])
        limiter = doc["cloud"].get("api", {}).get("quota", {}).get("describe", [None])[0]
        none = exactly(0)
        values = {"api_calls_throttled": none, "api_calls_failed": none, "lb_ensures": none}
        if minor(doc) >= 30:
            gap = second - first
            values.update(lb_updates=between(count + math.floor((gap - PUT[1]) / 20), count + math.ceil(gap / 5)),
                          full_sync_s=at_most(d + 20 + PUT[1]), api_calls_rejected=none)
            result[name] = values
            continue
        reads = 6 * count
        mean = first + d + count * 12.5 + 32 + 45 - second
        spread = 4 * 15 / math.sqrt(12) * math.sqrt(count) + 60
        rate = limiter["rate"] if limiter else math.inf
        if rate >= 0.5:
            values.update(lb_updates=exactly(2 * count), api_calls_mutating=exactly(2))
            if rate >= 10:
                values.update(full_sync_s=(mean, spread), api_calls_rejected=none,
                              api_calls=between(2 * reads + 2 + 2 * 2, 2 * reads + 2 + 2 * 7))
            else:
                values["full_sync_s"] = between(mean - spread, mean + spread + 2 * count * 10)
                values["api_calls_rejected"] = between(0.4 * 2 * count, 2 * count + 20) if rate == 1 else \
                    between(2 * count, 2 * 2 * count)
        elif limiter["when_empty"] == "wait":
            floor = first + d + (reads - limiter["burst"]) / rate - second
            values.update(lb_updates=exactly(2 * count), api_calls_rejected=none,
                          full_sync_s=between(floor, floor + 7 / rate + PUT[1]))
        elif rate >= 0.2:
            floor = first + d + (reads - limiter["burst"]) / rate - second
            values.update(lb_updates=exactly(2 * count), api_calls_rejected=at_least(2 * count),
                          full_sync_s=between(floor, floor + reads * 15))
        else:
            values.update(lb_updates=at_most(math.ceil((limiter["burst"] + rate * (end - first - d)) / 6)),
                          desync_max_s=exactly(end - second), api_calls_rejected=at_least(count))
        result[name] = values
    return result
