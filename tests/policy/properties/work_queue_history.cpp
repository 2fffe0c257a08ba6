// SPDX-License-Identifier: Apache-2.0
// The work queue beside a model that keeps plain lists and searches them.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "bytes.hpp"
#include "histories.hpp"
#include "lbsim/policy/work_queue.hpp"

namespace lbsim::test {

using namespace policy;

namespace {
using Key = WorkQueue::Key;
using Tag = WorkQueue::Tag;

/// Doubling in 128 bits, so that nothing overflows.
Duration naive_delay(const BackOff& back_off, std::uint32_t failures) {
    __extension__ __int128 delay = back_off.base.count();
    for (std::uint32_t i = 0; i < failures && delay < back_off.cap.count(); ++i) delay *= 2;
    return delay < back_off.cap.count() ? Duration{static_cast<std::int64_t>(delay)} : back_off.cap;
}

/// A queue whose every answer is searched for.
class NaiveQueue {
public:
    explicit NaiveQueue(BackOff back_off) : back_off_(back_off) {}

    bool add(Key key, Tag tag) {
        if (dirty_.contains(key)) return false;
        dirty_[key] = tag;
        if (!processing_.contains(key)) waiting_.push_back(key);
        return true;
    }
    std::optional<WorkQueue::Item> get() {
        if (waiting_.empty()) return std::nullopt;
        const Key key = waiting_.front();
        waiting_.erase(waiting_.begin());
        require(processing_.insert(key).second, "a key is never processed by two workers");
        const Tag tag = dirty_.at(key);
        dirty_.erase(key);
        return WorkQueue::Item{key, tag};
    }
    void done(Key key) {
        processing_.erase(key);
        if (dirty_.contains(key)) waiting_.push_back(key);
    }
    void add_after(Key key, Time now, Duration delay, Tag tag) {
        if (delay <= Duration{}) {
            add(key, tag);
            return;
        }
        const Time ready = us_of(never) - us_of(now) < delay.count() ? never : now + delay;
        const auto same_key = [key](const Delayed& d) { return d.key == key; };
        const auto found = std::find_if(delayed_.begin(), delayed_.end(), same_key);
        if (found != delayed_.end() && found->ready <= ready) return;
        if (found != delayed_.end()) delayed_.erase(found);
        delayed_.push_back({ready, key, tag});  // at the end: of one instant the earlier add goes first
    }
    Duration add_rate_limited(Key key, Time now, Tag tag) {
        const Duration delay = naive_delay(back_off_, failures_[key]++);
        add_after(key, now, delay, tag);
        return delay;
    }
    void forget(Key key) { failures_.erase(key); }
    std::optional<Time> next_ready() const {
        std::optional<Time> first;
        for (const Delayed& d : delayed_) first = first ? std::min(*first, d.ready) : d.ready;
        return first;
    }
    void move_ready(Time now) {
        while (next_ready() && *next_ready() <= now) {
            const Time ready = *next_ready();
            const auto found = std::find_if(delayed_.begin(), delayed_.end(), [&](const Delayed& d) { return d.ready == ready; });
            const Delayed due = *found;
            delayed_.erase(found);
            add(due.key, due.tag);
        }
    }

    const std::vector<Key>& waiting() const { return waiting_; }
    const std::set<Key>& processing() const { return processing_; }
    std::uint32_t failures(Key key) const { return failures_.contains(key) ? failures_.at(key) : 0; }

private:
    struct Delayed {
        Time ready;
        Key key;
        Tag tag;
    };
    BackOff back_off_;
    std::map<Key, Tag> dirty_;
    std::set<Key> processing_;
    std::vector<Key> waiting_;
    std::vector<Delayed> delayed_;
    std::map<Key, std::uint32_t> failures_;
};

/// Delays of every size, zero and negative ones too.
Duration duration_from(Bytes& bytes) {
    const std::int64_t value = bytes.next();
    switch (bytes.below(6)) {
        case 0: return Duration{value} - 8us;
        case 1: return Duration{value} * 1'000'000;
        case 2: return Duration::max() - Duration{value};
        case 3: return Duration{value << (value % 50)};
        default: return Duration{value / 16} * 5'000'000;
    }
}

class QueuePair {
public:
    explicit QueuePair(BackOff back_off) : back_off_(back_off), queue_(back_off), naive_(back_off) {}

    void step(Bytes& bytes) {
        const Key key = bytes.below(8);
        const Tag tag = ++tag_;
        switch (bytes.below(10)) {
            case 0: case 1: require(queue_.add(key, tag) == naive_.add(key, tag), "add tells whether the key waited"); break;
            case 2: case 3: get(); break;
            case 4: case 5: done(key); break;
            case 6: {
                const Duration delay = duration_from(bytes);
                queue_.add_after(key, now_, delay, tag);
                naive_.add_after(key, now_, delay, tag);
                break;
            }
            case 7: {
                const Duration delay = queue_.add_rate_limited(key, now_, tag);
                require(delay == naive_.add_rate_limited(key, now_, tag), "back-off is base times 2^n, at most the cap");
                require(delay <= std::max(back_off_.cap, Duration{}), "back-off never exceeds its cap");
                break;
            }
            case 8:
                queue_.forget(key);
                naive_.forget(key);
                break;
            default:
                now_ = saturating_add(now_, std::max(Duration{}, duration_from(bytes)));
                move_ready();
                break;
        }
        compare();
    }

    /// Every key that was added comes out once more and once only.
    void drain() {
        now_ = never;
        for (Key key = 0; key < 8; ++key) done(key);
        move_ready();
        std::set<Key> seen;
        while (!queue_.empty()) {
            const auto item = get();
            require(item && seen.insert(item->key).second, "a key that was added comes out once");
            done(item->key);
            compare();
        }
        require(!queue_.next_ready(), "at the end of time nothing is delayed");
    }

private:
    std::optional<WorkQueue::Item> get() {
        const auto item = queue_.get();
        require(item == naive_.get(), "keys come out in the order of their adds, with the tag of the add that counted");
        return item;
    }
    void done(Key key) {
        if (!naive_.processing().contains(key)) return;
        queue_.done(key);
        naive_.done(key);
    }
    void move_ready() {
        queue_.move_ready(now_);
        naive_.move_ready(now_);
    }
    void compare() const {
        require(queue_.size() == naive_.waiting().size() && queue_.empty() == naive_.waiting().empty(),
                "as many keys wait as the model says");
        require(queue_.next_ready() == naive_.next_ready(), "the next delayed key is the model's");
        for (Key key = 0; key < 8; ++key) {
            require(queue_.failures(key) == naive_.failures(key), "failures are counted until they are forgotten");
        }
    }

    BackOff back_off_;
    WorkQueue queue_;
    NaiveQueue naive_;
    Time now_ = time_zero;
    Tag tag_ = 0;
};
}  // namespace

void play_work_queue(std::span<const std::uint8_t> input) {
    Bytes bytes(input);
    BackOff back_off;
    if (bytes.happens(64)) {
        back_off.base = std::max(Duration{1}, duration_from(bytes));
        back_off.cap = std::max(Duration{}, duration_from(bytes));
    }
    for (const std::uint32_t failures : {0U, 1U, 2U, 6U, 7U, 62U, 63U, 64U, 4'000'000'000U}) {
        require(back_off.delay(failures) == naive_delay(back_off, failures), "back-off is base times 2^n, at most the cap");
    }
    QueuePair pair(back_off);
    while (!bytes.is_over()) pair.step(bytes);
    pair.drain();
}

}  // namespace lbsim::test
