// SPDX-License-Identifier: Apache-2.0
// Binary heap of plain events ordered by (time, rank, object, sequence).
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>
#include <vector>

#include "lbsim/engine/engine.hpp"

namespace lbsim::engine {

/// A callback at an instant, or the wake-up of an actor where `callback` is null: then `self` is its ActorSlot and
/// `argument` the token of the block it ends; another token means the entry is dead.
struct Event {
    Time t{};
    std::uint64_t key = 0;  ///< rank above object, so that one comparison orders both
    std::uint64_t sequence = 0;
    Engine::Callback callback = nullptr;
    void* self = nullptr;
    std::uint64_t argument = 0;

    static constexpr std::uint64_t key_of(Order order) {
        return (static_cast<std::uint64_t>(order.rank) << 32) | order.object;
    }
    constexpr unsigned rank() const { return static_cast<unsigned>(key >> 32); }
    friend bool operator>(const Event& a, const Event& b) {
        return std::tie(a.t, a.key, a.sequence) > std::tie(b.t, b.key, b.sequence);
    }
};

/// The sequence makes the order total, so how the heap is laid out never shows.
class EventHeap {
public:
    bool is_empty() const { return events_.empty(); }
    std::size_t size() const { return events_.size(); }
    const Event& top() const { return events_.front(); }

    void push(Event event) {
        event.sequence = next_sequence_++;
        events_.push_back(event);
        std::push_heap(events_.begin(), events_.end(), std::greater<>{});
    }
    Event pop() {
        std::pop_heap(events_.begin(), events_.end(), std::greater<>{});
        const Event event = events_.back();
        events_.pop_back();
        return event;
    }
    /// Drops what `is_dead` names. Cost: O(size).
    template <class Predicate>
    void remove_if(Predicate is_dead) {
        std::erase_if(events_, is_dead);
        std::make_heap(events_.begin(), events_.end(), std::greater<>{});
    }
    void clear() { events_.clear(); }

private:
    std::vector<Event> events_;
    std::uint64_t next_sequence_ = 0;
};

}  // namespace lbsim::engine
