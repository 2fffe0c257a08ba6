# SPDX-License-Identifier: Apache-2.0
"""S9 with the profiles' own lags; the checks ask /healthz with one prober, an update takes a = 2 s, d = 1 s.

The answer: it depends on the cloud, and no way is gentle everywhere. On Google Cloud and Azure the failing check keeps
established connections and the removal breaks them (after 30 s, or silently at once). On a network load balancer it is the
other way round: removal keeps them for as long as they last but lets new ones in for up to two minutes; the check
resets all. A classic load balancer without draining breaks them either way, 3 s or 51 to 61 s after the label or taint.

Times count from the label, taint or deletion.

* label, deletion: seen at d, out of the set at d + a = 3 s. New connections come for the profile's lag after that (Google
  Cloud 5 to 30 s, network load balancer 30 to 120 s, classic 2 s, Azure none; uniform). Established ones: Google Cloud
  drains 30 s, so all are gone at 33 s; a network load balancer keeps them (those of 30 days: never zero); a cut (classic,
  silent on Azure) breaks them at 3 s, and those let in during the lag when it ends. The deletion of the Node object
  leaves kubelet and machine alone, so it is the label again.
* taint: /healthz fails from d on, the U-th failing probe is at d + u + (U-1)I, u uniform in [0, I). Lag after that: 30 to
  40 s on a network load balancer. Established ones: kept (never zero) or cut, those of the lag at its end. From 1.27 on
  the taint starts no pass, so the set keeps the node: no update; desired set and set differ until the end of the run.
* label and taint: the removal at 3 s comes before any check has failed, and nobody is probed after it: the label.

Dropped: a tenth of the 1,000 long ones (binomial), and of the short ones (50 ms, 1,000/s, a tenth) the 5 that are alive
whenever a cut comes while new ones still arrive; at the end of a drain none is left. Nothing answers wrongly: the
machine lives on."""
import math

from common import NEVER, exactly, mean_of_uniform, seconds, variants

# lag after removal, at removal; interval, unhealthy, lag after the check, at a failing check
CLOUDS = {"gcp_netlb_rbs": ((5, 30), "drain", 8, 3, (0, 0), "keep"),
          "aws_nlb_instance_ccm": ((30, 120), "keep", 30, 3, (30, 40), "cut"),
          "aws_clb_ccm": ((2, 2), "cut", 10, 6, (0, 0), "cut"), "azure_slb_nic": ((0, 0), "cut", 5, 2, (0, 0), "keep")}


def expected(scenario):
    result = {}
    runs = scenario["replications"]
    for name, doc in variants(scenario):
        lb = doc["services"][0]["load_balancer"]
        remove_lag, on_remove, interval, unhealthy, check_lag, on_unhealthy = CLOUDS[lb["profile"]]
        nodes = doc["cluster"]["node_pools"][0]["nodes"]
        short, long = doc["traffic"]
        alive = short["arrivals_per_second"] / nodes * seconds(short["lifetime"]["fixed"])
        count = long["connections"]
        d, a = seconds(doc["cluster"]["watch_latency"]), seconds(lb["update_latency"])
        at = seconds(doc["timeline"][0]["at"])
        removes = doc["timeline"][0]["do"] != "taint"
        none = exactly(0)
        values = {f"dropped_{cause}": none for cause in ("target_removed", "target_unhealthy", "drain_timeout", "vm_off")}
        values.update({"connections_lost": none, "new_blackholed": none, "new_refused": none, "new_rejected": none})
        if removes:
            low, high = (d + a + lag for lag in remove_lag)
            new = mean_of_uniform(low, high, runs)
            cause, how = "target_removed", on_remove
            values.update(lb_updates=exactly(1), api_calls=exactly(1), desync_s=exactly(d + a))
        else:
            low, high = (d + (unhealthy - 1) * interval + lag for lag in check_lag)
            spread = math.sqrt(((high - low) ** 2 + interval**2) / 12 / runs)
            new = (low + high + interval) / 2, 4 * spread
            cause, how = "target_unhealthy", on_unhealthy
            values.update(lb_updates=none, api_calls=none, desync_s=exactly(seconds(doc["duration"]) - at))
        lags = remove_lag if removes else check_lag
        gone, extra = 0, 0
        if how == "keep":
            zero = NEVER
        elif how == "cut":
            zero, gone, extra = new, 1, alive * (2 if lags[1] > 0 else 1)
        else:
            zero, gone, cause = exactly(d + a + 30), 1, "drain_timeout"
            extra = 0.0
        if gone:
            mean = count / nodes + extra
            lost = mean, 4 * math.sqrt((count / nodes * (1 - 1 / nodes) + extra) / runs) + (0.1 if how == "drain" else 0)
            values[f"dropped_{cause}"] = values["connections_lost"] = lost
        result[name] = {**values, "time_to_new_zero_s": new, "time_to_established_zero_s": zero}
    return result
