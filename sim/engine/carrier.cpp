// SPDX-License-Identifier: Apache-2.0
// Carriers: the pooled stacks on which actors run, and how an actor leaves and comes back.
#include <exception>

#include "lbsim/core/check.hpp"
#include "sim/engine/engine_impl.hpp"

namespace lbsim::engine {

void Engine::Impl::hand_over(ActorSlot& actor) {
    current = &actor;
    if (actor.carrier == ActorSlot::no_carrier) {
        if (idle_carriers.empty()) {
            actor.carrier = kernel.start_carrier();
            carried.resize(actor.carrier + 1);
            carried[actor.carrier] = &actor;
            return;
        }
        actor.carrier = idle_carriers.back();
        idle_carriers.pop_back();
        carried[actor.carrier] = &actor;
    }
    kernel.resume_carrier(actor.carrier);
}

void Engine::Impl::carry(std::size_t carrier) {
    while (phase != Phase::done) {
        ActorSlot& actor = *carried[carrier];
        run_body(actor);
        release(actor);
        current = nullptr;
        idle_carriers.push_back(carrier);
        arm_next_round();
        kernel.park();
    }
}

void Engine::Impl::run_body(ActorSlot& actor) {
    actor.state = ActorSlot::State::running;
    const auto failed_with = [&](const std::string& what) {
        fail("actor '" + actor.name + "' failed at " + seconds_text(at_us(now_us)) + " s: " + what);
    };
    try {
        actor.body();
    } catch (const Cancelled&) {
        // The orderly way to end early.
    } catch (const std::exception& e) {
        failed_with(e.what());
    } catch (...) {
        failed_with("an exception of unknown type");
    }
}

void Engine::Impl::release(ActorSlot& actor) {
    actor.body = nullptr;  // first, since it may own what other actors wait for
    actor.state = ActorSlot::State::free;
    actor.carrier = ActorSlot::no_carrier;
    actor.refusals = 0;
    ++actor.generation;
    renew_token(actor);
    if (phase >= Phase::ending) return;
    actor.ended.notify_all();
    free_slots.push_back(actor.index);
}

void Engine::Impl::park(ActorSlot& actor) {
    if (take_own_wake_up(actor)) return;
    current = nullptr;
    arm_next_round();
    kernel.park();
}

/// An actor that is itself next goes on without leaving its stack.
bool Engine::Impl::take_own_wake_up(const ActorSlot& actor) {
    if (end_reason() || heap.top().callback != nullptr || heap.top().self != &actor) return false;
    take_next();
    return true;
}

void Engine::Impl::arm_next_round() {
    if (phase == Phase::running && !end_reason()) {
        kernel.arm(heap.top().t);
    } else {
        kernel.arm_now();
    }
}

}  // namespace lbsim::engine
