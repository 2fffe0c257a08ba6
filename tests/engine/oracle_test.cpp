// SPDX-License-Identifier: Apache-2.0
// A random workload on the engine against a slow interpreter without stacks, heap or SimGrid.
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "lbsim/engine/engine.hpp"
#include "sim/engine/simgrid_kernel.hpp"
#include "support/catch.hpp"
#include "support/own_process.hpp"

using namespace lbsim;
using namespace lbsim::engine;
using lbsim::test::in_own_process;

namespace {

constexpr std::size_t signals = 3;
constexpr std::uint32_t most_actors = 150;
constexpr Time end_of_run = at_us(400);

enum class Verb { sleep, wait, wait_for_ever, notify_one, notify_all, post, spawn, cancel, join };

/// What actor `id` does in its step `step`: a pure function, so that both sides do the same.
struct Op {
    Verb verb = Verb::sleep;
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t c = 0;
};

Op op_of(std::uint64_t seed, std::uint32_t id, std::uint32_t step) {
    const std::uint64_t r = mix64(mix64(seed * 0x9e3779b97f4a7c15ULL + id) + step + 1);
    static constexpr Verb verbs[] = {Verb::sleep,      Verb::sleep,      Verb::sleep, Verb::wait,  Verb::wait,  Verb::wait,
                                     Verb::notify_one, Verb::notify_one, Verb::notify_all, Verb::post,  Verb::post,
                                     Verb::spawn,      Verb::spawn,      Verb::cancel,     Verb::join,  Verb::wait_for_ever};
    const auto byte = [r](int shift) { return static_cast<std::uint32_t>((r >> shift) & 0xff); };
    return {.verb = verbs[r % 16], .a = byte(8), .b = byte(16), .c = byte(24)};
}

std::uint32_t steps_of(std::uint64_t seed, std::uint32_t id) { return 10 + index_among(static_cast<std::uint32_t>(mix64(seed ^ (id + 77))), 30); }
Order order_of(std::uint32_t x) { return {static_cast<std::uint8_t>(x % 4), x / 4 % 3}; }

struct Trace {
    std::uint64_t hash = 0;
    std::uint64_t lines = 0;
    void add(Time t, std::uint64_t who, std::uint64_t what) {
        hash = mix64(hash * 31 + mix64(static_cast<std::uint64_t>(us_of(t)) * 1'000'003 + who * 1009 + what));
        ++lines;
    }
};

// ---- on the engine

struct OnEngine {
    explicit OnEngine(std::uint64_t s) : seed(s) {
        for (std::size_t i = 0; i < signals; ++i) all_signals.emplace_back(engine);
    }

    static void posted(void* self, std::uint64_t argument) {
        auto& w = *static_cast<OnEngine*>(self);
        w.trace.add(w.engine.now(), 1'000'000, argument);
        if (argument % 3 == 0) w.all_signals[argument % signals].notify_one();
        if (argument % 5 == 0 && argument < 256) w.engine.at(w.engine.now(), order_of(0), posted, self, argument + 256);
    }

    void spawn(Order order) {
        if (actors.size() >= most_actors) return;
        const auto id = static_cast<std::uint32_t>(actors.size());
        actors.push_back(engine.spawn(std::to_string(id), order, [this, id] { live(id); }, Ground::background));
    }

    void live(std::uint32_t id) {
        try {
            for (std::uint32_t step = 0; step < steps_of(seed, id); ++step) {
                const std::uint64_t result = act(id, op_of(seed, id, step));
                trace.add(engine.now(), id, result);
            }
        } catch (const Cancelled&) {
            if (engine.now() < end_of_run) trace.add(engine.now(), id, 99);
        }
    }

    std::uint64_t act(std::uint32_t id, Op op) {
        Signal& signal = all_signals[op.a % signals];
        const std::uint32_t other = op.a % static_cast<std::uint32_t>(actors.size());
        switch (op.verb) {
            case Verb::sleep: engine.sleep_for(Duration{op.a % 6}); return 1;
            case Verb::wait: return signal.wait_until(engine.now() + Duration{op.b % 9}) ? 2 : 3;
            case Verb::wait_for_ever: signal.wait(); return 4;
            case Verb::notify_one: signal.notify_one(); return 5;
            case Verb::notify_all: signal.notify_all(); return 6;
            case Verb::post: engine.at(engine.now() + Duration{op.b % 4}, order_of(op.c), posted, this, op.a); return 7;
            case Verb::spawn: spawn(order_of(op.c)); return 8;
            case Verb::cancel: engine.cancel(actors[other]); return engine.is_alive(actors[other]) ? 9 : 10;
            case Verb::join:
                if (other == id) return 11;
                engine.join(actors[other]);
                return 12;
        }
        return 0;
    }

