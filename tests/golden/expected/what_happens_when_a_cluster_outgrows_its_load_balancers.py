# SPDX-License-Identifier: Apache-2.0
"""S4 (hcloud #149, kubernetes #45050, #86441, #89902): S services of one port, n nodes, A join at t0.

The answer: a network load balancer refuses the whole change, so not even the nodes that would fit get in; every load
balancer fails, is tried again for ever, up to every 5 min, and is never in sync. Google's instance groups and Hetzner
take what fits and say nothing: no call fails, and the set stays wrong for ever. A subset is wanted and so in sync.

d = 1 s; the run lasts 3,000 s after t0. All A nodes are seen at once, so one pass holds them; the passes of their other
keys find nothing to do.

* Refused (1,000 targets): an Update makes 11 + 2 P = 13 calls, the last of which, RegisterTargets, fails, and the provider is asked
  whether the load balancer exists (1 call). After the pass each service is Ensured at once (12 calls), and again 5, 10, 20, 40, 80,
  160, 300, 300, ... s after each failure. If the calls took no time the k-th Ensure would be at 1 + 0, 5, 15, 35, 75,
  155, 315, 615, ... s: 15 within 3,000 s (the last at 2,716). One worker needs 10 Ensures x 12 calls x 0.3 s = 36 s for a round, so
  the first four rounds follow each other and the others are 3.6 s later each: the 15th is at about 39 + 4 x 36 + 44 +
  84 + 164 + 8 x 304 = 2,900 s: 14 or 15 a service. Every one of them fails; nothing changes.
* Without the limit: 13 calls a service, 0.1 to 0.5 s each; in sync after d and the sum of all.
* Instance group (1,000 members, one for all): 3 S reads in one zone, one AddInstances, its polls. 5 of 10 nodes get in, for
  each load balancer: out, failing, passing.
* Hetzner (25 targets): a list, one action for each of the 5 that fit, UpdateService. An action takes 1 to 5 s and is asked for
  every 0.5 s and a call: 1.1 to 7.5 s.
* Subset of 25: a list for each service, an attachment, and a detachment where one of the 20 was outranked; each an operation
  of 5 to 15 s."""
from common import between, exactly, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        lb = doc["services"][0]["load_balancer"]
        profile = lb if isinstance(lb, str) else lb["profile"]
        count, ports = doc["services"][0]["count"], 1
        verb = doc["timeline"][0]
        nodes, joined = doc["cluster"]["node_pools"][0]["nodes"], verb["count"]
        d, rest = seconds(doc["cluster"]["watch_latency"]), seconds(doc["duration"]) - seconds(verb["at"])
        for_ever = {"desync_s": exactly(count * rest), "desync_max_s": exactly(rest)}
        none = exactly(0)
        values = {"lb_updates": exactly(count), "lb_ensures": none, "api_calls_failed": none, "api_calls_throttled": none,
                  "api_calls_rejected": none}
        update = 11 + 2 * ports
        if profile == "aws_nlb_instance_ccm" and isinstance(lb, str):
            assert nodes < 1000 < nodes + joined
            low, high = 14 * count, 15 * count
            calls = (update + 1) * count
            values.update(for_ever, lb_ensures=between(low, high), api_calls_failed=between(count + low, count + high),
                          api_calls=between(calls + (update - 1) * low, calls + (update - 1) * high), target_transitions=none)
        elif profile == "aws_nlb_instance_ccm":
            calls = update * count
            values.update(api_calls=exactly(calls), api_calls_mutating=exactly(count * ports),
                          full_sync_s=(d + calls * 0.3, 4 * 0.4 / 12**0.5 * calls**0.5),
                          target_transitions=exactly(2 * joined * count))
        elif profile == "gcp_ilb_ig":
            values.update(for_ever, api_calls_mutating=exactly(1), api_calls=between(3 * count + 1 + 4, 3 * count + 1 + 15),
                          target_transitions=exactly(2 * (1000 - nodes) * count))
        elif profile == "gcp_ilb_subsetting":
            values.update(api_calls_mutating=between(count, 2 * count),
                          full_sync_s=between(d + count * 5, d + count * (2 * 17 + 1)))
        else:
            fit = min(25 - nodes, joined)
            actions = count * (fit + ports)
            values.update(api_calls_mutating=exactly(actions), target_transitions=exactly(2 * fit * count))
            if fit < joined:
                values.update(for_ever)
            else:
                values["full_sync_s"] = between(d + actions * 1.1, d + actions * 7.5 + count * 0.3)
        result[name] = values
    return result
