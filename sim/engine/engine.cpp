// SPDX-License-Identifier: Apache-2.0
// The public face of the engine: checks what a caller must keep to, then hands on.
#include "lbsim/engine/engine.hpp"

#include <utility>

#include "lbsim/core/check.hpp"
#include "sim/engine/engine_impl.hpp"

namespace lbsim::engine {

Engine::Engine(Options options) {
    // SimGrid's clock does not restart and its global state is not meant to be built twice.
    static bool has_been_constructed = false;
    LBSIM_CHECK(!has_been_constructed, "a process can have one engine only; fork for another run");
    has_been_constructed = true;
    impl_ = std::make_unique<Impl>(*this, options);
}

Engine::~Engine() = default;

Time Engine::now() const { return at_us(impl_->now_us); }

Order Engine::current_order() const {
    return {.rank = static_cast<std::uint8_t>(impl_->handled_key >> 32),
            .object = static_cast<std::uint32_t>(impl_->handled_key)};
}

void Engine::at(Time t, Order order, Callback callback, void* self, std::uint64_t argument) {
    LBSIM_CHECK(us_of(t) >= impl_->now_us, "an event was posted in the past, at " + seconds_text(t) + " s");
    LBSIM_CHECK(callback != nullptr, "an event without a callback");
    if (t == never || impl_->phase >= Impl::Phase::ending) return;
    impl_->heap.push({.t = t, .key = Event::key_of(order), .callback = callback, .self = self, .argument = argument});
}

ActorRef Engine::spawn(std::string name, Order order, std::function<void()> body, Ground ground) {
    LBSIM_CHECK(body != nullptr, "actor '" + name + "' has no body");
    return impl_->spawn(std::move(name), order, std::move(body), ground);
}

bool Engine::is_alive(ActorRef actor) const { return impl_->find(actor) != nullptr; }

void Engine::join(ActorRef actor) {
    LBSIM_CHECK(impl_->find(actor) != &impl_->current_actor("join"), "an actor waits for its own end");
    while (ActorSlot* slot = impl_->find(actor)) slot->ended.wait();
}

void Engine::cancel(ActorRef actor) {
    if (ActorSlot* slot = impl_->find(actor)) impl_->cancel(*slot);
}

void Engine::sleep_until(Time t) {
    ActorSlot& actor = impl_->current_actor("sleep_until");
    if (us_of(t) <= impl_->now_us) {
        impl_->throw_if_cancelled(actor);
        return;
    }
    impl_->block(nullptr, t);
}

void Engine::stop() { impl_->stop_requested = true; }

Outcome Engine::run(Time horizon) { return impl_->run(horizon); }

std::vector<std::string> Engine::blocked_actors() const {
    std::vector<std::string> names;
    for (const ActorSlot* actor : impl_->alive_by_creation()) {
        if (actor->state == ActorSlot::State::parked) names.push_back(actor->name);
    }
    return names;
}

Stats Engine::stats() const {
    Stats stats = impl_->stats;
    stats.stacks_created = impl_->kernel.carrier_count();
    return stats;
}

std::string_view Engine::current_name() const {
    return impl_->current == nullptr ? std::string_view{} : std::string_view{impl_->current->name};
}

}  // namespace lbsim::engine
