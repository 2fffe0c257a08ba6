# SPDX-License-Identifier: Apache-2.0
"""S30 (autoscaler flap): 72 cycles of 20 minutes, 300 connections of m = 10 minutes in the mean, all pods elsewhere.

Times within a cycle. The third node is ordered at 0, registered and Ready at 60 s, seen at 61 s, in the set at once (an
update takes no time) and passing at the next probe (multiples of 8 s): 64 s. From then on it gets a third of the new
connections. Lives are exponential, so every connection there is replaced with rate 1/m, and the share of all connections
that run through the new node is x(t) = (1 - exp(-(t - 64)/m)) / 3: not a third, unless m is short against the time the node
stays. The taint comes at 660 s, the drain at 665 s takes 5 minutes, the VM is off at 965 s.

* 1.26: the taint is seen at 661 s, starts a pass and takes the node out; `cut` drops x(661).
* 1.30, a check that asks a node port: nothing tells before 965 s; x(965) go with the VM. Probes at 968, 976 and 984 s
  fail, the last is given up at 985 s: a black hole of 20 s.
* 1.30, /healthz: 503 from 661 s on, probes at 664, 672 and 680 s: no new connections from 680 s on. What is there dies out
  until 965 s: x(680) exp(-285/m) are left to go with the VM. A drain halves the loss here; lives much longer than it
  would hardly notice.

Each is a binomial number of 300, 72 times. Lost connections come back at once, so their number stays. In the black hole a
third of the attempts fails, and again after a second: their number is not derived. Cycles are 1200 s, a multiple of 8; the
old Node object is gone (965 s + at most 10 + 40 + 5 + 5 + 3 s) before the next one.
"""
import math

from common import at_least, exactly, seconds, variants


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        traffic = doc["traffic"][0]
        mean = seconds(traffic["lifetime"]["exponential"])
        cycles = doc["timeline"][0]["repeat"]["times"]
        old, asks_port = doc["cluster"]["release"] == "1.26", doc["services"][0]["load_balancer"]["health_check"]["target"] == "node_port"

        def share(until):
            return (1 - math.exp(-(until - 64) / mean)) / 3

        p = share(661) if old else share(965) if asks_port else share(680) * math.exp(-285 / mean)
        draws = cycles * traffic["connections"]
        lost = draws * p, 4 * math.sqrt(draws * p * (1 - p))
        result[name] = {
            "connections_dropped": lost,
            "dropped_target_removed": lost if old else exactly(0), "dropped_vm_off": exactly(0) if old else lost,
            "blackhole_node_s": exactly(20 * cycles if asks_port else 0),
            "new_blackholed": at_least(1) if asks_port else exactly(0),
        }
    return result
