# SPDX-License-Identifier: Apache-2.0
"""S14 (spot preemption): 5 of 20 nodes, 25 % of new connections, every lag and delay of the profiles taken away.

Times count from the notice at t0; s: the notice, the VMs are off at s. d: watch latency, a: an update. The pods are on the
other 15 nodes, so whoever only cordons and evicts does nothing that a load balancer sees. Silent nodes are declared
Unknown long after the run, so only the health check or the handler takes them away.

* Nothing, or drain: /healthz answers 200 until s. The first probe after that comes u later, u uniform in [0, I), the same
  for the five nodes; the U-th has timed out at s + u + (U-1)I + T: the black hole is W = u + (U-1)I + T.
* Taint: /healthz says 503 from d on. The U-th failing probe is sent at p = d + u + (U-1)I and answered at once if p < s,
  else T later; new connections stop then, or a lag later. W is what of that lies after s: none on Google Cloud (25 s at
  most) and Azure (11 s) with 30 s, none on both of AWS (61 s, 91 s) with 120 s. A classic load balancer with only 30 s:
  W = 1 + u + 50 + 5 - 30. A network load balancer whose new flows stop 40 s late: W = max(0, 41 + u + 60 - 120).
* Deregister: the label is seen at d, one update takes the five nodes out at d + a = 3 s: W = 0. Where deregistration leaks
  for 120 s, new connections come until 123 s: W = 3 s, a 120 s notice has no margin.

Each node is a black hole for W: 5 W in all. Lost: Poisson with mean rate x 5/20 x W, of variance mean + (rate/4)^2 Var W.
A connection lives 50 ms: rate/4 x 50 ms are alive when the VMs go, if new ones still came then.
The answer: the taint, on a check that asks /healthz, if d + U x I is less than the notice; eviction alone never.
"""
import math

from common import exactly, seconds, variants

# interval, timeout, unhealthy of cloud-load-balancers.md 0.3 (Cluster).
CHECKS = {"gcp_netlb_rbs": (8, 1, 3), "azure_slb_nic": (5, 5, 2), "aws_clb_ccm": (10, 5, 6), "aws_nlb_instance_ccm": (30, 10, 3)}
STEPS = 4000


def moments(values):
    mean = sum(values) / len(values)
    return mean, sum((v - mean) ** 2 for v in values) / len(values)


def expected(scenario):
    result = {}
    for name, doc in variants(scenario):
        lb, verb, traffic = doc["services"][0]["load_balancer"], doc["timeline"][0], doc["traffic"][0]
        interval, timeout, unhealthy = CHECKS[lb["profile"]]
        runs, notice, how = doc["replications"], seconds(verb["notice"]), verb["on_notice"]
        d, a = seconds(doc["cluster"]["watch_latency"]), seconds(lb["update_latency"])
        gone = len(verb["nodes"])
        rate = traffic["arrivals_per_second"] * gone / doc["cluster"]["node_pools"][0]["nodes"]
        zeros = []
        for i in range(STEPS):
            last = (i + 0.5) / STEPS * interval + (unhealthy - 1) * interval
            if how == "deregister":
                zeros.append(d + a + seconds(lb["new_flow_lag_after_remove"]))
            elif how == "taint_and_drain":
                answered = d + last + (timeout if d + last >= notice else 0)
                zeros.append(answered + seconds(lb["new_flow_lag_after_unhealthy"]))
            else:
                zeros.append(notice + last + timeout)
        zero, zero_variance = moments(zeros)
        hole, variance = moments([max(0.0, z - notice) for z in zeros])
        alive = rate * seconds(traffic["lifetime"]["fixed"]) * sum(z > notice for z in zeros) / STEPS
        result[name] = {
            "blackhole_node_s": (gone * hole, 4 * gone * math.sqrt(variance / runs) + 1e-3),
            "new_blackholed": (rate * hole, 4 * math.sqrt((rate * hole + rate**2 * variance) / runs)),
            "new_refused": exactly(0), "dropped_pod_killed": exactly(0),
            "dropped_vm_off": (alive, 4 * math.sqrt(alive / runs)),
            "time_to_new_zero_s": (zero, 4 * math.sqrt(zero_variance / runs) + 1e-3),
            "lb_updates": exactly(1 if how == "deregister" else 0),
        }
    return result
