# SPDX-License-Identifier: Apache-2.0
"""S6 with lives of an hour; what the golden file says of it is put together below."""
from common import variants
from first_hop import __doc__ as derivation
from first_hop import expected_of

__doc__ = """The answer: none. Where the check drains (Google Cloud 924, Azure 921, a network load balancer that drains 300 s
938 of 1,000), the machine goes long before connections of an hour end; a cut at the check or at the removal takes all
1,000, earlier. Only clients that reconnect by themselves help.

""" + derivation


def expected(scenario):
    return {name: expected_of(doc) for name, doc in variants(scenario)}
