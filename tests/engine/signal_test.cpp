// SPDX-License-Identifier: Apache-2.0
// Signals: order of waiters, ties with time-outs, and notifies that must not get lost.
#include <memory>
#include <string>

#include "lbsim/engine/engine.hpp"
#include "support/catch.hpp"
#include "support/own_process.hpp"

using namespace lbsim;
using namespace lbsim::engine;
using lbsim::test::in_own_process;

namespace {

void notify_one(void* signal, std::uint64_t) { static_cast<Signal*>(signal)->notify_one(); }

}  // namespace

TEST_CASE("engine: waiters of a signal are first in, first out") {
    in_own_process([] {
        Engine engine;
        Signal signal(engine);
        std::string log;
        // They come in the order c, a, b, and leave so although all wake-ups carry one order.
        const std::string names = "cab";
        for (std::uint32_t i = 0; i < 3; ++i) {
            engine.spawn({names[i]}, {2, 0}, [&, i] {
                signal.wait();
                log += names[i];
            });
        }
        engine.spawn("notifier", {1, 0}, [&] {
            signal.notify_one();  // no one waits yet: lost, as a condition's is
            engine.sleep_until(at_us(10));
            signal.notify_one();
            engine.sleep_until(at_us(11));
            log += '|';
            signal.notify_all();
            engine.sleep_until(at_us(12));
            log += '|';
            signal.notify_all();
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        CHECK(log == "c|ab|");
    });
}

TEST_CASE("engine: a notify that ties with the time-out wins where it comes first") {
    in_own_process([] {
        Engine engine;
        Signal before(engine);
        Signal after(engine);
        std::string log;
        engine.spawn("notified", {5, 0}, [&] {
            log += before.wait_until(at_us(10)) ? 'n' : 't';
            CHECK(engine.now() == at_us(10));
        });
        engine.spawn("timed out", {5, 1}, [&] {
            log += after.wait_until(at_us(10)) ? 'n' : 't';
            CHECK(engine.now() == at_us(10));
        });
        engine.at(at_us(10), {4, 0}, notify_one, &before);  // rank 4 is before the time-out of rank 5
        engine.at(at_us(10), {6, 0}, notify_one, &after);
        const Outcome outcome = engine.run(never);
        CHECK(log == "nt");
        CHECK(outcome.at == at_us(10));
    });
}

TEST_CASE("engine: a wait until just before, exactly at and just after the notify") {
    in_own_process([] {
        Engine engine;
        Signal signal(engine);
        std::string log;
        for (const std::int64_t deadline : {9, 10, 11}) {
            engine.spawn("waiter", {5, 0}, [&, deadline] { log += signal.wait_until(at_us(deadline)) ? 'n' : 't'; });
        }
        engine.spawn("past", {5, 0}, [&] { log += signal.wait_until(at_us(0)) ? 'N' : 'T'; });
        engine.at(at_us(10), {1, 0}, [](void* s, std::uint64_t) { static_cast<Signal*>(s)->notify_all(); }, &signal);
        const Outcome outcome = engine.run(never);
        CHECK(log == "Ttnn");
        CHECK(outcome.at == at_us(10));  // the dead time-out at 11 us neither runs nor moves the clock
    });
}

TEST_CASE("engine: a notify to a waiter that is then cancelled goes to the next one") {
    in_own_process([] {
        Engine engine;
        Signal signal(engine);
        std::string log;
        ActorRef first = engine.spawn("first", {5, 0}, [&] {
            try {
                signal.wait();
                log += 'X';
            } catch (const Cancelled&) {
                log += 'c';
            }
        });
        engine.spawn("second", {5, 1}, [&] {
            signal.wait();
            log += 's';
        });
        engine.spawn("other", {1, 0}, [&] {
            engine.sleep_until(at_us(3));
            signal.notify_one();
            engine.cancel(first);
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        CHECK(log == "cs");
    });
}

TEST_CASE("engine: a cancelled or timed-out waiter takes no notify") {
    in_own_process([] {
        Engine engine;
        Signal signal(engine);
        std::string log;
        ActorRef first = engine.spawn("first", {5, 0}, [&] { signal.wait(); });
        engine.spawn("second", {5, 1}, [&] { log += signal.wait_until(at_us(2)) ? 'X' : 't'; });
        engine.spawn("third", {5, 2}, [&] {
            signal.wait();
            log += 'n';
        });
        engine.spawn("other", {1, 0}, [&] {
            engine.sleep_until(at_us(3));
            engine.cancel(first);
            signal.notify_one();
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        CHECK(log == "tn");
    });
}

TEST_CASE("engine: a signal may go while actors wait for it") {
    in_own_process([] {
        Engine engine;
        auto signal = std::make_unique<Signal>(engine);
        std::string log;
        engine.spawn("with a time-out", {5, 0}, [&] { log += signal->wait_until(at_us(9)) ? 'X' : 't'; });
        ActorRef other = engine.spawn("for ever", {5, 1}, [&] {
            try {
                signal->wait();
            } catch (const Cancelled&) {
                log += 'c';
            }
        });
        engine.spawn("owner", {1, 0}, [&] {
            engine.sleep_until(at_us(3));
            signal->notify_one();  // the first has not woken when the signal goes
            signal = nullptr;
            log.clear();
            engine.sleep_until(at_us(4));
            engine.cancel(other);
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        CHECK(log == "Xc");
    });
}

TEST_CASE("engine: waits that are notified again and again leave no heap of dead time-outs behind") {
    in_own_process([] {
        Engine engine;
        Signal ping(engine);
        Signal pong(engine);
        int rounds = 0;
        engine.spawn("a", {5, 2}, [&] {
            for (int i = 0; i < 20'000; ++i) {
                ping.notify_one();
                CHECK(pong.wait_until(at_us(1'000'000'000)));
            }
            ping.notify_one();
        });
        engine.spawn("b", {5, 1}, [&] {
            while (rounds < 20'000) {
                ping.wait_until(at_us(2'000'000'000));
                ++rounds;
                pong.notify_one();
            }
        });
        const Outcome outcome = engine.run(never);
        CHECK(outcome.kind == OutcomeKind::drained);
        CHECK(outcome.at == at_us(0));
        CHECK(rounds == 20'000);
    });
}
