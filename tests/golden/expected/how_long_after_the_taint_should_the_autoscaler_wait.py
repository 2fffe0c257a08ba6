# SPDX-License-Identifier: Apache-2.0
"""S5 over delays of the autoscaler; what the golden file says of it is put together below."""
from common import variants
from empty_node import __doc__ as derivation
from empty_node import expected_of

__doc__ = """S5 over delays: Google Cloud's check (8 s, 1 s, 3), every lag and delay of the profile taken away.

The answer: more than the watch latency and three intervals, 25 s, and a kube-proxy of 1.30. With a kube-proxy that does
not know the taint the delay only shifts the black hole of 17 to 25 s.

""" + derivation


def expected(scenario):
    return {name: expected_of(doc) for name, doc in variants(scenario)}
