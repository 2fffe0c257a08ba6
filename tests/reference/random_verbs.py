# SPDX-License-Identifier: Apache-2.0
"""Random lines of a timeline, for the random scenarios."""

RELEASES = ["1.24", "1.26", "1.26.2", "1.27", "1.28", "1.29", "1.30", "1.32"]
UNREACHABLE = "node.kubernetes.io/unreachable"


def seconds(rng, low, high):
    return f"{rng.randint(low, high)}s"


def fault(rng):
    entry = {} if rng.random() < 0.5 else {"operations": rng.sample(
        ["UpdateLoadBalancer", "EnsureLoadBalancer", "GetLoadBalancer", "InstanceExists", "DeleteNodes", "RegisterTargets",
         "DescribeLoadBalancers", "LoadBalancers.List", "LoadBalancers.Update"], rng.randint(1, 3))}
    if rng.random() < 0.7:
        entry["error_rate"] = rng.choice([0.1, 0.5, 1])
    else:
        entry["latency"] = rng.choice([seconds(rng, 1, 30), {"exponential": seconds(rng, 1, 10)}])
    return entry


def cloud_verb(rng, services, at):
    kind = rng.choice(["cloud_api_fault", "cloud_api_fault", "service_controller_restart", "create_service", "delete_service"])
    entry = {"at": at, "do": kind}
    if kind == "cloud_api_fault":
        entry.update(fault(rng))
        if rng.random() < 0.8:
            entry["for"] = seconds(rng, 1, 120)
    elif kind == "service_controller_restart":
        entry["gap"] = seconds(rng, 0, 30)
    else:
        entry["services"] = rng.sample(services, rng.randint(1, len(services)))
    return entry


def workload_verb(rng, services, at):
    """A rollout or a scaling; services as (name, kind)."""
    name, kind = rng.choice(services)
    if kind == "DaemonSet" or rng.random() < 0.6:
        return {"at": at, "do": "rollout", "service": name}
    return {"at": at, "do": "scale", "service": name, "replicas": rng.randint(0, 8)}


def verb(rng, nodes, pool, zones, at):
    some = rng.sample(nodes, rng.randint(1, max(1, len(nodes) // 2)))
    kind = rng.choice(["set_ready", "taint", "untaint", "label", "unlabel", "cordon", "uncordon", "add_nodes",
                       "delete_node_object", "vm_off", "reboot", "reboot", "autoscaler_scale_down", "rolling_upgrade", "drain",
                       "spot_preemption", "kubelets_cannot_renew", "api_server_outage", "api_server_outage", "zone_outage"])
    entry = {"at": at, "do": kind}
    if kind == "set_ready":
        entry.update(nodes=some, status=rng.choice(["True", "False", "Unknown"]))
        if rng.random() < 0.8:
            entry["for"] = seconds(rng, 1, 90)
    elif kind in ("taint", "untaint"):
        entry.update(nodes=some, key=rng.choice(["ToBeDeletedByClusterAutoscaler", "example.com/other", UNREACHABLE]))
        if kind == "taint":
            entry.update(value="1", effect=rng.choice(["NoSchedule", "PreferNoSchedule", "NoExecute"]))
    elif kind in ("label", "unlabel"):
        entry.update(nodes=some, key=rng.choice(["node.kubernetes.io/exclude-from-external-load-balancers",
                                            "node.kubernetes.io/exclude-disruption", "colour"]))
        if kind == "label":
            entry["value"] = rng.choice(["true", "false", ""])
    elif kind in ("cordon", "uncordon", "delete_node_object"):
        entry.update(nodes=some)
    elif kind == "add_nodes":
        entry.update(pool=pool, count=rng.randint(1, 3), boot_time=seconds(rng, 0, 20), ready_after=seconds(rng, 0, 20))
    elif kind == "vm_off":
        entry.update(nodes=some, instance=rng.choice(["gone", "stopped"]))
    elif kind == "reboot":
        entry.update(nodes=some)
        entry["for"] = seconds(rng, 1, 90)
    elif kind == "spot_preemption":
        entry.update(nodes=some, notice=seconds(rng, 0, 60),
                     on_notice=rng.choice(["nothing", "drain", "taint_and_drain", "deregister"]))
    elif kind == "drain":
        entry.update(nodes=some)
        if rng.random() < 0.5:
            entry["timeout"] = seconds(rng, 1, 90)
    elif kind == "kubelets_cannot_renew":
        entry.update(nodes=some, watches=rng.choice(["go_on", "go_on", "stop"]))
        entry["for"] = seconds(rng, 1, 120)
    elif kind == "api_server_outage":
        entry["for"] = seconds(rng, 1, 90)
    elif kind == "zone_outage":
        entry["zone"] = rng.choice(zones)
        entry["for"] = seconds(rng, 1, 120)
    elif kind == "autoscaler_scale_down":
        entry.update(nodes=some)
        if rng.random() < 0.5:
            entry["delay_after_taint"] = seconds(rng, 0, 20)
        if rng.random() < 0.5:
            entry["pod_drain"] = seconds(rng, 0, 60)
        if rng.random() < 0.3:
            entry["cordon"] = True
        if rng.random() < 0.5:
            entry.update(max_drain_parallelism=rng.randint(1, 3), max_scale_down_parallelism=rng.randint(1, 4))
        if rng.random() < 0.3:
            entry.update(parallel_drain=rng.random() < 0.5, scan_interval=seconds(rng, 1, 20))
        if rng.random() < 0.2:
            entry["taint_fails_on"] = rng.sample(some, 1)
    else:
        entry.update(pool=pool, taint_first=rng.random() < 0.5)
        if rng.random() < 0.5:
            entry.update(mode="in_place", max_surge=0, max_unavailable=rng.randint(1, 2), reboot_time=seconds(rng, 0, 70))
        else:
            entry.update(mode="surge", max_surge=rng.randint(1, 3), max_unavailable=0)
            if rng.random() < 0.4:
                entry["machine_controller"] = rng.choice(["gardener", "cluster_api"])
        if rng.random() < 0.3:
            entry.update(batch=rng.randint(1, 4), soak=seconds(rng, 0, 30))
        if rng.random() < 0.5:
            entry["to_release"] = rng.choice(RELEASES)
    if kind not in ("rolling_upgrade", "add_nodes") and rng.random() < 0.15:
        entry["repeat"] = rng.choice([{"every": seconds(rng, 5, 60), "times": rng.randint(2, 4)}, {"mean_every": "60s"}])
    return entry
