// SPDX-License-Identifier: Apache-2.0
// Indices of two tables do not compare.
#include "lbsim/core/id.hpp"
using namespace lbsim;

#ifdef LBSIM_MISTAKE
bool same(NodeId a, PodId b) { return a == b; }
#else
bool same(NodeId a, NodeId b) { return a == b; }
#endif
