// SPDX-License-Identifier: Apache-2.0
// A bare number is no index of anything.
#include "lbsim/core/id.hpp"
using namespace lbsim;

#ifdef LBSIM_MISTAKE
PodId first() { return 0u; }
#else
PodId first() { return PodId{0u}; }
#endif
