// SPDX-License-Identifier: Apache-2.0
// What holds a call up, what it is answered, and what the client makes of it.
#include "models/cloud/account.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "support/own_process.hpp"

using namespace lbsim;
using cloud::Account;
using history::CallResult;
using lbsim::test::in_own_process;
using scenario::Bucket;
using scenario::CallClass;
using scenario::Distribution;
using WhenEmpty = Bucket::WhenEmpty;

namespace {

std::vector<Bucket>& quota(scenario::CloudApi& api, CallClass call_class) {
    return api.quota[static_cast<std::size_t>(call_class)];
}
void set_latency(scenario::CloudApi& api, Duration latency) { api.latency.fill(Distribution::fixed(latency)); }

/// An account and the actors that call it; runs in a process of its own.
class Office {
public:
    explicit Office(scenario::CloudApi api)
        : api_(std::move(api)), journal_(engine_, history_), account_(journal_, api_, faults_, StreamKey(1, 0, "cloud_call")) {
        history_.end = time_zero + 24h;
    }

    /// `calls` calls one after the other, from `start` on.
    void client(std::uint32_t calls, CallClass call_class = CallClass::membership, Time start = time_zero) {
        const std::uint32_t number = clients_++;
        engine_.spawn("client " + std::to_string(number), {13, number}, [=, this] {
            engine_.sleep_until(start);
            for (std::uint32_t i = 0; i < calls; ++i) {
                results.push_back(account_.call({.controller = "test",
                                                 .operation = "Call",
                                                 .call_class = call_class,
                                                 .mutates = true,
                                                 .service = ServiceId{number},
                                                 .node = {}}));
                ends.push_back(engine_.now());
            }
        });
    }
    void run() {
        CHECK(engine_.run(history_.end).kind == engine::OutcomeKind::drained);
        rows_ = history_.api_calls.take_rows();
    }
    const std::vector<history::ApiCall>& rows() const { return rows_; }
    engine::Engine& engine() { return engine_; }
    Account& account() { return account_; }
    cloud::FaultWindows& faults() { return faults_; }

    std::vector<Account::Answer> results;
    std::vector<Time> ends;

private:
    scenario::CloudApi api_;
    engine::Engine engine_;
    history::History history_;
    cluster::Journal journal_;
    cloud::FaultWindows faults_;
    Account account_;
    std::uint32_t clients_ = 0;
    std::vector<history::ApiCall> rows_;
};

}  // namespace

TEST_CASE("account: calls one after the other take their latency, nothing else") {
    in_own_process([] {
        scenario::CloudApi api;
        set_latency(api, 200ms);
        Office office(api);
        office.client(3);
        office.run();
        REQUIRE(office.rows().size() == 3);
        CHECK(office.rows()[2].t == time_zero + 400ms);
        CHECK(office.ends.back() == time_zero + 600ms);
    });
}

TEST_CASE("account: a waiting bucket holds calls up and says for how long") {
    in_own_process([] {
        scenario::CloudApi api;
        quota(api, CallClass::membership) = {{.rate = 4, .burst = 20, .when_empty = WhenEmpty::wait}};
        Office office(api);
        office.client(200);
        office.run();
        // (200 - 20) / 4 s; the 21st waits a period, and so does each that follows, one after the other.
        CHECK(office.ends.back() == time_zero + 45s);
        CHECK(office.rows()[19].wait == 0s);
        CHECK(office.rows()[20].wait == 250ms);
        CHECK(office.rows()[199].t == time_zero + 45s);
        CHECK(office.rows()[199].wait == 250ms);
    });
}

TEST_CASE("account: classes have buckets of their own, and one may hold for all together") {
    in_own_process([] {
        scenario::CloudApi api;
        quota(api, CallClass::membership) = {{.rate = 1, .burst = 1, .when_empty = WhenEmpty::wait}};
        Office office(api);
        office.client(2, CallClass::membership);
        office.client(5, CallClass::describe);
        office.run();
        CHECK(office.rows().size() == 7);
        CHECK(office.ends.back() == time_zero + 1s);
    });
    in_own_process([] {
        scenario::CloudApi api;
        api.quota.back() = {{.rate = 1, .burst = 1, .when_empty = WhenEmpty::wait}};
        Office office(api);
        office.client(2, CallClass::membership);
        office.client(5, CallClass::describe);
        office.run();
        CHECK(office.ends.back() == time_zero + 6s);
    });
}

