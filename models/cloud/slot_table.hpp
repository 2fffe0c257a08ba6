// SPDX-License-Identifier: Apache-2.0
// Slots of a load balancer's targets: who enters takes the lowest that is free.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace lbsim::cloud {

class SlotTable {
public:
    std::uint32_t take() {
        if (free_.empty()) return used_++;
        const std::uint32_t slot = free_.top();
        free_.pop();
        return slot;
    }
    void give_back(std::uint32_t slot) { free_.push(slot); }

private:
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> free_;
    std::uint32_t used_ = 0;  ///< slots ever taken
};

}  // namespace lbsim::cloud