    std::uint64_t seed;
    Engine engine;
    std::deque<Signal> all_signals;
    std::vector<ActorRef> actors;
    Trace trace;
};

// ---- the interpreter

struct Oracle {
    struct Actor {
        Order order;
        std::uint32_t step = 0;
        bool is_alive = true;
        bool is_parked = false;
        bool is_cancelled = false;
        bool is_notified = false;
        int waits_for = -1;      // signal, or signals + id for a join
        bool may_pass_on = false;
        std::uint64_t token = 0;
        std::uint64_t pending_result[2] = {0, 0};  // of the blocking op: notified, timed out
    };
    struct Entry {
        Time t;
        Order order;
        std::uint64_t sequence;
        bool is_callback;
        std::uint64_t who;
        std::uint64_t token;
    };

    explicit Oracle(std::uint64_t s) : seed(s) {}

    void push(Time t, Order order, bool is_callback, std::uint64_t who, std::uint64_t token) {
        queue.push_back({t, order, sequence++, is_callback, who, token});
    }
    void wake(std::uint32_t id) {
        push(now, actors[id].order, false, id, ++actors[id].token);
    }
    void spawn(Order order) {
        if (actors.size() >= most_actors) return;
        actors.push_back({.order = order});
        wake(static_cast<std::uint32_t>(actors.size() - 1));
    }
    bool notify_one(int signal) {
        for (std::size_t i = 0; i < waiting.size(); ++i) {
            const std::uint32_t id = waiting[i];
            if (actors[id].waits_for != signal) continue;
            waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(i));
            actors[id].is_notified = true;
            actors[id].may_pass_on = true;
            wake(id);
            return true;
        }
        return false;
    }
    void notify_all(int signal) {
        const std::vector<std::uint32_t> before = waiting;
        while (notify_one(signal)) {
        }
        for (const std::uint32_t id : before) {
            if (actors[id].waits_for == signal) actors[id].may_pass_on = false;
        }
    }
    void stop_waiting(std::uint32_t id) { std::erase(waiting, id); }
    void cancel(std::uint32_t id) {
        Actor& a = actors[id];
        if (!a.is_alive || a.is_cancelled) return;
        a.is_cancelled = true;
        if (!a.is_parked) return;
        stop_waiting(id);
        const bool passes_on = a.waits_for >= 0 && a.is_notified && a.may_pass_on;
        wake(id);
        if (passes_on) notify_one(a.waits_for);
    }
    void end(std::uint32_t id) {
        actors[id].is_alive = false;
        ++actors[id].token;
        notify_all(static_cast<int>(signals + id));
    }

    /// True where the actor goes on, with the result of its op; false where it has parked.
    bool act(std::uint32_t id, Op op, std::uint64_t& result) {
        Actor& a = actors[id];
        const int signal = static_cast<int>(op.a % signals);
        const std::uint32_t other = op.a % static_cast<std::uint32_t>(actors.size());
        const auto park = [&](int waits_for, Time until, std::uint64_t notified, std::uint64_t timed_out) {
            a.is_parked = true;
            a.is_notified = a.may_pass_on = false;
            a.waits_for = waits_for;
            a.pending_result[0] = notified;
            a.pending_result[1] = timed_out;
            if (waits_for >= 0) waiting.push_back(id);
            ++a.token;
            if (until != never) push(until, a.order, false, id, a.token);
            return false;
        };
        const auto go_on = [&](std::uint64_t r) {
            result = r;
            return true;
        };
        switch (op.verb) {
            case Verb::sleep:
                if (op.a % 6 == 0) return go_on(1);
                return park(-1, now + Duration{op.a % 6}, 1, 1);
            case Verb::wait:
                if (op.b % 9 == 0) return go_on(3);
                return park(signal, now + Duration{op.b % 9}, 2, 3);
            case Verb::wait_for_ever: return park(signal, never, 4, 4);
            case Verb::notify_one: notify_one(signal); return go_on(5);
            case Verb::notify_all: notify_all(signal); return go_on(6);
            case Verb::post: push(now + Duration{op.b % 4}, order_of(op.c), true, op.a, 0); return go_on(7);
            case Verb::spawn: spawn(order_of(op.c)); return go_on(8);
            case Verb::cancel: cancel(other); return go_on(actors[other].is_alive ? 9 : 10);
            case Verb::join:
                if (other == id) return go_on(11);
                if (!actors[other].is_alive) return go_on(12);
                return park(static_cast<int>(signals + other), never, 12, 12);
        }
        return go_on(0);
    }
    static bool can_block(Verb verb) { return verb == Verb::sleep || verb == Verb::wait || verb == Verb::wait_for_ever; }