TEST_CASE("account: a rejecting limiter fails calls at once, without sending them") {
    in_own_process([] {
        scenario::CloudApi api;
        set_latency(api, 1s);
        quota(api, CallClass::membership) = {{.rate = 1, .burst = 5, .when_empty = WhenEmpty::reject}};
        Office office(api);
        for (int i = 0; i < 8; ++i) office.client(1);
        office.run();
        std::size_t rejected = 0;
        for (const history::ApiCall& row : office.rows()) {
            if (row.result != CallResult::rejected) continue;
            ++rejected;
            CHECK(row.latency == 0s);
        }
        CHECK(rejected == 3);
    });
}

TEST_CASE("account: a throttled call is tried again by the client's ladder, and every try is a row") {
    in_own_process([] {
        scenario::CloudApi api;
        set_latency(api, 100ms);
        quota(api, CallClass::membership) = {{.rate = 0.1, .burst = 1, .when_empty = WhenEmpty::throttle}};
        api.retry = {.attempts = 4, .first_delay = 1s, .factor = 2.0};
        Office office(api);
        office.client(1);
        office.client(1);
        office.run();
        // The second call: 0 s throttled, 1.1 s, 3.2 s, 7.3 s; the next token is there at 10 s, so it gives up.
        REQUIRE(office.results.size() == 2);
        CHECK(office.results[1].result == CallResult::throttled);
        CHECK(office.results[1].tries == 4);
        CHECK(office.rows().back().t == time_zero + 7300ms);
        CHECK(office.rows().size() == 5);
    });
}

TEST_CASE("account: after a 429 Azure's client rejects every call of the class until Retry-After") {
    in_own_process([] {
        scenario::CloudApi api;
        quota(api, CallClass::write) = {{.rate = 1, .burst = 1, .when_empty = WhenEmpty::throttle}};
        api.retry.gate_after_throttle = 30s;
        Office office(api);
        office.client(1, CallClass::write);
        office.client(1, CallClass::write);
        office.client(1, CallClass::write, time_zero + 29'999'999us);
        office.client(1, CallClass::describe, time_zero + 1s);
        office.client(1, CallClass::write, time_zero + 30s);
        office.run();
        std::vector<CallResult> found;
        for (const history::ApiCall& row : office.rows()) found.push_back(row.result);
        CHECK(found == std::vector<CallResult>{CallResult::ok, CallResult::throttled, CallResult::ok,
                                               CallResult::rejected, CallResult::ok});
    });
}

TEST_CASE("account: an operation is polled until it is done") {
    in_own_process([] {
        scenario::CloudApi api;
        api.operation_time = Distribution::fixed(12s);
        api.poll_every = 5s;
        Office office(api);
        Duration tail{-1};
        office.engine().spawn("client", {13, 0}, [&] {
            const Account::Answer answer = office.account().await_operation(
                {.controller = "test", .operation = "Poll", .call_class = CallClass::poll, .mutates = false, .service = ServiceId{0u}, .node = {}},
                &tail);
            CHECK(answer.result == CallResult::ok);
            CHECK(answer.tries == 3);
            CHECK(office.engine().now() == time_zero + 15s);
        });
        office.run();
        CHECK(tail == 0s);
    });
}

TEST_CASE("account: a client gives up an operation that takes too many polls") {
    in_own_process([] {
        scenario::CloudApi api;
        api.operation_time = Distribution::fixed(1h);
        api.poll_every = 1s;
        api.poll_factor = 2.0;
        api.poll_limit = 4;
        Office office(api);
        office.engine().spawn("client", {13, 0}, [&] {
            const Account::Answer answer = office.account().await_operation(
                {.controller = "test", .operation = "Poll", .call_class = CallClass::poll, .mutates = false, .service = ServiceId{0u}, .node = {}});
            CHECK(answer.result == CallResult::failed);
            CHECK(office.engine().now() == time_zero + 15s);  // 1 + 2 + 4 + 8
        });
        office.run();
    });
}

