// SPDX-License-Identifier: Apache-2.0
// Moments of events beyond the rows that are kept, and the order of cuts and target changes.
#include "lbsim/history/event_log.hpp"

#include "support/catch.hpp"

namespace lbsim::history {
namespace {

Event event(std::int64_t us, std::uint8_t step) {
    return {.t = at_us(us), .step = step, .kind = EventKind::lb_update, .node = {}, .service = {}, .pod = {}, .cause = {}, .detail = {}};
}

TEST_CASE("event log: rows beyond the limit keep their moment") {
    EventLog log;
    log.keep_first(2);
    log.add(event(1, 3));
    log.add(event(1, 3));
    log.add(event(1, 4));
    log.add(event(2, 0));
    CHECK(log.add(event(2, 0)) == EventId{4u});
    CHECK(log.size() == 5);
    CHECK(log.rows().size() == 2);
    const std::vector<Moment> moments{{at_us(1), 3}, {at_us(1), 3}, {at_us(1), 4}, {at_us(2), 0}, {at_us(2), 0}};
    for (std::uint32_t i = 0; i < moments.size(); ++i) CHECK(log.moment_of(EventId{i}) == moments[i]);
}

TEST_CASE("event log: counts the events at or before a cut") {
    EventLog log;
    log.add(event(1, 3));
    log.add(event(1, 3));
    log.add(event(2, 5));
    const auto cut = [](std::int64_t us, std::uint8_t step) {
        return CutRow{.t = at_us(us), .step = step, .kind = {}, .service = {}, .node = {}, .cause = {}};
    };
    const std::vector<CutRow> cuts{cut(0, 9), cut(1, 2), cut(1, 3), cut(2, 4), cut(7, 0)};
    CHECK(log.counts_until(cuts) == std::vector<std::uint32_t>{0, 0, 2, 2, 3});
}

TEST_CASE("cut rows: a cut does not come before its cause of the same instant") {
    EventLog log;
    const EventId cause = log.add(event(5, 8));
    CutRows cuts(log);
    cuts.add({.t = at_us(5), .step = 6, .kind = {}, .service = ServiceId{1u}, .node = NodeId{0u}, .cause = cause});
    cuts.add({.t = at_us(5), .step = 7, .kind = {}, .service = ServiceId{0u}, .node = NodeId{0u}, .cause = {}});
    cuts.add({.t = at_us(6), .step = 6, .kind = {}, .service = ServiceId{0u}, .node = NodeId{0u}, .cause = cause});
    const std::vector<CutRow> rows = cuts.take();
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].order == 1);
    CHECK(rows[1].order == 0);
    CHECK(rows[1].step == 8);
    CHECK(rows[2].step == 6);
}

TEST_CASE("target rows: rows of one moment and target stay in the order in which they came about") {
    TargetRows rows(3);
    const auto row = [](std::int64_t us, std::uint32_t node, TargetState to) {
        return TargetChange{.t = at_us(us), .service = ServiceId{0u}, .node = NodeId{node}, .step = 1, .from = {}, .to = to};
    };
    rows.append({row(1, 4, TargetState::failing), row(1, 4, TargetState::passing), row(1, 2, TargetState::draining),
                 row(2, 0, TargetState::out), row(3, 0, TargetState::out)});
    CHECK(rows.size() == 5);
    const std::vector<TargetChange> kept = rows.take();
    REQUIRE(kept.size() == 3);
    CHECK(kept[0].to == TargetState::draining);
    CHECK(kept[1].to == TargetState::failing);
    CHECK(kept[2].to == TargetState::passing);
}

}  // namespace
}  // namespace lbsim::history
