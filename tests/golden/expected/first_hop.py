# SPDX-License-Identifier: Apache-2.0
"""S6: C connections of mean life m (exponential) over N nodes, one of which only forwards, is tainted at t0, and whose VM is
off at t0 + 5 s + 300 s. d = 1 s, a = 2 s; lags, delays and API latencies of the profiles are taken away.

* The check (asked of /healthz, kube-proxy 1.30) fails for good at t0 + d + D, D = u + (U-1)I, u uniform in [0, I): no
  connection begins on the node after that. `keep` (Google Cloud, Azure) leaves the others alone until the VM is off: a
  slot is on the node then with probability 1/N exp(-(305 s - d - D)/m). `cut` (network load balancer) breaks all C/N of
  them at d + D; with a drain of 300 s it would break the rest at d + D + 300 s, later than the VM does.
* A kube-proxy of 1.29 does not know the taint, a NodePort answers as long as the node lives: connections go on
  arriving, C/N are on the node when the VM goes, and new ones are lost for W after that: u + (U-1)I + T in the mean
  21 s on Google Cloud; 54.7 s on a classic load balancer, where the removal of the node comes first at times (F2).
  Then (C - C/N) slots turn over: lost (C - C/N)/m W/N.
* 1.26 removes the node at t0 + d + a, and a load balancer that cuts breaks C/N.
Binomial and Poisson numbers; means over the replications, the mean of exp over a grid of u."""
import math

from common import exactly, seconds

CHECKS = {"gcp_netlb_rbs": (8, 1, 3), "azure_slb_nic": (5, 5, 2), "aws_clb_ccm": (10, 5, 6), "aws_nlb_instance_ccm": (30, 10, 3)}


def expected_of(doc):
    lb, verb, traffic = doc["services"][0]["load_balancer"], doc["timeline"][0], doc["traffic"][0]
    runs, nodes = doc["replications"], doc["cluster"]["node_pools"][0]["nodes"]
    count, life = traffic["connections"], seconds(traffic["lifetime"]["exponential"])
    d, a = seconds(doc["cluster"]["watch_latency"]), seconds(lb["update_latency"])
    off = seconds(verb["delay_after_taint"]) + seconds(verb["pod_drain"])
    interval, timeout, unhealthy = CHECKS[lb["profile"]]
    proxy = doc["cluster"].get("releases", {}).get("kube_proxy", doc["cluster"]["release"])
    removed = doc["cluster"]["release"] == "1.26"
    told = int(proxy.split(".")[1]) >= 30 and lb["health_check"]["target"] == "proxy_healthz"

    def binomial(p, variance=0.0):
        return count * p, 4 * math.sqrt((count * p * (1 - p) + count**2 * variance) / runs)

    none = exactly(0)
    result = {"dropped_target_removed": none, "dropped_target_unhealthy": none, "dropped_vm_off": none,
              "dropped_drain_timeout": none, "dropped_pod_killed": none, "new_blackholed": none, "new_refused": none,
              "lb_updates": exactly(1), "api_calls": exactly(3)}
    if removed:
        return {**result, "dropped_target_removed": binomial(1 / nodes), "time_to_established_zero_s": exactly(d + a),
                "time_to_new_zero_s": exactly(d + a)}
    rest = (unhealthy - 1) * interval
    if not told:
        window = rest + interval / 2 + timeout if lb["profile"] == "gcp_netlb_rbs" else 54.7
        lost = count * (1 - 1 / nodes) / life * window / nodes
        # the window itself varies by less than 12 s to either side
        slack = 4 * math.sqrt(lost / runs) + lost / window * 4 * 7 / math.sqrt(runs)
        return {**result, "dropped_vm_off": binomial(1 / nodes), "new_blackholed": (lost, slack),
                "time_to_established_zero_s": exactly(off)}
    grid = [(i + 0.5) / 1000 * interval for i in range(1000)]
    detect = d + rest + interval / 2
    zero = detect, 4 * interval / math.sqrt(12 * runs)
    on_unhealthy = lb.get("on_unhealthy", "cut" if lb["profile"].startswith("aws") else "keep")
    if on_unhealthy == "cut":
        return {**result, "dropped_target_unhealthy": binomial(1 / nodes), "time_to_new_zero_s": zero,
                "time_to_established_zero_s": zero}
    assert on_unhealthy == "keep" or d + rest + seconds(on_unhealthy["drain"]) > off
    shares = [math.exp(-(off - d - rest - u) / life) / nodes for u in grid]
    share = sum(shares) / len(shares)
    variance = sum((x - share) ** 2 for x in shares) / len(shares)
    return {**result, "dropped_vm_off": binomial(share, variance), "time_to_new_zero_s": zero,
            "time_to_established_zero_s": exactly(off)}
