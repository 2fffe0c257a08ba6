// SPDX-License-Identifier: Apache-2.0
// Tolerations, deadlines of taint eviction, pod garbage collection, drain.
#include "lbsim/policy/eviction.hpp"

#include <vector>

#include "lbsim/policy/node_health.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::policy;

namespace {
constexpr Time second(std::int64_t s) { return at_us(s * 1'000'000); }

using Taints = std::vector<NoExecuteTaint>;
using Tolerations = std::vector<Toleration>;

Toleration any_value_of(std::string_view key, std::optional<Duration> seconds = std::nullopt) {
    return {std::string(key), std::nullopt, seconds};
}
const Taints unreachable{{std::string(unreachable_taint_key), ""}};
const Taints not_ready{{std::string(not_ready_taint_key), ""}};
}  // namespace

TEST_CASE("eviction: upstream's TestGetMinTolerationTime holds, all five cases") {
    const Taints two{{"a", ""}, {"b", ""}};
    CHECK(endured(two, Tolerations{}) == 0s);
    CHECK_FALSE(endured(two, Tolerations{any_value_of("")}));
    CHECK(endured(two, Tolerations{any_value_of("a", 1s), any_value_of("b", 2s)}) == 1s);
    CHECK(endured(two, Tolerations{any_value_of("a", 1s), any_value_of("b")}) == 1s);
    CHECK(endured(two, Tolerations{any_value_of("a"), any_value_of("b", 1s)}) == 1s);
}

TEST_CASE("eviction: only the first matching toleration of a taint counts, and a value must match") {
    const Taints taint{{"a", "x"}};
    CHECK(endured(taint, Tolerations{any_value_of("a", 9s), any_value_of("a", 2s)}) == 9s);
    CHECK(endured(taint, Tolerations{{"a", "y", 9s}, {"a", "x", 2s}}) == 2s);
    CHECK(endured(taint, Tolerations{{"a", "y", 9s}}) == 0s);
    CHECK(endured(taint, Tolerations{any_value_of("a", -5s)}) == 0s);
}

TEST_CASE("eviction: admission's default is 300 s, a DaemonSet's pods stay") {
    CHECK(default_toleration(PodOwner::replica_set) == 300s);
    CHECK_FALSE(default_toleration(PodOwner::daemon_set));
    const Tolerations added{any_value_of(not_ready_taint_key, default_toleration(PodOwner::replica_set)),
                            any_value_of(unreachable_taint_key, default_toleration(PodOwner::replica_set))};
    // Seen at 50 s, due at 350 s.
    const auto eviction = eviction_step({}, unreachable, added, second(50));
    REQUIRE(eviction);
    CHECK(*eviction == ScheduledEviction{second(50), second(350)});
    const Tolerations of_daemon{any_value_of(not_ready_taint_key), any_value_of(unreachable_taint_key)};
    CHECK_FALSE(eviction_step({}, unreachable, of_daemon, second(50)));
}

TEST_CASE("eviction: the first deadline stays from unreachable to not-ready, and goes with the last taint") {
    const Tolerations both{any_value_of(not_ready_taint_key, 300s), any_value_of(unreachable_taint_key, 300s)};
    const auto first = eviction_step({}, unreachable, both, second(50));
    CHECK(eviction_step(first, not_ready, both, second(200)) == first);
    CHECK_FALSE(eviction_step(first, Taints{}, both, second(200)));
}

TEST_CASE("eviction: a finite toleration that comes later does not move a deadline, an untolerated taint does") {
    const Tolerations some{any_value_of("slow", 300s), any_value_of("quick", 10s)};
    const auto first = eviction_step({}, Taints{{"slow", ""}}, some, second(50));
    const Taints slow_and_quick{{"slow", ""}, {"quick", ""}};
    // 60 + 10 would be 70; upstream keeps 350.
    CHECK(eviction_step(first, slow_and_quick, some, second(60)) == first);
    // In the same instant the earlier one counts.
    CHECK(eviction_step(first, slow_and_quick, some, second(50)) == ScheduledEviction{second(50), second(60)});
    const Taints foreign{{"slow", ""}, {"other", ""}};
    CHECK(eviction_step(first, foreign, some, second(60)) == ScheduledEviction{second(60), second(60)});
}

