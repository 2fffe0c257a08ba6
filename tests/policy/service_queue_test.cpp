// SPDX-License-Identifier: Apache-2.0
// The service queue: what is queued, which calls follow, and how failures come back.
#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;
using Kind = CloudResult::Kind;
using Operation = CloudOperation;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }

ServiceFacts revised(std::uint64_t revision) {
    ServiceFacts facts;
    facts.revision = revision;
    return facts;
}
ServiceFacts deleting_service() {
    ServiceFacts facts;
    facts.needs_cleanup = true;
    return facts;
}

/// Starts of the ensures in seconds.
std::vector<std::int64_t> ensure_seconds(const ControllerDriver& driver) {
    std::vector<std::int64_t> result;
    for (const SeenCall& seen : driver.ensures()) result.push_back(us_of(seen.start) / 1'000'000);
    return result;
}
std::vector<Operation> operations(const ControllerDriver& driver) {
    std::vector<Operation> result;
    for (const SeenCall& seen : driver.calls) result.push_back(seen.call.operation);
    return result;
}

/// A driver with one service that is created at 0 and whose calls end as told, in no time.
std::unique_ptr<ControllerDriver> created(std::string_view release,
                                          std::function<CloudResult(const CloudCall&)> answer) {
    auto driver = std::make_unique<ControllerDriver>(controller_options(release));
    driver->call_time = Duration{};
    driver->answer = std::move(answer);
    driver->start(healthy_nodes(1), {});
    driver->deliver_service(second(0), 0, ServiceFacts{}, 5);
    return driver;
}
}  // namespace

TEST_CASE("service queue: a failing Ensure climbs the ladder 5, 15, 35, 75, 155, 315, 615, 915 s") {
    // Delays 5, 10, 20, 40, 80, 160, 300, 300 added up; each retry fails at once.
    for (const auto* release : {"1.24", "1.26", "1.28", "1.32"}) {
        CAPTURE(release);
        auto driver = created(release, [](const CloudCall&) { return CloudResult{Kind::error, {}}; });
        driver->run(second(915));
        CHECK(ensure_seconds(*driver) == std::vector<std::int64_t>{0, 5, 15, 35, 75, 155, 315, 615, 915});
        CHECK(driver->machine.metrics().retries == 9);
        for (const SeenCall& seen : driver->ensures()) CHECK(seen.call.cause == 5);
    }
}

TEST_CASE("service queue: a success starts the ladder again") {
    // Fails at 0 and 5, works at 15; the change at 100 fails at 100, so it comes back 5 s later.
    int call_number = 0;
    auto driver = created("1.30", [&](const CloudCall&) {
        return CloudResult{++call_number == 3 ? Kind::ok : Kind::error, {}};
    });
    driver->deliver_service(second(100), 0, revised(1));
    driver->run(second(110));
    CHECK(ensure_seconds(*driver) == std::vector<std::int64_t>{0, 5, 15, 100, 105});
}

TEST_CASE("service queue: TestServiceQueueDelay, a RetryError waits its own time and counts no failure") {
    // 1.28 on: 42 s each, and the plain error after them is the first failure, 5 s. Before: a plain error each time.
    for (const auto* release : {"1.27", "1.28.0", "1.30", "1.33"}) {
        CAPTURE(release);
        int call_number = 0;
        auto driver = created(release, [&](const CloudCall&) {
            ++call_number;
            return CloudResult{call_number <= 2 ? Kind::retry_after : call_number == 3 ? Kind::error : Kind::ok, 42s};
        });
        driver->run();
        if (std::string_view(release) == "1.27") {
            CHECK(ensure_seconds(*driver) == std::vector<std::int64_t>{0, 5, 15, 35});
        } else {
            CHECK(ensure_seconds(*driver) == std::vector<std::int64_t>{0, 42, 84, 89});
        }
    }
}

