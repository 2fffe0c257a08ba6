// SPDX-License-Identifier: Apache-2.0
// A bare number is no span: it has no unit.
#include "lbsim/core/time.hpp"
using namespace lbsim;

#ifdef LBSIM_MISTAKE
Duration timeout = 5;
#else
Duration timeout = 5s;
#endif
