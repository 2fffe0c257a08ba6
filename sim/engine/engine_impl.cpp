// SPDX-License-Identifier: Apache-2.0
// The rounds of a run: callbacks inline, one actor handed over at a time, and the orderly end.
#include "sim/engine/engine_impl.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "lbsim/core/check.hpp"
#include "lbsim/core/error.hpp"

namespace lbsim::engine {

namespace {

constexpr std::size_t dead_entries_worth_a_sweep = 1024;
constexpr std::uint64_t events_watched_before_the_limit = 1000;
constexpr std::size_t names_in_a_message = 20;
constexpr unsigned refusals_before_giving_up = 1000;

std::string quoted_list(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < names_in_a_message; ++i) {
        text += (i == 0 ? "'" : ", '") + names[i] + "'";
    }
    if (names.size() > names_in_a_message) {
        text += " and " + std::to_string(names.size() - names_in_a_message) + " more";
    }
    return text;
}

}  // namespace

Engine::Impl::Impl(Engine& engine, Options engine_options)
    : self(&engine), options(engine_options),
      kernel(
          engine_options, [](void* impl) { static_cast<Impl*>(impl)->round(); },
          [](void* impl, std::size_t carrier) { static_cast<Impl*>(impl)->carry(carrier); }, this) {
    set_check_clock(&now_us);
}

Engine::Impl::~Impl() {
    set_check_clock(nullptr);
    phase = Phase::done;
    for (ActorSlot& actor : slots) actor.body = nullptr;  // of a run that never began; may still ask the engine
}

ActorRef Engine::Impl::spawn(std::string name, Order order, std::function<void()> body, Ground ground) {
    if (phase >= Phase::ending) return {};
    if (free_slots.empty()) {
        slots.emplace_back(*self, static_cast<std::uint32_t>(slots.size()));
        free_slots.push_back(slots.back().index);
    }
    ActorSlot& actor = slots[free_slots.back()];
    free_slots.pop_back();
    actor.state = ActorSlot::State::posted;
    actor.ground = ground;
    actor.cancel_requested = false;
    actor.order = order;
    actor.created = next_created++;
    actor.name = std::move(name);
    actor.body = std::move(body);
    ++stats.spawned;
    renew_token(actor);
    post_wake_up(actor, at_us(now_us));
    return {.slot = actor.index, .generation = actor.generation};
}

ActorSlot* Engine::Impl::find(ActorRef ref) {
    if (ref.slot >= slots.size()) return nullptr;
    ActorSlot& actor = slots[ref.slot];
    return actor.generation == ref.generation && actor.state != ActorSlot::State::free ? &actor : nullptr;
}

void Engine::Impl::cancel(ActorSlot& actor) {
    if (phase >= Phase::ending) return;
    if (actor.cancel_requested) return;
    actor.cancel_requested = true;
    if (actor.state != ActorSlot::State::parked) return;
    Signal* signal = actor.signal;
    const bool holds_a_notify = signal != nullptr && actor.notified;
    detach(actor);
    renew_token(actor);
    post_wake_up(actor, at_us(now_us));
    if (holds_a_notify) signal->notify_one();
}

ActorSlot& Engine::Impl::current_actor(const char* call) {
    LBSIM_CHECK(current != nullptr, std::string(call) + " was called outside any actor");
    return *current;
}

bool Engine::Impl::block(Signal* signal, Time until) {
    ActorSlot& actor = current_actor("a blocking call");
    throw_if_cancelled(actor);
    actor.state = ActorSlot::State::parked;
    actor.notified = false;
    actor.signal = signal;
    if (signal != nullptr) {
        ++signal->attached_;
        signal->waiters_.push_back({{actor.index, actor.generation}});
    }
    renew_token(actor);
    if (until != never) post_wake_up(actor, until);
    park(actor);
    actor.state = ActorSlot::State::running;
    detach(actor);
    throw_if_cancelled(actor);
    return actor.notified;
}

void Engine::Impl::throw_if_cancelled(ActorSlot& actor) {
    if (phase < Phase::ending && !actor.cancel_requested) return;
    LBSIM_CHECK(std::uncaught_exceptions() == 0, "actor '" + actor.name + "' blocks in a destructor while it unwinds");
    if (phase >= Phase::ending) {
        LBSIM_CHECK(++actor.refusals < refusals_before_giving_up, "actor '" + actor.name + "' swallows Cancelled");
    }
    actor.cancel_requested = false;
    throw Cancelled{};
}

Outcome Engine::Impl::run(Time run_horizon) {
    LBSIM_CHECK(phase == Phase::before, "an engine runs once");
    phase = Phase::running;
    horizon = run_horizon;
    arm_next_round();
    kernel.run();
    LBSIM_CHECK(phase == Phase::done, "SimGrid returned before the engine was done");
    heap.clear();
    if (!failure.empty()) throw RunError(failure);
    return outcome;
}

void Engine::Impl::round() {
    ++stats.rounds;
    current = nullptr;
    while (phase == Phase::running) {
        if (!handle_next()) return;
    }
    while (phase == Phase::ending) {
        if (!unwind_next()) return;
    }
}