TEST_CASE("eviction: upstream's TestUpdateNodeWithMultipleTaints holds") {
    // taint1 is endured for ever, taint2 for a minute.
    const Tolerations tolerations{any_value_of("taint1"), any_value_of("taint2", 60s)};
    const Taints one{{"taint1", ""}};
    const Taints two{{"taint1", ""}, {"taint2", ""}};
    CHECK_FALSE(eviction_step({}, Taints{}, tolerations, second(0)));
    CHECK_FALSE(eviction_step({}, one, tolerations, second(1)));
    const auto queued = eviction_step({}, two, tolerations, second(2));
    REQUIRE(queued);
    CHECK(queued->due == second(62));
    CHECK_FALSE(eviction_step(queued, one, tolerations, second(3)));
}

TEST_CASE("eviction: a controller of its own evicts from 1.29") {
    CHECK(taint_evictor({28, 15}) == TaintEvictor::node_lifecycle_controller);
    CHECK(taint_evictor({29, 0}) == TaintEvictor::separate_controller);
    CHECK(taint_evictor({36, 2}) == TaintEvictor::separate_controller);
}

TEST_CASE("pod collection: orphans go two passes after the one that finds them") {
    // Passes at 0, 20, 40 …: gone at 5, found at 20, quarantine until 60, itself a pass.
    CHECK(orphans_collected_at(second(5), 0s) == second(60));
    CHECK(orphans_collected_at(second(20), 0s) == second(60));
    CHECK(orphans_collected_at(second(20) + Duration{1}, 0s) == second(80));
    // Passes at 3, 23 …
    CHECK(orphans_collected_at(second(5), 3s) == second(63));
}

TEST_CASE("pod collection: terminating pods of a node that is out of service go from 1.26") {
    CHECK_FALSE(collects_terminating_pod({25, 16}, ConditionStatus::unknown, true));
    CHECK(collects_terminating_pod({26, 0}, ConditionStatus::unknown, true));
    CHECK_FALSE(collects_terminating_pod({26, 0}, ConditionStatus::is_true, true));
    CHECK_FALSE(collects_terminating_pod({26, 0}, ConditionStatus::unknown, false));
}

TEST_CASE("drain: a refused eviction comes again after 5 s, an accepted one is polled every second") {
    using Action = DrainStep::Action;
    CHECK(drain_step(EvictionAnswer::refused_by_budget, second(10)) == DrainStep{Action::evict, second(15)});
    CHECK(drain_step(EvictionAnswer::accepted, second(15)) == DrainStep{Action::poll, second(15)});
    CHECK(drain_step(EvictionAnswer::still_there, second(15)) == DrainStep{Action::poll, second(16)});
    CHECK(drain_step(EvictionAnswer::pod_is_gone, second(16)) == DrainStep{Action::done, second(16)});
    CHECK(drain_step(EvictionAnswer::failed, second(16)).action == Action::give_up);
}

TEST_CASE("drain: --timeout ends the waiting, without one it waits for ever") {
    using Action = DrainStep::Action;
    CHECK(drain_step(EvictionAnswer::refused_by_budget, second(10), second(15)).action == Action::evict);
    CHECK(drain_step(EvictionAnswer::refused_by_budget, second(10), second(15) - Duration{1}) ==
          DrainStep{Action::give_up, second(15) - Duration{1}});
    CHECK(drain_step(EvictionAnswer::still_there, second(1'000'000'000)).action == Action::poll);
}

TEST_CASE("drain: patience of kubectl takes the same steps as its answers one by one") {
    using Action = DrainStep::Action;
    for (const auto& timeout : {std::optional<Duration>{}, std::optional<Duration>{12s}, std::optional<Duration>{10s}}) {
        const DrainPatience patience = kubectl_patience(timeout);
        const Time deadline = timeout ? second(100) + *timeout : never;
        for (int tried = 100; tried <= 110; tried += 5) {
            CHECK(retry_step(patience, second(100), second(tried)) ==
                  drain_step(EvictionAnswer::refused_by_budget, second(tried), deadline));
        }
    }
    // Accepted at 105, gone at 107.2: looks at 105, 106, 107 and 108 s.
    const Time gone = second(107) + 200ms;
    CHECK(look_step(kubectl_patience({}), second(100), second(105), gone) == DrainStep{Action::done, second(108)});
    CHECK(look_step(kubectl_patience(8s), second(100), second(105), gone) == DrainStep{Action::done, second(108)});
    CHECK(look_step(kubectl_patience(7s), second(100), second(105), gone) == DrainStep{Action::give_up, second(107)});
    CHECK(look_step(kubectl_patience({}), second(100), second(105), never) == DrainStep{Action::give_up, never});
}
