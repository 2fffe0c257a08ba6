# SPDX-License-Identifier: Apache-2.0
"""F1 and F2 of a node without pods, whatever the check and the delay: what the scenarios of a scale-down share.

Times count from the taint at t0. s: delay after the taint; the drain of nothing takes no time, so the VM is off at s
(the pool's vm_off_delay is 0). d: watch latency. Probes leave every I, their phase is drawn.

* The check says no: with a kube-proxy of 1.30 or later that is asked for /healthz from d on, else from s on, when
  nobody is there. The first probe after that comes u later, u uniform in [0, I); the U-th answer is that of the probe at
  d + u + (U-1)I (or s + ...), given at once while the VM is on and T later when it is off.
* The node leaves the set when its Node object is gone: last lease up to 10 s before s, seen d later, taken note of at
  the next tick of 5 s, Unknown G later, seen d later, deleted at the next look of the cloud node loop (5 s), seen d later,
  updated after a: s - U(0,10) + U(0,5) + U(0,5) + G + 3d + a, in the mean s + G + 3d + a.
* New connections come until the earlier of the two. The black hole W is what of that lies after s. Lost: a Poisson
  number of mean rate x W / N, of variance mean + (rate/N)^2 Var W.
* Connections last 50 ms: rate/N x 50 ms of them are alive when the node stops: dropped by the VM if new ones still came
  at s, else by the check where `on_unhealthy` cuts, else not at all. None is alive when the node leaves the set.
* The set is wrong from 0 to the removal. Calls: DeleteNodes, InstanceExists, one update.
Means and variances are taken over a grid of u and of the three other phases."""
import math

from common import exactly, seconds

# interval, timeout, unhealthy of cloud-load-balancers.md 0.3 (Cluster), what happens at a failing check, and the states
# a node goes through when it leaves the set.
CHECKS = {"gcp_netlb_rbs": (8, 1, 3, "keep", 2), "azure_slb_nic": (5, 5, 2, "keep", 1), "aws_clb_ccm": (10, 5, 6, "cut", 1),
          "aws_nlb_instance_ccm": (30, 10, 3, "cut", 1)}
CELL = 0.25


def removal_spread():
    """Offsets of the removal and their probabilities: U(0,5) + U(0,5) - U(0,10), in cells."""
    found = {0: 1.0}
    for length, sign in ((5, 1), (5, 1), (10, -1)):
        cells = int(length / CELL)
        wider = {}
        for at, p in found.items():
            for i in range(cells):
                key = at + sign * (2 * i + 1)
                wider[key] = wider.get(key, 0.0) + p / cells
        found = wider
    return [(at * CELL / 2, p) for at, p in found.items()]


def expected_of(doc):
    lb, verb, traffic = doc["services"][0]["load_balancer"], doc["timeline"][0], doc["traffic"][0]
    interval, timeout, unhealthy, on_unhealthy, leaving = CHECKS[lb["profile"]]
    assert lb["health_check"]["target"] == "proxy_healthz" and lb["health_check"]["probers"] == 1
    runs, nodes = doc["replications"], doc["cluster"]["node_pools"][0]["nodes"]
    d, s, a = seconds(doc["cluster"]["watch_latency"]), seconds(verb["delay_after_taint"]), seconds(lb["update_latency"])
    grace = seconds(doc["cluster"]["node_lifecycle"]["grace_period"])
    proxy = doc["cluster"].get("releases", {}).get("kube_proxy", doc["cluster"]["release"])
    told = int(proxy.split(".")[1]) >= 30
    rate = traffic["arrivals_per_second"] / nodes
    alive = rate * seconds(traffic["lifetime"]["fixed"])
    spread = removal_spread()
    sums = dict.fromkeys(("hole", "hole2", "zero", "zero2", "out", "out2", "off", "cut", "states", "states2"), 0.0)
    steps = 400
    for i in range(steps):
        u = (i + 0.5) / steps * interval
        last_probe = (d if told else s) + u + (unhealthy - 1) * interval
        failing = last_probe + (timeout if last_probe >= s else 0)
        for offset, p in spread:
            p /= steps
            out = s + grace + 3 * d + a + offset
            zero = min(failing, out)
            hole = max(0.0, zero - s)
            states = leaving + (failing < out)
            for key, value in (("hole", hole), ("zero", zero), ("out", out), ("states", states)):
                sums[key] += p * value
                sums[key + "2"] += p * value * value
            sums["off"] += p * (zero > s)
            sums["cut"] += p * (zero <= s and on_unhealthy == "cut")

    def mean_of(key):
        return sums[key], 4 * math.sqrt(max(0.0, sums[key + "2"] - sums[key] ** 2) / runs) + 1e-3

    def poisson(mean, variance=0.0):
        return mean, 4 * math.sqrt((mean + variance) / runs)

    hole_variance = sums["hole2"] - sums["hole"] ** 2
    return {
        "blackhole_node_s": mean_of("hole"), "time_to_new_zero_s": mean_of("zero"), "desync_s": mean_of("out"),
        "new_blackholed": poisson(rate * sums["hole"], rate**2 * hole_variance), "new_refused": exactly(0),
        "dropped_vm_off": poisson(alive * sums["off"]), "dropped_target_unhealthy": poisson(alive * sums["cut"]),
        "dropped_target_removed": exactly(0), "target_transitions": mean_of("states"),
        "lb_updates": exactly(1), "api_calls": exactly(3),
    }
