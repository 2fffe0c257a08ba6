#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The deterministic traces of scenarios.md 4.8, to the microsecond, and the closed forms F1 to F4 of 4.3 over
drawn phases; calls and floors of cloud-load-balancers.md 0.4.

Not here: the rows `Proxy restart` of 4.8 (part 6 adds the verb). Untouched profiles are in tests/golden; the numbers of
the profiles are given explicitly here."""
import argparse
import sys

import cloud_calls
import etp_local
import flaps
import node_life
import node_removals
import node_taints
import outages
import phases
import removals
from report import Report
from world import Lbsim

GROUPS = {"removals": removals, "etp_local": etp_local, "flaps": flaps, "node_life": node_life, "node_taints": node_taints, "node_removals": node_removals, "outages": outages, "phases": phases,
          "cloud_calls": cloud_calls}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--lbsim", required=True, help="the executable")
    args = parser.parse_args()
    lbsim, report = Lbsim(args.lbsim), Report()
    for group in args.groups or GROUPS:
        GROUPS[group].run(lbsim, report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
