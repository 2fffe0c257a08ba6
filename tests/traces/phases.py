# SPDX-License-Identifier: Apache-2.0
"""F1, F2 and F3 over drawn phases: the mean of W, and its range, for a node without pods (t0 = 3, d = 1, a = 2, V
= 0).

F1, check on 10256 of a 1.30+ proxy, drain after 5 s (or 60 s): the U-th failing probe of a prober is at t0 + d
+ u + (U-1)I, u uniform in [0, I). It is later than toff = t0 + 5 whenever d + (U-1)I >= 5, so it is judged T
later:  W = d + u + (U-1)I + T - 5. With P probers the last of P independent u counts: mean I*P/(P+1) instead of
I/2, variance I^2 * P / ((P+1)^2 (P+2)). F2, check on the NodePort, or a proxy before 1.30: detection starts at
toff: W = u + (U-1)I + T. Both are capped when the node leaves the set. With Hb the age of the last lease
(uniform in [0, 10)), e1 the wait of its delivery for a lifecycle tick and e2 the wait of Unknown for the cloud
node loop (both uniform in [0, 5)):
    cap = G + 3d + a - Hb + e1 + e2, between G + 3d + a - 10 and + 10, mean G + 3d + a.
`capped` sums min(W, cap) over a grid of u and the three waits: mean and variance of one run."""
from world import removal, CHECKS, TAINT_AT

RUNS = 600


def grid(low, high, steps):
    width = (high - low) / steps
    return [low + (i + 0.5) * width for i in range(steps)]


def mean_and_variance(weighted):
    total = sum(w for _, w in weighted)
    mean = sum(v * w for v, w in weighted) / total
    return mean, sum((v - mean) ** 2 * w for v, w in weighted) / total


def caps(grace, a=2, d=1, steps=40):
    """Values of the cap with how many grid points give each."""
    counts = {}
    for age in grid(0, 10, steps):
        for tick in grid(0, 5, steps):
            for loop in grid(0, 5, steps):
                value = round(grace + 3 * d + a - age + tick + loop, 6)
                counts[value] = counts.get(value, 0) + 1
    return counts


def capped(windows, grace):
    """Mean, variance and greatest value of min(W, cap) for W uniform in these two borders."""
    counts = caps(grace)
    weighted = [(min(w, cap), n) for w in grid(*windows, 60) for cap, n in counts.items()]
    return (*mean_and_variance(weighted), min(windows[1], grace + 15))


def of_probe(profile, probers=1, lead=0):
    """Borders, mean and variance of the uncapped W when detection starts `lead` seconds before the VM is off."""
    interval, timeout, unhealthy, _ = CHECKS[profile]
    low = (unhealthy - 1) * interval + timeout - lead
    p = probers
    return (low, low + interval), low + interval * p / (p + 1), interval**2 * p / ((p + 1) ** 2 * (p + 2))


