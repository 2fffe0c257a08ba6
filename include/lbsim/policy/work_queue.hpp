// SPDX-License-Identifier: Apache-2.0
// The rate-limited work queue of client-go as a plain data structure: time is passed in, keys are dense integers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "lbsim/core/time.hpp"

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Delay of the n-th consecutive failure of a key: base doubled n times, at most the cap. The defaults are those of the
/// service controller: 5, 10, 20 … 300 s.
/// Source: kubernetes/client-go util/workqueue/default_rate_limiters.go, v0.36.0;
/// kubernetes/cloud-provider controllers/service/controller.go, minRetryDelay and maxRetryDelay, v0.19.0 to v0.36.2.
struct BackOff {
    Duration base = 5s;
    Duration cap = 300s;
    /// Delay after `failures` earlier failures. Pre: base > 0.
    Duration delay(std::uint32_t failures) const;
};

/// Keys to be worked on: each waits at most once, is worked on by one worker at a time, and is worked on again where it
/// was added meanwhile. Every entry carries an opaque tag, that of the add which made it wait.
///
/// Cost: O(1) amortised, delayed entries O(log delayed). Shape: keys index a table, so keep them dense.
/// Order: first in, first out; delayed entries of one instant leave in the order of their adds.
/// Source: kubernetes/client-go util/workqueue queue.go, delaying_queue.go, rate_limiting_queue.go, v0.36.0.
class WorkQueue {
public:
    using Key = std::uint32_t;
    using Tag = std::uint64_t;
    struct Item {
        Key key = 0;
        Tag tag = 0;
        friend bool operator==(const Item&, const Item&) = default;
    };

    WorkQueue() = default;
    explicit WorkQueue(BackOff back_off) : back_off_(back_off) {}

    /// Makes the key wait; returns false, and keeps the older tag, where it waits already.
    bool add(Key key, Tag tag = 0);
    /// Takes the first waiting key; its worker calls done.
    std::optional<Item> get();
    /// Ends the work on a key; it waits again if it was added meanwhile.
    void done(Key key);

    /// Adds the key once `delay` is over: an earlier instant replaces a later one, a later one is ignored.
    void add_after(Key key, Time now, Duration delay, Tag tag = 0);
    /// Counts a failure of the key and adds it after its back-off; returns that delay.
    Duration add_rate_limited(Key key, Time now, Tag tag = 0);
    /// Clears the key's failures; an entry already delayed stays.
    void forget(Key key);
    std::uint32_t failures(Key key) const;

    /// When the earliest delayed entry becomes ready.
    std::optional<Time> next_ready() const;
    /// Adds every entry whose delay is over.
    void move_ready(Time now);

    /// Entries that get would return one after another.
    std::size_t size() const { return fifo_.size(); }
    bool empty() const { return fifo_.empty(); }

private:
    struct Entry {
        bool dirty = false;
        bool processing = false;
        std::uint32_t failures = 0;
        Tag tag = 0;          ///< of the add that made the key dirty
        Tag delayed_tag = 0;  ///< of the entry in delayed_
        std::optional<std::pair<Time, std::uint64_t>> delayed;  ///< its place in delayed_
    };
    struct Delayed {
        Time ready;
        std::uint64_t sequence;
        Key key;
        friend auto operator<=>(const Delayed&, const Delayed&) = default;
    };

    Entry& entry(Key key);

    BackOff back_off_;
    std::deque<Key> fifo_;
    std::vector<Entry> entries_;
    std::set<Delayed> delayed_;
    std::uint64_t next_sequence_ = 0;
};

}  // namespace lbsim::policy
#pragma GCC visibility pop
