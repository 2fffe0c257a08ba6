// SPDX-License-Identifier: Apache-2.0
// How many load balancers are out of sync at any instant, and for how long they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lbsim/core/id.hpp"
#include "lbsim/core/time.hpp"

namespace lbsim::history {

/// Turns of load balancers, summed up as they happen.
/// Cost: O(1) a turn; 16 bytes for all turns of one instant.
class DesyncLog {
public:
    explicit DesyncLog(std::size_t services = 0) : since_(services, never) {}

    /// A load balancer falls out of sync, or comes back. Pre: it was the other way; in order of time.
    void turn(Time t, ServiceId service, bool is_desynced);
    bool is_desynced(ServiceId service) const { return since_[service.index()] != never; }

    /// From `t` on `desynced` load balancers are out of sync.
    struct Count {
        Time t{};
        std::uint64_t desynced = 0;
    };
    const std::vector<Count>& counts() const { return counts_; }

    struct Totals {
        Duration load_balancers{};  ///< summed over load balancers
        Duration longest{};         ///< of one load balancer without a break
        Duration full_sync{};       ///< longest stretch in which some load balancer was out of sync
    };
    Totals totals(Time end) const;

private:
    std::vector<Time> since_;  ///< by service; never: in sync
    std::uint64_t desynced_ = 0;
    Time unsettled_{};         ///< since when some load balancer has been out of sync
    Totals past_;              ///< of stretches that are over
    std::vector<Count> counts_;
};

}  // namespace lbsim::history
