// SPDX-License-Identifier: Apache-2.0
// The state behind Engine: slots of actors, the heap of events, and what a round of the kernel does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lbsim/engine/engine.hpp"
#include "sim/engine/event_heap.hpp"
#include "sim/engine/simgrid_kernel.hpp"

namespace lbsim::engine {

/// One actor, or a free place for one.
struct ActorSlot {
    enum class State : std::uint8_t { free, posted, running, parked };
    static constexpr std::size_t no_carrier = static_cast<std::size_t>(-1);

    ActorSlot(Engine& engine, std::uint32_t own_index) : index(own_index), ended(engine) {}

    std::uint32_t index;
    std::uint32_t generation = 0;
    State state = State::free;
    Ground ground = Ground::foreground;
    bool cancel_requested = false;
    bool notified = false;       ///< what the block that is ending returns
    bool has_entry = false;      ///< an entry with the current token is in the heap
    unsigned refusals = 0;       ///< blocking calls that threw since the run began to end
    Order order;
    std::uint64_t token = 0;     ///< only the heap entry that carries it may wake the actor; outlives generations
    std::uint64_t created = 0;
    std::size_t carrier = no_carrier;
    Signal* signal = nullptr;    ///< what it waits for, or by which it was notified and has not woken yet
    std::string name;
    std::function<void()> body;
    Signal ended;                ///< for join
};

struct Engine::Impl {
    Impl(Engine& engine, Options engine_options);
    ~Impl();
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    // Called by models, from callbacks or actors.
    ActorRef spawn(std::string name, Order order, std::function<void()> body, Ground ground);
    ActorSlot* find(ActorRef ref);
    void cancel(ActorSlot& actor);
    /// Parks the current actor until `until` or a notify of `signal`. True where notified.
    bool block(Signal* signal, Time until);
    ActorSlot& current_actor(const char* call);
    Outcome run(Time run_horizon);

    // Signals.
    /// Wakes the first waiter; it stays attached, so that a cancel can pass the notify on. Pre: there is one.
    ActorSlot& notify(Signal& signal);
    void forget(Signal& signal);
    static void detach(ActorSlot& actor);

    // What a round does, on the kernel's stack.
    void round();
    bool handle_next();
    void begin_end(OutcomeKind kind, std::string message);
    bool unwind_next();
    void hand_over(ActorSlot& actor);

    // What a carrier does, on its own stack.
    void carry(std::size_t carrier);
    void run_body(ActorSlot& actor);
    void park(ActorSlot& actor);
    bool take_own_wake_up(const ActorSlot& actor);
    void arm_next_round();
    void throw_if_cancelled(ActorSlot& actor);

    // The heap.
    void post_wake_up(ActorSlot& actor, Time t);
    void renew_token(ActorSlot& actor);
    static bool is_dead(const Event& event);
    void drop_dead();
    /// What stops the run before the heap's next live event, if anything does.
    std::optional<OutcomeKind> end_reason();
    Event take_next();

    void release(ActorSlot& actor);
    void fail(std::string text);
    std::string stuck_message() const;
    std::string no_progress_message() const;
    std::vector<const ActorSlot*> alive_by_creation() const;

    Engine* self;
    Options options;
    long long now_us = 0;  ///< long long for set_check_clock
    std::uint64_t handled_key = 0;  ///< order of the event being handled, see Event::key
    Time horizon = never;
    enum class Phase : std::uint8_t { before, running, ending, done } phase = Phase::before;
    bool stop_requested = false;
    Outcome outcome;
    std::string failure;  ///< text of the first exception

    EventHeap heap;
    std::size_t dead_entries = 0;
    std::uint64_t events_in_instant = 0;
    std::vector<std::uint32_t> woken_lately;  ///< slots woken shortly before the limit of an instant

    std::deque<ActorSlot> slots;  ///< stable addresses: heap entries and signals point here
    std::vector<std::uint32_t> free_slots;
    std::vector<std::uint32_t> to_unwind;  ///< youngest last, so that helpers end before who spawned them
    std::vector<std::size_t> idle_carriers;
    std::vector<ActorSlot*> carried;       ///< by carrier
    ActorSlot* current = nullptr;
    std::uint64_t next_created = 0;
    Stats stats;
    SimgridKernel kernel;
};

}  // namespace lbsim::engine
