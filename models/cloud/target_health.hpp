// SPDX-License-Identifier: Apache-2.0
// Health checking and membership of one load balancer, worked out from change logs instead of probe by probe.
#pragma once

#include <cstdint>
#include <memory>

#include "lbsim/history/forwarding.hpp"
#include "lbsim/history/history.hpp"
#include "lbsim/history/target_timeline.hpp"
#include "lbsim/scenario/scenario.hpp"

namespace lbsim::cloud {

/// Works out load balancers one after another; what does not depend on the load balancer is worked out once.
/// Probes are stepped only where their answer may flip a verdict; in between they are counted.
/// Cost: O(memberships + their happenings) a load balancer, its memory is used again for the next.
class TargetResolver {
public:
    TargetResolver(const history::History& history, const scenario::Scenario& scenario, std::uint32_t replication);
    ~TargetResolver();

    /// What is asked for beside the life itself.
    struct Rows {
        std::uint32_t first_event = 0;   ///< id that the first connections_cut row will get
        Time changes_until = never;      ///< see TargetTimeline
        Time events_until = never;
    };
    /// The life of a load balancer, valid until the next call.
    const history::TargetTimeline& resolve(ServiceId service, const history::Forwarding& forwarding, const Rows& rows);

private:
    class Work;
    std::unique_ptr<Work> work_;
};

/// The life of one load balancer alone.
history::TargetTimeline resolve_targets(const history::History& history, const scenario::Scenario& scenario,
                                        ServiceId service, const history::Forwarding& forwarding,
                                        std::uint32_t replication, std::uint32_t first_event);

}  // namespace lbsim::cloud
