// SPDX-License-Identifier: Apache-2.0
// A fraction of a second does not turn into whole microseconds by itself.
#include "lbsim/core/time.hpp"
using namespace lbsim;

#ifdef LBSIM_MISTAKE
Duration timeout = 0.5s;
#else
Duration timeout = std::chrono::duration_cast<Duration>(0.5s);
#endif