/// False where an actor goes on: the rest of the instant waits until it has parked.
bool Engine::Impl::handle_next() {
    if (const std::optional<OutcomeKind> reason = end_reason()) {
        switch (*reason) {
            case OutcomeKind::stuck: begin_end(*reason, stuck_message()); break;
            case OutcomeKind::no_progress: begin_end(*reason, no_progress_message()); break;
            case OutcomeKind::horizon:
                now_us = us_of(horizon);
                [[fallthrough]];
            default: begin_end(*reason, {});
        }
        return true;
    }
    const Event event = take_next();
    if (event.callback == nullptr) {
        hand_over(*static_cast<ActorSlot*>(event.self));
        return false;
    }
    ++stats.callbacks;
    try {
        event.callback(event.self, event.argument);
    } catch (const std::exception& e) {
        fail("event at " + seconds_text(event.t) + " s failed: " + e.what());
    } catch (...) {
        fail("event at " + seconds_text(event.t) + " s failed: an exception of unknown type");
    }
    return true;
}

std::optional<OutcomeKind> Engine::Impl::end_reason() {
    if (stop_requested || !failure.empty()) return OutcomeKind::stopped;
    drop_dead();
    if (heap.is_empty()) {
        const bool hangs = std::any_of(slots.begin(), slots.end(), [](const ActorSlot& actor) {
            return actor.state == ActorSlot::State::parked && actor.ground == Ground::foreground;
        });
        return hangs ? OutcomeKind::stuck : OutcomeKind::drained;
    }
    const Time t = heap.top().t;
    if (t >= horizon) return OutcomeKind::horizon;
    if (us_of(t) == now_us && events_in_instant >= options.events_per_instant_limit) return OutcomeKind::no_progress;
    return std::nullopt;
}

Event Engine::Impl::take_next() {
    const Event event = heap.pop();
    handled_key = event.key;
    if (us_of(event.t) != now_us) {
        events_in_instant = 0;
        now_us = us_of(event.t);
    }
    ++events_in_instant;
    if (event.callback == nullptr) {
        ActorSlot& actor = *static_cast<ActorSlot*>(event.self);
        actor.has_entry = false;
        ++stats.wake_ups;
        if (events_in_instant + events_watched_before_the_limit > options.events_per_instant_limit) {
            woken_lately.push_back(actor.index);
        }
    }
    return event;
}

void Engine::Impl::begin_end(OutcomeKind kind, std::string message) {
    outcome = {.kind = kind, .at = at_us(now_us), .message = std::move(message)};
    phase = Phase::ending;
    for (const ActorSlot* actor : alive_by_creation()) to_unwind.push_back(actor->index);
}

/// False where an actor goes on to unwind, or where nothing is left to do.
bool Engine::Impl::unwind_next() {
    while (!to_unwind.empty()) {
        ActorSlot& actor = slots[to_unwind.back()];
        to_unwind.pop_back();
        if (actor.state == ActorSlot::State::parked) {
            hand_over(actor);
            return false;
        }
        if (actor.state == ActorSlot::State::posted) release(actor);
    }
    phase = Phase::done;
    for (const std::size_t carrier : idle_carriers) kernel.resume_carrier(carrier);
    return false;
}

void Engine::Impl::post_wake_up(ActorSlot& actor, Time t) {
    heap.push({.t = t, .key = Event::key_of(actor.order), .self = &actor, .argument = actor.token});
    actor.has_entry = true;
}

void Engine::Impl::renew_token(ActorSlot& actor) {
    ++actor.token;
    if (!std::exchange(actor.has_entry, false)) return;
    ++dead_entries;
    if (dead_entries > dead_entries_worth_a_sweep && dead_entries > heap.size() / 2) {
        heap.remove_if(is_dead);
        dead_entries = 0;
    }
}

bool Engine::Impl::is_dead(const Event& event) {
    return event.callback == nullptr && static_cast<const ActorSlot*>(event.self)->token != event.argument;
}

void Engine::Impl::drop_dead() {
    while (!heap.is_empty() && is_dead(heap.top())) {
        heap.pop();
        --dead_entries;
    }
}

void Engine::Impl::fail(std::string text) {
    if (failure.empty()) failure = std::move(text);
}

std::vector<const ActorSlot*> Engine::Impl::alive_by_creation() const {
    std::vector<const ActorSlot*> alive;
    for (const ActorSlot& actor : slots) {
        if (actor.state != ActorSlot::State::free) alive.push_back(&actor);
    }
    std::sort(alive.begin(), alive.end(), [](const ActorSlot* a, const ActorSlot* b) { return a->created < b->created; });
    return alive;
}

std::string Engine::Impl::stuck_message() const {
    std::vector<std::string> names;
    for (const ActorSlot* actor : alive_by_creation()) {
        if (actor->state == ActorSlot::State::parked && actor->ground == Ground::foreground) names.push_back(actor->name);
    }
    return "stuck at " + seconds_text(at_us(now_us)) + " s: nothing is left to happen, but " +
           std::to_string(names.size()) + (names.size() == 1 ? " actor waits: " : " actors wait: ") + quoted_list(names);
}

std::string Engine::Impl::no_progress_message() const {
    std::vector<std::string> names;
    for (const std::uint32_t index : woken_lately) {
        const std::string& name = slots[index].name;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return "no progress: more than " + std::to_string(options.events_per_instant_limit) + " events at " +
           seconds_text(at_us(now_us)) + " s; " +
           (names.empty() ? "the last were callbacks" : "woken last: " + quoted_list(names));
}

}  // namespace lbsim::engine
