// SPDX-License-Identifier: Apache-2.0
// How a run ends: drained, at its horizon, stopped, stuck, without progress, or by an exception.
#include <stdexcept>
#include <string>
#include <vector>

#include "lbsim/core/error.hpp"
#include "lbsim/engine/engine.hpp"
#include "support/catch.hpp"
#include "support/own_process.hpp"

using namespace lbsim;
using namespace lbsim::engine;
using lbsim::test::in_own_process;
using lbsim::test::own_process;

namespace {

void count(void* counter, std::uint64_t) { ++*static_cast<int*>(counter); }

struct Guard {
    std::string& log;
    std::string name;
    Guard(std::string& text, std::string n) : log(text), name(std::move(n)) {}
    ~Guard() { log += name; }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
};

}  // namespace

TEST_CASE("engine: an empty run is drained at once") {
    in_own_process([] {
        Engine engine;
        const Outcome outcome = engine.run(never);
        CHECK(outcome.kind == OutcomeKind::drained);
        CHECK(outcome.at == time_zero);
        CHECK(engine.stats().stacks_created == 0);
    });
}

TEST_CASE("engine: the horizon is exclusive: just before, exactly at, just after") {
    for (const std::int64_t t : {9, 10, 11}) {
        in_own_process([t] {
            Engine engine;
            int ran = 0;
            int woke = 0;
            engine.at(at_us(t), {}, count, &ran);
            engine.spawn("sleeper", {1, 0}, [&] {
                engine.sleep_until(at_us(t));
                ++woke;
            });
            const Outcome outcome = engine.run(at_us(10));
            CHECK(ran == (t < 10 ? 1 : 0));
            CHECK(woke == (t < 10 ? 1 : 0));
            CHECK(outcome.kind == (t < 10 ? OutcomeKind::drained : OutcomeKind::horizon));
            CHECK(outcome.at == at_us(t < 10 ? 9 : 10));
            CHECK(engine.now() == outcome.at);
        });
    }
}

TEST_CASE("engine: at the horizon every actor unwinds, the youngest first") {
    in_own_process([] {
        std::string log;
        Engine engine;
        Signal signal(engine);
        engine.spawn("a", {}, [&] {
            const Guard guard(log, "a");
            signal.wait();
        });
        engine.spawn("b", {}, [&] {
            const Guard guard(log, "b");
            for (;;) engine.sleep_for(3us);
        }, Ground::background);
        engine.spawn("c", {}, [&] {
            const Guard guard(log, "c");
            try {
                engine.sleep_for(1h);
            } catch (const Cancelled&) {
                log += "(";
                try {
                    engine.sleep_for(1us);  // time stands still now
                } catch (const Cancelled&) {
                    log += ")";
                }
                CHECK_FALSE(engine.is_alive(engine.spawn("late", {}, [&] { log += "X"; })));
                throw;
            }
        });
        const Outcome outcome = engine.run(at_us(20));
        CHECK(outcome.kind == OutcomeKind::horizon);
        CHECK(log == "()cba");
        CHECK(engine.blocked_actors().empty());
    });
}

TEST_CASE("engine: an actor that was never started does not start at the end") {
    in_own_process([] {
        std::string log;
        Engine engine;
        engine.spawn("stopper", {1, 0}, [&] {
            engine.spawn("late", {2, 0}, [&] { log += "X"; });
            engine.stop();
            log += "a";
        });
        const Outcome outcome = engine.run(never);
        CHECK(outcome.kind == OutcomeKind::stopped);
        CHECK(log == "a");
    });
}

TEST_CASE("engine: stop ends the run after the current event") {
    in_own_process([] {
        Engine engine;
        int ran = 0;
        engine.at(at_us(3), {}, [](void* self, std::uint64_t) { static_cast<Engine*>(self)->stop(); }, &engine);
        engine.at(at_us(3), {}, count, &ran);
        engine.spawn("ticker", {}, [&] {
            for (;;) engine.sleep_for(1us);
        });
        const Outcome outcome = engine.run(never);
        CHECK(outcome.kind == OutcomeKind::stopped);
        CHECK(outcome.at == at_us(3));
        CHECK(ran == 0);
    });
}

