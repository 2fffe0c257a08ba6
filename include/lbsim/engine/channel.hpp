// SPDX-License-Identifier: Apache-2.0
// Unbounded FIFO between actors.
#pragma once

#include <deque>
#include <utility>

#include "lbsim/engine/engine.hpp"

namespace lbsim::engine {

/// push never blocks; pop blocks the calling actor until there is an item.
template <class T>
class Channel {
public:
    explicit Channel(Engine& engine) : arrived_(engine) {}
    void push(T item) {
        items_.push_back(std::move(item));
        arrived_.notify_one();
    }
    T pop() {
        while (items_.empty()) arrived_.wait();
        T item = std::move(items_.front());
        items_.pop_front();
        return item;
    }
    bool is_empty() const { return items_.empty(); }

private:
    std::deque<T> items_;
    Signal arrived_;
};

}  // namespace lbsim::engine