def window_rows():
    """name, scenario, borders of W, mean, variance of one run."""
    f1 = 5 - 1  # detection may start at t0 + d, the VM is off at t0 + 5
    # 17 s: in [13, 21). Three probers: 8*3/4 instead of 8/2: 19 s. Azure: in [6, 11), mean 8.5 s.
    for profile, probers in (("gce_shared", 1), ("gce_shared", 3), ("azure_slb", 1)):
        borders, mean, variance = of_probe(profile, probers, f1)
        yield (f"F1 {profile} {probers} probers", removal(profile, fixed=False, probers=probers), borders, mean, variance)
    # NLB: [66, 96) by the formula, so the removal caps nearly always: G + 3d + a = 55 s, 45 s up to 1.31.
    for release, grace in (("1.32", 50), ("1.31", 40)):
        for profile in ("aws_nlb_cluster", "aws_clb"):
            borders, _, _ = of_probe(profile, 1, f1)
            mean, variance, high = capped(borders, grace)
            yield (f"F1 {profile} {release}", removal(profile, fixed=False, release=release), (grace - 5, high), mean, variance)
    # 60 s between taint and drain. NLB: the third probe is at t0 + 61 + u, after toff for every u: W = 1 +
    # u + 10 in [11, 41), mean 26 s.
    yield ("F1 aws_nlb_cluster delay 60", removal("aws_nlb_cluster", fixed=False, delay=60), (11, 41), 26, 30**2 / 12)
    # Classic ELB: the sixth probe at t0 + 51 + u meets a machine that is off only if u >= 9: then W = u -
    # 4, in [5, 6); else 0. Mean 0.55 s.
    mean, variance = mean_and_variance([(u - 4 if u >= 9 else 0.0, 1) for u in grid(0, 10, 10000)])
    yield ("F1 aws_clb delay 60", removal("aws_clb", fixed=False, delay=60), (0, 6), mean, variance)
    # GCE and Azure are done by t0 + 26 and t0 + 12: 0.
    for profile in ("gce_shared", "azure_slb"):
        yield (f"F1 {profile} delay 60", removal(profile, fixed=False, delay=60), (0, 0), 0, 0)
    # F2: [17, 25) mean 21, [21, 29) mean 25, [10, 15) mean 12.5 s.
    for profile in ("gce_shared", "aws_clb_ocp", "azure_slb"):
        borders, mean, variance = of_probe(profile)
        yield (f"F2 {profile} NodePort", removal(profile, "node_port", fixed=False), borders, mean, variance)
    borders, mean, variance = of_probe("aws_clb_ocp")
    yield ("F2 aws_clb_ocp 10256 of 1.29", removal("aws_clb_ocp", fixed=False, release="1.29"), borders, mean, variance)
    # No lead time helps a NodePort check.
    yield ("F2 aws_clb_ocp NodePort delay 60", removal("aws_clb_ocp", "node_port", fixed=False, delay=60), borders, mean, variance)
    # aws_clb [55, 65) and NLB [70, 100) meet the cap 45 to 65: 54.7 s and 55 s, ten less up to 1.31.
    for release, grace in (("1.32", 50), ("1.31", 40)):
        for profile in ("aws_clb", "aws_nlb_cluster"):
            borders, _, _ = of_probe(profile)
            mean, variance, high = capped(borders, grace)
            yield (f"F2 {profile} NodePort {release}", removal(profile, "node_port", fixed=False, release=release),
                   (grace - 5, high), mean, variance)


def run(lbsim, report):
    for name, scenario, (low, high), mean, variance in window_rows():
        windows = lbsim.run(scenario, RUNS).column("blackhole_node_s")
        report.mean(name, "W", windows, mean, variance)
        report.within(name, "W", windows, low, high)
    detection(lbsim, report)
    next_sync(lbsim, report)


def detection(lbsim, report):
    """V3, V4: a fast failure is detected D after 503, D uniform in [(U-1)I, UI). The drain of 300 s keeps the VM on."""
    for profile in CHECKS:
        interval, _, unhealthy, _ = CHECKS[profile]
        name = f"D {profile}"
        scenario = removal(profile, fixed=False, pod_drain=300)
        d = [t - 1 for t in lbsim.run(scenario, RUNS).column("time_to_new_zero_s")]
        report.mean(name, "D", d, (unhealthy - 0.5) * interval, interval**2 / 12)
        report.within(name, "D", d, (unhealthy - 1) * interval, unhealthy * interval)
        report.uniform(name, "D", d, (unhealthy - 1) * interval, unhealthy * interval)


def next_sync(lbsim, report):
    """F3 up to 1.24: the taint alone starts nothing; the node leaves at the next 100 s tick that sees it (from t0 + d on),
    whose phase is drawn: time from t0 uniform in [d, 100 + d) with a = 0, mean 50 + d. The same from 1.25.3 on.
    In 1.26 the taint is a trigger: d + a exactly; from 1.27 on it starts nothing at all: never."""
    taint = {"at": f"{TAINT_AT}s", "do": "taint", "nodes": ["workers-0"], "key": "ToBeDeletedByClusterAutoscaler"}
    for release in ("1.24", "1.25"):
        scenario = removal("gce_shared", fixed=False, a=0, release=release, duration="4m")
        scenario["timeline"] = [taint]
        times = lbsim.run(scenario, RUNS).column("time_to_new_zero_s")
        report.mean(f"F3 {release}", "removal after t0 + d", [t - 1 for t in times], 50, 100**2 / 12)
        report.within(f"F3 {release}", "removal", times, 1, 101)
        report.uniform(f"F3 {release}", "removal", times, 1, 101)
    for release, out in (("1.26", [TAINT_AT + 1 + 2]), ("1.27", []), ("1.29", [])):
        scenario = removal("gce_shared", fixed=False, release=release, duration="4m")
        scenario["timeline"] = [taint]
        report.exact(f"F3 {release}", "taint alone: out at", lbsim.run(scenario).turned("out"), out)
