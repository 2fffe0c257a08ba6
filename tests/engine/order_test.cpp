// SPDX-License-Identifier: Apache-2.0
// What decides the order of events.
#include <string>

#include "lbsim/engine/engine.hpp"
#include "lbsim/engine/step.hpp"
#include "support/catch.hpp"
#include "support/own_process.hpp"

using namespace lbsim;
using namespace lbsim::engine;
using lbsim::test::in_own_process;
using lbsim::test::own_process;

namespace {

struct Log {
    std::string text;
    static void append(void* self, std::uint64_t letter) { static_cast<Log*>(self)->text += static_cast<char>(letter); }
};

}  // namespace

TEST_CASE("engine: events are ordered by time, rank, object and then posting") {
    in_own_process([] {
        Engine engine;
        Log log;
        engine.at(at_us(5), {1, 0}, Log::append, &log, 'h');
        engine.at(at_us(2), {3, 0}, Log::append, &log, 'g');
        engine.at(at_us(2), {1, 9}, Log::append, &log, 'd');
        engine.at(at_us(2), {1, 2}, Log::append, &log, 'c');
        engine.at(at_us(2), {2, 0}, Log::append, &log, 'e');
        engine.at(at_us(2), {2, 0}, Log::append, &log, 'f');
        engine.at(at_us(0), {9, 9}, Log::append, &log, 'a');
        engine.at(at_us(1), {9, 9}, Log::append, &log, 'b');
        const Outcome outcome = engine.run(never);
        CHECK(log.text == "abcdefgh");
        CHECK(outcome.kind == OutcomeKind::drained);
        CHECK(outcome.at == at_us(5));
        CHECK(outcome.message.empty());
    });
}

TEST_CASE("engine: an event of an earlier rank posted for now runs next") {
    in_own_process([] {
        struct World {
            Engine engine;
            Log log;
        } world;
        // At rank 5 the first event posts one for rank 3 and one for rank 7 of the same instant: rank 3 comes before the
        // second event of rank 5, rank 7 after it.
        world.engine.at(at_us(1), {5, 0}, [](void* self, std::uint64_t) {
            auto& w = *static_cast<World*>(self);
            w.log.text += 'a';
            w.engine.at(w.engine.now(), {7, 0}, Log::append, &w.log, 'd');
            w.engine.at(w.engine.now(), {3, 0}, Log::append, &w.log, 'b');
        }, &world);
        world.engine.at(at_us(1), {5, 0}, Log::append, &world.log, 'c');
        world.engine.run(never);
        CHECK(world.log.text == "abcd");
    });
}

TEST_CASE("engine: later events of an instant wait until an actor that was handed over has parked") {
    in_own_process([] {
        Engine engine;
        Log log;
        // The actor wakes at rank 2 and posts for rank 1 of the same instant: that comes before rank 3, though rank 3 was
        // posted long before.
        engine.spawn("actor", {2, 0}, [&] {
            engine.sleep_until(at_us(10));
            log.text += 'a';
            engine.at(engine.now(), {1, 0}, Log::append, &log, 'b');
            engine.sleep_until(at_us(11));
            log.text += 'e';
        });
        engine.at(at_us(10), {3, 0}, Log::append, &log, 'c');
        engine.at(at_us(11), {1, 0}, Log::append, &log, 'd');
        engine.run(never);
        CHECK(log.text == "abcde");
    });
}

TEST_CASE("engine: two actors of one instant alternate with what they post in between") {
    in_own_process([] {
        Engine engine;
        Log log;
        for (const char name : {'A', 'B'}) {
            engine.spawn({name}, {5, static_cast<std::uint32_t>(name)}, [&, name] {
                for (int i = 0; i < 3; ++i) {
                    engine.sleep_for(1ms);
                    log.text += name;
                    engine.at(engine.now(), {1, 0}, Log::append, &log, static_cast<std::uint64_t>(name - 'A' + 'a'));
                }
            });
        }
        engine.run(never);
        CHECK(log.text == "AaBbAaBbAaBb");
    });
}

TEST_CASE("engine: a spawned actor starts after its creator has parked, in the order of its rank") {
    in_own_process([] {
        Engine engine;
        Log log;
        engine.spawn("parent", {5, 0}, [&] {
            engine.spawn("late", {6, 0}, [&] { log.text += 'd'; });
            engine.spawn("same", {5, 0}, [&] { log.text += 'c'; });
            engine.spawn("early", {1, 0}, [&] { log.text += 'b'; });
            log.text += 'a';
        });
        engine.run(never);
        CHECK(log.text == "abcd");
        CHECK(engine.stats().spawned == 4);
    });
}

TEST_CASE("engine: sleep wakes to the microsecond, and a sleep to now or earlier returns at once") {
    in_own_process([] {
        Engine engine;
        engine.spawn("sleeper", {0, 0}, [&] {
            engine.sleep_until(at_us(0));
            CHECK(engine.now() == at_us(0));
            engine.sleep_for(1us);
            CHECK(engine.now() == at_us(1));
            engine.sleep_until(at_us(100'000'000'000'001));  // 1,157 days: doubles of SimGrid lose nothing here
            CHECK(engine.now() == at_us(100'000'000'000'001));
            engine.sleep_until(at_us(7));
            CHECK(engine.now() == at_us(100'000'000'000'001));
            engine.sleep_for(1us);
            CHECK(engine.now() == at_us(100'000'000'000'002));
        });
        // A second actor keeps the first from going on without leaving its stack.
        engine.spawn("other", {0, 1}, [&] {
            for (int i = 0; i < 1000; ++i) engine.sleep_for(1us);
            CHECK(engine.now() == at_us(1000));
        });
        const Outcome outcome = engine.run(never);
        CHECK(outcome.kind == OutcomeKind::drained);
        CHECK(outcome.at == at_us(100'000'000'000'002));
    });
}

TEST_CASE("engine: an event in the past is our own mistake") {
    const auto end = own_process([] {
        Engine engine;
        Log log;
        engine.at(at_us(5), {}, [](void* self, std::uint64_t) {
            static_cast<Engine*>(self)->at(at_us(4), {}, Log::append, nullptr);
        }, &engine);
        engine.run(never);
    });
    CHECK(end.signal == 6);
    CHECK_THAT(end.text, Catch::Contains("an event was posted in the past, at 0.000004 s"));
    CHECK_THAT(end.text, Catch::Contains("simulated time: 5 us"));
}

TEST_CASE("engine: a second engine in one process is our own mistake") {
    const auto end = own_process([] {
        { Engine first; }
        Engine second;
    });
    CHECK(end.signal == 6);
    CHECK_THAT(end.text, Catch::Contains("a process can have one engine only"));
}
