// SPDX-License-Identifier: Apache-2.0
// Prints how many wake-ups and callbacks the engine delivers per second on this machine.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include "lbsim/engine/channel.hpp"
#include "lbsim/engine/engine.hpp"

using namespace lbsim;
using namespace lbsim::engine;

namespace {

template <class Body>
void measure(const char* what, std::uint64_t operations, Body body) {
    std::fflush(nullptr);
    if (fork() == 0) {
        Engine engine;
        body(engine);
        const auto start = std::chrono::steady_clock::now();
        engine.run(never);
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        const double per = took.count() / static_cast<double>(operations);
        std::printf("%-50s %8.0f ns  %7.2f M/s  %llu rounds, %llu stacks\n", what, per, 1e3 / per,
                    static_cast<unsigned long long>(engine.stats().rounds),
                    static_cast<unsigned long long>(engine.stats().stacks_created));
        std::fflush(nullptr);
        _exit(0);
    }
    wait(nullptr);
}

void sleepers(Engine& engine, std::uint32_t actors, std::uint64_t total) {
    for (std::uint32_t k = 0; k < actors; ++k) {
        engine.spawn("sleeper", {1, k}, [&engine, k, n = total / actors] {
            for (std::uint64_t i = 0; i < n; ++i) engine.sleep_for(Duration{1 + (i * 7 + k) % 1000});
        });
    }
}

struct Ticker {
    Engine& engine;
    std::uint64_t left;
    static void tick(void* self, std::uint64_t object) {
        auto& t = *static_cast<Ticker*>(self);
        if (t.left-- == 0) return t.engine.stop();
        t.engine.at(t.engine.now() + Duration{1 + (t.left * 7) % 1000}, {1, static_cast<std::uint32_t>(object)}, tick, self,
                    object);
    }
};

}  // namespace

int main() {
    for (const std::uint32_t actors : {1u, 2u, 10u, 100u, 1000u, 10'000u}) {
        measure(("sleep, actors: " + std::to_string(actors)).c_str(), 1'000'000,
                [&](Engine& engine) { sleepers(engine, actors, 1'000'000); });
    }
    for (const std::uint32_t pending : {100u, 10'000u, 100'000u}) {
        measure(("callback, pending: " + std::to_string(pending)).c_str(), 2'000'000, [&](Engine& engine) {
            auto* ticker = new Ticker{engine, 2'000'000};
            for (std::uint32_t k = 0; k < pending; ++k) engine.at(at_us(k), {1, k}, Ticker::tick, ticker, k);
        });
    }
    measure("channel, hand-over and answer", 500'000, [](Engine& engine) {
        auto* there = new Channel<int>(engine);
        auto* back = new Channel<int>(engine);
        engine.spawn("a", {1, 0}, [=] {
            for (int i = 0; i < 500'000; ++i) {
                there->push(i);
                back->pop();
            }
        });
        engine.spawn("b", {1, 1}, [=] {
            for (int i = 0; i < 500'000; ++i) back->push(there->pop());
        });
    });
    measure("short-lived actor, 3 sleeps", 200'000, [](Engine& engine) {
        engine.spawn("parent", {1, 0}, [&engine] {
            for (int i = 0; i < 200'000; ++i) {
                engine.spawn("child", {2, 0}, [&engine] {
                    for (int k = 0; k < 3; ++k) engine.sleep_for(3us);
                });
                engine.sleep_for(2us);
            }
        });
    });
    return 0;
}
