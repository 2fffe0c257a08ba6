// SPDX-License-Identifier: Apache-2.0
// A bare number is no instant.
#include "lbsim/core/time.hpp"
using namespace lbsim;

#ifdef LBSIM_MISTAKE
Time start() { return 5; }
#else
Time start() { return at_us(5); }
#endif
