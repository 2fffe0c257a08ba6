# SPDX-License-Identifier: Apache-2.0
"""readiness_flap is S1 of the catalogue; the derivation (F4) is the one in one_node_flaps.py, with f = 0.

With L = 200, a = 3 s, F = 60 s, C = 10,000 and N = 500: 1.24 and 1.29 gate off touch ceil(60/3) = 20 load
balancers, 20 x 20 = 400 dropped; 1.26 touches all 200, 4,000 dropped; 400, 400 and 40 updates; from 1.27
nothing. A population whose lives are exponential replaces what completes at once and is always 10,000 per load
balancer until something is cut.
"""
from one_node_flaps import expected  # noqa: F401  (the same closed form)
