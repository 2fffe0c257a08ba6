// SPDX-License-Identifier: Apache-2.0
// Failed updates: whether the failure counts, who repairs it and what is remembered of it.
#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;
using Kind = CloudResult::Kind;
using Operation = CloudOperation;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }

/// Updates end as `update`, Gets as `get`, everything else well.
std::function<CloudResult(const CloudCall&)> answering(Kind update, Kind get) {
    return [update, get](const CloudCall& call) {
        CloudResult result;
        if (call.operation == Operation::update_load_balancer) result.kind = update;
        if (call.operation == Operation::get_load_balancer) result.kind = get;
        return result;
    };
}

std::vector<Operation> operations(const ControllerDriver& driver) {
    std::vector<Operation> result;
    for (const SeenCall& seen : driver.calls) result.push_back(seen.call.operation);
    return result;
}
}  // namespace

TEST_CASE("failed update: the original error stands where the load balancer exists or the Get fails too") {
    for (const auto* release : {"1.26", "1.27", "1.28", "1.29", "1.32"}) {
        for (const Kind get : {Kind::found, Kind::error, Kind::retry_after}) {
            CAPTURE(release, static_cast<int>(get));
            ControllerDriver driver(controller_options(release));
            driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
            driver.answer = answering(Kind::error, get);
            driver.deliver_node(second(1), 1, healthy_node(1), 9);
            driver.run();
            // Update 1 to 4, Get 4 to 7, and at 7, without any delay, the service queue ensures.
            REQUIRE(operations(driver) == std::vector<Operation>{Operation::update_load_balancer,
                                                                 Operation::get_load_balancer,
                                                                 Operation::ensure_load_balancer});
            CHECK(driver.calls[1].start == second(4));
            CHECK(driver.calls[2].start == second(7));
            CHECK(driver.calls[2].call.cause == 9);
            CHECK(driver.calls[2].nodes == std::vector<NodeKey>{0, 1});
            CHECK(driver.calls[0].worker == 0);
            CHECK(driver.calls[1].worker == 0);
            CHECK(driver.calls[2].worker == 1);
            CHECK(driver.machine.metrics().nodesync_error_total == 1);
            CHECK(driver.machine.metrics().retries == 1);
        }
    }
}

TEST_CASE("failed update: a load balancer that is definitely gone needs no repair") {
    for (const auto* release : {"1.24", "1.26", "1.32"}) {
        CAPTURE(release);
        ControllerDriver driver(controller_options(release));
        driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
        driver.answer = answering(Kind::error, Kind::not_found);
        driver.deliver_node(second(1), 1, healthy_node(1));
        driver.tick_at(second(100));
        driver.run();
        CHECK(operations(driver) ==
              std::vector<Operation>{Operation::update_load_balancer, Operation::get_load_balancer});
        CHECK(driver.machine.metrics().nodesync_error_total == 0);
        CHECK(driver.machine.metrics().retries == 0);
    }
}

TEST_CASE("failed update: ImplementedElsewhere is no failure and asks nothing") {
    ControllerDriver driver(controller_options("1.30"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.answer = answering(Kind::implemented_elsewhere, Kind::found);
    driver.deliver_node(second(1), 1, healthy_node(1));
    driver.run();
    CHECK(driver.calls.size() == 1);
}

TEST_CASE("failed update: a RetryError from Update is a plain failure") {
    ControllerDriver driver(controller_options("1.32"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.answer = answering(Kind::retry_after, Kind::found);
    driver.deliver_node(second(1), 1, healthy_node(1));
    driver.run();
    REQUIRE(driver.ensures().size() == 1);
    CHECK(driver.ensures()[0].start == second(7));
}

TEST_CASE("failed update: the failures are queued when the pass ends, not before") {
    // Three services, one worker, the first update fails: Update 1-4, Get 4-7, then two more updates until 13. The
    // service worker is idle all the while and gets the key at 13.
    ControllerDriver driver(controller_options("1.30"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(3));
    bool is_first = true;
    driver.answer = [&](const CloudCall& call) {
        CloudResult result;
        if (call.operation == Operation::get_load_balancer) result.kind = Kind::found;
        if (call.operation == Operation::update_load_balancer && std::exchange(is_first, false)) {
            result.kind = Kind::error;
        }
        return result;
    };
    driver.deliver_node(second(1), 1, healthy_node(1));
    driver.run();
    REQUIRE(driver.ensures().size() == 1);
    CHECK(driver.ensures()[0].start == second(13));
    CHECK(driver.ensures()[0].call.service == driver.calls[0].call.service);
}

TEST_CASE("failed update: a later pass does not repair it, since the set counts as pushed") {
    // The service worker is never asked, so only passes could repair; the second pass finds nothing to do.
    for (const auto* release : {"1.26", "1.28", "1.29", "1.32"}) {
        CAPTURE(release);
        ServiceController machine(controller_options(release));
        machine.start_in_sync(healthy_nodes(1), std::vector<ServiceFacts>(1));
        machine.node_delivered(second(1), 1, std::nullopt, healthy_node(1), 0);
        REQUIRE(machine.next_call(0, second(1)));
        machine.call_ended(0, second(2), {Kind::error, {}});
        CHECK(machine.has_work());  // the Get waits for the same worker
        REQUIRE(machine.next_call(0, second(2)));
        CHECK_FALSE(machine.has_work());
        machine.call_ended(0, second(3), {Kind::found, {}});
        CHECK_FALSE(machine.next_call(0, second(3)));
        NodeFacts hidden = healthy_node(2);
        hidden.exclusion = ExclusionLabel::excludes;
        machine.node_delivered(second(4), 2, std::nullopt, hidden, 0);
        CHECK_FALSE(machine.next_call(0, second(4)));
        CHECK(machine.metrics().passes == 2);
        CHECK(machine.queue_length() == 1);  // the Ensure
    }
}

TEST_CASE("failed update: the notices tell the whole story in order") {
    ControllerDriver driver(controller_options("1.32"));
    driver.start(healthy_nodes(1), std::vector<ServiceFacts>(1));
    driver.answer = answering(Kind::error, Kind::found);
    driver.deliver_node(second(1), 1, healthy_node(1), 9);
    driver.run();
    using NoticeKind = ControllerNotice::Kind;
    std::vector<NoticeKind> kinds;
    for (const ControllerNotice& notice : driver.machine.take_notices()) {
        kinds.push_back(notice.kind);
        CHECK(notice.cause == 9);
        CHECK(notice.service == 0);
        if (notice.kind == NoticeKind::pass_finished) CHECK(notice.calls == 1);
    }
    CHECK(kinds == std::vector<NoticeKind>{NoticeKind::pass_started, NoticeKind::update_started,
                                           NoticeKind::retry_scheduled, NoticeKind::pass_finished,
                                           NoticeKind::ensure_started});
}
