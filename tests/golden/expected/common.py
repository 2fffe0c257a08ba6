# SPDX-License-Identifier: Apache-2.0
"""What the expectations share: reading durations, applying variants, sampling errors. Reads the scenario only."""
import copy
import math
import typing

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds(text):
    """A duration of the scenario format in seconds."""
    for unit in ("us", "ms", "s", "m", "h", "d"):
        number = text[: -len(unit)]
        if text.endswith(unit) and number.replace(".", "", 1).isdigit():
            return float(number) * UNITS[unit]
    raise ValueError(f"not a duration: {text}")


def put(document, pointer, value):
    """Sets one key by JSON pointer, making objects on the way."""
    *way, last = pointer.split("/")[1:]
    for key in way:
        document = document[int(key)] if isinstance(document, list) else document.setdefault(key, {})
    if isinstance(document, list):
        document[int(last)] = value
    else:
        document[last] = value


def variants(scenario):
    """Name and full scenario of every variant."""
    for variant in scenario.get("variants") or [{"name": "default", "set": {}}]:
        document = copy.deepcopy(scenario)
        for pointer, value in variant.get("set", {}).items():
            put(document, pointer, value)
        yield variant["name"], document


def minor(document):
    """24 of "1.24.3"."""
    return int(document["cluster"]["release"].split(".")[1])


def poisson(mean, variance=0.0):
    """A Poisson count of this mean, whose mean itself may vary: value and four standard errors."""
    return mean, 4 * math.sqrt(mean + variance)


def binomial(n, p):
    return n * p, 4 * math.sqrt(n * p * (1 - p))


def exactly(value):
    return value, 0


class Range(typing.NamedTuple):
    """Where a derivation gives bounds and no single number. Both ends belong to it."""
    low: float
    high: float


def between(low, high):
    return Range(low, high)


def at_least(low):
    return Range(low, math.inf)


def at_most(high):
    """No metric is negative."""
    return Range(0, high)


NEVER = None  # of an expectation: the cell is empty, the thing does not come to pass


def mean_of_uniform(low, high, runs):
    """Mean of that many independent draws: value and four standard errors."""
    return (low + high) / 2, 4 * (high - low) / math.sqrt(12 * runs)
