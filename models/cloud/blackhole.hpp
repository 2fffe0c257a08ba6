// SPDX-License-Identifier: Apache-2.0
// How long a load balancer may send new connections to nodes on which no SYN is answered.
#pragma once

#include "lbsim/history/forwarding.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"

namespace lbsim::cloud {

/// Summed over the targets of one load balancer, within the run.
/// A SYN is not answered where the machine is off, where eTP:Local drops it, and where every endpoint that the node
/// would forward to sits on a machine that is off. RST and ICMP are answers.
Duration blackhole_time(const history::History& history, const history::TargetTimeline& targets,
                        const history::Forwarding& forwarding);

}  // namespace lbsim::cloud