TEST_CASE("service queue: success and ImplementedElsewhere are not repeated") {
    for (const Kind kind : {Kind::ok, Kind::implemented_elsewhere}) {
        auto driver = created("1.32", [kind](const CloudCall&) { return CloudResult{kind, {}}; });
        driver->run();
        CHECK(driver->ensures().size() == 1);
        CHECK_FALSE(driver->machine.next_timer());
    }
}

TEST_CASE("service queue: only changes that the controller acts on are queued") {
    ServiceController machine(controller_options("1.32"));
    machine.start_in_sync(healthy_nodes(1), std::vector<ServiceFacts>(2));
    const auto queued_by = [&](ServiceKey key, const std::optional<ServiceFacts>& facts) {
        machine.service_delivered(second(1), key, facts, 0);
        const bool is_queued = machine.queue_length() == 1;
        while (machine.next_call(1, second(1))) machine.call_ended(1, second(1), {});
        return is_queued;
    };
    ServiceFacts other;
    other.wants_load_balancer = false;
    ServiceFacts local = revised(1);
    local.external_traffic_policy = TrafficPolicy::local;
    CHECK_FALSE(queued_by(0, ServiceFacts{}));  // the resync of an unchanged service
    CHECK(queued_by(0, revised(1)));
    CHECK(queued_by(0, local));                 // externalTrafficPolicy alone
    CHECK(queued_by(1, other));                 // no load balancer any more
    CHECK_FALSE(queued_by(2, other));           // added, never wanted one
    ServiceFacts other_revised = other;
    other_revised.revision = 8;
    CHECK_FALSE(queued_by(2, other_revised));   // changed, still wants none
    CHECK(queued_by(2, ServiceFacts{}));        // wants one now
    CHECK(queued_by(3, ServiceFacts{}));        // added
    CHECK(queued_by(3, deleting_service()));    // deletion begins
    CHECK(queued_by(3, deleting_service()));    // the resync of a service that needs cleanup
    CHECK_FALSE(queued_by(3, std::nullopt));    // the last event does nothing
}

