#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs scenarios and holds every metric against the committed golden file, and the headline numbers against the
closed forms in expected/<scenario>.py. `--bless` rewrites golden files (the numbers as <scenario>.csv, their
derivation as <scenario>.md), but never with a headline number outside its expectation."""
import argparse
import csv
import decimal
import importlib
import io
import json
import math
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_METRICS = {"run", "scenario", "variant", "replication", "seed"}
SHOWN = 20

sys.path.insert(0, os.path.join(HERE, "expected"))
from common import NEVER, Range  # noqa: E402 (of the folder above)


class Failure(Exception):
    """The run or its tables cannot be used at all."""


def run(lbsim, scenario_file, folder):
    """The rows of runs.csv."""
    command = [lbsim, "run", scenario_file, "--out", f"{folder}/out", "--quiet", "--max-rows", "1"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failure(f"exit {done.returncode} of {' '.join(command)}\n{done.stderr}")
    with open(f"{folder}/out/runs.csv", newline="") as file:
        return list(csv.DictReader(file))


def mean_text(cells):
    """The cell itself of a single run; of several the mean in decimal arithmetic, so that no rounding mode enters."""
    if len(set(cells)) == 1:
        return cells[0]
    if "" in cells:
        return f"{sum(c != '' for c in cells)} of {len(cells)} runs have a value"
    with decimal.localcontext() as context:
        context.prec = 30
        mean = sum(decimal.Decimal(c) for c in cells) / len(cells)
        return format(mean.quantize(decimal.Decimal("1e-9")).normalize(), "f")


def summarise(rows):
    """{(variant, metric): text}, in the order of runs.csv; a metric of several replications is their mean."""
    cells = {}
    for row in rows:
        for metric, text in row.items():
            if metric not in NOT_METRICS:
                cells.setdefault((row["variant"], metric), []).append(text)
    return {key: mean_text(values) for key, values in cells.items()}


def limits(expectation):
    """Lowest and highest value that agree; times have six decimals."""
    if isinstance(expectation, Range):
        low, high, size = *expectation, expectation.low
    else:
        value, tolerance = expectation
        low, high, size = value - tolerance, value + tolerance, value
    slack = 1e-6 * max(1.0, abs(size))
    return low - slack, high + slack


def in_words(expectation):
    """Value and tolerance, or bounds."""
    if expectation is NEVER:
        return "an empty cell"
    if not isinstance(expectation, Range):
        return f"{expectation[0]:.10g} +- {expectation[1]:.6g}"
    low, high = expectation
    return f"at least {low:.10g}" if high == math.inf else f"{low:.10g} to {high:.10g}"


def number_of(text):
    """None of a cell without a value, also where only some of several runs have one."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def outside(found, expected):
    """One line for each headline number that is not as expected."""
    problems = []
    for variant, metrics in expected.items():
        for metric, expectation in metrics.items():
            text = found.get((variant, metric))
            wanted = in_words(expectation)
            if expectation is NEVER:
                if text != "":
                    problems.append(f"{variant}: {metric}: found {text}, expected {wanted}")
                continue
            number = number_of(text)
            if number is None:
                problems.append(f"{variant}: {metric}: found {text or 'nothing'}, expected {wanted}")
                continue
            low, high = limits(expectation)
            if not low <= number <= high:
                problems.append(f"{variant}: {metric}: found {text}, expected {wanted}")
    variants = {variant for variant, _ in found}
    problems += [f"{variant}: no expectation" for variant in sorted(variants - set(expected))]
    return problems


def golden_text(found):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["variant", "metric", "value"])
    for (variant, metric), text in found.items():
        writer.writerow([variant, metric, text])
    return out.getvalue()


def derivation_text(name, words, found, expected):
    """The derivation beside the golden numbers: the words of the expectation, then what they give and what was found."""
    lines = [f"# {name}: where the golden numbers come from", "",
             f"Written by `golden.py --bless {name}` from `expected/{name}.py`.", "", words.strip(), "",
             "| variant | metric | found | expected | tolerance |", "|---|---|---|---|---|"]
    for variant, metrics in expected.items():
        for metric, expectation in metrics.items():
            if expectation is NEVER or isinstance(expectation, Range):
                told = f"{in_words(expectation)} | "
            else:
                told = f"{expectation[0]:.6g} | {expectation[1]:.3g} "
            lines.append(f"| {variant} | {metric} | {found[variant, metric]} | {told}|")
    return "\n".join(lines) + "\n"


def differing(golden, text):
    old, new = golden.splitlines(), text.splitlines()
    lines = [f"golden {a!r}, found {b!r}" for a, b in zip(old, new) if a != b]
    if len(old) != len(new):
        lines.append(f"golden has {len(old)} lines, found {len(new)}")
    return lines


def examine(args, name):
    """Problems of one scenario; writes its golden file if blessing and there are none."""
    scenario_file = os.path.join(args.scenarios, f"{name}.json")
    with open(scenario_file) as file:
        scenario = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        found = summarise(run(args.lbsim, scenario_file, folder))
    if not os.path.exists(os.path.join(HERE, "expected", f"{name}.py")):
        raise Failure(f"no expectation: write tests/golden/expected/{name}.py first")
    expectation = importlib.import_module(name)
    expected = expectation.expected(scenario)
    problems = outside(found, expected)
    texts = {"csv": golden_text(found)}
    if not problems:
        texts["md"] = derivation_text(name, expectation.__doc__, found, expected)
    if args.bless:
        if problems:
            return [f"not blessed: {p}" for p in problems]
        for kind, text in texts.items():
            with open(os.path.join(args.golden, f"{name}.{kind}"), "w", newline="") as file:
                file.write(text)
        return []
    for kind, text in texts.items():
        golden_file = os.path.join(args.golden, f"{name}.{kind}")
        if not os.path.exists(golden_file):
            problems.append(f"no golden file {golden_file}; golden.py --bless {name} writes it")
            continue
        with open(golden_file, newline="") as file:
            golden = file.read()
        if golden != text:
            problems += differing(golden, text) or ["line ends differ"]
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="scenario", help="names of scenarios (default: all)")
    parser.add_argument("--lbsim", required=True, help="the executable")
    parser.add_argument("--scenarios", default=os.path.join(HERE, "..", "..", "scenarios"))
    parser.add_argument("--golden", default=HERE, help="folder of the golden files")
    parser.add_argument("--bless", action="store_true", help="rewrite golden files")
    args = parser.parse_args()
    names = args.names or sorted(f[:-5] for f in os.listdir(args.scenarios) if f.endswith(".json"))
    failed = 0
    for name in names:
        try:
            problems = examine(args, name)
        except Failure as failure:
            problems = [str(failure)]
        failed += bool(problems)
        if problems:
            print(f"{name}: {len(problems)} problems")
            print("".join(f"  {p}\n" for p in problems[:SHOWN]), end="")
            if len(problems) > SHOWN:
                print(f"  and {len(problems) - SHOWN} more")
        else:
            print(f"{name}: {'blessed' if args.bless else 'as expected'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
