// SPDX-License-Identifier: Apache-2.0
// The work queue against the rules of client-go.
#include "lbsim/policy/work_queue.hpp"

#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;
using Item = WorkQueue::Item;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }
}  // namespace

TEST_CASE("work queue: keys leave in the order they came, each once") {
    WorkQueue queue;
    CHECK(queue.add(4, 40));
    CHECK(queue.add(2, 20));
    CHECK_FALSE(queue.add(4, 41));  // waits already: the older tag stays
    CHECK(queue.size() == 2);
    CHECK(queue.get() == Item{4, 40});
    CHECK(queue.get() == Item{2, 20});
    CHECK_FALSE(queue.get());
    CHECK(queue.empty());
}

TEST_CASE("work queue: a key added during its own work waits again only when that is done") {
    WorkQueue queue;
    queue.add(1, 10);
    REQUIRE(queue.get());
    CHECK(queue.add(1, 11));
    CHECK_FALSE(queue.add(1, 12));
    CHECK(queue.size() == 0);
    CHECK_FALSE(queue.get());
    queue.done(1);
    CHECK(queue.get() == Item{1, 11});
    queue.done(1);
    CHECK(queue.empty());
}

TEST_CASE("work queue: a delayed entry is ready exactly at its instant") {
    WorkQueue queue;
    queue.add_after(1, second(10), 5s, 7);
    CHECK(queue.next_ready() == second(15));
    queue.move_ready(second(15) - Duration{1});
    CHECK(queue.empty());
    queue.move_ready(second(15));
    CHECK(queue.get() == Item{1, 7});
    CHECK_FALSE(queue.next_ready());
}

TEST_CASE("work queue: of two delays for one key the earlier instant stands") {
    WorkQueue queue;
    queue.add_after(1, second(0), 60s, 1);
    queue.add_after(1, second(0), 90s, 2);  // later: ignored
    CHECK(queue.next_ready() == second(60));
    queue.add_after(1, second(0), 30s, 3);  // earlier: replaces
    CHECK(queue.next_ready() == second(30));
    queue.move_ready(second(200));
    CHECK(queue.get() == Item{1, 3});
    CHECK_FALSE(queue.get());
}

TEST_CASE("work queue: no delay adds at once") {
    WorkQueue queue;
    queue.add_after(1, second(0), 0s, 5);
    CHECK(queue.get() == Item{1, 5});
}

TEST_CASE("work queue: an entry already delayed survives a direct add and a forget") {
    // client-go keeps the delay heap apart from the queue, so the key is worked on twice.
    WorkQueue queue;
    CHECK(queue.add_rate_limited(1, second(0), 1) == 5s);
    queue.add(1, 2);
    CHECK(queue.get() == Item{1, 2});
    queue.forget(1);
    queue.done(1);
    CHECK(queue.next_ready() == second(5));
    queue.move_ready(second(5));
    CHECK(queue.get() == Item{1, 1});
}

TEST_CASE("work queue: delayed entries of one instant leave in the order of their adds") {
    WorkQueue queue;
    queue.add_after(9, second(0), 5s);
    queue.add_after(3, second(0), 5s);
    queue.add_after(6, second(1), 4s);
    queue.move_ready(second(5));
    CHECK(queue.get()->key == 9);
    CHECK(queue.get()->key == 3);
    CHECK(queue.get()->key == 6);
}

TEST_CASE("work queue: back-off doubles from 5 s to 300 s, counts per key, and is forgotten") {
    WorkQueue queue;
    for (const auto expected : {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
        CHECK(queue.add_rate_limited(1, second(0)) == expected);
    }
    CHECK(queue.failures(1) == 8);
    CHECK(queue.add_rate_limited(2, second(0)) == 5s);
    queue.forget(1);
    CHECK(queue.failures(1) == 0);
    CHECK(queue.add_rate_limited(1, second(0)) == 5s);
}

TEST_CASE("work queue: the back-off of very many failures is the cap") {
    CHECK(BackOff{}.delay(4'000'000'000U) == 300s);
    CHECK(BackOff{1s, Duration::max()}.delay(200) == Duration::max());
}
