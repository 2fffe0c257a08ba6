// SPDX-License-Identifier: Apache-2.0
// Slots of a load balancer's targets: who enters takes the lowest that is free.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

namespace lbsim::cloud {

/// Cost: O(log free) a call; clear keeps the memory.
class SlotTable {
public:
    std::uint32_t take() {
        if (free_.empty()) return used_++;
        std::pop_heap(free_.begin(), free_.end(), std::greater<>());
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        return slot;
    }
    void give_back(std::uint32_t slot) {
        free_.push_back(slot);
        std::push_heap(free_.begin(), free_.end(), std::greater<>());
    }
    void clear() {
        free_.clear();
        used_ = 0;
    }

private:
    std::vector<std::uint32_t> free_;  ///< a heap, lowest first
    std::uint32_t used_ = 0;           ///< slots ever taken
};

}  // namespace lbsim::cloud
