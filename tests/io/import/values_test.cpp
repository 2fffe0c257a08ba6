// SPDX-License-Identifier: Apache-2.0
// Instants, versions, commands and scaled numbers of a dump.
#include "sim/io/import/object_readers.hpp"
#include "sim/io/import/releases.hpp"
#include "sim/io/import/timestamp.hpp"
#include "sim/io/import/workload_plan.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::io;
using namespace std::chrono_literals;

TEST_CASE("import timestamp: reads RFC 3339 to the microsecond") {
    CHECK(parse_timestamp("1970-01-01T00:00:00Z") == 0);
    // 2024-01-01 is day 54 * 365 + 13 leap days = 19,723; May 1st 31 + 29 + 31 + 30 = 121 days later; 10:00:03 is 36,003 s.
    constexpr std::int64_t second = (19'723LL + 121) * 86'400 + 36'003;
    CHECK(parse_timestamp("2024-05-01T10:00:03Z") == second * 1'000'000);
    CHECK(parse_timestamp("2024-05-01T12:00:03+02:00") == second * 1'000'000);
    CHECK(parse_timestamp("2024-05-01T08:30:03-01:30") == second * 1'000'000);
    CHECK(parse_timestamp("2024-05-01T10:00:03.25Z") == second * 1'000'000 + 250'000);
    CHECK(parse_timestamp("2024-05-01T10:00:03.1234567Z") == second * 1'000'000 + 123'456);
    CHECK(parse_timestamp("2024-02-29T00:00:00z").has_value());
}

TEST_CASE("import timestamp: refuses what is no instant") {
    for (const char* text : {"", "2024-05-01", "2024-05-01T10:00:03", "2024-05-01 10:00:03Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
                             "2024-05-01T24:00:00Z", "2024-05-01T10:60:00Z", "2024-05-01T10:00:03Z ", "1969-12-31T23:59:59Z",
                             "2024-05-01T10:00:03.Z", "2024-05-01T10:00:03+24:00", "1970-01-01T00:00:00+01:00", "-024-05-01T10:00:03Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp(text).has_value());
    }
}

TEST_CASE("import timestamp: durations are written exactly, in the largest unit") {
    CHECK(duration_text(0s) == "0s");
    CHECK(duration_text(90s) == "90s");
    CHECK(duration_text(1500ms) == "1500ms");
    CHECK(duration_text(Duration{1'000'001}) == "1000001us");
}

TEST_CASE("import releases: the vendor's part of a version does not count") {
    using Match = ReportedRelease::Match;
    struct Case {
        const char* version;
        Match match;
        const char* release;
    };
    for (const Case& c : {Case{"v1.29.3-eks-ae9a62a", Match::exact, "1.29.3"}, Case{"v1.30.2-gke.1587003", Match::exact, "1.30.2"},
                          Case{"v1.28.4+k3s1", Match::exact, "1.28.4"}, Case{"1.27.9", Match::exact, "1.27.9"},
                          Case{"v1.30", Match::last_patch, "1.30.14"}, Case{"v1.29.99", Match::last_patch, "1.29.15"},
                          Case{"v1.29.99999999999", Match::last_patch, "1.29.15"}}) {
        CAPTURE(c.version);
        const ReportedRelease found = release_of_version(c.version);
        CHECK(found.match == c.match);
        CHECK(to_string(found.release) == c.release);
    }
    CHECK(release_of_version("v1.8.0").match == Match::nearest);
    CHECK(release_of_version("v1.8.0").release.minor == 19);
    CHECK(release_of_version("v1.99.1").release == *policy::parse_release(policy::modelled_releases().back()).release);
    for (const char* nonsense : {"", "v", "v2.30.1", "latest", "v1", "v1.-3", "v99999999999.1"}) {
        CAPTURE(nonsense);
        CHECK(release_of_version(nonsense).match == Match::none);
    }
}

TEST_CASE("import hooks: a command's sleeps are added") {
    CHECK(sleep_of_command({"sleep", "15"}) == 15s);
    CHECK(sleep_of_command({"/bin/sleep", "1m"}) == 60s);
    CHECK(sleep_of_command({"/bin/sh", "-c", "sleep 15 && nginx -s quit"}) == 15s);
    CHECK(sleep_of_command({"sh", "-c", "sleep 5; nginx -s quit; sleep 2.5"}) == 7500ms);
    CHECK(sleep_of_command({"sh", "-c", "(sleep 3)"}) == 3s);
    CHECK_FALSE(sleep_of_command({"/usr/bin/drain"}).has_value());
    CHECK_FALSE(sleep_of_command({"sleep"}).has_value());
    CHECK_FALSE(sleep_of_command({"sh", "-c", "sleep $SECONDS"}).has_value());
    CHECK_FALSE(sleep_of_command({"sh", "-c", "sleep 99999999999999999999"}).has_value());
    CHECK_FALSE(sleep_of_command({"sh", "-c", "sleep -1"}).has_value());
    CHECK_FALSE(sleep_of_command({"sh", "-c", "asleep 10"}).has_value());
}

TEST_CASE("import scaled numbers: percentages are rounded as Kubernetes rounds them") {
    CHECK(scaled({.value = 3}, 10, Rounding::up) == 3);
    // 25 % of 10 is 2.5.
    CHECK(scaled({.value = 25, .is_percent = true}, 10, Rounding::up) == 3);
    CHECK(scaled({.value = 25, .is_percent = true}, 10, Rounding::down) == 2);
    CHECK(scaled({.value = 100, .is_percent = true}, 7, Rounding::down) == 7);
    CHECK(scaled({.value = 1, .is_percent = true}, 0, Rounding::up) == 0);
}

TEST_CASE("import selectors: all four operators, and what is not given selects nothing") {
    const Labels labels{{"app", "web"}, {"tier", "front"}};
    Selector selector;
    CHECK_FALSE(selector.selects(labels));
    selector.is_given = true;
    CHECK(selector.selects(labels));
    CHECK(selector.selects({}));
    selector.match_labels = {{"app", "web"}};
    CHECK(selector.selects(labels));
    CHECK_FALSE(selector.selects({{"app", "api"}}));
    const auto with = [&](const char* key, const char* op, std::vector<std::string> values) {
        Selector out = selector;
        out.requirements = {{.key = key, .op = op, .values = std::move(values)}};
        return out.selects(labels);
    };
    CHECK(with("tier", "In", {"back", "front"}));
    CHECK_FALSE(with("tier", "In", {"back"}));
    CHECK_FALSE(with("zone", "In", {"a"}));
    CHECK(with("tier", "NotIn", {"back"}));
    CHECK_FALSE(with("tier", "NotIn", {"front"}));
    CHECK(with("zone", "NotIn", {"a"}));
    CHECK(with("tier", "Exists", {}));
    CHECK_FALSE(with("zone", "Exists", {}));
    CHECK(with("zone", "DoesNotExist", {}));
    CHECK_FALSE(with("tier", "DoesNotExist", {}));
}