TEST_CASE("account: faults hold while their window is open, and only for the calls they name") {
    in_own_process([] {
        Office office({});
        const std::uint64_t outage = office.faults().begin({.operations = {"Call"}, .error_rate = 1.0, .latency = {}});
        office.faults().begin({.operations = {"Other"}, .error_rate = 1.0, .latency = {}});
        office.engine().spawn("repair", {0, 0}, [&] {
            office.engine().sleep_until(time_zero + 10s);
            office.faults().end(outage);
        });
        office.client(1, CallClass::membership, time_zero + 9'999'999us);
        office.client(1, CallClass::membership, time_zero + 10s);
        office.run();
        CHECK(office.rows()[0].result == CallResult::failed);
        CHECK(office.rows()[1].result == CallResult::ok);
    });
    in_own_process([] {
        scenario::CloudApi api;
        set_latency(api, 100ms);
        api.faults = {{.operations = {}, .error_rate = 0.0, .latency = Distribution::fixed(30s)}};
        Office office(api);
        office.client(1);
        office.run();
        CHECK(office.ends.back() == time_zero + 30s);
    });
}

TEST_CASE("account: an error rate fails that share of calls") {
    in_own_process([] {
        scenario::CloudApi api;
        api.faults = {{.operations = {}, .error_rate = 0.2, .latency = {}}};
        Office office(api);
        office.client(10'000);
        office.run();
        const auto failed = std::count_if(office.rows().begin(), office.rows().end(),
                                          [](const history::ApiCall& row) { return row.result == CallResult::failed; });
        // Binomial: 2,000 with a standard deviation of 40.
        CHECK(std::abs(static_cast<double>(failed) - 2000.0) < 4 * 40.0);
    });
}

TEST_CASE("account: a lock is handed on in the order of asking, and a cancelled actor gives its ticket back") {
    in_own_process([] {
        engine::Engine engine;
        cloud::TicketLock lock(engine);
        std::string log;
        std::vector<engine::ActorRef> actors;
        for (std::uint32_t i = 0; i < 4; ++i) {
            actors.push_back(engine.spawn(std::to_string(i), {13, i}, [&, i] {
                const cloud::TicketLock::Guard guard(lock);
                log += static_cast<char>('a' + i);
                engine.sleep_for(10s);
            }));
        }
        engine.spawn("killer", {1, 0}, [&] {
            engine.sleep_until(time_zero + 5s);
            engine.cancel(actors[1]);  // waits
            engine.sleep_until(time_zero + 12s);
            engine.cancel(actors[2]);  // holds
        });
        engine.run(time_zero + 1h);
        CHECK(log == "acd");
        CHECK_FALSE(lock.is_held());
    });
}

TEST_CASE("account: every call that was asked for is answered or cut off, class by class") {
    in_own_process([] {
        // A call takes 10 s. Of three calls one after the other the third is sent at 20 s and cut off at 25 s. Of another
        // class nothing is asked. A bucket of one token an hour lets the second reader's call wait: never sent.
        scenario::CloudApi api;
        set_latency(api, 10s);
        quota(api, CallClass::describe) = {{.rate = 1.0 / 3600, .burst = 1, .when_empty = WhenEmpty::wait}};
        history::History history;
        engine::Engine engine;
        cluster::Journal journal(engine, history);
        const cloud::FaultWindows faults;
        Account account(journal, api, faults, StreamKey(1, 0, "cloud_call"));
        const auto client = [&](std::uint32_t number, CallClass call_class) {
            engine.spawn("client " + std::to_string(number), {13, number}, [&, number, call_class] {
                for (;;) {
                    account.call({.controller = "test", .operation = "Call", .call_class = call_class, .mutates = true,
                                  .service = ServiceId{number}, .node = {}});
                }
            });
        };
        client(0, CallClass::membership);
        client(1, CallClass::describe);
        engine.run(time_zero + 25s);
        const auto& changed = account.balances()[static_cast<std::size_t>(CallClass::membership)];
        CHECK(changed.asked == 3);
        CHECK(changed.sent == 3);
        CHECK(changed.answered == 2);
        CHECK(changed.cut_off == 1);
        const auto& read = account.balances()[static_cast<std::size_t>(CallClass::describe)];
        CHECK(read.asked == 2);
        CHECK(read.sent == 1);
        CHECK(read.answered == 1);
        CHECK(read.cut_off == 1);
        CHECK(account.balances()[static_cast<std::size_t>(CallClass::removal)].asked == 0);
    });
}
