// SPDX-License-Identifier: Apache-2.0
// An agenda whose entries are nearly all known, and nearly in order, before the first one is due.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <vector>

namespace lbsim::cloud {

/// A priority queue over lanes. A lane is filled beforehand and sorted once, which costs next to nothing where it comes
/// nearly in order; what is posted on the way goes to a heap. Entry: has operator< ; equals leave in no promised order.
/// Cost: O(1) an entry of an ordered lane, O(log n) of one without order or posted on the way. clear keeps the memory.
template <class Entry, std::size_t lane_count>
class MergedAgenda {
public:
    void clear() {
        for (Lane& lane : lanes_) {
            lane.entries.clear();
            lane.next = 0;
        }
        posted_.clear();
    }
    /// Before sort only.
    void fill(std::size_t lane, const Entry& entry) { lanes_[lane].entries.push_back(entry); }
    void sort() {
        for (Lane& lane : lanes_) sort(lane.entries);
    }
    void post(const Entry& entry) {
        posted_.push_back(entry);
        std::push_heap(posted_.begin(), posted_.end(), std::greater<>());
    }

    /// The first entry, which stays valid until the next call of take or post; nullptr where none is left.
    const Entry* take() {
        Lane* first = nullptr;
        for (Lane& lane : lanes_) {
            if (lane.next == lane.entries.size()) continue;
            if (first == nullptr || lane.head() < first->head()) first = &lane;
        }
        if (!posted_.empty() && (first == nullptr || posted_.front() < first->head())) {
            std::pop_heap(posted_.begin(), posted_.end(), std::greater<>());
            taken_ = posted_.back();
            posted_.pop_back();
            return &taken_;
        }
        return first == nullptr ? nullptr : &first->entries[first->next++];
    }

private:
    struct Lane {
        std::vector<Entry> entries;
        std::size_t next = 0;
        const Entry& head() const { return entries[next]; }
    };

    /// Insertion, as long as it moves few entries.
    static void sort(std::vector<Entry>& entries) {
        std::size_t moves_left = 8 * entries.size();
        for (std::size_t i = 1; i < entries.size(); ++i) {
            if (!(entries[i] < entries[i - 1])) continue;
            const Entry entry = entries[i];
            std::size_t to = i;
            for (; to > 0 && entry < entries[to - 1] && moves_left > 0; --to, --moves_left) entries[to] = entries[to - 1];
            entries[to] = entry;
            if (moves_left == 0) {
                std::stable_sort(entries.begin(), entries.end());
                return;
            }
        }
    }

    std::array<Lane, lane_count> lanes_;
    std::vector<Entry> posted_;
    Entry taken_{};
};

}  // namespace lbsim::cloud
