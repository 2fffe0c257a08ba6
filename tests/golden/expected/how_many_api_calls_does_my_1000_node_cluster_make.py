# SPDX-License-Identifier: Apache-2.0
"""kubernetes #21563: a day of a large cluster with S load balancers of one port in one zone, h hours.

The answer: with 1.24 and 1.26 about 12,000 to 15,000 calls a day, from 1.30 on half of that, of which two thirds are Google's polls
of long operations: 7,800 on Google Cloud with target pools, 6,900 with AWS's network load balancers, 3,600 on Azure, 1,600 on
DigitalOcean. All of it comes from three events an hour; 1.30 saves those of readiness. The number of nodes does not count, the
numbers of services and of events do. The peak is the one pass of S services: 10 a second at most with one worker
(calls of 0.1 s), 7 a second for 40 s on AWS, so no quota is met.

Each hour: a node leaves (the autoscaler drains it, DeleteNodes, and its Node object goes after one InstanceExists), one joins,
one is NotReady for 60 s, in which the cloud node loop looks 12 times (60 s / 5 s) and asks InstanceExists and
InstanceShutdown each time.

Passes that update all S services, an hour: joined, left, and until the gate of 1.27 NotReady and Ready: 2 or 4. (1.24
compares the ready nodes it knows, so a node that left counts once; in 1.26 the taint takes it out, so its deletion finds
nothing to do.) Calls of an update: AWS 11 + 2P = 13, one of them mutating; DigitalOcean 2, one mutating; Azure 6 and for the
first service of a joining node a PUT (a machine that is gone has left the pool with it), of 15 to 60 s, polled every
10.1 to 10.3 s; target pool 3 reads (one zone) and an operation of 5 to 20 s where the set differs, polled every 1.1 to 1.3 s.
In 1.24 each service reads the nodes at its turn, an update takes 5.4 to 22.7 s there, so a flap of 60 s takes the
node from at least 2 and at most all of them; elsewhere every update changes the set."""
import math

from common import between, exactly, minor, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        profile, release = doc["cloud"]["profile"], minor(doc)
        services = doc["services"][0]["count"]
        verbs = [verb["do"] for verb in doc["timeline"]]
        joins, leaves, flaps = (verbs.count(v) for v in ("add_nodes", "autoscaler_scale_down", "set_ready"))
        looks = sum(int(seconds(v["for"]) // 5) for v in doc["timeline"] if v["do"] == "set_ready")
        compute = leaves + leaves + 2 * looks  # DeleteNodes, one look at each, the looks at flaps
        passes = joins + leaves + (2 * flaps if release < 27 else 0)
        updates = passes * services
        none = exactly(0)
        values = {"lb_updates": exactly(updates), "lb_ensures": none, "api_calls_failed": none, "api_calls_throttled": none,
                  "api_calls_rejected": none}
        if profile == "aws_nlb_instance_ccm":
            values.update(api_calls=exactly(13 * updates + compute), api_calls_mutating=exactly(updates + leaves))
        elif profile == "digitalocean":
            values.update(api_calls=exactly(2 * updates + compute), api_calls_mutating=exactly(updates + leaves))
        elif profile == "azure_slb_nic":
            least, most = math.ceil(15 / 10.3), math.ceil(60 / 10.1)
            fixed = 6 * updates + joins + compute
            values.update(api_calls=between(fixed + least * joins, fixed + most * joins),
                          api_calls_mutating=exactly(joins + leaves))
        else:
            least = updates - (2 * flaps * (services - 2) if release == 24 else 0)
            polls = math.ceil(5 / 1.3), math.ceil(20 / 1.1)
            fixed = 3 * updates + compute
            values.update(api_calls=between(fixed + least * (1 + polls[0]), fixed + updates * (1 + polls[1])),
                          api_calls_mutating=between(least + leaves, updates + leaves))
        result[name] = values
    return result
