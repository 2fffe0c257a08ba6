// SPDX-License-Identifier: Apache-2.0
// Durations, whole numbers and seconds from their texts.
#include "io/scenario/scenario_file.hpp"
#include "sim/io/scenario/problems.hpp"
#include "sim/io/scenario/quantities.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using io::parse_duration;

TEST_CASE("scenario reader: a duration is one decimal number and one unit") {
    CHECK(parse_duration("0s").value == Duration(0));
    CHECK(parse_duration("7us").value == Duration(7));
    CHECK(parse_duration("1.5s").value == Duration(1'500'000));
    CHECK(parse_duration("300ms").value == Duration(300ms));
    CHECK(parse_duration("2h").value == Duration(2h));
    CHECK(parse_duration("0.5d").value == Duration(12h));
    CHECK(parse_duration("0010.500m").value == Duration(630s));
    CHECK(parse_duration("0.000001s").value == Duration(1));
    // 540 us = 6.25e-9 of 86,400 s: a day divides finely.
    CHECK(parse_duration("0.00000000625d").value == Duration(540));
    CHECK(parse_duration("1000000d").value == Duration(io::max_duration_us));
    CHECK(parse_duration("000000000000000000000000000001s").value == Duration(1s));
}

TEST_CASE("scenario reader: a text that is no duration says why") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"-1s", "negative"},
        {"5", "without a unit"},
        {"5 s", "unknown unit"},
        {"5sec", "unknown unit"},
        {"5S", "unknown unit"},
        {"1m30s", "unknown unit"},
        {"", "not a decimal number"},
        {"s", "not a decimal number"},
        {".5s", "not a decimal number"},
        {"5.s", "not a decimal number"},
        {"+5s", "not a decimal number"},
        {"1e3s", "unknown unit"},
        {"nan", "not a decimal number"},
        {"0.5us", "whole number of microseconds"},
        {"0.0000001s", "whole number of microseconds"},
        {"0.00000000000000000001d", "whole number of microseconds"},
        {"999999.0000000000001d", "whole number of microseconds"},
        {"1000000.000001d", "longer than 1000000 days"},
        {"1000001d", "longer than 1000000 days"},
        {"1000000.5d", "longer than 1000000 days"},
        {"99999999999999999999999us", "longer than 1000000 days"},
        {"18446744073709551616us", "longer than 1000000 days"}};
    for (const auto& [text, why] : cases) {
        INFO(text);
        CHECK_FALSE(parse_duration(text).value);
        CHECK(test::contains(parse_duration(text).why, why));
    }
}

TEST_CASE("scenario reader: a whole number may be spelt as JSON allows") {
    CHECK(io::whole_number("12") == 12u);
    CHECK(io::whole_number("1e3") == 1000u);
    CHECK(io::whole_number("2.0") == 2u);
    CHECK(io::whole_number("-0") == 0u);
    CHECK(io::whole_number("18446744073709551615") == 18446744073709551615u);
    for (const char* bad : {"1.5", "-1", "18446744073709551616", "1e300", "1e-999", "1e17"}) {
        INFO(bad);
        CHECK_FALSE(io::whole_number(bad));
    }
    CHECK(io::seconds_number("0.5") == Duration(500ms));
    CHECK(io::seconds_number("1e1") == Duration(10s));
    CHECK(io::seconds_number("-0") == Duration(0));
    for (const char* bad : {"-1", "0.0000001", "1e-3", "1e300", "99999999999999999999"}) {
        INFO(bad);
        CHECK_FALSE(io::seconds_number(bad));
    }
}

TEST_CASE("scenario reader: the nearest name forgives case, separators, swaps and slips") {
    const std::vector<std::string> names{"duration", "seed", "node_pools", "externalTrafficPolicy"};
    CHECK(io::nearest("duraton", names) == "duration");
    CHECK(io::nearest("sede", names) == "seed");
    CHECK(io::nearest("nodePools", names) == "node_pools");
    CHECK(io::nearest("external_traffic_policy", names) == "externalTrafficPolicy");
    CHECK(io::nearest("banana", names).empty());
    CHECK(io::nearest("", names).empty());
    CHECK(io::nearest(std::string(1'000'000, 'x'), names).empty());
}
