// SPDX-License-Identifier: Apache-2.0
// A lock between actors: first come first served.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "lbsim/engine/engine.hpp"

namespace lbsim::cloud {

/// Held by the actor whose ticket is the oldest. An actor that is cancelled while it waits or holds gives its ticket back.
class TicketLock {
public:
    explicit TicketLock(engine::Engine& engine) : moved_on_(engine) {}

    bool is_held() const { return !tickets_.empty(); }

    /// Holds the lock for as long as it lives; its constructor blocks the calling actor.
    class Guard {
    public:
        explicit Guard(TicketLock& lock) : lock_(&lock), ticket_(lock.next_++) {
            lock_->tickets_.push_back(ticket_);
            try {
                while (lock_->tickets_.front() != ticket_) lock_->moved_on_.wait();
            } catch (...) {  // also Cancelled, which is no std::exception
                give_back();
                throw;
            }
        }
        ~Guard() { give_back(); }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;

    private:
        void give_back() {
            lock_->tickets_.erase(std::find(lock_->tickets_.begin(), lock_->tickets_.end(), ticket_));
            lock_->moved_on_.notify_all();
        }
        TicketLock* lock_;
        std::uint64_t ticket_;
    };

private:
    std::deque<std::uint64_t> tickets_;
    std::uint64_t next_ = 0;
    engine::Signal moved_on_;
};

}  // namespace lbsim::cloud
