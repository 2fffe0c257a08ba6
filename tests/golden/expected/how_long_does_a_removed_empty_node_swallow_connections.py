# SPDX-License-Identifier: Apache-2.0
"""F1 and F2 for a node without pods.

The taint is at t0, the drain of nothing takes no time, so the VM is off at t0 + s (s: delay after the taint)
plus the pool's vm_off_delay V. Probes of the one prober leave at phase + k*I; the phase is drawn anew in every
replication.

* Check on 10256 and a kube-proxy of 1.30 or later: it fails from t0 + d. The first probe at or after that comes
  u later, u uniform in [0, I); the U-th comes (U-1)*I after the first. If it finds the VM off it is judged T
  later, otherwise at once. t0+d+u+(U-1)I > t0+s+V for every u when d + (U-1)I > s + V (delay 5): black hole W =
  d + u + (U-1)I + T - s - V, uniform in [13, 21), mean 17 s. When d + U*I + T <= s + V (delay 60) it is over
  before the VM is off: W = 0.
* NodePort check, or a proxy before 1.30: nothing fails before the VM is off. W = u + (U-1)I + T, uniform in
  [17, 25), 21 s.
* Service controller 1.26: the taint starts a pass at t0 + d, the node leaves at t0 + d + a < t0 + s: W = 0.

The Node object goes, and the node with it, 45 s after the VM at the earliest (G = 50, see tests/traces/phases.py), later than
any of these.

Every life ends within 50 ms, so a drain cannot save any: those on the node when it goes, rate x life / N in the
mean, are dropped: by the VM if nothing stopped new connections before, by the removal (`cut`) in 1.26, none
with delay 60.

New connections lost: rate x W / N, a Poisson number around a varying W: the variance of one run is mean +
(rate/N)^2 Var W. A SYN lost in the window is a SYN whatever happens to the client later, so nothing depends on
connect_timeout here.

Calls: one UpdateLoadBalancer, DeleteNodes, one InstanceExists (the cloud node loop sees it Unknown once, then
deletes it). Transitions: failing, out; in 1.26 out only.
"""
import math

from common import exactly, mean_of_uniform, minor, poisson, seconds, variants


def per_run(mean, variance, runs):
    return mean, 4 * math.sqrt((mean + variance) / runs)


def expected(scenario):
    result = {}
    runs = scenario["replications"]
    for name, doc in variants(scenario):
        lb, verb, traffic = doc["services"][0]["load_balancer"], doc["timeline"][0], doc["traffic"][0]
        check = lb["health_check"]
        pool = doc["cluster"]["node_pools"][0]
        interval, timeout = seconds(check["interval"]), seconds(check["timeout"])
        rest = (check["unhealthy"] - 1) * interval
        d, s = seconds(doc["cluster"]["watch_latency"]), seconds(verb["delay_after_taint"])
        v, a = seconds(pool["vm_off_delay"]), seconds(lb["update_latency"])
        rate, life = traffic["arrivals_per_second"] / pool["nodes"], seconds(traffic["lifetime"]["fixed"])
        removed_by_taint = minor(doc) == 26
        told_by_proxy = minor(doc) >= 30 and check["target"] == "proxy_healthz"
        last_probe = d + rest if told_by_proxy else s + v + rest  # earliest U-th failing probe, after t0
        if removed_by_taint:
            low = high = 0.0
            new_zero = (d + a, 0)
        elif told_by_proxy and d + rest + interval + timeout <= s + v:
            low = high = 0.0
            new_zero = mean_of_uniform(last_probe, last_probe + interval, runs)
        else:
            assert last_probe > s + v or not told_by_proxy, "between the two cases the time-out counts only sometimes"
            low = last_probe + timeout - s - v
            high = low + interval
            new_zero = mean_of_uniform(low + s + v, high + s + v, runs)
        window = mean_of_uniform(low, high, runs)
        lost = per_run(rate * window[0], rate**2 * (high - low) ** 2 / 12, runs)
        dropped = per_run(rate * life, 0, runs)
        none = exactly(0)
        result[name] = {
            "connections_attempted": per_run(traffic["arrivals_per_second"] * seconds(doc["duration"]), 0, runs),
            "blackhole_node_s": window, "new_blackholed": lost, "new_refused": none, "time_to_new_zero_s": new_zero,
            "dropped_vm_off": dropped if high > 0 else none, "dropped_target_removed": dropped if removed_by_taint else none,
            "lb_updates": exactly(1), "api_calls": exactly(3),
            "target_transitions": exactly(1 if removed_by_taint else 2),
        }
        if removed_by_taint:
            result[name]["desync_s"] = exactly(d + a)
    return result
