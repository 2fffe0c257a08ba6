// SPDX-License-Identifier: Apache-2.0
// Admissions and cuts of a load balancer's targets.
#include "lbsim/history/target_timeline.hpp"

#include "support/catch.hpp"

namespace lbsim::history {
namespace {

TEST_CASE("admissions: the first needs no list, further ones keep all of them") {
    Admissions admissions;
    CHECK(admissions.empty());
    for (int i = 0; i < 3; ++i) {
        admissions.push_back({.from = at_us(10 * i), .to = at_us(10 * i + 5)});
        CHECK(admissions.back().from == at_us(10 * i));
    }
    const Admissions copy = admissions;
    admissions.pop_back();
    admissions.pop_back();
    admissions.pop_back();
    CHECK(admissions.empty());
    admissions.push_back({.from = at_us(7)});
    CHECK(admissions.begin()->from == at_us(7));
    CHECK(admissions.size() == 1);
    REQUIRE(copy.size() == 3);
    std::int64_t expected = 0;
    for (const Admission& admission : copy) {
        CHECK(admission.from == at_us(expected));
        expected += 10;
    }
}

TEST_CASE("cuts: by node, ascending, of one instant in the order of the causes of losses") {
    Cuts cuts;
    cuts.index(3);
    CHECK(cuts.of(NodeId{2u}).empty());
    cuts.add(NodeId{2u}, {.t = at_us(1), .kind = CutKind::drain_over, .event = EventId{0u}});
    cuts.add(NodeId{0u}, {.t = at_us(2), .kind = CutKind::removed, .event = EventId{1u}});
    cuts.add(NodeId{2u}, {.t = at_us(3), .kind = CutKind::drain_over, .event = EventId{2u}});
    cuts.add(NodeId{2u}, {.t = at_us(3), .kind = CutKind::removed, .event = EventId{3u}});
    cuts.index(3);
    CHECK(cuts.of(NodeId{0u}).size() == 1);
    CHECK(cuts.of(NodeId{1u}).empty());
    const std::span<const Cut> last = cuts.of(NodeId{2u});
    REQUIRE(last.size() == 3);
    CHECK(last[0].event == EventId{0u});
    CHECK(last[1].event == EventId{3u});
    CHECK(last[2].event == EventId{2u});
    cuts.clear();
    cuts.index(3);
    CHECK(cuts.of(NodeId{2u}).empty());
}

}  // namespace
}  // namespace lbsim::history
