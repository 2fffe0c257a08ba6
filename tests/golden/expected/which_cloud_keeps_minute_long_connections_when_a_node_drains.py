# SPDX-License-Identifier: Apache-2.0
"""S6 with lives of a minute; what the golden file says of it is put together below."""
from common import variants
from first_hop import __doc__ as derivation
from first_hop import expected_of

__doc__ = """The answer: Google Cloud (9 of 1,000 break), Azure (7) and a network load balancer that is told to drain for 300 s
(22). By default a network load balancer resets all 1,000 when the check fails; so does a load balancer that cuts when 1.26
removes the node.

""" + derivation


def expected(scenario):
    return {name: expected_of(doc) for name, doc in variants(scenario)}