    void resume(std::uint32_t id) {
        if (actors[id].is_parked) {
            actors[id].is_parked = false;
            stop_waiting(id);
            if (actors[id].is_cancelled) return unwind(id);
            trace.add(now, id, actors[id].pending_result[actors[id].is_notified ? 0 : 1]);
            ++actors[id].step;
        }
        while (actors[id].step < steps_of(seed, id)) {
            const Op op = op_of(seed, id, actors[id].step);
            const bool joins = op.verb == Verb::join && op.a % actors.size() != id && actors[op.a % actors.size()].is_alive;
            if (actors[id].is_cancelled && (can_block(op.verb) || joins)) return unwind(id);
            std::uint64_t result = 0;
            if (!act(id, op, result)) return;
            trace.add(now, id, result);
            ++actors[id].step;
        }
        end(id);
    }
    void unwind(std::uint32_t id) {
        trace.add(now, id, 99);
        end(id);
    }
    void callback(std::uint64_t argument) {
        trace.add(now, 1'000'000, argument);
        if (argument % 3 == 0) notify_one(static_cast<int>(argument % signals));
        if (argument % 5 == 0 && argument < 256) push(now, order_of(0), true, argument + 256, 0);
    }

    void run() {
        while (!queue.empty()) {
            std::size_t best = 0;
            for (std::size_t i = 1; i < queue.size(); ++i) {
                const auto key = [&](const Entry& e) { return std::tie(e.t, e.order.rank, e.order.object, e.sequence); };
                if (key(queue[i]) < key(queue[best])) best = i;
            }
            const Entry entry = queue[best];
            queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(best));
            if (entry.t >= end_of_run) return;
            if (entry.is_callback) {
                now = entry.t;
                callback(entry.who);
            } else if (actors[entry.who].token == entry.token) {
                now = entry.t;
                resume(static_cast<std::uint32_t>(entry.who));
            }
        }
    }

    std::uint64_t seed;
    Time now{};
    std::uint64_t sequence = 0;
    std::vector<Entry> queue;
    std::vector<Actor> actors;
    std::vector<std::uint32_t> waiting;  // for any signal, in the order of waiting
    Trace trace;
};

}  // namespace

TEST_CASE("engine: random workloads run exactly as a slow interpreter without SimGrid runs them") {
    const char* given = std::getenv("LBSIM_TEST_SEED");
    const std::uint64_t first = given != nullptr ? std::strtoull(given, nullptr, 10) : 1;
    const std::uint64_t seeds = given != nullptr ? 1 : uses_thread_contexts() ? 6 : 60;  // threads are slow
    std::uint64_t lines = 0;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        INFO("seed " << seed << ", LBSIM_TEST_SEED=" << seed << " repeats it alone");
        Oracle oracle(seed);
        for (std::uint32_t k = 0; k < 8; ++k) oracle.spawn(order_of(k));
        oracle.run();
        lines += oracle.trace.lines;
        in_own_process([&] {
            OnEngine world(seed);
            for (std::uint32_t k = 0; k < 8; ++k) world.spawn(order_of(k));
            world.engine.at(end_of_run, {}, OnEngine::posted, &world);  // so that the last unwinding is at that instant
            CHECK(world.engine.run(end_of_run).kind == OutcomeKind::horizon);
            CHECK(world.engine.now() == end_of_run);
            CHECK(world.trace.lines == oracle.trace.lines);
            CHECK(world.trace.hash == oracle.trace.hash);
        });
    }
    if (given == nullptr) CHECK(lines > seeds * 500);  // the workloads are not trivial
}