TEST_CASE("engine: a blocked foreground actor with nothing left to happen is stuck, and named") {
    in_own_process([] {
        Engine engine;
        Signal signal(engine);
        std::vector<std::string> blocked;
        engine.spawn("upgrade lane 2", {1, 0}, [&] {
            engine.sleep_until(at_us(12'500'000));
            blocked = engine.blocked_actors();
            signal.wait();
        });
        engine.spawn("drain node-7", {1, 0}, [&] { engine.sleep_until(never); });
        engine.spawn("worker", {1, 0}, [&] { signal.wait(); }, Ground::background);
        const Outcome outcome = engine.run(at_us(1'000'000'000));
        CHECK(outcome.kind == OutcomeKind::stuck);
        CHECK(outcome.at == at_us(12'500'000));
        CHECK(outcome.message ==
              "stuck at 12.500000 s: nothing is left to happen, but 2 actors wait: 'upgrade lane 2', 'drain node-7'");
        CHECK(blocked == std::vector<std::string>{"drain node-7", "worker"});
    });
}

TEST_CASE("engine: blocked background actors do not make a run stuck") {
    in_own_process([] {
        Engine engine;
        Signal signal(engine);
        engine.spawn("worker", {1, 0}, [&] { signal.wait(); }, Ground::background);
        CHECK(engine.run(at_us(50)).kind == OutcomeKind::drained);
    });
}

TEST_CASE("engine: too many events of one instant are no progress, and who took part is named") {
    in_own_process([] {
        Engine engine(Options{.events_per_instant_limit = 5000});
        Signal ping(engine);
        Signal pong(engine);
        engine.spawn("left", {1, 0}, [&] {
            engine.sleep_until(at_us(2'000'000));
            for (;;) {
                ping.notify_one();
                pong.wait();
            }
        });
        engine.spawn("right", {1, 1}, [&] {
            for (;;) {
                ping.wait();
                pong.notify_one();
            }
        });
        engine.spawn("innocent", {1, 2}, [&] { engine.sleep_until(at_us(2'000'000)); });
        const Outcome outcome = engine.run(never);
        CHECK(outcome.kind == OutcomeKind::no_progress);
        CHECK(outcome.at == at_us(2'000'000));
        CHECK(outcome.message == "no progress: more than 5000 events at 2.000000 s; woken last: 'left', 'right'");
    });
}

TEST_CASE("engine: exactly as many events of one instant as allowed are fine, one more is not") {
    for (const int n : {9, 10, 11}) {
        in_own_process([n] {
            Engine engine(Options{.events_per_instant_limit = 10});
            int ran = 0;
            for (int i = 0; i < n; ++i) engine.at(at_us(7), {}, count, &ran);
            const Outcome outcome = engine.run(never);
            CHECK(outcome.kind == (n <= 10 ? OutcomeKind::drained : OutcomeKind::no_progress));
            CHECK(ran == std::min(n, 10));
        });
    }
}

TEST_CASE("engine: an exception of an actor ends the run and names the actor and the time") {
    in_own_process([] {
        std::string log;
        Engine engine;
        engine.spawn("bystander", {}, [&] {
            const Guard guard(log, "b");
            engine.sleep_for(1h);
        });
        engine.spawn("upgrade lane 2", {}, [&] {
            engine.sleep_until(at_us(12'500'000));
            throw std::logic_error("no such pool");
        });
        CHECK_THROWS_AS(engine.run(never), RunError);
        CHECK(log == "b");
    });
    in_own_process([] {
        Engine engine;
        engine.spawn("upgrade lane 2", {}, [&] {
            engine.sleep_until(at_us(12'500'000));
            throw std::logic_error("no such pool");
        });
        CHECK_THROWS_WITH(engine.run(never), "actor 'upgrade lane 2' failed at 12.500000 s: no such pool");
    });
}

TEST_CASE("engine: an exception of a callback ends the run and names the time") {
    in_own_process([] {
        Engine engine;
        int ran = 0;
        engine.at(at_us(1'000'001), {}, [](void*, std::uint64_t) { throw std::runtime_error("bad"); }, nullptr);
        engine.at(at_us(1'000'001), {}, count, &ran);
        CHECK_THROWS_WITH(engine.run(never), "event at 1.000001 s failed: bad");
        CHECK(ran == 0);
    });
}

TEST_CASE("engine: the first of several exceptions is the one reported") {
    in_own_process([] {
        Engine engine;
        struct Thrower {
            ~Thrower() = default;
        };
        engine.spawn("second", {}, [&] {
            try {
                engine.sleep_for(1h);
            } catch (const Cancelled&) {
                throw std::runtime_error("while it unwinds");
            }
        });
        engine.spawn("first", {}, [] { throw 5; });
        CHECK_THROWS_WITH(engine.run(never), "actor 'first' failed at 0.000000 s: an exception of unknown type");
    });
}

TEST_CASE("engine: blocking outside an actor is our own mistake") {
    const auto end = own_process([] {
        Engine engine;
        engine.at(at_us(1), {}, [](void* self, std::uint64_t) { static_cast<Engine*>(self)->sleep_for(1s); }, &engine);
        engine.run(never);
    });
    CHECK(end.signal == 6);
    CHECK_THAT(end.text, Catch::Contains("sleep_until was called outside any actor"));
}

TEST_CASE("engine: an actor that swallows the end of the run is our own mistake") {
    const auto end = own_process([] {
        Engine engine;
        engine.spawn("stubborn", {}, [&] {
            for (;;) {
                try {
                    engine.sleep_for(1s);
                } catch (const Cancelled&) {
                }
            }
        });
        engine.run(at_us(10));
    });
    CHECK(end.signal == 6);
    CHECK_THAT(end.text, Catch::Contains("actor 'stubborn' swallows Cancelled"));
}
