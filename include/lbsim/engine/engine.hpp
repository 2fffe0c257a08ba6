// SPDX-License-Identifier: Apache-2.0
// The discrete-event engine: own integer-microsecond clock and event heap; actors written as straight-line code.
// Behind it runs SimGrid; no SimGrid type shows here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/time.hpp"

namespace lbsim::engine {

/// What decides between events of one microsecond: rank, then object index, then the order of posting.
/// An event posted for the current instant with an earlier rank than the one being handled runs next.
struct Order {
    std::uint8_t rank = 0;      ///< step of the microsecond, see step.hpp
    std::uint32_t object = 0;   ///< index of the object the event is about
};

/// Handle of an actor; stays valid (and says "not alive") after its end.
struct ActorRef {
    std::uint32_t slot = 0xffffffffu;
    std::uint32_t generation = 0;
};

/// A foreground actor that is still blocked when nothing is left to happen means the run is stuck.
enum class Ground { foreground, background };

enum class OutcomeKind {
    drained,      ///< nothing left to happen
    horizon,      ///< reached the horizon
    stopped,      ///< stop() was called
    stuck,        ///< nothing left to happen, but foreground actors are blocked
    no_progress,  ///< too many events in one instant
};

/// How a run ended.
struct Outcome {
    OutcomeKind kind = OutcomeKind::drained;
    Time at{};
    std::string message;  ///< names the actors that hang and the simulated time; empty for a good end
};

struct Stats {
    std::uint64_t callbacks = 0;
    std::uint64_t wake_ups = 0;
    std::uint64_t spawned = 0;
    std::uint64_t stacks_created = 0;
    std::uint64_t rounds = 0;
};

/// Thrown out of a blocking call of a cancelled actor, and of all that are left when the run ends; not a std::exception, so that no model swallows it.
struct Cancelled {};

struct Options {
    unsigned stack_kib = 256;
    unsigned guard_pages = 1;
    std::uint64_t events_per_instant_limit = 50'000'000;
};

/// One engine per process (SimGrid's rule); a second construction aborts by LBSIM_CHECK.
class Engine {
public:
    using Callback = void (*)(void* self, std::uint64_t argument);

    explicit Engine(Options options = {});
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Time of the event being handled.
    Time now() const;
    /// Rank and object of the event being handled; inside an actor, those of its last wake-up.
    Order current_order() const;

    /// Calls callback(self, argument) at (t, order), outside any actor; it must not block. Pre: t >= now().
    /// At `never` it is not called at all, and so once the run ends.
    /// Cost: O(log pending), no allocation but the heap's growth.
    void at(Time t, Order order, Callback callback, void* self, std::uint64_t argument = 0);

    /// Starts an actor at (now, order); all its wake-ups carry that order. The creator goes on first.
    /// Once the run ends (horizon, stop) nothing starts any more and the handle says "not alive".
    ActorRef spawn(std::string name, Order order, std::function<void()> body, Ground ground = Ground::foreground);
    bool is_alive(ActorRef actor) const;
    /// Blocks the calling actor until `actor` has ended.
    void join(ActorRef actor);
    /// Its current or next blocking call throws Cancelled, once; everything unwinds normally. A notify that it had
    /// received but not yet seen goes to the next waiter.
    void cancel(ActorRef actor);

    /// Blocks the calling actor; t <= now returns at once.
    void sleep_until(Time t);
    void sleep_for(Duration d) { sleep_until(saturating_add(now(), d)); }

    /// Ends the run after the current event.
    void stop();
    /// Handles every event before `horizon`, then unwinds the actors that are left, youngest first: each of their
    /// blocking calls throws Cancelled, so destructors run and must not block. Pre: called once.
    /// Throws: RunError for the first exception of an actor or callback; names the actor and the simulated time.
    Outcome run(Time horizon);

    /// Name of the actor that runs; empty in a callback.
    std::string_view current_name() const;
    /// Names of actors that are alive and blocked, in order of creation.
    std::vector<std::string> blocked_actors() const;
    Stats stats() const;

    struct Impl;
    Impl& impl() { return *impl_; }

private:
    std::unique_ptr<Impl> impl_;
};

/// A condition without a mutex: nothing runs between two blocking calls. Waiters are FIFO.
class Signal {
public:
    explicit Signal(Engine& engine) : engine_(&engine) {}
    /// Who still waits, waits on for its timeout or for ever.
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;
    /// Blocks the calling actor until notified.
    void wait();
    /// Blocks until notified or `t`; true where notified. A notify that ties with the timeout wins if it came first.
    bool wait_until(Time t);
    void notify_one();
    void notify_all();

private:
    friend class Engine;
    friend struct Engine::Impl;
    Engine* engine_;
    struct Waiter {
        ActorRef actor;
    };
    std::vector<Waiter> waiters_;
    std::uint32_t attached_ = 0;  ///< actors that wait, or were notified and have not woken yet
};

}  // namespace lbsim::engine
