# SPDX-License-Identifier: Apache-2.0
"""S5 over clouds; what the golden file says of it is put together below."""
from common import variants
from empty_node import __doc__ as derivation
from empty_node import expected_of

__doc__ = """S5 over clouds: the profiles' checks, asked of /healthz (F1), every lag and delay of the profiles taken away.

The answer: with the default delay of 5 s on none of them; with 60 s on Google Cloud and Azure. A classic load balancer
needs up to 61 s (mean black hole 0.55 s), a network load balancer 61 to 91 s (26 s). Mean black holes at 5 s: 17 s
on Google Cloud, 8.5 s on Azure, 55 s on both of AWS, where the removal of the Node object comes first.

""" + derivation


def expected(scenario):
    return {name: expected_of(doc) for name, doc in variants(scenario)}
