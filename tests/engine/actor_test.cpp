// SPDX-License-Identifier: Apache-2.0
// Actors: their lives, their ends, their stacks.
#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "lbsim/core/error.hpp"
#include "lbsim/engine/channel.hpp"
#include "lbsim/engine/engine.hpp"
#include "lbsim/engine/parallel.hpp"
#include "sim/engine/simgrid_kernel.hpp"
#include "support/catch.hpp"
#include "support/own_process.hpp"

using namespace lbsim;
using namespace lbsim::engine;
using lbsim::test::in_own_process;
using lbsim::test::own_process;

namespace {

/// Appends its letter when it is destroyed.
struct Witness {
    std::string& log;
    char letter;
    Witness(std::string& text, char c) : log(text), letter(c) {}
    ~Witness() { log += letter; }
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
};

}  // namespace

TEST_CASE("engine: cancel unwinds a sleeping actor at the instant of the cancel") {
    in_own_process([] {
        Engine engine;
        std::string log;
        const ActorRef victim = engine.spawn("victim", {1, 0}, [&] {
            const Witness witness(log, 'w');
            engine.sleep_until(at_us(1000));
            log += 'X';
        });
        engine.spawn("canceller", {2, 0}, [&] {
            engine.sleep_until(at_us(10));
            engine.cancel(victim);
            CHECK(engine.is_alive(victim));
            engine.join(victim);
            CHECK(engine.now() == at_us(10));
            CHECK_FALSE(engine.is_alive(victim));
            engine.cancel(victim);  // no one any more
            log += 'j';
        });
        const Outcome outcome = engine.run(never);
        CHECK(log == "wj");
        CHECK(outcome.at == at_us(10));  // the dead entry of the sleep does not count
    });
}

TEST_CASE("engine: cancel reaches an actor at its next blocking call, once") {
    in_own_process([] {
        Engine engine;
        std::string log;
        ActorRef self = engine.spawn("self", {1, 0}, [&] {
            engine.cancel(self);
            log += 'a';
            try {
                engine.sleep_for(1us);
            } catch (const Cancelled&) {
                log += 'b';
            }
            engine.sleep_for(5us);  // cleaning up may take time
            log += 'c';
        });
        const ActorRef unstarted = engine.spawn("unstarted", {2, 0}, [&] {
            log += 's';
            engine.sleep_until(engine.now());  // would return at once
            log += 'X';
        });
        engine.cancel(unstarted);
        const Outcome outcome = engine.run(never);
        CHECK(log == "absc");
        CHECK(outcome.at == at_us(5));
    });
}

