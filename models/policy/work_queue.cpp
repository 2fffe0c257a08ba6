// SPDX-License-Identifier: Apache-2.0
// The work queue's states: waiting, processing, both, delayed.
#include "lbsim/policy/work_queue.hpp"

#include "lbsim/core/check.hpp"

namespace lbsim::policy {

Duration BackOff::delay(std::uint32_t failures) const {
    LBSIM_CHECK(base > Duration{}, "a back-off needs a positive base delay");
    Duration result = base;
    for (std::uint32_t i = 0; i < failures && result < cap; ++i) {
        if (result > cap - result) return cap;
        result += result;
    }
    return result < cap ? result : cap;
}

WorkQueue::Entry& WorkQueue::entry(Key key) {
    if (key >= entries_.size()) entries_.resize(static_cast<std::size_t>(key) + 1);
    return entries_[key];
}

bool WorkQueue::add(Key key, Tag tag) {
    Entry& e = entry(key);
    if (e.dirty) return false;
    e.dirty = true;
    e.tag = tag;
    if (!e.processing) fifo_.push_back(key);
    return true;
}

std::optional<WorkQueue::Item> WorkQueue::get() {
    if (fifo_.empty()) return std::nullopt;
    const Key key = fifo_.front();
    fifo_.pop_front();
    Entry& e = entries_[key];
    e.processing = true;
    e.dirty = false;
    return Item{key, e.tag};
}

void WorkQueue::done(Key key) {
    Entry& e = entry(key);
    LBSIM_CHECK(e.processing, "done for a key that nobody works on");
    e.processing = false;
    if (e.dirty) fifo_.push_back(key);
}

void WorkQueue::add_after(Key key, Time now, Duration delay, Tag tag) {
    if (delay <= Duration{}) {
        add(key, tag);
        return;
    }
    Entry& e = entry(key);
    const Time ready = saturating_add(now, delay);
    if (e.delayed) {
        if (e.delayed->first <= ready) return;
        delayed_.erase(Delayed{e.delayed->first, e.delayed->second, key});
    }
    e.delayed = {ready, next_sequence_++};
    e.delayed_tag = tag;
    delayed_.insert(Delayed{ready, e.delayed->second, key});
}

Duration WorkQueue::add_rate_limited(Key key, Time now, Tag tag) {
    Entry& e = entry(key);
    const Duration delay = back_off_.delay(e.failures);
    ++e.failures;
    add_after(key, now, delay, tag);
    return delay;
}

void WorkQueue::forget(Key key) { entry(key).failures = 0; }

std::uint32_t WorkQueue::failures(Key key) const { return key < entries_.size() ? entries_[key].failures : 0; }

std::optional<Time> WorkQueue::next_ready() const {
    if (delayed_.empty()) return std::nullopt;
    return delayed_.begin()->ready;
}

void WorkQueue::move_ready(Time now) {
    while (!delayed_.empty() && delayed_.begin()->ready <= now) {
        const Key key = delayed_.begin()->key;
        delayed_.erase(delayed_.begin());
        Entry& e = entries_[key];
        e.delayed.reset();
        add(key, e.delayed_tag);
    }
}

}  // namespace lbsim::policy
