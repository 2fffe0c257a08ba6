// SPDX-License-Identifier: Apache-2.0
// Signals: who waits, who is woken, and what happens to a notify whose waiter is cancelled before it wakes.
#include <algorithm>

#include "sim/engine/engine_impl.hpp"

namespace lbsim::engine {

Signal::~Signal() {
    if (attached_ > 0) engine_->impl().forget(*this);
}

void Signal::wait() { engine_->impl().block(this, never); }

bool Signal::wait_until(Time t) {
    Engine::Impl& impl = engine_->impl();
    if (us_of(t) <= impl.now_us) {
        impl.throw_if_cancelled(impl.current_actor("wait_until"));
        return false;
    }
    return impl.block(this, t);
}

void Signal::notify_one() {
    if (!waiters_.empty()) engine_->impl().notify(*this);
}

void Signal::notify_all() {
    // Only who waits now: a waiter cannot come back before the caller has blocked or returned. Everybody has heard it, so
    // nobody needs to pass it on.
    while (!waiters_.empty()) Engine::Impl::detach(engine_->impl().notify(*this));
}

ActorSlot& Engine::Impl::notify(Signal& signal) {
    ActorSlot& actor = slots[signal.waiters_.front().actor.slot];
    signal.waiters_.erase(signal.waiters_.begin());
    actor.notified = true;
    renew_token(actor);
    post_wake_up(actor, at_us(now_us));
    return actor;
}

void Engine::Impl::detach(ActorSlot& actor) {
    Signal* signal = actor.signal;
    if (signal == nullptr) return;
    actor.signal = nullptr;
    --signal->attached_;
    if (!actor.notified) {
        std::erase_if(signal->waiters_, [&](const Signal::Waiter& w) { return w.actor.slot == actor.index; });
    }
}

void Engine::Impl::forget(Signal& signal) {
    for (ActorSlot& actor : slots) {
        if (actor.signal == &signal) actor.signal = nullptr;
    }
}

}  // namespace lbsim::engine