TEST_CASE("engine: join waits for the end, also of an actor that has ended or shares its place with a later one") {
    in_own_process([] {
        Engine engine;
        const ActorRef first = engine.spawn("first", {1, 0}, [&] { engine.sleep_until(at_us(5)); });
        engine.spawn("joiner", {2, 0}, [&] {
            engine.join(first);
            CHECK(engine.now() == at_us(5));
            engine.join(first);
            const ActorRef second = engine.spawn("second", {1, 0}, [&] { engine.sleep_until(at_us(9)); });
            CHECK(second.slot == first.slot);
            CHECK_FALSE(engine.is_alive(first));
            CHECK(engine.is_alive(second));
            engine.join(second);
            CHECK(engine.now() == at_us(9));
            engine.join(ActorRef{});
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
    });
}

TEST_CASE("engine: a channel keeps order and wakes one consumer per item") {
    in_own_process([] {
        Engine engine;
        Channel<int> channel(engine);
        std::vector<int> got;
        for (std::uint32_t k = 0; k < 2; ++k) {
            engine.spawn("consumer", {2, k}, [&] {
                for (int i = 0; i < 3; ++i) {
                    got.push_back(channel.pop());
                    engine.sleep_for(1us);
                }
            });
        }
        engine.spawn("producer", {1, 0}, [&] {
            for (int i = 0; i < 4; ++i) channel.push(i);
            engine.sleep_until(at_us(10));
            channel.push(4);
            channel.push(5);
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        CHECK(got == std::vector<int>{0, 1, 2, 3, 4, 5});
        CHECK(channel.is_empty());
    });
}

TEST_CASE("engine: an actor may block inside a catch handler while others throw") {
    in_own_process([] {
        Engine engine;
        std::string log;
        for (std::uint32_t k = 0; k < 3; ++k) {
            engine.spawn("thrower", {1, k}, [&, k] {
                for (int i = 0; i < 20; ++i) {
                    try {
                        throw std::runtime_error(std::to_string(k));
                    } catch (const std::exception& e) {
                        engine.sleep_for(Duration{1 + k});
                        CHECK(e.what() == std::to_string(k));
                        try {
                            throw;
                        } catch (const std::exception& again) {
                            CHECK(again.what() == std::to_string(k));
                        }
                    }
                }
            });
        }
        CHECK(engine.run(never).kind == OutcomeKind::drained);
    });
}

TEST_CASE("engine: 10,000 short-lived actors reuse a few stacks") {
    in_own_process([] {
        Engine engine;
        int ended = 0;
        engine.spawn("parent", {1, 0}, [&] {
            for (int i = 0; i < 5000; ++i) {
                for (std::uint32_t k = 0; k < 2; ++k) {
                    engine.spawn("child", {2, k}, [&] {
                        engine.sleep_for(3us);
                        ++ended;
                    });
                }
                engine.sleep_for(1us);
            }
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        CHECK(ended == 10'000);
        // One parent; children of 3 us started every 1 us in pairs: those of t-3 wake, by their earlier sequence, in the
        // same rank, after the parent has posted the starts of t: 4 pairs at most.
        CHECK(engine.stats().stacks_created <= 9);
        CHECK(engine.stats().spawned == 10'001);
    });
}

TEST_CASE("engine: parallelize_until shares pieces in order among workers") {
    in_own_process([] {
        Engine engine;
        std::string log;
        engine.spawn("caller", {3, 0}, [&] {
            // Pieces of 3, 1, 1, 1 us on two workers: 0 goes to the first, 1 2 3 to the second; all are through at 3 us.
            parallelize_until(engine, 2, 4, [&](std::size_t i) {
                engine.sleep_for(i == 0 ? 3us : 1us);
                log += std::to_string(i) + "@" + std::to_string(us_of(engine.now())) + " ";
            });
            CHECK(engine.now() == at_us(3));
            // One worker is the caller itself: 1 + 1 us.
            const auto spawned = engine.stats().spawned;
            parallelize_until(engine, 1, 2, [&](std::size_t) { engine.sleep_for(1us); });
            CHECK(engine.now() == at_us(5));
            CHECK(engine.stats().spawned == spawned);
            parallelize_until(engine, 5, 0, [&](std::size_t) { log += "never"; });
        });
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        CHECK(log == "1@1 2@2 0@3 3@3 ");
    });
}

TEST_CASE("engine: cancelling the caller of parallelize_until ends its workers before its frame goes") {
    in_own_process([] {
        Engine engine;
        std::string log;
        const ActorRef caller = engine.spawn("caller", {3, 0}, [&] {
            const Witness frame(log, 'f');
            parallelize_until(engine, 3, 9, [&](std::size_t) {
                const Witness piece(log, 'p');
                engine.sleep_for(10us);
            });
        });
        engine.spawn("canceller", {1, 0}, [&] {
            engine.sleep_until(at_us(15));
            engine.cancel(caller);
        });
        const Outcome outcome = engine.run(never);
        CHECK(log == "ppppppf");  // three pieces ended at 10 us, three unwound at 15 us
        CHECK(outcome.at == at_us(15));
    });
}

TEST_CASE("engine: a fork in the middle of a run goes on in both processes") {
    if (uses_thread_contexts()) return;  // fork keeps only the thread that calls it
    in_own_process([] {
        Engine engine;
        std::string log;
        pid_t child = -1;
        for (std::uint32_t k = 0; k < 3; ++k) {
            engine.spawn("actor", {2, k}, [&, k] {
                for (int i = 0; i < 10; ++i) {
                    engine.sleep_for(Duration{1 + k});
                    log += std::to_string(k);
                    if (k == 1 && i == 4) child = fork();
                }
            });
        }
        CHECK(engine.run(never).kind == OutcomeKind::drained);
        std::string expected;
        for (std::uint32_t t = 1; t <= 30; ++t) {
            for (std::uint32_t k = 0; k < 3; ++k) {
                if (t % (1 + k) == 0 && t <= 10 * (1 + k)) expected += std::to_string(k);
            }
        }
        if (child == 0) _exit(log == expected && us_of(engine.now()) == 30 ? 42 : 1);
        int status = 0;
        waitpid(child, &status, 0);
        CHECK(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == 42);
        CHECK(log == expected);
        CHECK(engine.now() == at_us(30));
    });
}

TEST_CASE("engine: the handlers of signals stay as they were") {
    in_own_process([] {
        struct sigaction before {};
        before.sa_handler = [](int) {};
        for (const int number : {SIGINT, SIGTERM, SIGSEGV}) sigaction(number, &before, nullptr);
        Engine engine;
        engine.spawn("actor", {}, [&] { engine.sleep_for(1s); });
        engine.run(never);
        for (const int number : {SIGINT, SIGTERM, SIGSEGV}) {
            struct sigaction after {};
            sigaction(number, nullptr, &after);
            CHECK(after.sa_handler == before.sa_handler);
        }
    });
}

TEST_CASE("engine: a run writes nothing of its own") {
    const auto end = own_process([] {
        Engine engine;
        engine.spawn("hangs", {}, [&] { Signal(engine).wait(); });
        engine.run(never);
    });
    CHECK(end.exit_code == 0);
    CHECK(end.text.empty());
}
