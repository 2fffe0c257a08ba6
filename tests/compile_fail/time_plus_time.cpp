// SPDX-License-Identifier: Apache-2.0
// Two instants have no sum.
#include "lbsim/core/time.hpp"
using namespace lbsim;

#ifdef LBSIM_MISTAKE
auto later(Time a, Time b) { return a + b; }
#else
Time later(Time a, Duration b) { return a + b; }
#endif