TEST_CASE("service queue: clean-up asks for the load balancer, then deletes it") {
    for (const auto* release : {"1.24", "1.26", "1.32"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
        driver.deliver_service(second(1), 0, deleting_service(), 4);
        driver.deliver_node(second(30), 1, healthy_node(1));
        driver.run();
        // No update at 30: the service left the cache with its load balancer.
        CHECK(operations(driver) == std::vector<Operation>{Operation::get_load_balancer,
                                                           Operation::ensure_load_balancer_deleted});
        CHECK(driver.calls[1].start == second(4));
        CHECK(driver.calls[1].worker == 1);
        CHECK(driver.calls[1].call.cause == 4);
    }
}

TEST_CASE("service queue: a Get that found the load balancer leaves its worker work") {
    ServiceController machine(controller_options("1.32"));
    machine.start_in_sync(healthy_nodes(1), std::vector<ServiceFacts>(1));
    machine.service_delivered(second(1), 0, deleting_service(), 0);
    CHECK(machine.has_work());
    REQUIRE(machine.next_call(1, second(1)));
    CHECK_FALSE(machine.has_work());
    machine.call_ended(1, second(2), {Kind::found, {}});
    CHECK(machine.has_work());
    REQUIRE(machine.next_call(1, second(2)));
    CHECK_FALSE(machine.has_work());
}

TEST_CASE("service queue: clean-up of what is already gone deletes nothing") {
    ControllerDriver driver(controller_options("1.32"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.answer = [](const CloudCall&) { return CloudResult{Kind::not_found, {}}; };
    driver.deliver_service(second(1), 0, deleting_service());
    driver.run();
    CHECK(operations(driver) == std::vector<Operation>{Operation::get_load_balancer});
}

TEST_CASE("service queue: a clean-up that fails starts over at its Get, with back-off and without RetryError") {
    // Upstream hides the RetryError of the Get and of the deletion here: Get fails at 0, so 5 s; then the deletion
    // fails, so 10 s more; then both work.
    int call_number = 0;
    ControllerDriver driver(controller_options("1.32"));
    driver.call_time = Duration{};
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.answer = [&](const CloudCall& call) {
        ++call_number;
        if (call_number == 1 || call_number == 3) return CloudResult{Kind::retry_after, 42s};
        return CloudResult{call.operation == Operation::get_load_balancer ? Kind::found : Kind::ok, {}};
    };
    driver.deliver_service(second(0), 0, deleting_service());
    driver.run();
    std::vector<std::int64_t> starts;
    for (const SeenCall& seen : driver.calls) starts.push_back(us_of(seen.start) / 1'000'000);
    CHECK(starts == std::vector<std::int64_t>{0, 5, 5, 15, 15});
    CHECK_FALSE(driver.machine.next_timer());
}

TEST_CASE("service queue: ImplementedElsewhere ends a clean-up from 1.24.1 on") {
    for (const auto* release : {"1.24.0", "1.24.1", "1.25.3", "1.32"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
        driver.answer = [](const CloudCall& call) {
            return CloudResult{
                call.operation == Operation::get_load_balancer ? Kind::found : Kind::implemented_elsewhere, {}};
        };
        driver.deliver_service(second(1), 0, deleting_service());
        driver.run(second(8));
        CHECK(driver.machine.next_timer().has_value() == (std::string_view(release) == "1.24.0"));
    }
}

TEST_CASE("service queue: a service that vanished without clean-up has its load balancer deleted") {
    // It is queued by a change at 1 and vanishes at 2, while the worker is busy with service 1 until 4.
    ControllerDriver driver(controller_options("1.32"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(2));
    driver.deliver_service(second(1), 1, revised(1));
    driver.deliver_service(second(1), 0, revised(1));
    driver.deliver_service(second(2), 0, std::nullopt);
    driver.deliver_node(second(30), 1, healthy_node(1));
    driver.run();
    REQUIRE(driver.calls.size() == 3);
    CHECK(driver.calls[1].call.operation == Operation::ensure_load_balancer_deleted);
    CHECK(driver.calls[1].start == second(4));
    CHECK(driver.calls[2].call.operation == Operation::update_load_balancer);
    CHECK(driver.calls[2].call.service == 1);
}

TEST_CASE("service queue: a service that vanished and was never processed needs no call") {
    ControllerDriver driver(controller_options("1.32"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.deliver_service(second(1), 0, revised(1));
    driver.deliver_service(second(1), 1, ServiceFacts{});
    driver.deliver_service(second(2), 1, std::nullopt);
    driver.run();
    CHECK(driver.calls.size() == 1);
    CHECK(driver.machine.queue_length() == 0);
}

TEST_CASE("service queue: a change during the Ensure runs again when that has ended") {
    ControllerDriver driver(controller_options("1.30", {}, 2));  // two workers, yet one key is one worker's
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.deliver_service(second(1), 0, revised(1), 11);
    driver.deliver_service(second(2), 0, revised(2), 12);
    driver.deliver_service(second(3), 0, revised(3), 13);
    driver.run();
    CHECK(ensure_seconds(driver) == std::vector<std::int64_t>{1, 4});
    CHECK(driver.ensures()[1].call.cause == 12);  // the add that made it wait
}

TEST_CASE("service queue: an Ensure reads the nodes of its own instant") {
    ControllerDriver driver(controller_options("1.28"));
    driver.start(healthy_nodes(1), {});
    driver.deliver_service(second(1), 0, ServiceFacts{});
    driver.deliver_node(second(2), 1, healthy_node(1));
    driver.deliver_service(second(3), 1, ServiceFacts{});
    driver.run();
    CHECK(driver.ensures()[0].nodes == std::vector<NodeKey>{0});
    CHECK(driver.ensures()[1].nodes == std::vector<NodeKey>{0, 1});
}
