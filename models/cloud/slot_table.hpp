// SPDX-License-Identifier: Apache-2.0
// Slots of a load balancer's targets: who enters takes the lowest that is free.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lbsim::cloud {

/// One bit a slot, because whole sets of targets leave and enter at once.
/// Cost: O(1) amortised where slots are taken in runs, O(slots / 64) at worst; clear keeps the memory.
class SlotTable {
public:
    std::uint32_t take() {
        while (lowest_ < free_.size() && free_[lowest_] == 0) ++lowest_;
        if (lowest_ == free_.size()) return used_++;
        std::uint64_t& word = free_[lowest_];
        const auto bit = static_cast<std::uint32_t>(std::countr_zero(word));
        word &= word - 1;
        return static_cast<std::uint32_t>(lowest_) * 64 + bit;
    }
    void give_back(std::uint32_t slot) {
        const std::size_t word = slot / 64;
        if (word >= free_.size()) free_.resize(word + 1, 0);
        free_[word] |= std::uint64_t{1} << (slot % 64);
        lowest_ = std::min(lowest_, word);
    }
    void clear() {
        free_.clear();
        lowest_ = 0;
        used_ = 0;
    }

private:
    std::vector<std::uint64_t> free_;
    std::size_t lowest_ = 0;   ///< no word before it has a free slot
    std::uint32_t used_ = 0;   ///< slots ever taken
};

}  // namespace lbsim::cloud
